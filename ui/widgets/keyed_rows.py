"""Rows of a panel by id: who is still there keeps its row, its place and its focus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QWidget

Row = TypeVar("Row", bound=QWidget)


def keep_rows(
    layout: QBoxLayout,
    rows: dict[str, Row],
    ids: Sequence[str],
    make: Callable[[str], Row],
    first: int = 0,
) -> None:
    """Brings the rows to these ids in this order; those of others go, new ones are made.

    Args:
        rows: by id, as they are; changed here.
        make: a new row.
        first: place of the first one in the layout.
    """
    for gone in rows.keys() - set(ids):
        rows.pop(gone).deleteLater()
    for position, id in enumerate(ids, first):
        row = rows.get(id)
        if row is None:
            row = rows[id] = make(id)
        if layout.indexOf(row) != position:
            layout.insertWidget(position, row)
