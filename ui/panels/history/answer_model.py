"""An answer of the analysis as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt

from studio.insight.model import Answer, LabelPair
from ui.i18n import pick
from ui.models.rows import Index, RowsModel


class AnswerModel(RowsModel):
    """Rows and heads of the last answer; what is not known is "—"."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = Answer("", LabelPair(), (), ())

    def put(self, answer: Answer) -> None:
        """Another answer."""
        with self.other_rows():
            self.answer = answer

    def rows(self) -> Sequence[Any]:
        """Of the answer."""
        return self.answer.rows

    def heads(self) -> list[str]:
        """Names with their units."""
        return [
            f"{pick(column.label)} ({column.unit})" if column.unit else pick(column.label)
            for column in self.answer.columns
        ]

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
