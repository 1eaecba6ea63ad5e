"""A show on one axis, as plain data."""

from __future__ import annotations

import msgspec

from studio.insight.model import LabelPair


class StripLane(msgspec.Struct, frozen=True):
    """A figure by minute; None is not known.

    Attributes:
        beside: of the other show, laid over this one's minutes by phase.
    """

    id: str
    label: LabelPair
    unit: str
    values: tuple[float | None, ...]
    beside: tuple[float | None, ...] = ()


class StripMark(msgspec.Struct, frozen=True):
    """Something that happened; ``kind``: card, cut, alarm."""

    at_s: float
    kind: str
    what: str


class ShowStrip(msgspec.Struct, frozen=True):
    """All lanes of a time on air.

    Attributes:
        began_utc: where the axis begins.
        opened_min, closing_min: where the phases part.
        beside: the other show in words; "" is none.
    """

    airing: int
    show: str
    began_utc: str
    minutes: int
    opened_min: float
    closing_min: float
    lanes: tuple[StripLane, ...]
    marks: tuple[StripMark, ...]
    beside: str = ""
