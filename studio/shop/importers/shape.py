"""Rows of another length than the heads: is a cell missing, and where?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.shop.importers.base import Record, RowRefused, Table
from studio.shop.importers.model import RowFault
from studio.shop.money import read_amount

TYPED = ("price", "was", "cost", "stock")


def check_shape(record: Record, currency: str) -> None:
    """Refuses a row in which cells may stand under heads that are not theirs.

    Raises:
        RowRefused: with the placing that fits, where there is exactly one.
    """
    table, cells = record.table, list(record.cells)
    while cells and not cells[-1].strip():
        cells.pop()
    missing = len(table.heads) - len(cells)
    if missing < 0:
        raise RowRefused(_too_long(record, cells))
    if missing == 0:
        return
    as_it_is = _fits(table, cells, currency)
    typed_ends = [at for name in TYPED for at in table.fields.get(name, ()) if at >= len(cells)]
    if as_it_is and not typed_ends:
        return
    moved = [
        placed
        for at in range(len(cells))
        if _fits(table, placed := [*cells[:at], *[""] * missing, *cells[at:]], currency)
    ]
    if as_it_is and not moved:
        return
    mend = dict(zip(table.heads, moved[0], strict=False)) if len(moved) == 1 else {}
    params = {"cells": str(len(cells)), "heads": str(len(table.heads))}
    head = next((head for head, value in mend.items() if not value), "")
    raise RowRefused(
        RowFault(record.row, head, " | ".join(cells)[:200], "imports.row.shifted", params, mend)
    )


def _too_long(record: Record, cells: Sequence[str]) -> RowFault:
    heads = record.table.heads
    params = {"cells": str(len(cells)), "heads": str(len(heads))}
    joints = range(len(cells) - 1) if len(cells) == len(heads) + 1 else range(0)
    amounts = [at for at in joints if re.fullmatch(r"\D?\d{1,3}", cells[at].strip())
               and re.fullmatch(r"\d{3}(\.\d+)?\D?", cells[at + 1].strip())]  # fmt: skip
    mends = [
        [*cells[:at], f"{cells[at]},{cells[at + 1]}", *cells[at + 2 :]] for at in amounts or joints
    ]
    fitting = [placed for placed in mends if _fits(record.table, placed, "CNY")]
    mend = dict(zip(heads, fitting[0], strict=False)) if len(fitting) == 1 else {}
    value = " | ".join(cells)[:200]
    return RowFault(record.row, "", value, "imports.row.too_many_cells", params, mend)


def _fits(table: Table, cells: Sequence[str], currency: str) -> bool:
    """May each cell stand under its head? A name is no number, a price and a stock are."""

    def cell(at: int) -> str:
        return cells[at].strip() if at < len(cells) else ""

    for name, columns in table.fields.items():
        for at in columns:
            text = cell(at)
            if name == "name" and at == columns[0] and (not text or _is_number(text, currency)):
                return False
            if name == "price" and at == columns[0] and not text:
                return False
            if name in ("price", "was", "cost") and text and not _is_number(text, currency):
                return False
            if name == "stock" and text and not text.replace(",", "").lstrip("-").isdigit():
                return False
            if name == "barcode" and " " in text:
                return False
    return True


def _is_number(text: str, currency: str) -> bool:
    try:
        read_amount(text, currency)
    except ValueError as error:
        return str(error) == "two_ways"
    return True
