"""The comments of one list, changed as little as possible when new ones come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from studio.comments.model import EntryView
from ui.i18n import t
from ui.widgets.comment_words import category_words, reason_words

ENTRY = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class CommentModel(QAbstractListModel):
    """The comments of one tab."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[EntryView] = []

    def rowCount(self, parent: Index | None = None) -> int:
        """How many."""
        return len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The entry, and its words for a screen reader."""
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry = self.entries[index.row()]
        if role == ENTRY:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            state = t(f"comment_state.{entry.state}")
            about = [entry.author, category_words(entry), entry.text, state, reason_words(entry)]
            return "，".join(part for part in about if part)
        return None

    def put(self, entries: Sequence[EntryView]) -> None:
        """Takes the new list in with as little change as possible."""
        new, old = list(entries), self.entries
        if new == old:
            return
        if [e.id for e in new] == [e.id for e in old]:
            self.entries = new
            for at, (a, b) in enumerate(zip(old, new, strict=True)):
                if a != b:
                    self.dataChanged.emit(self.index(at), self.index(at))
            return
        if not self._put_on_top(new, old):
            self.beginResetModel()
            self.entries = new
            self.endResetModel()

    def _put_on_top(self, new: list[EntryView], old: list[EntryView]) -> bool:
        """New ones on top, old ones off the end: the usual case, without laying out all rows."""
        if not old or not new:
            return False
        order = [e.id for e in new]
        first = order.index(old[0].id) if old[0].id in order else len(order)
        kept = len(order) - first
        if kept == 0 or order[first:] != [e.id for e in old[:kept]]:
            return False
        if kept < len(old):
            self.beginRemoveRows(QModelIndex(), kept, len(old) - 1)
            self.entries = old[:kept]
            self.endRemoveRows()
        if first:
            self.beginInsertRows(QModelIndex(), 0, first - 1)
            self.entries = new[:first] + self.entries
            self.endInsertRows()
        for at in range(first, len(new)):
            if new[at] != self.entries[at]:
                self.entries[at] = new[at]
                self.dataChanged.emit(self.index(at), self.index(at))
        return True
