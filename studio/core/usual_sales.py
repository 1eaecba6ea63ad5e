"""What is usually sold in a stretch of a show, as rooms see it that do not analyse."""

from __future__ import annotations

from typing import Protocol

import msgspec

LEAST_SHOWS = 5


class UsualSales(msgspec.Struct, frozen=True):
    """Pieces that own shows say would have been sold in a stretch of this one.

    Attributes:
        shows: earlier own shows that lasted as far, at most twenty; under five nothing is known.
        expected: at this show's own level; low and high: four of five shows lie between them.
        price_cents: mean of a piece so far; None where money is not known or of two currencies.
        is_slow: it could not be asked in time.
    """

    shows: int = 0
    expected: float = 0.0
    low: float = 0.0
    high: float = 0.0
    price_cents: float | None = None
    currency: str = ""
    is_slow: bool = False

    @property
    def is_known(self) -> bool:
        """Are there shows enough?"""
        return self.shows >= LEAST_SHOWS


class SalesNormal(Protocol):
    """Knows what is usually sold."""

    async def usual_sales(self, began_utc: str, took_s: float) -> UsualSales:
        """In a stretch of a show, against the own shows before it; never raises."""
        ...
