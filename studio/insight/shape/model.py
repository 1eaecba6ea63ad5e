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


class ClickTarget(msgspec.Struct, frozen=True):
    """What was clicked on, by the name that the page gives it, and how often."""

    name: str
    clicks: int


class ClickMap(msgspec.Struct, frozen=True):
    """Clicks on a page of one's own during a show, from one kind of screen.

    Attributes:
        page: its path.
        screen: phone, tablet or desk, by the page's width.
        idle: of the clicks, those on nothing that leads anywhere.
        values: clicks by row and column; cells are square, the page is as wide as the columns.
        targets: those clicked on most.
    """

    page: str
    screen: str
    clicks: int
    idle: int
    values: tuple[tuple[int, ...], ...]
    targets: tuple[ClickTarget, ...]


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
    clicks: tuple[ClickMap, ...] = ()
