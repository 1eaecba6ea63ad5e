"""Made-up shows to try prices on: buyers whose demand is not of the kind that is learned.

Three shows of a product, six steps each at most. Some demand is log-normal, some logistic, some
straight; how many come differs by day. Beside it stands what is done without: the list price.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from studio.core.clock import seconds_of, utc_iso, utc_of
from studio.insight.pricing.learning import Demand, ladder, next_price
from studio.insight.pricing.model import PricePeriod
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product, ShopState
from studio.shop.offers.book import OfferBook
from studio.shop.offers.model import Limit, Market, Offer, OfferPart, PaidPrice

STEPS, SHOWS, DAYS = 6, 3, 2
LOOKERS = 350
"""Of each of the seven periods of a show, on a usual day."""
Buys = Callable[[int], float]


class PricedShows(NamedTuple):
    """What became of one product.

    Attributes:
        shares: of each show: its margin for each looker, against that of the best rung.
        fixed: that of the list price.
        outside: prices outside floor, ceiling, law or number of steps; must be 0.
    """

    shares: tuple[float, ...]
    fixed: float
    outside: int


class PricingSummary(NamedTuple):
    """Of many products."""

    shows: int
    outside: int
    third: float
    fixed: float
    worse: float
    worse_any: float


def simulate(seed: int, count: int) -> PricingSummary:
    """So many products, three shows each."""
    found = [priced_shows(np.random.default_rng((seed, number))) for number in range(count)]
    third = np.array([each.shares[-1] for each in found])
    fixed = np.array([each.fixed for each in found])
    whole = np.array([np.mean(each.shares) for each in found])
    return PricingSummary(
        count * SHOWS, sum(each.outside for each in found), float(third.mean()),
        float(fixed.mean()), float((third < 0.95 * fixed).mean()),
        float((whole < 0.95 * fixed).mean()),
    )  # fmt: skip


def priced_shows(rng: np.random.Generator) -> PricedShows:
    """One product's three shows."""
    list_cents = int(rng.integers(20, 600)) * 100
    cost = int(list_cents * rng.uniform(0.25, 0.6))
    floor = int(list_cents * rng.uniform(0.3, 0.7))
    market: Market = "cn" if rng.random() < 0.5 else "eu"
    prices, buys = ladder(list_cents, max(cost, floor)), made_buyers(rng, list_cents)
    law = LawBook(list_cents, Limit(cost, floor), market)
    best = max(buys(cents) * (cents - cost) for cents in prices)
    periods: list[PricePeriod] = []
    shares, outside = [], 0
    for show in range(SHOWS):
        law.next_show()
        traffic, earned, looked = rng.uniform(0.6, 1.5), 0.0, 0
        for _ in range(STEPS + 1):
            cents = list_cents
            if periods:
                demand = Demand(list_cents, periods)
                cents, _ = next_price(demand, periods, prices, cost, rng)
            outside += law.step(cents)
            lookers = int(rng.poisson(LOOKERS * traffic))
            units = int(rng.binomial(lookers, buys(cents)))
            periods.append(PricePeriod(show, cents, float(lookers), units))
            earned, looked = earned + lookers * buys(cents) * (cents - cost), looked + lookers
        shares.append(earned / max(1, looked) / best)
    return PricedShows(tuple(shares), buys(list_cents) * (list_cents - cost) / best, outside)


def made_buyers(rng: np.random.Generator, list_cents: int) -> Buys:
    """P(buys at a price) of one kind of buyers; the list price is mostly too high for them."""
    interest = rng.uniform(0.04, 0.15)
    kind, middle = rng.integers(0, 3), list_cents * rng.uniform(0.6, 1.2)
    spread = rng.uniform(0.12, 0.35)

    def buys(cents: int) -> float:
        ratio = cents / middle
        if kind == 0:
            share = 1 / (1 + np.exp((np.log(ratio)) / (0.55 * spread)))
        elif kind == 1:
            share = 1 / (1 + np.exp((ratio - 1) / (0.55 * spread)))
        else:
            share = np.clip(1 - 0.5 * ratio ** (1 / spread), 0.02, 1.0)
        return float(interest * share)

    return buys


class LawBook:
    """The shop's own rules over a product, and beside them what the law says, counted apart."""

    def __init__(self, list_cents: int, limit: Limit, market: Market) -> None:
        catalogue = Catalogue()
        catalogue.load(ShopState(products=(Product("p", 1, "P", list_cents),)))
        self._book = OfferBook(catalogue)
        self._list, self._limit = list_cents, limit
        self._days = 7 if market == "cn" else 30
        self._now_d = 0.0
        self._paid: list[tuple[float, int]] = [(-60.0, list_cents)]
        self._steps = 0
        self._book.part = OfferPart(limits={"p": limit}, market=market)

    def next_show(self) -> None:
        """Two days later; between shows the list price holds."""
        self._paid.append((self._now_d, self._list))
        self._now_d += DAYS
        self._steps = -1  # the first price of a show is none of its steps

    def step(self, cents: int) -> int:
        """Another price; how many rules it breaks."""
        broken = 0
        is_other = cents != self._paid[-1][1]
        self._steps += is_other or self._steps < 0
        self._now_d += 0.02
        if cents < self._list:
            offer = Offer("price", "p", price_cents=cents)
            self._book.part = replace(self._book.part, paid={"p": self._stamped()})
            broken += sum(1 for _ in self._book.faults(offer))
            struck = self._book.struck(offer)
            broken += struck > cents and struck > self._lowest()
        broken += not max(self._limit.least, 1) <= cents <= self._list
        broken += self._steps > STEPS
        if is_other:
            self._paid.append((self._now_d, cents))
        return broken

    def _stamped(self) -> tuple[PaidPrice, ...]:
        """What was paid, as if this moment of the made-up calendar were now."""
        now_s = seconds_of(utc_iso())
        return tuple(
            PaidPrice(utc_of(now_s - (self._now_d - day) * 86_400), cents)
            for day, cents in self._paid
        )

    def _lowest(self) -> int:
        """The lowest price at which it could be bought within the days that count."""
        since, lowest = self._now_d - self._days, self._list
        for (_, cents), (until, _) in zip(self._paid, [*self._paid[1:], (self._now_d, 0)],
                                          strict=True):  # fmt: skip
            if until > since:
                lowest = min(lowest, cents)
        return lowest
