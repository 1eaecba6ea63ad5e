"""What is worn on air just now: split, comparison, bypass, capture; and how well it goes."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QFrame

from studio.shop.model import Product, WornView
from ui.client import Reply
from ui.desk import Desk
from ui.i18n import t
from ui.widgets.basics import Badge, Button, TextLabel, column
from ui.widgets.flow import Flow
from ui.widgets.plain import plain


class LiveRow(QFrame):
    """Switches and a line that says how the try-on is doing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("live")
        self.state = Badge()
        self.why = TextLabel(size=12, tone="attention", wraps=True)
        self.split = Button("", checkable=True, clicked=self._split)
        self.bypass = Button("", checkable=True, clicked=self._bypass)
        self.compare = QComboBox()
        self.compare.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.compare.activated.connect(self._compare)
        self.picture = Button("", icon="image", clicked=lambda: self._capture("png", 0))
        self.clip = Button("", icon="clip", clicked=lambda: self._capture("mp4", 5))
        layout = column(gap=4)
        layout.addLayout(
            Flow(self.state, self.split, self.compare, self.bypass, self.picture, self.clip)
        )
        layout.addWidget(self.why)
        self.setLayout(layout)
        self._offered: tuple[tuple[str, str], ...] = ()

    @property
    def worn(self) -> WornView:
        """The source that wears something, else the first with a try-on."""
        worn = self.desk.store.tryon.values()
        first = next(iter(worn), WornView())
        return next((view for view in worn if view.product or view.is_worn), first)

    def retext(self) -> None:
        """Texts in the present language."""
        self.split.setText(t("fitting.split"))
        self.split.name(t("fitting.split_tip"))
        self.bypass.setText(t("fitting.bypass"))
        self.bypass.name(t("fitting.bypass_tip"))
        self.picture.setText(t("fitting.picture"))
        self.picture.name(t("fitting.picture_tip"))
        self.clip.setText(t("fitting.clip"))
        self.clip.name(t("fitting.clip_tip"))
        self.compare.setAccessibleName(t("fitting.compare"))
        self.compare.setToolTip(plain(t("fitting.compare_tip")))
        self._offered = ()
        self.show_worn()

    def show_worn(self) -> None:
        """What the engine says now."""
        worn = self.worn
        self.split.setChecked(worn.is_split)
        self.bypass.setChecked(worn.is_bypassed)
        self._offer(self.desk.store.shop.product(self.desk.store.shop.trying), worn.compared)
        if worn.error:
            word, tone = t("fitting.broken"), "attention"
        elif worn.is_bypassed:
            word, tone = t("fitting.bypassed"), "attention_soft"
        elif worn.quality in ("half", "third") and worn.garment:
            word, tone = t(f"fitting.{worn.quality}"), "attention_soft"
        elif worn.is_worn:
            word, tone = t("fitting.worn"), "good"
        elif worn.garment:
            word, tone = t("fitting.nobody"), "attention_soft"
        else:
            word, tone = t("fitting.nothing"), "off"
        self.state.set(word, tone)
        why = worn.error
        if not why and worn.garment and worn.quality in ("half", "third"):
            why = t("fitting.starved")
        self.why.setText(why)
        self.why.setVisible(bool(why))
        for button in (self.picture, self.clip):
            button.setEnabled(worn.is_worn)
        self.split.setEnabled(bool(worn.garment) or worn.is_split)

    def _offer(self, product: Product | None, compared: str) -> None:
        variants = [(variant.sku, variant.name) for variant in product.variants] if product else []
        wanted = tuple(variants) if len(variants) > 1 else ()
        if wanted != self._offered or not self.compare.count():
            self._offered = wanted
            self.compare.clear()
            self.compare.addItem(t("fitting.no_compare"), "")
            for sku, name in wanted:
                self.compare.addItem(t("fitting.compare_with", name=name), sku)
        self.compare.setEnabled(bool(wanted))
        self.compare.setCurrentIndex(max(0, self.compare.findData(compared)))

    def _split(self) -> None:
        on = not self.worn.is_split
        self._run("tryon.split", {"is_on": on}, self.split)

    def _bypass(self) -> None:
        on = not self.worn.is_bypassed
        self._run("tryon.bypass", {"is_on": on}, self.bypass)

    def _compare(self) -> None:
        self._run("tryon.compare", {"sku": str(self.compare.currentData() or "")}, self.compare)

    def _run(self, command: str, args: dict[str, object], origin: Button | QComboBox) -> None:
        self.desk.actions.run(command, args, origin=origin, done=lambda _: self.show_worn())

    def _capture(self, ending: str, seconds: float) -> None:
        button = self.picture if ending == "png" else self.clip
        args: dict[str, object] = {}
        if seconds:
            from datetime import datetime

            args["file"] = f"tryon-{datetime.now():%Y%m%d-%H%M%S}.{ending}"
            args["seconds"] = seconds

        def done(reply: Reply) -> None:
            result = reply.answer
            if reply.ok and isinstance(result, dict):
                key = "fitting.capturing" if seconds else "fitting.captured"
                self.desk.say(button, t(key, file=str(result.get("file", ""))), "good")

        self.desk.actions.run("tryon.capture", args, origin=button, done=done, is_quiet=True)
