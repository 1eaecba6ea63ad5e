"""A table of rows in the desk's manner: no grid, no numbers at the side, the last column wide."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, Qt
from PySide6.QtGui import QHelpEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ui.theme import tokens
from ui.widgets.plain import plain

LAST_LEAST, LEAST = 90, 44
NARROW = 100
"""A column up to this width holds a time, a number or a word, of which a part says nothing."""


class RowsTable(QTableView):
    """Fits the width it has: wide columns give way, down to half of theirs, then the narrow ones
    but for the first, before one scrolls sideways.

    What is cut then is whole in a tip. A column that was pulled by hand stays as it was pulled.
    """

    def __init__(self, model: QAbstractItemModel, widths: tuple[int, ...]) -> None:
        super().__init__()
        self._wanted = [tokens.px(wide) for wide in widths]
        self._is_fitting = self._is_by_hand = False
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAlternatingRowColors(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(tokens.px(26))
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setStretchLastSection(True)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        head.setMinimumSectionSize(tokens.px(LEAST) // 2)
        head.sectionResized.connect(self._resized)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Before that it has no width of its own."""
        super().showEvent(event)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another fit."""
        super().resizeEvent(event)
        self._fit()

    def viewportEvent(self, event: QEvent) -> bool:
        """A cell that is cut says all of it under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            text = str(index.data() or "")
            own = index.data(Qt.ItemDataRole.ToolTipRole)
            inside = self.visualRect(index).width() - tokens.px(8)
            is_cut = self.fontMetrics().horizontalAdvance(text) > inside
            self.viewport().setToolTip(plain(text if is_cut else ""))
            if is_cut and not own:
                return False  # the viewport says its own tip then
        return super().viewportEvent(event)

    def _resized(self, column: int, old: int, new: int) -> None:
        is_last = column == self.model().columnCount() - 1
        if not self._is_fitting and not is_last and self.isVisible() and old != new:
            self._is_by_hand = True

    @property
    def is_list(self) -> bool:
        """One of ours; a sheet of any number of columns is as wide as it is."""
        return self.model().columnCount() <= len(self._wanted) + 1

    def fit(self) -> None:
        """Forgets what was pulled by hand."""
        self._is_by_hand = False
        self._fit()

    def _fit(self) -> None:
        if self._is_by_hand:
            return
        wanted = self._wanted[: self.model().columnCount()]
        last = max(tokens.px(LAST_LEAST), self.horizontalHeader().defaultSectionSize())
        room = self.viewport().width() - last
        narrow = sum(wide for wide in wanted if wide <= tokens.px(NARROW))
        part = (room - narrow) / max(1, sum(wanted) - narrow)
        part = min(1.0, part) if self.is_list and self.isVisible() else 1.0
        sizes = [wide if wide <= tokens.px(NARROW) else int(wide * part) for wide in wanted]
        if part < 0.5 and sizes:  # no room for that: all but the first give way
            least, first = tokens.px(LEAST), sizes[0] if wanted[0] <= tokens.px(NARROW) else 0
            part = (room - first) / max(1, sum(wanted) - first)
            sizes = [max(min(wide, least), int(wide * part)) for wide in wanted]
            sizes[0] = first or sizes[0]
            over = sum(sizes) - room
            if over > 0:  # what the narrow ones could not give comes from the widest
                widest = sizes.index(max(sizes))
                sizes[widest] = max(least, sizes[widest] - over)
        self._is_fitting = True
        for at, wide in enumerate(sizes):
            self.setColumnWidth(at, wide)
        self._is_fitting = False


def rows_table(model: QAbstractItemModel, widths: tuple[int, ...]) -> RowsTable:
    """A table of ``model``.

    Args:
        widths: of the first columns, at scale 1.
    """
    return RowsTable(model, widths)
