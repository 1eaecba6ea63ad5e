"""Tables that a spreadsheet opens: no cell is a formula, and Chinese is read as such."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TypeVar

SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A formula begins with one of these; with the wide ones where Chinese or Japanese is written."""

CellT = TypeVar("CellT")


def harmless(cell: CellT) -> CellT | str:
    """A cell that a spreadsheet takes as text; what is no text, and what is one, stays."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(SIGNS) else cell


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV in UTF-8 with a mark at its start; an empty cell for None."""
    out = io.StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", "replace")  # half a sign ends no table
