"""Orders of shops: what is owed, where the ledger and a shop disagree, who sends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.shop.orders.model import OrdersView, SenderView
from studio.shop.stock.model import StockView
from ui.client import Reply
from ui.i18n import t
from ui.panels.base import Panel
from ui.panels.spot import BOTTOM, Spot
from ui.widgets.basics import Button, Dot, TextLabel, clear, row
from ui.widgets.pop_form import PopForm

MOST_LINES = 40
KINDS = ("standard", "shopify", "woocommerce")


class OrdersPanel(Panel):
    """The orders' door, and what its messages came to."""

    id = "orders"
    rank = 27
    spots = {
        "controller": Spot(BOTTOM, 2),
        "technician": Spot(BOTTOM, 2),
        "prepare": Spot(BOTTOM),
    }
    keys = (("Tab", "orders.key_next"), ("Space", "orders.key_press"))

    def build(self) -> None:
        self._shown: object = None
        self.door = self.tool(Button("", "primary", clicked=self._turn))
        self.add_sender = Button("", "quiet", icon="plus", clicked=self._open_form)
        self.ledger = Button("", "quiet", clicked=self._open_ledger_form)
        inside = QWidget()
        whole = QVBoxLayout()
        whole.setContentsMargins(12, 6, 10, 6)
        self._lines = QVBoxLayout()
        whole.addLayout(self._lines)
        whole.addLayout(row(self.add_sender, self.ledger, 1))
        whole.addStretch(1)
        inside.setLayout(whole)
        self.add_scroll(inside)
        self.desk.store.changed.connect(self._heard)

    def retext(self) -> None:
        super().retext()
        self.add_sender.setText(t("orders.add"))
        self.add_sender.name(t("orders.add"), t("orders.add_tip"))
        self.ledger.setText(t("orders.ledger"))
        self.ledger.name(t("orders.ledger"), t("orders.ledger_tip"))
        self._shown = None
        self._show()

    def _heard(self, part: str) -> None:
        if part in ("orders", "stock"):
            self._show()

    def _show(self) -> None:
        view, stock = self.desk.store.orders, self.desk.store.stock
        about = (stock.shop, stock.error, stock.caution)
        if self._shown == (view, about):
            return
        self._shown = (view, about)
        self.door.setText(t("orders.close" if view.is_open else "orders.open"))
        self.door.name(self.door.text(), t("orders.open_tip"))
        owed = sum(short.count for short in view.short)
        self.head.show_badge(t("orders.owed_badge", n=owed) if owed else "", "bad")
        clear(self._lines)
        for tone, text in [*_ledger_lines(stock), *_lines(view)][:MOST_LINES]:
            dot, words = Dot(tone), TextLabel(text, wraps=True)
            words.set_tone("attention" if tone == "attention" else "")
            line = QWidget()
            line.setLayout(row(dot, words, gap=8))
            line.setAccessibleName(text)
            self._lines.addWidget(line)

    def _turn(self) -> None:
        is_open = self.desk.store.orders.is_open
        command = "orders.close_door" if is_open else "orders.open_door"
        self.desk.actions.run(command, {}, origin=self.door)

    def _open_form(self) -> None:
        """Which shop may send, and its secret."""
        form = PopForm(
            self.add_sender, t("orders.add"), SCHEMA, {"kind": KINDS[0]}, self._save,
            lambda name: (),
        )  # fmt: skip
        form.open()

    def _open_ledger_form(self) -> None:
        """Which ledger is sold from, and where it is."""
        form = PopForm(
            self.ledger, t("orders.ledger"), LEDGER, {"shop": self.desk.store.stock.shop},
            self._save_ledger, lambda name: (),
        )  # fmt: skip
        form.open()

    def _save_ledger(self, given: dict[str, Any]) -> None:
        shop, url = str(given.get("shop", "")).strip(), str(given.get("url", "")).strip()

        def placed(reply: Reply) -> None:
            if reply.ok and self.desk.store.stock.shop != shop:  # one that is open stays so
                self.desk.actions.run("stock.open", {"shop": shop}, origin=self.ledger)

        if given.get("back"):
            args: dict[str, Any] = {"shop": shop}
            self.desk.actions.run("stock.place_back", args, origin=self.ledger, done=placed)
        elif url:
            args = {"shop": shop, "settings": {"url": url}}
            self.desk.actions.run("stock.place", args, origin=self.ledger, done=placed)
        else:
            self.desk.actions.run("stock.open", {"shop": shop}, origin=self.ledger)

    def _save(self, given: dict[str, Any]) -> None:
        sender = {
            "name": str(given.get("name", "")).strip(),
            "kind": str(given.get("kind") or KINDS[0]),
            "channel": str(given.get("channel", "")).strip() or "shop",
        }
        secret = str(given.get("secret", "")).strip()
        args = {"sender": sender, "secret": secret}
        self.desk.actions.run("orders.put_sender", args, origin=self.add_sender)


def _ledger_lines(view: StockView) -> Iterator[tuple[str, str]]:
    """Which ledger is sold from, and what is the matter with it."""
    for words in (view.error, view.caution):
        if words:
            yield "attention", words
    if view.shop and not view.error:
        yield "good", t("orders.from_ledger", shop=view.shop)
    elif not view.shop:
        yield "off", t("orders.no_ledger")


def _lines(view: OrdersView) -> Iterator[tuple[str, str]]:
    """Tone and words, what needs a person first."""
    for short in view.short:
        words = {"n": short.count, "sku": short.sku, "order": short.key}
        yield "attention", t("orders.owed", **words)
    if view.error:
        yield "attention", view.error
    for conflict in reversed(view.conflicts):
        said = {"sku": conflict.sku, "says": conflict.says, "here": conflict.here}
        yield "attention", t(f"orders.conflict_{conflict.why}", sender=conflict.sender, **said)
    if view.is_open:
        yield "good", t("orders.at", address="  ".join(view.addresses))
    else:
        yield "off", t("orders.shut")
    for sender in view.senders:
        yield _sender(sender)
    if not view.senders:
        yield "off", t("orders.nobody")


def _sender(view: SenderView) -> tuple[str, str]:
    counts = {"booked": view.booked, "again": view.again, "refused": view.refused}
    words = f"{view.sender.name} ({view.sender.kind}) · {t('orders.counts', **counts)}"
    if not view.has_secret:
        return "attention", f"{words} · {t('orders.no_secret')}"
    if view.error:
        return "attention", f"{words} · {view.error}"
    return ("good" if view.last_utc else "off"), words


LEDGER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "shop": {"type": "string", "default": "", "x-zh": "店名", "x-en": "Name of the shop"},
        "url": {"type": "string", "default": "", "x-zh": "Redis 地址（空为本机）",
                "x-en": "Address of a Redis (empty: here)"},
        "back": {"type": "boolean", "default": False, "x-zh": "从 Redis 搬回这台电脑",
                 "x-en": "Take it back from Redis to this machine"},
    },
}  # fmt: skip
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "default": "", "x-zh": "名称（地址的一部分）",
                 "x-en": "Name (part of the address)"},
        "kind": {"type": "string", "enum": list(KINDS), "x-zh": "店铺系统", "x-en": "Kind of shop"},
        "secret": {"type": "string", "default": "", "x-widget": "secret", "x-zh": "密钥",
                   "x-en": "Secret"},
        "channel": {"type": "string", "default": "", "x-zh": "渠道（空为自有店铺）",
                    "x-en": "Channel (empty: the own shop)"},
    },
}  # fmt: skip
