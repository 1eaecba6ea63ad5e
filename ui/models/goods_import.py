"""What an import would change, as tables: lines to tick, refused cells to put right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal

from ui.i18n import pick, t
from ui.models.rows import Index, RowsModel

DIFFERENCE = ("what", "product", "before", "after")
REFUSED = ("row", "column", "value", "why")


class DifferenceModel(RowsModel):
    """The lines of a difference, each with a tick.

    Signals:
        ticked: another line is accepted, or no longer.
    """

    ticked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []
        self.chosen: set[str] = set()

    def show_lines(self, lines: list[dict[str, Any]]) -> None:
        """Another import."""
        with self.other_rows():
            self.lines = lines
            self.chosen = {str(line["id"]) for line in lines if line.get("is_chosen", True)}
        self.ticked.emit()

    def tick_all(self, on: bool) -> None:
        """All of them, or none; goods that are gone are ticked one by one."""
        with self.other_rows():
            self.chosen = {str(line["id"]) for line in self.lines if line["what"] != "gone"}
            self.chosen = self.chosen if on else set()
        self.ticked.emit()

    def rows(self) -> list[dict[str, Any]]:
        """The lines."""
        return self.lines

    def heads(self) -> list[str]:
        """What, product, before, after."""
        return [t(f"goods_import.{head}") for head in DIFFERENCE]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The first column is ticked."""
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return plain | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else plain

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            on = str(line["id"]) in self.chosen
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            if index.column() == 0:
                return t(f"goods_import.what_{line['what']}")
            if index.column() == 1:
                sku = line.get("sku") or line["product"]
                return f"{line['name']}  ·  {sku}"
            return str(line.get(DIFFERENCE[index.column()], ""))
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ticks a line."""
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        id = str(self.lines[index.row()]["id"])
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self.chosen.add(id)
        else:
            self.chosen.discard(id)
        self.dataChanged.emit(index, index, [role])
        self.ticked.emit()
        return True


@dataclass(slots=True)
class RefusedCell:
    """One cell of a refused row.

    Attributes:
        mend: what is proposed, or what a person typed.
        is_edited: a person typed it.
    """

    row: int
    column: str
    value: str
    why: str
    mend: str
    is_edited: bool = False


class RefusedModel(RowsModel):
    """Refused rows: each cell with a proposal, or the one that is wrong; the last column is typed.

    Signals:
        edited: a person typed a cell.
    """

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[RefusedCell] = []

    def show_errors(self, errors: list[dict[str, Any]]) -> None:
        """Another import."""
        self.beginResetModel()
        self.cells = []
        for error in errors:
            row, why = int(error["row"]), pick(error["why"])
            mend = dict(error.get("mend") or {})
            if not mend:
                value = str(error.get("value", ""))
                self.cells.append(RefusedCell(row, str(error["column"]), value, why, ""))
            for at, (head, text) in enumerate(mend.items()):
                value = str(error.get("value", "")) if at == 0 else ""
                self.cells.append(RefusedCell(row, head, value, why if at == 0 else "", str(text)))
        self.endResetModel()

    def mends(self) -> dict[str, dict[str, str]]:
        """The cells by row: those with a proposal, and those that were typed."""
        found: dict[str, dict[str, str]] = {}
        offered = {cell.row for cell in self.cells if cell.mend or cell.is_edited}
        for cell in self.cells:
            if cell.row in offered and cell.row > 0 and cell.column:
                found.setdefault(str(cell.row), {})[cell.column] = cell.mend
        return found

    def rows(self) -> list[RefusedCell]:
        """The cells."""
        return self.cells

    def heads(self) -> list[str]:
        """Row, column, value, why, mend."""
        return [t(f"goods_import.{head}") for head in (*REFUSED, "mend")]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The last column is typed."""
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return plain | Qt.ItemFlag.ItemIsEditable if index.column() == len(REFUSED) else plain

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        if role not in (
            Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole
        ):  # fmt: skip
            return None
        cell = self.cells[index.row()]
        return (str(cell.row), cell.column, cell.value, cell.why, cell.mend)[index.column()]

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """What a person types."""
        if role != Qt.ItemDataRole.EditRole or index.column() != len(REFUSED):
            return False
        cell = self.cells[index.row()]
        cell.mend, cell.is_edited = str(value), True
        self.dataChanged.emit(index, index)
        self.edited.emit()
        return True
