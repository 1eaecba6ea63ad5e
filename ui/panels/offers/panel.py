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
from ui.panels.offers.coupon_row import CouponRow
from ui.panels.offers.schemas import BUNDLE_SCHEMA, COUPON_SCHEMA, SCHEMA
from ui.panels.spot import BOTTOM, RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, Dot, TextLabel, column, row
from ui.widgets.keyed_rows import keep_rows
from ui.widgets.pop_form import PopForm

RUNS = ("armed", "countdown", "live")


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
        self.arm = Button("", clicked=self._arm)
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
        for button in (self.arm, self.begin, self.end, self.remove):
            layout.addWidget(button)
        self.setLayout(layout)

    def show_offer(self, view: OfferView) -> None:
        """What is known now."""
        self._view = view
        offer, is_on = view.offer, view.stage in RUNS
        waits = ("armed", "countdown")
        tone = "good" if view.stage == "live" else "attention" if view.stage in waits else "off"
        self.dot.set(tone)
        title = offer.name or t("offers.bundle" if offer.parts else "offers.flash")
        goods = " + ".join(view.parts) or view.product or offer.sku
        self.name.setText(f"{title} · {goods}")
        parts = [t("offers.pieces", n=offer.pieces) if offer.pieces else t("offers.no_end_pieces")]
        parts.append(ms_short(offer.seconds) if offer.seconds else t("offers.by_hand"))
        if offer.slot is not None:
            parts.append(t("offers.slot", starts=offer.slot.starts))
        if offer.steps:
            parts.append(t("offers.steps", n=len(offer.steps)))
        if offer.edition:
            parts.append(t("offers.edition", n=offer.edition))
        self.what.setText(" · ".join(parts))
        now, before = (price_text(c, view.currency) for c in (view.cents, view.list_cents))
        self.price.setText(f"{now}  ←  {before}")
        said = [t(f"offers.stage_{view.stage}")]
        if view.stage == "ended" and view.why:
            said = [t("offers.why_refused" if "." in view.why else f"offers.why_{view.why}")]
        if view.left_s is not None:
            said.append(ms_short(view.left_s))
        if view.left is not None:
            said.append(t("offers.left", n=view.left))
        self.state.setText(" · ".join(said))
        self.state.set_tone("attention" if view.stage in waits else "muted")
        self.begin.setText(t("offers.begin"))
        self.begin.name(t("offers.begin_of", name=title))
        self.arm.setText(t("offers.arm"))
        self.arm.name(t("offers.arm_of", name=title))
        self.arm.setVisible(offer.slot is not None and not is_on)
        self.end.setText(t("offers.end"))
        self.end.name(t("offers.end_of", name=title))
        self.remove.name(t("offers.remove_of", name=title))
        self.begin.setVisible(not is_on)
        self.end.setVisible(is_on)
        self.remove.setVisible(not is_on)
        self.setAccessibleName(f"{self.name.text()}, {now}, {self.state.text()}")

    def _begin(self) -> None:
        self._desk.actions.run("offers.start", {"id": self._view.offer.id}, origin=self.begin)

    def _arm(self) -> None:
        self._desk.actions.run("offers.arm", {"id": self._view.offer.id}, origin=self.arm)

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
        self._coupons: dict[str, CouponRow] = {}
        self._new = self.tool(Button("", "primary", icon="plus", clicked=self._open_form))
        self._new_bundle = Button("", "quiet", icon="plus", clicked=self._open_bundle)
        self._new_coupon = Button("", "quiet", icon="plus", clicked=self._open_coupon)
        inside = QWidget()
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._empty = TextLabel(tone="muted", wraps=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._list.addWidget(self._empty)
        self._list.addLayout(
            row(self._new_bundle, self._new_coupon, 1, gap=8, margins=(12, 6, 10, 6))
        )
        self._list.addStretch(1)
        inside.setLayout(self._list)
        inside.setStyleSheet(f"QFrame#offer {{ border-bottom: 1px solid {tokens.RAISED}; }}")
        self.add_scroll(inside)
        self.desk.store.changed.connect(self._heard)

    def retext(self) -> None:
        super().retext()
        self._new.setText(t("offers.new"))
        self._new.name(t("offers.new"), t("offers.new_tip"))
        self._new_bundle.setText(t("offers.new_bundle"))
        self._new_bundle.name(t("offers.new_bundle"), t("offers.new_bundle_tip"))
        self._new_coupon.setText(t("coupons.new"))
        self._new_coupon.name(t("coupons.new"), t("coupons.new_tip"))
        self._empty.setText(t("offers.empty"))
        self._show()

    def _heard(self, part: str) -> None:
        if part in ("offers", "shop", "coupons"):
            self._show()

    def _show(self) -> None:
        views = sorted(self.desk.store.offers, key=lambda view: view.stage not in RUNS)
        ids = [view.offer.id for view in views]
        keep_rows(self._list, self._rows, ids, lambda _: OfferRow(self.desk))
        for view in views:
            self._rows[view.offer.id].show_offer(view)
        coupons = self.desk.store.coupons
        slips = [view.coupon.id for view in coupons]
        keep_rows(self._list, self._coupons, slips, lambda _: CouponRow(self.desk), len(views))
        for ticket in coupons:
            self._coupons[ticket.coupon.id].show_coupon(ticket, self._currency)
        self._empty.setVisible(not views and not coupons)
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

    @property
    def _currency(self) -> str:
        products = self.desk.store.shop.products
        return products[0].currency if products else "CNY"

    def _open_bundle(self) -> None:
        """Two products at one price."""
        goods = self._goods()
        if len(goods) < 2:
            self.desk.say(self._new_bundle, t("offers.no_goods"), "attention")
            return
        form = PopForm(
            self._new_bundle, t("offers.new_bundle"), BUNDLE_SCHEMA,
            {"sku": goods[0][0], "with": goods[1][0]}, self._save_bundle,
            lambda name: goods if name in ("sku", "with") else (),
        )  # fmt: skip
        form.open()

    def _save_bundle(self, given: dict[str, Any]) -> None:
        skus = [str(given.get("sku", "")), str(given.get("with", ""))]
        cents = self._typed(given, self._new_bundle)
        if cents is None:
            return
        offer = {
            "id": self._free_id("bundle", [v.offer.id for v in self.desk.store.offers]),
            "sku": skus[0],
            "name": str(given.get("name", "")).strip(),
            "price_cents": cents,
            "pieces": int(given.get("pieces") or 0),
            "seconds": int(given.get("minutes") or 0) * 60,
            "parts": [{"sku": sku} for sku in skus],
        }
        self.desk.actions.run("offers.put", {"offer": offer}, origin=self._new_bundle)

    def _open_coupon(self) -> None:
        """So much off from a sum on, so many times."""
        form = PopForm(
            self._new_coupon,
            t("coupons.new"),
            COUPON_SCHEMA,
            {},
            self._save_coupon,
            lambda name: (),
        )
        form.open()

    def _save_coupon(self, given: dict[str, Any]) -> None:
        off = self._typed(given, self._new_coupon)
        least = self._typed({"price": given.get("from") or "0"}, self._new_coupon)
        if off is None or least is None:
            return
        coupon = {
            "id": self._free_id("coupon", [v.coupon.id for v in self.desk.store.coupons]),
            "name": str(given.get("name", "")).strip(),
            "off_cents": off,
            "from_cents": least,
            "uses": int(given.get("uses") or 1),
        }
        self.desk.actions.run("coupons.put", {"coupon": coupon}, origin=self._new_coupon)

    def _typed(self, given: dict[str, Any], origin: Button) -> int | None:
        """A price as it was typed; what is none is said at the button."""
        cents = typed_price(str(given.get("price", "")), self._currency)
        if cents is None:
            words = t("products.bad_number", text=given.get("price", ""))
            self.desk.say(origin, words, "attention")
        return cents

    @staticmethod
    def _free_id(word: str, taken: list[str]) -> str:
        return next(f"{word}-{n}" for n in range(1, 1000) if f"{word}-{n}" not in taken)

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
        offer = {
            "id": self._free_id("sale", [view.offer.id for view in self.desk.store.offers]),
            "sku": sku,
            "name": str(given.get("name", "")).strip(),
            "price_cents": cents,
            "pieces": int(given.get("pieces") or 0),
            "seconds": int(given.get("minutes") or 0) * 60,
            "countdown_s": int(given.get("countdown_s") or 0),
        }
        self.desk.actions.run("offers.put", {"offer": offer}, origin=self._new)
