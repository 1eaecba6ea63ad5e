"""An answer of the analysis as a table."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from studio.insight.model import Answer, LabelPair
from ui.i18n import pick

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class AnswerModel(QAbstractTableModel):
    """Rows and heads of the last answer; what is not known is "—"."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = Answer("", LabelPair(), (), ())

    def put(self, answer: Answer) -> None:
        """Another answer."""
        self.beginResetModel()
        self.answer = answer
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Rows."""
        return 0 if parent.isValid() else len(self.answer.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Columns."""
        return 0 if parent.isValid() else len(self.answer.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell; numbers stand at the right."""
        value = self.answer.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            if value is None or value == "":
                return "—"
            return f"{value:,.1f}" if isinstance(value, float) else str(value)
        if role == Qt.ItemDataRole.TextAlignmentRole and isinstance(value, int | float):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """A head with its unit."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        column = self.answer.columns[section]
        name = pick(column.label)
        return f"{name} ({column.unit})" if column.unit else name
