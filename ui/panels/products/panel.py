"""The goods: explain, show the card, try on, price and stock, each one click away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.shop.model import Product
from ui.i18n import t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.products.row import ProductRow
from ui.panels.spot import BOTTOM, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel
from ui.widgets.plain import plain

NARROW, TALL = 560, 360


class ProductsPanel(Panel):
    """All goods of the show."""

    id = "products"
    rank = 10
    spots = {
        "controller": Spot(BOTTOM, 0, 0.445),
        "streamer": Spot(BOTTOM, 0),
        "technician": Spot(BOTTOM, 2),
        "prepare": Spot(BOTTOM),
    }
    keys = (
        ("C", "products.key_card"),
        ("Shift+C", "products.key_card_off"),
        ("T", "products.key_try_on"),
        ("N", "products.key_next"),
        ("F2", "products.key_edit"),
    )

    def build(self) -> None:
        self._rows: dict[str, ProductRow] = {}
        self._search = QLineEdit()
        self._search.setFixedWidth(tokens.px(150))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._filter)
        self.resume = Button("", "attention", clicked=self._resume)
        self.resume.hide()
        self.head.tools.addWidget(self.resume)
        self.head.tools.addWidget(self._search)
        inside = QWidget()
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._list.addStretch(1)
        inside.setLayout(self._list)
        inside.setStyleSheet(
            f"QFrame#product {{ border-bottom: 1px solid {tokens.RAISED}; }}"
            f"QFrame#product[now='true'] {{ background: {tokens.SELECTED};"
            f" border-left: {tokens.px(3)}px solid {tokens.ACCENT}; }}"
        )
        self.area = self.add_scroll(inside)
        self.area.viewport().installEventFilter(self)
        self._empty = TextLabel(tone="muted", wraps=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._list.insertWidget(0, self._empty)
        store = self.desk.store
        parts = ("shop", "show", "stock", "tryon")
        listen(self, store.changed, lambda part: self._show() if part in parts else None)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._go_on)
        self._tick.start(1000)

    def retext(self) -> None:
        super().retext()
        self._search.setPlaceholderText(t("products.search"))
        self._search.setAccessibleName(t("products.search"))
        self._empty.setText(t("products.empty"))
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Rows follow the width of the panel."""
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def _fit(self) -> None:
        wide = self.area.viewport().width()
        for row_ in self._rows.values():
            row_.set_narrow(wide < tokens.px(NARROW))
            row_.set_tall(wide < tokens.px(TALL))

    def _show(self) -> None:
        shop, folder = self.desk.store.shop, self.desk.store.show.folder
        products = sorted(shop.products, key=lambda p: p.number)
        ids = [p.id for p in products]
        for gone in [id for id in self._rows if id not in ids]:
            self._rows.pop(gone).deleteLater()
        for position, product in enumerate(products):
            row_ = self._rows.get(product.id)
            if row_ is None:
                row_ = self._rows[product.id] = ProductRow(self.desk, product.id)
            if self._list.indexOf(row_) != position:
                self._list.insertWidget(position, row_)
            row_.show_product(product, shop, folder)
        self._fit()
        self._empty.setVisible(not products)
        order = next((p.number for p in products if p.id == shop.explaining), 0)
        words = t("products.count", n=len(products))
        if order:
            words += " · " + t("products.explaining_nth", n=order)
        self.head.count.setText(words)
        self._search.setVisible(len(products) > 6)
        self._say_how_try_on_is()
        self._filter()

    def _say_how_try_on_is(self) -> None:
        """Try-on that cannot keep up, or cannot work at all, says so where it was asked for."""
        worn = [
            entry for entry in self.desk.store.tryon.values() if entry.garment or entry.is_bypassed
        ]
        if any(entry.error for entry in self.desk.store.tryon.values()):
            words, tone = t("products.try_on_fault"), "attention"
        elif any(entry.is_bypassed for entry in worn):
            words, tone = t("products.try_on_bypassed"), "attention_soft"
        elif any(entry.quality in ("half", "third") for entry in worn):
            words, tone = t("products.try_on_slow"), "attention_soft"
        else:
            words, tone = "", "off"
        self.head.show_badge(words, tone)
        is_bypassed = any(entry.is_bypassed for entry in self.desk.store.tryon.values())
        self.head.badge.setToolTip(plain(t("products.try_on_waits") if is_bypassed else ""))
        self.resume.setText(t("products.try_on_resume"))
        self.resume.name(t("products.try_on_resume"), t("products.try_on_waits"))
        self.resume.setVisible(is_bypassed)

    def _resume(self) -> None:
        """Try-on goes on; a machine that is still too busy has it off again."""
        self.desk.actions.run("tryon.bypass", {"is_on": False}, origin=self.resume)

    def _go_on(self) -> None:
        for row_ in self._rows.values():
            row_.tick(self.desk.store.shop)

    def _filter(self) -> None:
        wanted = self._search.text().strip().lower()
        for row in self._rows.values():
            text = f"{row.product.number} {row.product.name} {row.product.category}".lower()
            row.setVisible(not wanted or wanted in text)

    # -- keys ----------------------------------------------------------------------------------

    def current(self) -> Product | None:
        """The product keys act on: the explained one, else the first."""
        shop = self.desk.store.shop
        first = min(shop.products, key=lambda p: p.number, default=None)
        return shop.product(shop.explaining) or first

    def key_card(self) -> None:
        """C: the current product's card up."""
        product = self.current()
        if product is not None:
            self.desk.actions.run("shop.card", {"product": product.id}, origin=self._row(product))

    def key_card_off(self) -> None:
        """Shift+C: the card down."""
        self.desk.actions.run("shop.card_off", {}, origin=self)

    def key_try_on(self) -> None:
        """T: the current product on, or off."""
        product, shop = self.current(), self.desk.store.shop
        if product is not None:
            on = "" if shop.trying == product.id else product.id
            self.desk.actions.run("shop.try_on", {"product": on}, origin=self._row(product))

    def key_next(self) -> None:
        """N: the next product is explained and its card goes up."""
        shop = self.desk.store.shop
        order = sorted(shop.products, key=lambda p: p.number)
        if not order:
            return
        at = next((n for n, p in enumerate(order) if p.id == shop.explaining), -1)
        product = order[(at + 1) % len(order)]
        origin = self._row(product)
        self.desk.actions.run("shop.explain", {"product": product.id}, origin=origin)
        self.desk.actions.run("shop.card", {"product": product.id}, origin=origin)

    def _row(self, product: Product) -> QWidget:
        return self._rows.get(product.id) or self
