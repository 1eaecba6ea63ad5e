"""One product of the list: photo, name, price, stock, and what can be done with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QVBoxLayout,
    QWidget,
)

from studio.shop.model import Product, ShopState, price_text, typed_price
from ui.desk import Desk
from ui.format import age_s, ms_short
from ui.i18n import t
from ui.models.alarms import alarm_words
from ui.panels.products.number import Number
from ui.panels.products.variants import VariantChips
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, column, put, row
from ui.widgets.paint import painting
from ui.widgets.plain import plain

FEW = 10
MAKEUP = ("lipstick", "blush", "eye_shadow", "foundation", "nails", "makeup")


class Photo(QWidget):
    """A product's photo, or its number where there is none."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._path = desk, Path()
        self._side = tokens.px(38)
        self.setFixedSize(self._side, self._side)
        desk.photos.loaded.connect(self._came)  # a method: it ends with the widget

    def _came(self, path: str) -> None:
        if path == str(self._path):
            self.update()

    def show_path(self, path: Path) -> None:
        """Another photo."""
        if path != self._path:
            self._path = path
            self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it with round corners."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRoundedRect(0, 0, self._side, self._side, tokens.px(5), tokens.px(5))
        painter.fillPath(path, QColor("#EDEAE4"))
        side = round(self._side * self.devicePixelRatioF())
        found = self._desk.photos.get(self._path, side) if self._path.name else None
        if found is not None:
            painter.setClipPath(path)
            size = found.size().scaled(
                QSize(self._side, self._side), Qt.AspectRatioMode.KeepAspectRatio
            )
            x, y = (self._side - size.width()) // 2, (self._side - size.height()) // 2
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(x, y, size.width(), size.height(), found)


class ProductRow(QFrame):
    """One product."""

    def __init__(self, desk: Desk, id: str) -> None:
        super().__init__()
        self.desk, self.product_id = desk, id
        self.product = Product(id, 0, "", 0)
        self.setObjectName("product")
        self.setFixedHeight(tokens.px(54))
        self.number = TextLabel(tone="muted", size=12)
        self.number.setFixedWidth(tokens.px(22))
        self.photo = Photo(desk)
        self.title = TextLabel(elides=True)
        self.title.setMinimumWidth(tokens.px(64))
        self.sub = TextLabel(size=11, tone="muted", elides=True)
        self.variants = VariantChips(self._choose)
        self.price = Number(600)
        self.price.setFixedWidth(tokens.px(66))
        self.was = TextLabel(size=11, tone="muted")
        struck = self.was.font()
        struck.setStrikeOut(True)
        self.was.setFont(struck)
        self.was.hide()
        self.stock = Number()
        self.stock.setFixedWidth(tokens.px(76))
        self.explain = Button(checkable=True, clicked=self._explain)
        self.card = Button(checkable=True, clicked=self._card)
        self.try_on = Button(checkable=True, clicked=self._try_on)
        self.price.entered.connect(self._set_price)
        self.stock.entered.connect(self._set_stock)
        names = QVBoxLayout()
        names.setContentsMargins(0, 0, 0, 0)
        names.setSpacing(tokens.px(1))
        names.addStretch(1)
        self.alarm = TextLabel(tone="attention", size=12)
        self.alarm.hide()
        first = row(self.alarm, gap=4)
        first.addWidget(self.title, 1)
        names.addLayout(first)
        under = row(gap=6)
        under.addWidget(self.variants)
        under.addWidget(self.sub, 1)
        under.addStretch(0)
        names.addLayout(under)
        names.addStretch(1)
        layout = row(self.number, self.photo, gap=10, margins=(12, 0, 10, 0))
        layout.addLayout(names, 1)
        self._figures = QGridLayout()
        self._figures.setContentsMargins(0, 0, 0, 0)
        self._figures.setHorizontalSpacing(tokens.px(10))
        self._figures.setVerticalSpacing(0)
        self._figures.addWidget(self.price, 0, 0)
        self._figures.addWidget(self.stock, 0, 1)
        self._figures.addWidget(self.was, 1, 0)
        layout.addLayout(self._figures)
        tools = self._tools = row(self.explain, self.card, self.try_on, gap=6)
        layout.addLayout(tools)
        self._line, self._whole = layout, column(gap=0)
        self._whole.addLayout(layout, 1)
        self.setLayout(self._whole)
        self._is_narrow = self._is_tall = False
        self._words = ""
        self._shown_variants: tuple[tuple[str, str], ...] = ()

    def set_tall(self, is_tall: bool) -> None:
        """In a panel too small even for that, what one does stands below what it is."""
        if is_tall == self._is_tall:
            return
        self._is_tall = is_tall
        was, now = (self._line, self._whole) if is_tall else (self._whole, self._line)
        was.removeItem(self._tools)
        self._tools.setParent(None)
        now.addLayout(self._tools)
        edge = tokens.px(12) if is_tall else 0
        self._tools.setContentsMargins(edge, 0, edge, tokens.px(8) if is_tall else 0)
        self.setFixedHeight(tokens.px(88 if is_tall else 54))

    def set_narrow(self, is_narrow: bool) -> None:
        """In a narrow panel price and stock stand one above the other."""
        if is_narrow == self._is_narrow:
            return
        self._is_narrow = is_narrow
        self._line.setSpacing(tokens.px(6 if is_narrow else 10))
        self._tools.setSpacing(tokens.px(3 if is_narrow else 6))
        self._figures.removeWidget(self.stock)
        self._figures.removeWidget(self.was)
        self._figures.addWidget(self.was, int(not is_narrow), int(is_narrow))
        self._figures.addWidget(self.stock, int(is_narrow), int(not is_narrow))
        self.number.setVisible(not is_narrow)
        self.title.setMinimumWidth(tokens.px(36 if is_narrow else 64))
        self.sub.setVisible(not is_narrow or not self._shown_variants)
        for button in (self.explain, self.card, self.try_on):
            put(button, "tight", "true" if is_narrow else "false")
        self._set_widths()

    def _set_widths(self) -> None:
        """Buttons and figures stand below each other, whatever a row's buttons say."""
        spare = tokens.px(10 if self._is_narrow else 20)
        for button, keys, wide in (
            (self.explain, ("explain",), 56),
            (self.card, ("card", "card_on"), 66),
            (self.try_on, ("try_on", "make_up"), 64),
        ):
            metrics = button.fontMetrics()
            needs = [metrics.horizontalAdvance(t(f"products.{key}")) for key in keys]
            least = tokens.px(wide - 12 if self._is_narrow else wide)
            button.setFixedWidth(max(least, max(needs) + spare))

    def _show_alarms(self, product: Product) -> None:
        """A mark where words of the product must not be said, with the reason in its tip."""
        found = [f for f in self.desk.store.packs.findings if f.product == product.id]
        words = alarm_words(found)
        self.alarm.setText("▲" if words else "")
        self.alarm.setVisible(bool(words))
        self.alarm.setToolTip(plain(words))
        self.alarm.setAccessibleName(words)

    def show_product(self, product: Product, shop: ShopState, folder: str) -> None:
        """Shows what is known now."""
        self.product = product
        if self._words != t("products.card"):
            self._words = t("products.card")
            self._set_widths()
        self.number.setText(f"{product.number:02d}")
        self.title.setText(product.name)
        self._show_alarms(product)
        self.photo.show_path(Path(folder) / product.photo if product.photo else Path())
        self._show_price(product, shop)
        self._show_stock(product)
        is_now = shop.explaining == product.id
        is_card = shop.card == product.id
        is_worn = shop.trying == product.id
        self._set(self.explain, is_now, t("products.explain"))
        self._set(self.card, is_card, t("products.card_on") if is_card else t("products.card"))
        makeup = bool(product.try_on and product.try_on.garment in MAKEUP)
        has_try_on = bool(product.try_on or any(v.try_on for v in product.variants))
        words = t("products.make_up") if makeup else t("products.try_on")
        self._set(self.try_on, is_worn, words if has_try_on else "—")
        is_bypassed = any(entry.is_bypassed for entry in self.desk.store.tryon.values())
        is_waiting = is_worn and is_bypassed  # chosen, and nothing of it is drawn
        self.try_on.set_kind("attention" if is_waiting else "")
        self.try_on.setEnabled(has_try_on)
        if is_waiting:
            self.try_on.setChecked(False)
            self.try_on.setText("‖ " + words)
            self.try_on.name(f"{words} {product.name}", t("products.try_on_waits"))
        if not has_try_on:
            self.try_on.name(t("products.no_try_on"))
        put(self, "now", "true" if is_now else "false")
        self._show_variants(product, shop)
        self.tick(shop)

    def _show_price(self, product: Product, shop: ShopState) -> None:
        """The price that is paid now; during a sale its own stands beside it, struck through."""
        sku = shop.variant.get(product.id, "")
        cents, _ = product.price_of(sku)
        own = price_text(cents, product.currency)
        sales = [
            view
            for view in self.desk.store.offers
            if view.stage == "live" and view.offer.sku in product.skus and not view.offer.is_bundle
        ]
        sale = next((view for view in sales if view.offer.sku in (sku, product.id)), None)
        sale = sale or (sales[0] if sales and not sku else None)
        is_sale = sale is not None and sale.cents < cents
        shown = price_text(sale.cents, product.currency) if sale and is_sale else own
        self.price.label.setText(shown)
        self.price.label.set_tone("next" if is_sale else "")
        self.price.own = own if is_sale else ""
        self.was.setText(own if is_sale else "")
        self.was.setAccessibleName(t("products.list_price", price=own) if is_sale else "")
        self.was.setVisible(is_sale)

    def tick(self, shop: ShopState) -> None:
        """Time goes on for the one that is explained."""
        parts = []
        if shop.explaining == self.product_id:
            since = age_s(shop.explaining_since)
            parts.append(
                t("products.explaining", time=ms_short(since)) if since else t("products.now")
            )
        if not self._shown_variants and self.product.points:
            parts.append(" · ".join(self.product.points[:2]))
        self.sub.setText("  ".join(parts))

    def _set(self, button: Button, on: bool, words: str) -> None:
        button.setChecked(on)
        button.setText(words)
        button.name(f"{words} {self.product.name}", words)

    def _show_stock(self, product: Product) -> None:
        label = self.stock.label
        self.stock.setToolTip(plain(self._stock_words(product)))
        tip = "products.edit_tip_sale" if self.price.own else "products.edit_tip"
        self.price.setToolTip(plain(t(tip, price=self.price.own)))
        self.stock.setAccessibleName(t("products.stock_of", name=product.name))
        self.price.setAccessibleName(t("products.price_of", name=product.name))
        if product.stock is None:
            label.setText(t("products.stock_unknown"))
            label.set_tone("muted")
        elif product.stock == 0:
            label.setText(t("products.sold_out"))
            label.set_tone("attention")
        elif product.stock <= FEW:
            label.setText(t("products.stock", n=product.stock) + " ▲")
            label.set_tone("attention")
        else:
            label.setText(t("products.stock", n=product.stock))
            label.set_tone("")

    def _stock_words(self, product: Product) -> str:
        """What the ledger says of it, and how to change it."""
        view, tip = self.desk.store.stock, t("products.edit_tip")
        if view.error:
            return f"{view.error}\n{tip}"
        levels = [level for level in view.levels if level.sku in product.skus]
        if not levels:
            return tip
        words = [
            t("products.level", channel=channel, free=sum(entry.free for entry in mine),
              held=sum(entry.held for entry in mine), sold=sum(entry.sold for entry in mine))
            for channel in sorted({level.channel for level in levels})
            if (mine := [level for level in levels if level.channel == channel])
        ]  # fmt: skip
        return "\n".join([*words, t("products.ledger", shop=view.shop), tip])

    def _show_variants(self, product: Product, shop: ShopState) -> None:
        wanted = tuple((v.sku, v.name) for v in product.variants)
        self._shown_variants = wanted
        self.variants.show_variants(wanted, shop.variant.get(product.id, ""))

    def _run(self, command: str, args: dict[str, object], origin: QWidget) -> None:
        self.desk.actions.run(command, args, origin=origin, done=lambda _: self._again())

    def _again(self) -> None:
        """A button shows what is, not what was clicked."""
        store = self.desk.store
        found = store.shop.product(self.product_id)
        if found is not None:
            self.show_product(found, store.shop, store.show.folder)

    def _explain(self) -> None:
        on = self.desk.store.shop.explaining != self.product_id
        self._run("shop.explain", {"product": self.product_id if on else ""}, self.explain)

    def _card(self) -> None:
        if self.desk.store.shop.card == self.product_id:
            self._run("shop.card_off", {}, self.card)
        else:
            self._run("shop.card", {"product": self.product_id}, self.card)

    def _try_on(self) -> None:
        on = self.desk.store.shop.trying != self.product_id
        self._run("shop.try_on", {"product": self.product_id if on else ""}, self.try_on)

    def _choose(self, sku: str) -> None:
        args: dict[str, object] = {"product": self.product_id, "sku": sku}
        self._run("shop.variant", args, self.variants)

    def _set_price(self, text: str) -> None:
        cents = typed_price(text, self.product.currency)
        if cents is None:
            self.desk.say(self.price, t("products.bad_number", text=text), "attention")
            return
        self._run("shop.price", {"product": self.product_id, "cents": cents}, self.price)

    def _set_stock(self, text: str) -> None:
        if not text.isdecimal():
            self.desk.say(self.stock, t("products.bad_number", text=text), "attention")
            return
        self._run("shop.stock", {"product": self.product_id, "count": int(text)}, self.stock)
