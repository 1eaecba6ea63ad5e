"""Stock as plain data: moves, levels, reservations, and what a booking answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

from studio.core.errors import StudioError

MoveKind = Literal["in", "hold", "confirm", "release", "expire", "correct", "share", "refund"]
Outcome = Literal[
    "done",
    "held",
    "short",
    "limit",
    "waiting",
    "confirmed",
    "released",
    "expired",
    "refunded",
    "unknown",
    "elsewhere",
]
Pieces = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Signed = Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Channel = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]

MOST_LINES = 50
OWN = "shop"
"""The channel of the own shop; pieces are there until a share is given away."""


class Level(msgspec.Struct, frozen=True):
    """Pieces of a SKU in a channel: on hand = free + held + sold.

    Attributes:
        free: may be sold now.
        held: promised to somebody until a time.
        sold: confirmed.
    """

    sku: str
    channel: str = OWN
    free: int = 0
    held: int = 0
    sold: int = 0


class Line(msgspec.Struct, frozen=True):
    """One SKU of an order or a bundle.

    Attributes:
        channel: whose share it comes from; "" is that of the order.
    """

    sku: Sku
    count: Pieces = 1
    channel: Annotated[str, msgspec.Meta(max_length=60)] = ""


class Booking(msgspec.Struct, frozen=True):
    """What a booking came to; the same key always answers the same.

    Attributes:
        outcome: "done" of a move; of a reservation its state, or why there is none.
        sku: of "short" and "limit", the one that stands in the way.
        free: what is left of that SKU.
        until_ms: UTC, milliseconds; when a hold runs out.
        note: what was written down beside the hold.
    """

    key: str
    outcome: Outcome
    sku: str = ""
    free: int = 0
    until_ms: int = 0
    note: str = ""

    @property
    def is_good(self) -> bool:
        """Was it booked?"""
        return self.outcome in ("done", "held", "confirmed", "released")


class Reservation(msgspec.Struct, frozen=True):
    """Pieces promised to a buyer."""

    key: str
    buyer: str
    channel: str
    state: str
    until_ms: int
    lines: tuple[Line, ...] = ()
    at_utc: str = ""


class Shortfall(msgspec.Struct, frozen=True):
    """Pieces of an order that were sold elsewhere and are not there: somebody is owed them.

    Attributes:
        key: of the order.
    """

    key: str
    sku: str
    channel: str
    count: int
    at_utc: str = ""
    buyer: str = ""


class Move(msgspec.Struct, frozen=True):
    """A line of the ledger.

    Attributes:
        free, held, sold: by how many pieces it changed each.
        key: of the booking it belongs to.
    """

    number: int
    at_utc: str
    kind: str
    sku: str
    channel: str
    free: int
    held: int
    sold: int
    who: str = ""
    why: str = ""
    key: str = ""


class StockPart(msgspec.Struct, frozen=True):
    """Stock in a show: which shop's ledger is its own; never the pieces themselves.

    Attributes:
        shop: name of the ledger; "" for none: the catalogue's own figures count.
        channel: whose share this desk sells.
        hold_s: how long a hold lasts unless it says otherwise.
        most_a_buyer: pieces of a SKU one buyer may have; 0 for no limit.
    """

    shop: str = ""
    channel: Channel = OWN
    hold_s: Annotated[float, msgspec.Meta(gt=0, le=7 * 86400)] = 900.0
    most_a_buyer: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class StockView(msgspec.Struct, frozen=True):
    """The ledger as desks see it.

    Attributes:
        levels: by SKU and channel.
        holds, waiting: reservations that run, and buyers in the queue.
        error: why nothing can be booked; "" while it can.
        caution: by what pieces could be lost though it can; "" for nothing.
    """

    shop: str = ""
    channel: str = OWN
    levels: tuple[Level, ...] = ()
    holds: int = 0
    waiting: int = 0
    error: str = ""
    caution: str = ""


def merged(lines: Iterable[Line]) -> list[Line]:
    """Each SKU once, in order.

    Raises:
        StudioError: invalid.
    """
    given = tuple(lines)
    if len(given) == 1 and given[0].count > 0:
        return list(given)
    by_sku: dict[str, Line] = {}
    for line in given:
        before = by_sku.get(line.sku)
        if before is not None and before.channel != line.channel:
            raise StudioError("invalid", "stock.bad_lines", most=MOST_LINES)
        count = line.count + (before.count if before else 0)
        by_sku[line.sku] = Line(line.sku, count, line.channel)
    if not by_sku or len(by_sku) > MOST_LINES or min(m.count for m in by_sku.values()) < 1:
        raise StudioError("invalid", "stock.bad_lines", most=MOST_LINES)
    return [by_sku[sku] for sku in sorted(by_sku)]
