"""One coupon of the offers panel: how far it is, how many are left, what to do with it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from studio.shop.coupons.model import Coupon, CouponView
from studio.shop.model import price_text
from ui.desk import Desk
from ui.i18n import t
from ui.theme import tokens
from ui.widgets.basics import Button, Dot, TextLabel, column, row
from ui.widgets.flow import Flow

OPEN = ("booking", "released")


class CouponRow(QFrame):
    """One coupon."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._id = desk, ""
        self.setObjectName("offer")
        self.setMinimumHeight(tokens.px(46))
        self.dot = Dot()
        self.name = TextLabel(weight=600, wraps=True)
        self.what = TextLabel(size=12, tone="muted", wraps=True)
        self.state = TextLabel(size=12)
        self.open = Button("", clicked=self._open)
        self.release = Button("", "primary", clicked=self._release)
        self.stop = Button("", clicked=self._stop)
        self.remove = Button("✕", "quiet", clicked=self._remove)
        names = column(gap=1)
        names.addWidget(self.name)
        names.addWidget(self.what)
        head = row(self.dot, gap=8)
        head.addLayout(names, 1)
        head.addWidget(self.state)
        head.addWidget(self.remove)
        layout = column(gap=4, margins=(12, 6, 10, 6))
        layout.addLayout(head)
        layout.addLayout(Flow(self.open, self.release, self.stop))
        self.setLayout(layout)

    def show_coupon(self, view: CouponView, currency: str) -> None:
        """What is known now."""
        coupon, self._id = view.coupon, view.coupon.id
        is_open = view.stage in OPEN
        self.dot.set({"released": "good", "booking": "attention"}.get(view.stage, "off"))
        title = coupon.name or t("coupons.title")
        self.name.setText(f"{title} · {_worth(coupon, currency)}")
        counts = t("coupons.no_counts", n=coupon.uses)
        if view.left is not None:
            counts = t("coupons.counts", left=view.left, taken=view.taken, used=view.used)
        self.what.setText(counts)
        self.state.setText(t(f"coupons.stage_{view.stage}"))
        self.state.set_tone("attention" if view.stage == "booking" else "muted")
        for button, word, is_shown in (
            (self.open, "open", not is_open),
            (self.release, "release", view.stage != "released"),
            (self.stop, "stop", is_open),
        ):
            button.setText(t(f"coupons.{word}"))
            button.name(t("coupons.of", what=t(f"coupons.{word}"), name=title))
            button.setVisible(is_shown)
        self.remove.name(t("offers.remove_of", name=title))
        self.remove.setVisible(not is_open)
        self.setAccessibleName(f"{self.name.text()}, {self.state.text()}, {counts}")

    def _run(self, command: str, origin: Button) -> None:
        self._desk.actions.run(command, {"id": self._id}, origin=origin)

    def _open(self) -> None:
        self._run("coupons.open", self.open)

    def _release(self) -> None:
        self._run("coupons.release", self.release)

    def _stop(self) -> None:
        self._run("coupons.stop", self.stop)

    def _remove(self) -> None:
        self._run("coupons.remove", self.remove)


def _worth(coupon: Coupon, currency: str) -> str:
    words = [t("coupons.percent", n=coupon.percent)]
    if coupon.off_cents:
        words = [t("coupons.worth", off=price_text(coupon.off_cents, currency))]
    if coupon.from_cents:
        words.append(t("coupons.from", sum=price_text(coupon.from_cents, currency)))
    return " · ".join(words)
