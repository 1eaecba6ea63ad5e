"""Prices in steps, as plain data."""

from __future__ import annotations

from typing import Annotated

import msgspec

from studio.insight.model import LabelPair
from studio.shop.model import Cents

MOST_STEPS = 6
"""In one show; going back to the list price is always allowed."""
StepCount = Annotated[int, msgspec.Meta(ge=1, le=MOST_STEPS)]
StepMinutes = Annotated[int, msgspec.Meta(ge=5, le=240)]
Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class PriceMandate(msgspec.Struct, frozen=True):
    """What the studio may do by itself while on air, until a person takes it back.

    Attributes:
        low_cents: it goes no lower; cost and floor hold beside it.
        steps: in a show at most.
        minutes: between two steps at least.
    """

    sku: Sku
    low_cents: Cents
    steps: StepCount = MOST_STEPS
    minutes: StepMinutes = 20


class PricingPart(msgspec.Struct, frozen=True):
    """What the show keeps."""

    mandates: Annotated[tuple[PriceMandate, ...], msgspec.Meta(max_length=200)] = ()


class PriceStepDone(msgspec.Struct, frozen=True):
    """A step of this show.

    Attributes:
        at_ns: monotonic.
        is_back: it was taken back; it counts all the same.
    """

    at_ns: int
    cents: int
    before_cents: int = 0
    is_back: bool = False


class PricingKept(msgspec.Struct, frozen=True):
    """What must survive a kill: the steps of this show, by SKU."""

    steps: dict[str, tuple[PriceStepDone, ...]] = {}


class PriceProposal(msgspec.Struct, frozen=True):
    """Another price, for a person to accept.

    Attributes:
        cents: proposed; equal to ``now_cents`` where nothing better is known.
        low, middle, high: what margin becomes against now, as a share (0.1 is 10 % more); four of
            five beliefs lie between the ends. None while no show had several prices.
        units_ratio: pieces against now; None likewise.
        ladder: the prices that are allowed, rising.
        periods: times at one price that were learned from.
    """

    id: str
    sku: str
    name: str
    currency: str
    now_cents: int
    cents: int
    low: float | None
    middle: float | None
    high: float | None
    units_ratio: float | None
    ladder: tuple[int, ...]
    periods: int
    steps_left: int
    reason: LabelPair


class PricedSku(msgspec.Struct, frozen=True):
    """A SKU whose price was stepped in this show, or may be."""

    sku: str
    name: str
    currency: str
    list_cents: int
    cents: int
    steps: int
    mandate: PriceMandate | None = None


class PricingView(msgspec.Struct, frozen=True):
    """What desks see; never cost or floor.

    Attributes:
        why: what kept a mandate from its last step; "" is nothing.
    """

    prices: tuple[PricedSku, ...] = ()
    why: LabelPair = LabelPair()


class PricePeriod(msgspec.Struct, frozen=True):
    """A time at one price.

    Attributes:
        show: any number; periods of one show share it.
        exposure: how much it was seen: minutes on air, or viewers.
        units: sold in it.
    """

    show: int
    cents: int
    exposure: float
    units: float


class PriceHistory(msgspec.Struct, frozen=True):
    """What the analysis knows of a SKU's prices."""

    periods: tuple[PricePeriod, ...] = ()
