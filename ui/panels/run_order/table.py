"""Today's goods as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent

from studio.shop.run_order.model import RunOrderRow, RunOrderView
from ui.format import ms_short
from ui.i18n import t
from ui.models.rows import Index, RowsModel
from ui.theme import tokens
from ui.widgets.plain import plain
from ui.widgets.rows_table import RowsTable

PLACE, GOODS, STATE, TIME, FILLED = range(5)
HEADS = ("place", "goods", "state", "time", "filled")


def missing_words(row: RunOrderRow) -> str:
    """What of a product is not filled in, in the present language."""
    return ", ".join(t(f"run_order.missing_{name}") for name in row.missing)


class RunOrderTable(RowsTable):
    """The table, with keys of its own.

    Signals:
        moved: (by) the chosen row is to stand earlier (−1) or later (1).
        removed: the chosen row is not for today.
    """

    moved = Signal(int)
    removed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with an arrow moves the row, Delete takes it out."""
        key, is_alt = event.key(), event.modifiers() & Qt.KeyboardModifier.AltModifier
        if is_alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(-1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_Delete:
            self.removed.emit()
        else:
            super().keyPressEvent(event)


class RunOrderModel(RowsModel):
    """The rows in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.view = RunOrderView()

    def put(self, view: RunOrderView) -> None:
        """Takes what is known now; the same goods in the same order keep the selection."""
        was = [row.product for row in self.view.rows]
        with self.other_rows(are_same=was == [row.product for row in view.rows]):
            self.view = view

    def at(self, number: int) -> RunOrderRow | None:
        """The product of a row."""
        return self.view.rows[number] if 0 <= number < len(self.view.rows) else None

    def rows(self) -> Sequence[RunOrderRow]:
        """Today's goods."""
        return self.view.rows

    def heads(self) -> list[str]:
        """Place, product, state, explained, filled in."""
        return [t(f"run_order.head_{head}") for head in HEADS]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text, and the colour of what is on."""
        row = self.at(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, index.row(), index.column())
        if role == Qt.ItemDataRole.FontRole and row.state == "now":
            return tokens.font(13, 600)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(_tone(row, index.column()))
        if role == Qt.ItemDataRole.ToolTipRole and row.missing:
            return plain(t("run_order.missing", what=missing_words(row)))
        return None

    @staticmethod
    def _text(row: RunOrderRow, number: int, column: int) -> str:
        if column == PLACE:
            return str(number + 1)
        if column == GOODS:
            return f"{row.number:02d}  {row.name}"
        if column == STATE:
            return t(f"run_order.state_{row.state}")
        if column == TIME:
            return ms_short(row.seconds) if row.seconds else "–"
        return f"{row.score} %  {missing_words(row)}".rstrip()


def _tone(row: RunOrderRow, column: int) -> str:
    if row.state in ("done", "sold_out"):
        return tokens.FAINT
    if column == FILLED and row.missing:
        return tokens.ATTENTION
    return tokens.NEXT_TEXT if row.state == "next" and column == STATE else tokens.TEXT
