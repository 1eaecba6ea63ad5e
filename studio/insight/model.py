"""What the analysis says, as plain data."""

from __future__ import annotations

from typing import Any

import msgspec


class LabelPair(msgspec.Struct, frozen=True):
    """A text in both languages."""

    zh: str = ""
    en: str = ""


class Rebuilt(msgspec.Struct, frozen=True):
    """What the analysis was made of.

    Attributes:
        entries: of the journal.
        airings: times on air.
        orders: rows of imported orders.
        broken: entries that are not what was written, or follow none that was.
        first_broken: run/number of the first of them.
    """

    entries: int
    airings: int
    orders: int
    broken: int
    first_broken: tuple[str, ...] = ()


class AnswerColumn(msgspec.Struct, frozen=True):
    """A column of an answer."""

    id: str
    label: LabelPair
    unit: str = ""


class Answer(msgspec.Struct, frozen=True):
    """A question's answer.

    Attributes:
        rows: as many values as there are columns; None is not known.
        is_cut: there are more rows.
        airings: the times on air that were asked about, (number, show, began UTC).
    """

    question: str
    label: LabelPair
    columns: tuple[AnswerColumn, ...]
    rows: tuple[tuple[Any, ...], ...]
    is_cut: bool = False
    airings: tuple[tuple[int, str, str], ...] = ()
