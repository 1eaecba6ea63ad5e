"""Competitor watch: what somebody saw at other shops, with the price seen before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.insight.rivals.model import RivalRow
from studio.shop.model import price_text, typed_price
from ui.client import Reply
from ui.format import day_clock
from ui.i18n import t
from ui.models.rows import Index, RowsModel
from ui.panels.base import Panel
from ui.panels.spot import BOTTOM, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, calm
from ui.widgets.flow import Flow
from ui.widgets.pop_form import PopForm
from ui.widgets.rows_table import rows_table


def _field(zh: str, en: str) -> dict[str, Any]:
    return {"type": "string", "default": "", "x-zh": zh, "x-en": en}


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "rival": _field("店铺", "Rival"),
        "goods": _field("商品", "Goods"),
        "price": _field("价格", "Price"),
        "hours": _field("开播时段", "Hours on air"),
        "offer": _field("优惠", "Offer"),
    },
}


class RivalsModel(RowsModel):
    """A row a competitor's product, the newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[RivalRow, ...] = ()

    def put(self, rows: tuple[RivalRow, ...]) -> None:
        """Other ones."""
        with self.other_rows(are_same=[r.key for r in rows] == [r.key for r in self.found]):
            self.found = rows

    def rows(self) -> Sequence[Any]:
        """As they were answered."""
        return self.found

    def heads(self) -> list[str]:
        """Seven columns."""
        names = ("rival", "goods", "price", "before", "hours", "offer", "seen")
        return [t(f"rivals.head_{name}") for name in names]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        row = self.found[index.row()]
        seen, before = row.seen, row.before_cents
        return (
            seen.rival, seen.goods, price_text(seen.cents, seen.currency),
            "—" if before is None else price_text(before, seen.currency), seen.hours or "—",
            seen.offer or "—", day_clock(seen.seen_utc),
        )[index.column()]  # fmt: skip


class RivalsPanel(Panel):
    """Noted by hand or from a file; nothing is fetched."""

    id = "rivals"
    rank = 84
    spots = {"prepare": Spot(BOTTOM)}
    keys = (("Tab", "rivals.key_next"), ("↑ ↓", "rivals.key_rows"))

    def build(self) -> None:
        self.add_one = Button("", "primary", clicked=self._open_form)
        self.remove = Button("", clicked=self._remove)
        self.says = TextLabel(size=12, tone="muted", wraps=True)
        self.model = RivalsModel()
        self.table = rows_table(self.model, (110, 150, 80, 80, 110, 120))
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(*(tokens.px(side) for side in (10, 8, 10, 8)))
        page.addLayout(Flow(self.add_one, self.remove))
        page.addWidget(self.says)
        page.addWidget(self.table, 1)
        inside.setLayout(page)
        calm(inside)
        self.add_scroll(inside)

    def retext(self) -> None:
        super().retext()
        for button, name in ((self.add_one, "add"), (self.remove, "remove")):
            button.setText(t(f"rivals.{name}"))
            button.name(t(f"rivals.{name}"), t(f"rivals.{name}_tip"))
        self.table.setAccessibleName(self.title())
        self._put(self.model.found)

    def showEvent(self, event: QShowEvent) -> None:
        """Asks what there is."""
        super().showEvent(event)
        self._ask()

    def _ask(self) -> None:
        if self.desk.store.is_loaded:
            self.desk.actions.run(
                "rivals.list", {}, origin=self.table, done=self._listed, is_quiet=True
            )

    def _listed(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.result, dict):
            found = reply.result.get("result", {}).get("rivals", [])
            self._put(msgspec.convert(found, tuple[RivalRow, ...]))

    def _put(self, rows: tuple[RivalRow, ...]) -> None:
        self.model.put(rows)
        self.says.setText("" if rows else t("rivals.empty"))
        self.says.setVisible(not rows)
        self.remove.setEnabled(bool(rows))
        self.head.count.setText(t("rivals.count", n=len(rows)) if rows else "")

    def _open_form(self) -> None:
        PopForm(self.add_one, t("rivals.add"), SCHEMA, {}, self.save).open()

    def save(self, given: dict[str, Any]) -> None:
        """Notes what was typed."""
        products = self.desk.store.shop.products
        currency = products[0].currency if products else "CNY"
        cents = typed_price(str(given.get("price", "")), currency)
        if cents is None:
            self.desk.say(self.add_one, t("rivals.bad_price"), "attention")
            return
        texts = {name: str(given.get(name, "")).strip() for name in
                 ("rival", "goods", "hours", "offer")}  # fmt: skip
        seen = {**texts, "cents": cents, "currency": currency}
        self.desk.actions.run("rivals.put", {"seen": seen}, origin=self.add_one, done=self._noted)

    def _noted(self, reply: Reply) -> None:
        if reply.ok:
            self._ask()

    def _remove(self) -> None:
        row = self.table.currentIndex().row()
        if 0 <= row < len(self.model.found):
            args = {"row": self.model.found[row].key}
            self.desk.actions.run("rivals.remove", args, origin=self.remove, done=self._noted)
