"""Imported rows as plain data."""

from __future__ import annotations

import msgspec


class ExportRow(msgspec.Struct):
    """One row of an export.

    Attributes:
        key: names it among the rows of its kind; the same in every export.
        order: of an order, its number.
        at: when it happened, ISO 8601.
        stamp: the latest time in the row: of two versions the later one counts.
        rank: how far its state has come (paid, sent, finished, taken back).
        amount: minor units; None where the row has none.
        data: its fields by our names; nothing of persons.
    """

    key: str
    order: str = ""
    at: str = ""
    stamp: str = ""
    rank: int = 0
    amount: int | None = None
    currency: str = ""
    data: dict[str, str] = {}


class ExportFault(msgspec.Struct, frozen=True):
    """A row that is not taken."""

    row: int
    column: str
    why: str
    value: str = ""


class Export(msgspec.Struct):
    """A file as it was read.

    Attributes:
        lines: rows that stand for goods of an order, or for a moment, a clip, a day.
        sums: minor units by currency.
        figures: what else the kind adds up.
        questions: keys of what a person must say before it is kept.
        hints: keys of what a person should know.
    """

    kind: str
    heading_line: int = 1
    rows: list[ExportRow] = []
    lines: int = 0
    orders: int = 0
    sums: dict[str, int] = {}
    sum_cents: int | None = None
    currency: str = ""
    figures: dict[str, str | int] = {}
    errors: list[ExportFault] = []
    questions: list[str] = []
    hints: list[str] = []
    params: dict[str, str] = {}


class Merged(msgspec.Struct):
    """What became of the rows of a file.

    Attributes:
        file: its number; 0 where they were only counted.
    """

    new: int = 0
    same: int = 0
    changed: int = 0
    older: int = 0
    file: int = 0


class ImportedFile(msgspec.Struct, frozen=True):
    """A file whose rows were taken.

    Attributes:
        id: its number.
        rows, new: read, and not known before.
        undone_utc: when it was taken back; "" while it counts.
    """

    id: int
    name: str
    kind: str
    rows: int
    new: int
    at_utc: str
    undone_utc: str = ""


class Undone(msgspec.Struct):
    """What became of the rows of a file that was taken back.

    Attributes:
        removed: rows that it had brought.
        restored: rows as they were before it.
        kept: rows that a later file has replaced.
    """

    removed: int = 0
    restored: int = 0
    kept: int = 0
