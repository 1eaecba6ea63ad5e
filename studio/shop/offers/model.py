"""Offers as plain data. Money is whole minor units; no float anywhere."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from studio.shop.model import Cents, Count
from studio.shop.stock.model import Line

OfferId = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[\w-]+$")]
Name = Annotated[str, msgspec.Meta(max_length=80)]
Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=99)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=86_400)]
Stage = Literal["ready", "armed", "countdown", "live", "ended"]
Market = Literal["", "cn", "eu"]
REFERENCE_DAYS = {"cn": 7, "eu": 30}
"""So many days back the lowest price paid counts, where a price is struck through."""
KEPT_DAYS = 40
MOST_OFFERS = 200


class PriceStep(msgspec.Struct, frozen=True):
    """Another price from a number of pieces on.

    Attributes:
        sold: pieces sold or promised since the offer began.
    """

    sold: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
    price_cents: Annotated[int, msgspec.Meta(ge=1, le=10_000_000_00)]


class Slot(msgspec.Struct, frozen=True):
    """When an armed offer begins and ends, on the clock of a zone.

    Attributes:
        starts, ends: "2026-11-29 20:00"; a day alone begins at 00:00 and ends after its last
            second; ``ends`` may be "": by `Offer.seconds` or by hand.
        zone: "Asia/Shanghai"; "" is this computer's.
    """

    starts: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    ends: Annotated[str, msgspec.Meta(max_length=40)] = ""
    zone: Annotated[str, msgspec.Meta(max_length=60)] = ""


class Offer(msgspec.Struct, frozen=True):
    """A price for a while.

    Attributes:
        id: unique in the show.
        name: as viewers read it ("秒杀"); "" is the usual word.
        sku: a variant's, or the id of a product without variants.
        price_cents: what it costs; 0 where `percent` says it.
        percent: taken off the list price; 0 where `price_cents` says it.
        pieces: at that price; 0 is as many as there are.
        seconds: it lasts; 0 is until somebody ends it.
        countdown_s: before it begins.
        was_cents: struck through beside it; 0 is the highest that the market's rule allows.
        parts: of a bundle, all of them, that of ``sku`` (on whose card it stands) too; the price
            is that of the whole, `pieces` are bundles. Empty for an offer of one SKU.
        steps: other prices as it sells, by rising ``sold``.
        slot: when it begins and ends once it is armed.
        edition: pieces that may ever be sold at it, over all its runs; 0 is any.
        most_a_buyer: of its pieces; 0 is any.
    """

    id: OfferId
    sku: Sku
    name: Name = ""
    price_cents: Cents = 0
    percent: Percent = 0
    pieces: Count = 0
    seconds: Seconds = 0
    countdown_s: Seconds = 0
    was_cents: Cents = 0
    parts: Annotated[tuple[Line, ...], msgspec.Meta(max_length=10)] = ()
    steps: Annotated[tuple[PriceStep, ...], msgspec.Meta(max_length=20)] = ()
    slot: Slot | None = None
    edition: Count = 0
    most_a_buyer: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0

    @property
    def is_bundle(self) -> bool:
        """Is it a price for several things at once?"""
        return bool(self.parts)

    def lines(self, count: int = 1) -> tuple[Line, ...]:
        """What the ledger books for so many of it."""
        parts = self.parts or (Line(self.sku),)
        return tuple(Line(part.sku, part.count * count) for part in parts)

    @property
    def channel(self) -> str:
        """The share of the ledger that its pieces are sold from."""
        return f"offer-{self.id}"


class Limit(msgspec.Struct, frozen=True):
    """What a SKU may not be sold below. Never shown to viewers nor in the state.

    Attributes:
        cost_cents: what the shop pays; 0 is not known.
        floor_cents: agreed with the maker; 0 is none.
    """

    cost_cents: Cents = 0
    floor_cents: Cents = 0

    @property
    def least(self) -> int:
        """The higher of the two."""
        return max(self.cost_cents, self.floor_cents)


class PaidPrice(msgspec.Struct, frozen=True):
    """A price at which a SKU could be bought, from this time (UTC) on."""

    utc: str
    cents: Cents


class OfferPart(msgspec.Struct, frozen=True):
    """What the show keeps.

    Attributes:
        offers: all of them.
        limits: by SKU.
        paid: prices of the last 40 days by SKU, oldest first.
        market: whose rule for struck prices holds.
    """

    offers: tuple[Offer, ...] = ()
    limits: dict[str, Limit] = {}
    paid: dict[str, tuple[PaidPrice, ...]] = {}
    market: Market = "cn"


class Run(msgspec.Struct, frozen=True):
    """How an offer is doing.

    Attributes:
        key: of its pieces in the ledger, fresh for each start.
        begins_ns, ends_ns: monotonic; 0 is not set.
        why: what ended it: "stopped", "time", "sold_out"; of one that was armed and could not
            begin: the reason as a key of the catalogue.
        shop: whose ledger its pieces are in; "" is none.
        was_cents: struck through while it runs.
        sold_before: sold or promised in its share when it began; steps count from there.
    """

    stage: Stage = "ready"
    key: str = ""
    begins_ns: int = 0
    ends_ns: int = 0
    why: str = ""
    shop: str = ""
    was_cents: int = 0
    sold_before: int = 0

    @property
    def is_on(self) -> bool:
        """Does it count down, or is it live?"""
        return self.stage in ("armed", "countdown", "live")


class OfferRuns(msgspec.Struct, frozen=True):
    """What must survive a kill: offers that run, by id."""

    runs: dict[str, Run] = {}


class Quote(msgspec.Struct, frozen=True):
    """What a SKU costs now, and why.

    Attributes:
        cents: to be paid; never above the list price, never below floor, cost or 0.
        was_cents: struck through; 0 is nothing.
        rules: what made the price, in order: "list 9900", "offer sale 5900", "floor 6000".
        offer: its offer's id, or "".
    """

    sku: str
    cents: int
    was_cents: int
    currency: str
    rules: tuple[str, ...]
    offer: str = ""


class Bill(msgspec.Struct, frozen=True):
    """What an order costs, and why.

    Attributes:
        lines: SKU or offer id of a bundle, how many, minor units for one.
        sum_cents: before the coupon.
        off_cents: by the coupon.
        total_cents: to be paid; never below the floors and costs of all pieces.
        rules: what made it so, in order.
    """

    lines: tuple[tuple[str, int, int], ...]
    sum_cents: int
    off_cents: int
    total_cents: int
    currency: str
    rules: tuple[str, ...]


class OfferView(msgspec.Struct, frozen=True):
    """An offer as desks see it.

    Attributes:
        left: pieces at its price; None where it has no number of pieces, or it is not known.
        left_s: seconds of its stage; None where nothing runs out.
        parts: of a bundle, by name.
    """

    offer: Offer
    product: str = ""
    list_cents: int = 0
    cents: int = 0
    currency: str = "CNY"
    stage: Stage = "ready"
    left: int | None = None
    left_s: int | None = None
    why: str = ""
    parts: tuple[str, ...] = ()
