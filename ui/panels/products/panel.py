"""The goods: explain, show the card, try on, price and stock, each one click away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.shop.model import Product
from ui.i18n import t
from ui.listen import listen
from ui.models.run_order import product_after
from ui.panels.base import Panel
from ui.panels.products.import_card import GoodsImportCard, ask_for_file, dropped
from ui.panels.products.looks_card import CardLooksCard
from ui.panels.products.row import ProductRow
from ui.panels.spot import BOTTOM, RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel
from ui.widgets.plain import plain

NARROW, TALL = 560, 360
MOST_ROWS, AT_ONCE = 60, 10
"""Rows that are made, and how many of them before the window answers again: a catalogue of
thousands is searched, not scrolled."""


class ProductsPanel(Panel):
    """All goods of the show."""

    id = "products"
    rank = 10
    spots = {
        "controller": Spot(BOTTOM, 0, 0.445),
        "streamer": Spot(BOTTOM, 0),
        "technician": Spot(BOTTOM, 2),
        "vertical": Spot(RIGHT, 0, 0.56),
        "prepare": Spot(BOTTOM),
    }
    keys = (
        ("C", "products.key_card"),
        ("Shift+C", "products.key_card_off"),
        ("T", "products.key_try_on"),
        ("N", "products.key_next"),
        ("F2", "products.key_edit"),
        ("Ctrl+V", "products.key_paste"),
    )

    def build(self) -> None:
        self.rows: dict[str, ProductRow] = {}
        self._search = QLineEdit()
        self._search.setFixedWidth(tokens.px(150))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._show)
        self.resume = Button("", "attention", clicked=self._resume)
        self.resume.hide()
        self.head.tools.addWidget(self.resume)
        self.head.tools.addWidget(self._search)
        self.bring_in = self.tool(Button("", "quiet", clicked=self.ask_import))
        self.looks = self.tool(Button("", "quiet", clicked=self.ask_looks))
        self.import_card: GoodsImportCard | None = None
        self.looks_card: CardLooksCard | None = None
        self.setAcceptDrops(True)
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
        self._more = TextLabel(tone="muted", wraps=True)
        self._list.addWidget(self._more)
        store = self.desk.store
        parts = ("shop", "show", "stock", "tryon", "packs", "offers")
        listen(self, store.changed, lambda part: self._show() if part in parts else None)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._go_on)
        self._tick.start(1000)

    def retext(self) -> None:
        super().retext()
        self._search.setPlaceholderText(t("products.search"))
        self._search.setAccessibleName(t("products.search"))
        self._empty.setText(t("products.empty"))
        self.bring_in.setText(t("products.import"))
        self.bring_in.name(t("products.import"), t("products.import_tip"))
        self.looks.setText(t("cards.title"))
        self.looks.name(t("cards.title"), t("cards.tip"))
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Rows follow the width of the panel."""
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def _fit(self) -> None:
        wide = self.area.viewport().width()
        for row_ in self.rows.values():
            row_.set_narrow(wide < tokens.px(NARROW))
            row_.set_tall(wide < tokens.px(TALL))

    def _show(self) -> None:
        shop, folder = self.desk.store.shop, self.desk.store.show.folder
        wanted = self._wanted(sorted(shop.products, key=lambda p: p.number))
        products = self._shown(wanted)
        ids = [p.id for p in products]
        for gone in [id for id in self.rows if id not in ids]:
            self.rows.pop(gone).deleteLater()
        made = 0
        for position, product in enumerate(products):
            row_ = self.rows.get(product.id)
            if row_ is None:
                made += 1
                if made > AT_ONCE:
                    QTimer.singleShot(0, self, self._show)
                    break
                row_ = self.rows[product.id] = ProductRow(self.desk, product.id)
            if self._list.indexOf(row_) != position:
                self._list.insertWidget(position, row_)
            row_.show_product(product, shop, folder)
        self._fit()
        self._empty.setVisible(not shop.products)
        hidden = len(wanted) - len(products)
        self._more.setText(t("products.more", n=hidden))
        self._more.setVisible(hidden > 0)
        order = next((p.number for p in products if p.id == shop.explaining), 0)
        words = t("products.count", n=len(shop.products))
        if order:
            words += " · " + t("products.explaining_nth", n=order)
        self.head.count.setText(words)
        self._search.setVisible(len(shop.products) > 6)
        self._say_how_try_on_is()

    def _wanted(self, products: list[Product]) -> list[Product]:
        """Those that fit what is searched for."""
        words = self._search.text().strip().lower()
        if not words:
            return products
        return [p for p in products if words in f"{p.number} {p.name} {p.category} {p.id}".lower()]

    def _shown(self, products: list[Product]) -> list[Product]:
        """The first ones, and those that are explained, shown or worn wherever they stand."""
        shop = self.desk.store.shop
        in_use = (shop.explaining, shop.card, shop.trying)
        late = [product for product in products[MOST_ROWS:] if product.id in in_use]
        return products[:MOST_ROWS] + late

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
        for row_ in self.rows.values():
            row_.tick(self.desk.store.shop)

    # -- goods from a file ---------------------------------------------------------------------

    def ask_import(self) -> None:
        """A window to choose a file in."""
        ask_for_file(self, lambda file: self.import_goods(path=file))

    def ask_looks(self) -> None:
        """How cards look, beginning with the current product's."""
        if self.looks_card is None:
            self.looks_card = CardLooksCard(self.window(), self.desk)
        product = self.current()
        self.looks_card.open_looks(product.id if product else "")

    def import_goods(self, **source: str) -> None:
        """Reads a file (``path=``) or a table (``text=``) and shows what it would change."""
        if self.import_card is None:
            self.import_card = GoodsImportCard(self.window(), self.desk)
        self.import_card.read(**source)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file, or a table of text."""
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """It is read; nothing changes before it is accepted."""
        source = dropped(event.mimeData())
        if source:
            event.acceptProposedAction()
            self.import_goods(**source)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V brings goods in."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.key_paste()
            event.accept()
        else:
            super().keyPressEvent(event)

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
        """N: the next product of today is explained and its card goes up."""
        product = product_after(self.desk.store.shop, self.desk.store.run_order)
        if product is None:
            return
        origin = self._row(product)
        self.desk.actions.run("shop.explain", {"product": product.id}, origin=origin)
        self.desk.actions.run("shop.card", {"product": product.id}, origin=origin)

    def key_paste(self) -> None:
        """Ctrl+V: the copied file or table."""
        source = dropped(QGuiApplication.clipboard().mimeData())
        if source:
            self.import_goods(**source)

    def _row(self, product: Product) -> QWidget:
        return self.rows.get(product.id) or self
