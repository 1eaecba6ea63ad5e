"""How product cards look: a template for all goods or one, seen before anybody else sees it."""

from __future__ import annotations

import base64
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QSizePolicy, QWidget

from ui.client import Reply
from ui.desk import Desk
from ui.dialogs.card import Card
from ui.i18n import pick, t
from ui.listen import listen
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, row
from ui.widgets.flow import Flow

WIDE, HIGH = 900, 620
SHAPES = ("landscape", "portrait")


class CardPreview(QLabel):
    """A picture as large as there is room, never larger than it is on the programme."""

    def __init__(self) -> None:
        super().__init__()
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumSize(tokens.px(140), tokens.px(120))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._whole = QPixmap()

    def show_picture(self, data: str) -> None:
        """A data URL; "" shows none."""
        self._whole = QPixmap()
        self._whole.loadFromData(base64.b64decode(data.partition(",")[2]))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._whole.isNull():
            self.clear()
            return
        ratio = self.devicePixelRatioF()
        most = self.size() * ratio
        size = self._whole.size().scaled(most, Qt.AspectRatioMode.KeepAspectRatio)
        if size.width() > self._whole.width():
            size = self._whole.size()
        shown = self._whole.scaled(
            size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        shown.setDevicePixelRatio(ratio)
        self.setPixmap(shown)


class CardLooksCard(Card):
    """Choose a template, look at it on both canvases, then take it for all goods or for one.

    Args:
        window: it lies over.
        desk: runs the commands.
    """

    def __init__(self, window: QWidget, desk: Desk) -> None:
        super().__init__(window, WIDE, HIGH)
        self.desk = desk
        self.template, self.product = QComboBox(), QComboBox()
        self.longest = QCheckBox()
        self.pictures = {shape: CardPreview() for shape in SHAPES}
        self.names = {shape: TextLabel(tone="muted", size=11) for shape in SHAPES}
        self.faults = TextLabel(tone="attention", wraps=True)
        self.state = TextLabel(tone="muted", wraps=True)
        self.all = Button("", "primary", clicked=lambda: self._use(""))
        self.one = Button("", clicked=lambda: self._use(self.product.currentData() or ""))
        self.body.addLayout(Flow(self.product, self.template, self.longest))
        looks = row(gap=12)
        for shape in SHAPES:
            looks.addWidget(self.pictures[shape], 1)
        self.body.addLayout(looks, 1)
        heads = row(gap=12)
        for shape in SHAPES:
            self.names[shape].setAlignment(Qt.AlignmentFlag.AlignCenter)
            heads.addWidget(self.names[shape], 1)
        self.body.addLayout(heads)
        self.body.addWidget(self.faults)
        self.body.addWidget(self.state)
        self.body.addLayout(row(1, self.one, self.all, gap=8))
        for box_ in (self.template, self.product):
            box_.activated.connect(self._look)
        self.longest.toggled.connect(self._look)
        listen(self, desk.store.changed, self._heard)

    def open_looks(self, product: str) -> None:
        """Shows it, with this product's card."""
        self.setAccessibleName(t("cards.title"))
        self.longest.setText(t("cards.longest"))
        self.all.setText(t("cards.use_all"))
        self.one.setText(t("cards.use_one"))
        self.template.setAccessibleName(t("cards.template"))
        self.product.setAccessibleName(t("cards.product"))
        for shape in SHAPES:
            self.names[shape].setText(t(f"cards.{shape}"))
        self.product.clear()
        for found in sorted(self.desk.store.shop.products, key=lambda p: p.number):
            self.product.addItem(f"{found.number:02d} {found.name}", found.id)
        self.product.setCurrentIndex(max(0, self.product.findData(product)))
        self.product.setMaximumWidth(tokens.px(320))
        self._fill(self.desk.store.cards.own.get(product) or self.desk.store.cards.template)
        self._tell()
        self.open_card(t("cards.title"))
        self.desk.actions.run("cards.list", {}, origin=self, is_quiet=True)
        self._look()

    def _fill(self, chosen: str) -> None:
        self.template.clear()
        self.template.addItem(t("cards.plain"), "plain")
        self.template.addItem(t("cards.auto"), "auto")
        for found in self.desk.store.cards.templates:
            words = pick((found.zh, found.en))
            self.template.addItem(t("cards.own", name=words) if found.is_own else words, found.id)
        self.template.setCurrentIndex(max(0, self.template.findData(chosen or "plain")))

    def _heard(self, part: str) -> None:
        if part == "cards" and self.isVisible():
            chosen = self.template.currentData()
            self._fill(chosen)
            self._tell()

    def _tell(self) -> None:
        view = self.desk.store.cards
        names = {found.id: pick((found.zh, found.en)) for found in view.templates}
        names |= {"": t("cards.plain"), "plain": t("cards.plain"), "auto": t("cards.auto")}
        words = t("cards.now", name=names.get(view.template, view.template))
        if view.own:
            words += " · " + t("cards.own_count", n=len(view.own))
        self.state.setText(words)
        self.faults.setText("\n".join(pick(fault) for fault in view.faults))
        self.faults.setVisible(bool(view.faults))
        has_goods = self.product.count() > 0
        self.one.setEnabled(has_goods)
        self.all.setEnabled(True)

    # -- hands ---------------------------------------------------------------------------------

    def _look(self) -> None:
        """Draws it on both canvases, off the programme."""
        if not self.product.count():
            return
        for shape in SHAPES:
            args = {"product": self.product.currentData(), "template": self.template.currentData(),
                    "canvas": shape, "longest": self.longest.isChecked()}  # fmt: skip
            self.desk.actions.run(
                "cards.preview", args, origin=self, is_quiet=True,
                done=self._landscape if shape == "landscape" else self._portrait,
            )  # fmt: skip

    def _landscape(self, reply: Reply) -> None:
        self._picture("landscape", reply)

    def _portrait(self, reply: Reply) -> None:
        self._picture("portrait", reply)

    def _picture(self, shape: str, reply: Reply) -> None:
        found = reply.answer
        is_there = reply.ok and isinstance(found, dict)
        self.pictures[shape].show_picture(str(found["picture"]) if is_there and found else "")

    def _use(self, product: str) -> None:
        args: dict[str, Any] = {"template": self.template.currentData()}
        if product:
            args["product"] = product
        self.desk.actions.run("cards.use", args, origin=self.one if product else self.all)
