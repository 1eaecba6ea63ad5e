"""Funnel, paths, heat and segments as plain data."""

from __future__ import annotations

import msgspec

from studio.insight.model import LabelPair


class FunnelStep(msgspec.Struct, frozen=True):
    """A step of the funnel as platforms count it.

    Attributes:
        value: None: nobody told.
        rate, before: of the step above, in per cent; in this show and in the one before it.
        where: who would tell it.
    """

    id: str
    label: LabelPair
    value: float | None = None
    rate: float | None = None
    before: float | None = None
    where: LabelPair = LabelPair()


class WidePath(msgspec.Struct, frozen=True):
    """What viewers did one after the other, and how many did."""

    steps: tuple[str, ...]
    viewers: int


class HeatMap(msgspec.Struct, frozen=True):
    """Values by row and column; None is not on air."""

    label: LabelPair
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]


class BuyerSegment(msgspec.Struct, frozen=True):
    """Buyers by how lately, how often and for how much they bought; nobody is named.

    Attributes:
        money: major units of the currency most orders are in.
    """

    id: str
    label: LabelPair
    people: int
    orders: int
    money: float


class ShowShape(msgspec.Struct, frozen=True):
    """All of it, of one time on air.

    Attributes:
        reached: of visitors with touchpoints: came, and ordered within seven days.
        paths: of sources before an order; ``goods`` during which viewers wrote.
    """

    airing: int
    show: str
    began_utc: str
    steps: tuple[FunnelStep, ...]
    reached: tuple[int, int] | None
    paths: tuple[WidePath, ...]
    goods: tuple[WidePath, ...]
    minutes: HeatMap
    week: HeatMap
    segments: tuple[BuyerSegment, ...]
