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


class BoardFigure(msgspec.Struct, frozen=True):
    """One figure on the board.

    Attributes:
        value: in the last minute, or of a ratio since the show went on air; None: not known.
        total: since the show went on air.
        low, high: what is normal now; None while it is learned.
        state: unknown, learning, normal, low, high.
        minutes: the last half hour, oldest first.
    """

    id: str
    label: LabelPair
    unit: str
    level: str
    better: str
    where: LabelPair
    value: float | None = None
    total: float | None = None
    low: float | None = None
    high: float | None = None
    state: str = "unknown"
    minutes: tuple[float | None, ...] = ()


class Preceding(msgspec.Struct, frozen=True):
    """Something that happened shortly before a figure left its normal range."""

    at_utc: str
    kind: str
    what: str


class BoardAlarm(msgspec.Struct, frozen=True):
    """A deviation that holds.

    Attributes:
        value, normal: in a minute.
        since_utc: since when; the picture of that moment is asked for by it (insight.moment).
        before: what preceded it, latest first.
        state: active, acknowledged, snoozed, over.
        until_utc: of a snoozed one.
    """

    id: str
    metric: str
    label: LabelPair
    unit: str
    value: float
    normal: float
    since_utc: str
    at_utc: str
    before: tuple[Preceding, ...] = ()
    advice: LabelPair = LabelPair()
    plan: str = ""
    state: str = "active"
    until_utc: str = ""


class InsightView(msgspec.Struct, frozen=True):
    """The board.

    Attributes:
        shows: own shows that say what is normal; under five it is learned.
        is_on_air: figures are counted.
    """

    figures: tuple[BoardFigure, ...] = ()
    alarms: tuple[BoardAlarm, ...] = ()
    shows: int = 0
    is_on_air: bool = False


class BaselineReply(msgspec.Struct, frozen=True):
    """What is normal, as the analysis process says it."""

    metrics: tuple[str, ...] = ()
    profile: list[list[float]] = []
    phi: list[float] = []
    limit: list[list[float]] = []
    shows: int = 0
