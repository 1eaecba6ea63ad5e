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


class SpeechLine(msgspec.Struct, frozen=True):
    """What the host said, about the 6 s before ``at_s``."""

    at_s: float
    text: str


class StripShot(msgspec.Struct, frozen=True):
    """A picture of the programme from the recording; ``file`` is a small JPEG."""

    at_s: float
    file: str


class ShowStrip(msgspec.Struct, frozen=True):
    """All lanes of a time on air.

    Attributes:
        began_utc: where the axis begins.
        opened_min, closing_min: where the phases part.
        beside: the other show in words; "" is none.
        speech: what the host said, where the ears listened.
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
    speech: tuple[SpeechLine, ...] = ()
