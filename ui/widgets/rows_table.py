"""A table of rows in the desk's manner: no grid, no numbers at the side, the last column wide."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ui.theme import tokens


def rows_table(model: QAbstractItemModel, widths: tuple[int, ...]) -> QTableView:
    """A table of ``model``.

    Args:
        widths: of the first columns, at scale 1.
    """
    view = QTableView()
    view.setModel(model)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setAlternatingRowColors(False)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(tokens.px(26))
    view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    view.horizontalHeader().setStretchLastSection(True)
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    for at, wide in enumerate(widths):
        view.setColumnWidth(at, tokens.px(wide))
    return view
