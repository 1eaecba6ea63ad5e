"""A forecast as plain data."""

from __future__ import annotations

import msgspec

from studio.insight.model import LabelPair


class OutlookDay(msgspec.Struct, frozen=True):
    """A day ahead; four of five days lie between low and high.

    Attributes:
        holiday: its name, or empty.
        is_seen: such a day was in the own data, and is reckoned with; a holiday that was not may
            be quite different.
    """

    date: str
    low: float
    middle: float
    high: float
    holiday: LabelPair = LabelPair()
    is_seen: bool = True


class OutlookSku(msgspec.Struct, frozen=True):
    """Pieces of a product over all days ahead, and when they run out.

    Attributes:
        free: pieces there are; None is not known.
        out, out_early: the day on which they are gone, as expected and when much is sold; "" is
            not within the days ahead.
    """

    product: str
    name: str
    low: float
    middle: float
    high: float
    free: int | None = None
    out: str = ""
    out_early: str = ""


class Outlook(msgspec.Struct, frozen=True):
    """What is to be expected.

    Attributes:
        source: what it is made of, in words; also why there is none.
        money: major units a day.
        hours: share of a day's money by hour of the day, 24 of them.
        last: the last day that is known; days ahead begin after it.
    """

    source: LabelPair
    currency: str = ""
    days_known: int = 0
    last: str = ""
    money: tuple[OutlookDay, ...] = ()
    units: tuple[OutlookDay, ...] = ()
    hours: tuple[float, ...] = ()
    goods: tuple[OutlookSku, ...] = ()
