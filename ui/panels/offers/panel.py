"""Offers: what is cheaper for a while, how long and how many; one click begins and ends it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from studio.shop.model import price_text, typed_price
from studio.shop.offers.model import Offer, OfferView
from ui.desk import Desk
from ui.format import ms_short
from ui.i18n import t
from ui.panels.base import Panel
from ui.panels.spot import BOTTOM, RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, Dot, TextLabel, column, row
from ui.widgets.pop_form import PopForm

RUNS = ("countdown", "live")


class OfferRow(QFrame):
    """One offer."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._view = desk, OfferView(Offer("none", "none"))
        self.setObjectName("offer")
        self.setMinimumHeight(tokens.px(46))
        self.dot = Dot()
        self.name = TextLabel(weight=600, elides=True)
        self.what = TextLabel(size=12, tone="muted", elides=True)
        self.price = TextLabel(weight=600)
        self.state = TextLabel(size=12)
        self.begin = Button("", "primary", clicked=self._begin)
        self.end = Button("", clicked=self._end)
        self.remove = Button("✕", "quiet", clicked=self._remove)
        names = column(gap=1)
        names.addWidget(self.name)
        names.addWidget(self.what)
        layout = row(self.dot, gap=8, margins=(12, 4, 10, 4))
        layout.addLayout(names, 1)
        figures = column(gap=1)
        for label in (self.price, self.state):
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            figures.addWidget(label)
        layout.addLayout(figures)
        for button in (self.begin, self.end, self.remove):
            layout.addWidget(button)
        self.setLayout(layout)

    def show_offer(self, view: OfferView) -> None:
        """What is known now."""
        self._view = view
        offer, is_on = view.offer, view.stage in RUNS
        tone = {"live": "good", "countdown": "attention"}.get(view.stage, "off")
        self.dot.set(tone)
        title = offer.name or t("offers.flash")
        self.name.setText(f"{title} · {view.product or offer.sku}")
        parts = [t("offers.pieces", n=offer.pieces) if offer.pieces else t("offers.no_end_pieces")]
        parts.append(ms_short(offer.seconds) if offer.seconds else t("offers.by_hand"))
        self.what.setText(" · ".join(parts))
        now, before = (price_text(c, view.currency) for c in (view.cents, view.list_cents))
        self.price.setText(f"{now}  ←  {before}")
        said = [t(f"offers.stage_{view.stage}")]
        if view.stage == "ended" and view.why:
            said = [t(f"offers.why_{view.why}")]
        if view.left_s is not None:
            said.append(ms_short(view.left_s))
        if view.left is not None:
            said.append(t("offers.left", n=view.left))
        self.state.setText(" · ".join(said))
        self.state.set_tone("attention" if view.stage == "countdown" else "muted")
        self.begin.setText(t("offers.begin"))
        self.begin.name(t("offers.begin_of", name=title))
        self.end.setText(t("offers.end"))
        self.end.name(t("offers.end_of", name=title))
        self.remove.name(t("offers.remove_of", name=title))
        self.begin.setVisible(not is_on)
        self.end.setVisible(is_on)
        self.remove.setVisible(not is_on)
        self.setAccessibleName(f"{self.name.text()}, {now}, {self.state.text()}")

    def _begin(self) -> None:
        self._desk.actions.run("offers.start", {"id": self._view.offer.id}, origin=self.begin)

    def _end(self) -> None:
        self._desk.actions.run("offers.stop", {"id": self._view.offer.id}, origin=self.end)

    def _remove(self) -> None:
        self._desk.actions.run("offers.remove", {"id": self._view.offer.id}, origin=self)


class OffersPanel(Panel):
    """All offers of the show, those that run first."""

    id = "offers"
    rank = 25
    spots = {
        "controller": Spot(BOTTOM, 2),
        "technician": Spot(BOTTOM, 2),
        "vertical": Spot(RIGHT, 0),
        "prepare": Spot(BOTTOM),
    }
    keys = (("Tab", "offers.key_next"), ("Space", "offers.key_press"))

    def build(self) -> None:
        self._rows: dict[str, OfferRow] = {}
        self._new = self.tool(Button("", "primary", icon="plus", clicked=self._open_form))
        inside = QWidget()
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._empty = TextLabel(tone="muted", wraps=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._list.addWidget(self._empty)
        self._list.addStretch(1)
        inside.setLayout(self._list)
        inside.setStyleSheet(f"QFrame#offer {{ border-bottom: 1px solid {tokens.RAISED}; }}")
        self.add_scroll(inside)
        self.desk.store.changed.connect(self._heard)

    def retext(self) -> None:
        super().retext()
        self._new.setText(t("offers.new"))
        self._new.name(t("offers.new"), t("offers.new_tip"))
        self._empty.setText(t("offers.empty"))
        self._show()

    def _heard(self, part: str) -> None:
        if part in ("offers", "shop"):
            self._show()

    def _show(self) -> None:
        views = sorted(self.desk.store.offers, key=lambda view: view.stage not in RUNS)
        ids = [view.offer.id for view in views]
        for gone in [id for id in self._rows if id not in ids]:
            self._rows.pop(gone).deleteLater()
        for position, view in enumerate(views):
            line = self._rows.get(view.offer.id)
            if line is None:
                line = self._rows[view.offer.id] = OfferRow(self.desk)
            if self._list.indexOf(line) != position:
                self._list.insertWidget(position, line)
            line.show_offer(view)
        self._empty.setVisible(not views)
        live = sum(view.stage == "live" for view in views)
        self.head.count.setText(t("offers.count", n=len(views), live=live) if views else "")
        self.head.show_badge(t("offers.live_badge") if live else "", "good")

    def _open_form(self) -> None:
        """A flash sale in five fields."""
        goods = self._goods()
        if not goods:
            self.desk.say(self._new, t("offers.no_goods"), "attention")
            return
        shop = self.desk.store.shop
        chosen = shop.product(shop.card or shop.explaining)
        first = chosen.skus[0] if chosen else goods[0][0]
        form = PopForm(
            self._new, t("offers.new_title"), SCHEMA, {"sku": first}, self._save,
            lambda name: goods if name == "sku" else (),
        )  # fmt: skip
        form.open()

    def _goods(self) -> list[tuple[str, str]]:
        found = []
        for product in sorted(self.desk.store.shop.products, key=lambda p: p.number):
            for sku in product.skus:
                variant = product.variant(sku)
                name = f"{product.name} {variant.name}" if variant else product.name
                found.append((sku, f"{product.number:02d} {name}"))
        return found

    def _save(self, given: dict[str, Any]) -> None:
        shop, sku = self.desk.store.shop, str(given.get("sku", ""))
        product = next((p for p in shop.products if sku in p.skus), None)
        currency = product.currency if product else "CNY"
        cents = typed_price(str(given.get("price", "")), currency)
        if cents is None:
            words = t("products.bad_number", text=given.get("price", ""))
            self.desk.say(self._new, words, "attention")
            return
        taken = {view.offer.id for view in self.desk.store.offers}
        number = next(n for n in range(1, 1000) if f"sale-{n}" not in taken)
        offer = {
            "id": f"sale-{number}",
            "sku": sku,
            "name": str(given.get("name", "")).strip(),
            "price_cents": cents,
            "pieces": int(given.get("pieces") or 0),
            "seconds": int(given.get("minutes") or 0) * 60,
            "countdown_s": int(given.get("countdown_s") or 0),
        }
        self.desk.actions.run("offers.put", {"offer": offer}, origin=self._new)


def _number(zh: str, en: str, most: int, default: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": most, "default": default, "x-zh": zh,
            "x-en": en}  # fmt: skip


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "sku": {"type": "string", "x-zh": "商品", "x-en": "Product"},
        "price": {"type": "string", "default": "", "x-zh": "秒杀价", "x-en": "Price"},
        "pieces": _number("件数（0 不限）", "Pieces (0: no limit)", 1_000_000, 0),
        "minutes": _number("时长 分（0 手动结束）", "Minutes (0: by hand)", 1440, 5),
        "countdown_s": _number("倒计时 秒", "Countdown, s", 3600, 10),
        "name": {"type": "string", "default": "", "x-zh": "名称", "x-en": "Name"},
    },
}
