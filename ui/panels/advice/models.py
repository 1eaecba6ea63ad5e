"""The proposed order as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt

from studio.insight.advice.model import GoodsLeftOut, OrderProposal, PlacedGoods
from ui.i18n import pick, t
from ui.models.rows import Index, RowsModel
from ui.widgets.plain import plain


class OrderModel(RowsModel):
    """The proposed places, then what is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[PlacedGoods | GoodsLeftOut, ...] = ()

    def put(self, proposal: OrderProposal | None) -> None:
        """Another proposal; the same goods in the same order keep the selection."""
        rows: tuple[PlacedGoods | GoodsLeftOut, ...] = ()
        if proposal is not None:
            rows = (*proposal.order, *proposal.left_out)
        are_same = [row.product for row in rows] == [row.product for row in self.found]
        with self.other_rows(are_same=are_same):
            self.found = rows

    def rows(self) -> Sequence[Any]:
        """As they were answered."""
        return self.found

    def heads(self) -> list[str]:
        """Four columns."""
        return [t(f"advice.head_{name}") for name in ("place", "number", "name", "why")]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        row = self.found[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(self._texts(row)[3])
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(row)[index.column()]
        return None

    @staticmethod
    def _texts(row: PlacedGoods | GoodsLeftOut) -> tuple[str, str, str, str]:
        if isinstance(row, GoodsLeftOut):
            return t("advice.out"), str(row.number), row.name, pick(row.why)
        step = row.number - row.place
        arrow = f" ↑{step}" if step > 0 else f" ↓{-step}" if step < 0 else ""
        mark = f" · {t('advice.cold')}" if row.is_cold else ""
        why = " · ".join(pick(reason) for reason in row.reasons)
        return f"{row.place}{arrow}{mark}", str(row.number), row.name, why
