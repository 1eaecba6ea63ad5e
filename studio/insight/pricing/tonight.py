"""What this show sold at each price so far, by minutes on air."""

from __future__ import annotations

from collections import defaultdict
from typing import Protocol

from studio.core.clock import NS, now_ns
from studio.core.event import Events
from studio.insight.pricing.model import PricePeriod
from studio.insight.sold import SoldPieces
from studio.shop.events import StockChanged
from studio.shop.offers.book import OfferBook

MINUTE_NS = 60 * NS
TONIGHT = 1 << 30
"""The number of this show among those of the analysis."""


class OnAirNow(Protocol):
    """Is the show on air (`studio.insight.board.Board`)?"""

    is_on_air: bool


class PeriodsTonight(Protocol):
    """What this show sold at each price (`PricesTonight`)."""

    def reset(self) -> None:
        """Another show."""
        ...

    def watch(self, sku: str) -> None:
        """Minutes and pieces of this SKU count from now on."""
        ...

    def tick(self) -> None:
        """Some seconds are over."""
        ...

    def periods(self, sku: str) -> list[PricePeriod]:
        """So far."""
        ...


class PricesTonight:
    """Counts pieces and minutes at each price. Lives on the engine loop.

    Args:
        events: heard.
        book: says what a SKU costs now.
        air: minutes count while it is on air alone.
    """

    def __init__(self, events: Events, book: OfferBook, air: OnAirNow) -> None:
        self._book, self._air = book, air
        self._pieces = SoldPieces()
        self.reset()
        events.on(StockChanged, self._stock_changed)

    def reset(self) -> None:
        """Another show."""
        self._pieces.reset()
        self._units: dict[tuple[str, int], float] = defaultdict(float)
        self._spent_ns: dict[tuple[str, int], int] = defaultdict(int)
        self._watched: set[str] = set()
        self._at_ns = now_ns()

    def watch(self, sku: str) -> None:
        """Minutes and pieces of this SKU count from now on."""
        self._watched.add(sku)

    def tick(self) -> None:
        """Some seconds are over; also before a price changes."""
        now = now_ns()
        if self._air.is_on_air:
            for sku in self._watched:
                if sku in self._book.skus:
                    self._spent_ns[sku, self._book.quote(sku).cents] += now - self._at_ns
        self._at_ns = now

    def periods(self, sku: str) -> list[PricePeriod]:
        """So far."""
        return [
            PricePeriod(TONIGHT, cents, spent / MINUTE_NS, self._units.get((sku, cents), 0.0))
            for (id, cents), spent in self._spent_ns.items()
            if id == sku and spent > 0
        ]

    def _stock_changed(self, changed: StockChanged) -> None:
        units = self._pieces.since(changed)
        is_counted = changed.sku in self._watched and changed.sku in self._book.skus
        if units and is_counted and self._air.is_on_air:
            self._units[changed.sku, self._book.quote(changed.sku).cents] += units
