"""The fitting room: a photo becomes a good that is worn, anchors dragged on it, the fit kept."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
from PySide6.QtCore import QByteArray, QTimer
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QWidget,
)

from studio.shop.model import Product, TryOn
from ui.client import Reply
from ui.i18n import pick, t
from ui.models.fitting import OFFSETS, Fits, GarmentKind, Proposal, spot_values
from ui.panels.base import Panel
from ui.panels.fitting.anchors import ENDINGS, AnchorBoard
from ui.panels.fitting.live import LiveRow
from ui.panels.fitting.still import StillView
from ui.panels.spot import BOTTOM, RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, calm, column, holder, padded, row
from ui.widgets.flow import Flow
from ui.widgets.plain import plain
from ui.widgets.schema_form import SchemaForm

NARROW = 560
"""Pixels of a panel that holds one form beside nothing."""

LOOK_MS = 250
"""A still is asked for this often at most while something is dragged."""


class FittingPanel(Panel):
    """Choose a product, drop its photo, drag the anchors, keep the fit."""

    id = "fitting"
    rank = 120
    spots = {
        "controller": Spot(BOTTOM, 0),
        "streamer": Spot(BOTTOM, 0),
        "vertical": Spot(RIGHT, 0),
        "prepare": Spot(BOTTOM),
    }
    keys = (
        ("←↑→↓", "fitting.key_move"),
        ("Page Up / Down", "fitting.key_pick"),
        ("Shift", "fitting.key_far"),
    )

    def build(self) -> None:
        self.kinds: dict[str, GarmentKind] = {}
        self._proposal = Proposal()
        self.asset = ""
        self._shown: tuple[str, str] = ("", "")
        self.drawn: tuple[str, str, Fits] | None = None
        self._is_asking = self._is_filling = False
        self._asked = 0
        self.product, self.variant, self.kind = QComboBox(), QComboBox(), QComboBox()
        for choice in (self.product, self.variant, self.kind):
            calm(choice)
        self.product.activated.connect(lambda: self.open_garment())
        self.variant.activated.connect(lambda: self.open_garment())
        self.kind.activated.connect(lambda: self._propose({}))
        self.photo = Button("", icon="folder", clicked=self._choose_photo)
        self.fresh = Button("", icon="camera", clicked=lambda: self._look(fresh=True))
        self.wear = Button("", icon="try-on", clicked=self._wear)
        self.keep = Button("", "primary", clicked=self._keep)
        for button in (self.fresh, self.wear, self.keep):
            self.tool(button)
        self.live = LiveRow(self.desk)
        self.board, self.still = AnchorBoard(), StillView()
        self.board.dropped.connect(self.cut_out)
        self.note = TextLabel(size=11, tone="muted", wraps=True)
        self.add_scroll(holder(self._laid_out()))
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look_if_changed)
        self.visibilityChanged.connect(self._seen)
        self.desk.store.changed.connect(self._heard)
        self.desk.store.happened.connect(self._happened)

    def _laid_out(self) -> Any:
        for box in (self.product, self.variant, self.kind):
            box.setMinimumWidth(tokens.px(90))
            box.setMaximumWidth(tokens.px(260))
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        first = Flow(self.product, self.variant, self.kind, self.photo)
        pictures = row(gap=8)
        pictures.addWidget(self.board, 1)
        pictures.addWidget(self.still, 1)
        self.numbers: dict[str, QDoubleSpinBox] = {}
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(tokens.px(10))
        self._form.setVerticalSpacing(tokens.px(4))
        for name, low, high in (
            ("width_mm", 0, 2000), *((n, -500, 500) for n in OFFSETS), ("tilt_deg", -180, 180),
        ):  # fmt: skip
            spin = self.numbers[name] = QDoubleSpinBox()
            padded(spin)
            spin.setRange(low, high)
            spin.setDecimals(1)
            self._form.addRow(TextLabel(size=12), spin)
        self.occluded = QCheckBox()
        self._form.addRow(TextLabel(), self.occluded)
        self.colour = QLineEdit()
        self.colour.setPlaceholderText("#rrggbb")
        self._form.addRow(TextLabel(size=12), self.colour)
        self._settings_at = column(gap=4)
        self.settings: SchemaForm | None = None
        fields = self._fields = row(gap=20)
        fields.addWidget(holder(self._form), 1)
        fields.addWidget(holder(self._settings_at), 1)
        layout = column(gap=8, margins=(12, 8, 12, 10))
        layout.addWidget(self.live)
        layout.addLayout(first)
        layout.addLayout(pictures)
        layout.addWidget(self.note)
        layout.addLayout(fields)
        layout.addStretch(1)
        return layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where two forms do not fit side by side they stand one above the other."""
        super().resizeEvent(event)
        is_narrow = event.size().width() < tokens.px(NARROW)
        ways = QBoxLayout.Direction
        self._fields.setDirection(ways.TopToBottom if is_narrow else ways.LeftToRight)

    def retext(self) -> None:
        super().retext()
        for button, key in (
            (self.photo, "photo"), (self.fresh, "fresh"), (self.wear, "wear"), (self.keep, "keep"),
        ):  # fmt: skip
            button.setText(t(f"fitting.{key}"))
            button.name(t(f"fitting.{key}_tip"))
        for box, key in ((self.product, "product"), (self.variant, "variant"), (self.kind, "kind")):
            box.setAccessibleName(t(f"fitting.{key}"))
            box.setToolTip(plain(t(f"fitting.{key}")))
        for name, spin in self.numbers.items():
            self._name(spin, t(f"fitting.{name}"))
        self._name(self.occluded, "")
        self.occluded.setText(t("fitting.occluded"))
        self._name(self.colour, t("fitting.colour"))
        self.board.hint = t("fitting.hint")
        self.board.setAccessibleName(t("fitting.board"))
        self.still.setAccessibleName(t("fitting.still"))
        self.still.hint = t("fitting.no_still")
        self.live.retext()
        self._offer_kinds()
        self._offer_products()
        self._fill_spots()

    def _name(self, field: QWidget, words: str) -> None:
        label = self._form.labelForField(field)
        if isinstance(label, TextLabel):
            label.setText(words)
        if words:
            field.setAccessibleName(words)

    # -- what there is -------------------------------------------------------------------------

    def _seen(self, is_shown: bool) -> None:
        if is_shown and self.desk.client.is_up:
            if not self.kinds:
                self.desk.client.call("tryon.kinds", {}, self._take_kinds)
            self._timer.start()
        else:
            self._timer.stop()

    def _heard(self, part: str) -> None:
        if part == "shop":
            self._offer_products()
        if part in ("shop", "tryon"):
            self.live.show_worn()
        if part == "commands" and self.isVisible():
            self._seen(True)

    def _happened(self, name: str, data: object) -> None:
        if name == "tryon.captured" and isinstance(data, dict) and data.get("frames") != 1:
            error = pick([str(data.get("error", "")), str(data.get("error_en", ""))])
            words = error or t("fitting.captured", file=data.get("file", ""))
            self.desk.say(self.live.clip, words, "attention" if error else "good")

    def _take_kinds(self, reply: Reply) -> None:
        found = _result(reply)
        if isinstance(found, list):
            kinds = msgspec.convert(found, list[GarmentKind], strict=False)
            self.kinds = {kind.kind: kind for kind in kinds}
            self._offer_kinds()
            self.open_garment()

    def _offer_kinds(self) -> None:
        chosen = self.kind.currentData()
        self.kind.clear()
        self.kind.addItem(t("fitting.no_kind"), "")
        for kind in self.kinds.values():
            words = pick(kind.label)
            if kind.is_experimental:
                words += " · " + t("fitting.experimental")
            self.kind.addItem(words, kind.kind)
        self.kind.setCurrentIndex(max(0, self.kind.findData(chosen)))

    def _offer_products(self) -> None:
        shop = self.desk.store.shop
        chosen = self.product.currentData() or shop.trying or shop.explaining
        wanted = [(p.id, f"{p.number:02d} {p.name}") for p in shop.products]
        have = [(self.product.itemData(i), self.product.itemText(i)) for i in
                range(self.product.count())]  # fmt: skip
        if wanted != have:
            self.product.clear()
            for id, words in wanted:
                self.product.addItem(words, id)
        self.product.setCurrentIndex(max(0, self.product.findData(chosen)))
        self._offer_variants()
        if self.kinds and (self._product_id, self._sku) != self._shown:
            self.open_garment()

    def _offer_variants(self) -> None:
        product = self._product
        chosen = self.variant.currentData()
        variants = product.variants if product else ()
        wanted = [("", t("fitting.all_variants")), *((v.sku, v.name) for v in variants)]
        have = [(self.variant.itemData(i), self.variant.itemText(i)) for i in
                range(self.variant.count())]  # fmt: skip
        if wanted != have:
            self.variant.clear()
            for sku, words in wanted:
                self.variant.addItem(words, sku)
        self.variant.setCurrentIndex(max(0, self.variant.findData(chosen)))
        self.variant.setVisible(bool(variants))

    @property
    def _product(self) -> Product | None:
        return self.desk.store.shop.product(str(self.product.currentData() or ""))

    @property
    def _product_id(self) -> str:
        return str(self.product.currentData() or "")

    @property
    def _sku(self) -> str:
        return str(self.variant.currentData() or "")

    # -- a product is opened -------------------------------------------------------------------

    def open_garment(self) -> None:
        """Takes the product's (or variant's) try-on up."""
        if self._product_id != self._shown[0]:
            self._offer_variants()
        self._shown = (self._product_id, self._sku)
        product = self._product
        variant = product.variant(self._sku) if product else None
        found: TryOn | None = (variant.try_on if variant else None) or (
            product.try_on if product else None
        )
        if product and found is None and not variant:
            found = next((v.try_on for v in product.variants if v.try_on), None)
        self.asset = found.asset if found else ""
        self.kind.setCurrentIndex(max(0, self.kind.findData(found.garment if found else "")))
        self._propose(dict(found.fit) if found else {})

    def _propose(self, fit: Fits) -> None:
        kind = self.kinds.get(str(self.kind.currentData() or ""))
        self.note.setText(pick(kind.help) if kind else "")
        self._asked += 1
        number = self._asked
        self.keep.setEnabled(bool(self._product))
        if kind is None or (kind.takes == "picture" and not self.asset):
            self._fill(Proposal())
            return
        args = {"garment": kind.kind, "asset": self.asset, "fit": fit}
        self.desk.actions.run(
            "tryon.propose",
            args,
            origin=self.kind,
            done=lambda reply: self._take_proposal(number, reply),
            is_quiet=True,
        )

    def _take_proposal(self, number: int, reply: Reply) -> None:
        if number != self._asked:
            return  # another product was opened meanwhile
        found = _result(reply)
        self._fill(
            msgspec.convert(found, Proposal, strict=False)
            if isinstance(found, dict) and reply.ok
            else Proposal()
        )

    def _fill(self, proposal: Proposal) -> None:
        """Puts a proposal into the fields."""
        self._proposal = proposal
        self._is_filling = True
        self.numbers["width_mm"].setValue(proposal.width_mm)
        for name, value in zip(OFFSETS, proposal.offset_mm, strict=True):
            self.numbers[name].setValue(value)
        self.numbers["tilt_deg"].setValue(proposal.tilt_deg)
        self.occluded.setChecked(proposal.is_occluded)
        self.colour.setText(proposal.colour)
        if self.settings is not None:
            self.settings.hide()
            self.settings.deleteLater()
            self.settings = None
        kind = self.kinds.get(proposal.kind)
        if kind is not None:
            self.settings = SchemaForm(kind.schema, proposal.settings)
            self._settings_at.addWidget(self.settings)
        self._fill_spots()
        self._is_filling = False
        self.drawn = None

    def _fill_spots(self) -> None:
        image = QImage()
        if self._proposal.picture:
            image.loadFromData(QByteArray(base64.b64decode(self._proposal.picture)))
        spots = {anchor.name: (anchor.x, anchor.y) for anchor in self._proposal.anchors}
        labels = {anchor.name: pick(anchor.label) for anchor in self._proposal.anchors}
        self.board.show_asset(image, spots, labels)

    def fit(self) -> Fits:
        """What the fields say, as a product keeps it: only what is not as proposed."""
        usual, found = self._proposal, spot_values(self.board.spots, self._proposal)
        for name, spin in self.numbers.items():
            before = usual.usual_mm if name == "width_mm" else 0.0
            if abs(spin.value() - before) > 0.05:
                found[name] = round(spin.value(), 1)
        if not self.occluded.isChecked():
            found["is_occluded"] = False
        if self.colour.text().strip():
            found["colour"] = self.colour.text().strip()
        if self.settings is not None:
            usual_settings = {
                name: part.get("default")
                for name, part in self.kinds[usual.kind].schema.get("properties", {}).items()
            }
            for name, value in self.settings.values().items():
                if value != usual_settings.get(name):
                    found[name] = value
        return found

    # -- the photo -----------------------------------------------------------------------------

    def _choose_photo(self) -> None:
        dialog = QFileDialog(self.window())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("(" + " ".join(f"*{entry}" for entry in ENDINGS) + ")")
        dialog.fileSelected.connect(self.cut_out)
        dialog.setModal(False)
        dialog.show()

    def cut_out(self, path: str) -> None:
        """Removes a photo's background; what is left is fitted."""

        def done(reply: Reply) -> None:
            found = _result(reply)
            if reply.ok and isinstance(found, dict):
                self.asset = str(found.get("asset", ""))
                self._propose({})

        args = {"photo": path, "name": f"{self._product_id}-{self._sku}".strip("-")}
        self.desk.actions.run("tryon.cutout", args, origin=self.photo, done=done)

    # -- the still -----------------------------------------------------------------------------

    def _look_if_changed(self) -> None:
        if self._is_asking or self._is_filling or not self.desk.client.is_up:
            return
        wanted = (self._proposal.kind, self.asset, self.fit() if self._proposal.kind else {})
        if wanted != self.drawn:
            self.drawn = wanted
            self._look()

    def _look(self, *, fresh: bool = False) -> None:
        """Asks for the still with what the fields say."""
        self._is_asking = True
        kind, fit = self._proposal.kind, self.fit() if self._proposal.kind else {}
        args: dict[str, Any] = {"longest": 640, "fresh": fresh}
        if kind:
            args |= {"garment": kind, "asset": self.asset, "fit": fit}
        self.desk.client.call("tryon.still", args, self._take_still)

    def _take_still(self, reply: Reply) -> None:
        self._is_asking = False
        found = _result(reply)
        if not reply.ok or not isinstance(found, dict):
            self.still.say(pick(reply.text))
            return
        image = QImage()
        image.loadFromData(QByteArray(base64.b64decode(str(found.get("jpeg", "")))))
        missing = bool(self._proposal.kind) and not found.get("is_worn")
        self.still.show_picture(image, t("fitting.not_seen") if missing else "")

    # -- keeping -------------------------------------------------------------------------------

    def _keep(self) -> None:
        args: dict[str, Any] = {"product": self._product_id, "sku": self._sku}
        if self._proposal.kind:
            args |= {"garment": self._proposal.kind, "asset": self.asset, "fit": self.fit()}
        self.desk.actions.run("tryon.fit", args, origin=self.keep)

    def _wear(self) -> None:
        is_on = self.desk.store.shop.trying == self._product_id
        product = "" if is_on else self._product_id
        self.desk.actions.run("shop.try_on", {"product": product}, origin=self.wear)


def _result(reply: Reply) -> Any:
    """What a command gave."""
    return reply.answer
