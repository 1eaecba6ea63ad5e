"""A table of rows with heads; rows stay where they are while they are the same ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class RowsModel(QAbstractTableModel):
    """Counts and heads; a subclass gives its rows, the heads' texts and the cells."""

    def rows(self) -> Sequence[Any]:
        """What is shown, one a row."""
        raise NotImplementedError

    def heads(self) -> Sequence[str]:
        """A text a column, in the present language."""
        raise NotImplementedError

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """One a row."""
        return 0 if parent.isValid() else len(self.rows())

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """One a head."""
        return 0 if parent.isValid() else len(self.heads())

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The heads."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self.heads()[section]
        return None

    @contextmanager
    def other_rows(self, *, are_same: bool = False) -> Iterator[None]:
        """Other rows are put in meanwhile.

        Args:
            are_same: the same ones stand in the same order: selection and scrolling stay.
        """
        if not are_same:
            self.beginResetModel()
        yield
        if not are_same:
            self.endResetModel()
        elif self.rows():
            last = self.index(len(self.rows()) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
