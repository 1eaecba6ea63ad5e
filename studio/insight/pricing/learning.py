"""Which price earns most: what a show sold at each price, and how far that can be trusted.

Buyers have a most that they would pay, spread as a log-normal. How many come differs from show to
show, so that is conditioned away: given what a show sold in all, the split over its prices goes by
exposure × P(pays at least p). So traffic is never taken for demand. Numbers, numpy only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.insight.pricing.model import PricePeriod

RUNGS = 7
LEAST_SHARE = 0.5
"""The lowest rung, as a share of the list price, where floor and cost allow it."""
ENOUGH_SHOWS = 2
MEANS = np.linspace(-1.1, 0.5, 33)
SPREADS = np.array([0.12, 0.18, 0.27, 0.4, 0.6, 0.9])


def ladder(list_cents: int, least_cents: int, rungs: int = RUNGS) -> tuple[int, ...]:
    """Prices from the lowest allowed one up to the list price, whole as shops write them.

    Args:
        least_cents: cost or floor, the higher of the two.
    """
    low = max(least_cents, math.ceil(list_cents * LEAST_SHARE), 1)
    if low >= list_cents:
        return (list_cents,)
    unit = 100 if list_cents >= 2_000 else 10 if list_cents >= 200 else 1
    found = {list_cents}
    for at in range(rungs - 1):
        cents = low + (list_cents - low) * at / (rungs - 1)
        whole = math.ceil(cents / unit) * unit
        if low <= whole < list_cents:
            found.add(whole)
    return tuple(sorted(found))


class Demand:
    """What is believed of buyers after some periods.

    Args:
        list_cents: of the SKU; what buyers would pay is looked for around it.
    """

    def __init__(self, list_cents: int, periods: Sequence[PricePeriod] = ()) -> None:
        self._middle = math.log(max(1, list_cents))
        weights = np.zeros((len(MEANS), len(SPREADS)))
        # Before anything is seen a price near the list price is the likelier best one.
        weights -= 0.5 * ((MEANS[:, None] + 0.1) / 0.45) ** 2
        for show in sorted({period.show for period in periods}):
            weights += self._split([period for period in periods if period.show == show])
        weights = np.exp(weights - weights.max())
        self.weights: NDArray[np.float64] = weights / weights.sum()

    def _split(self, periods: Sequence[PricePeriod]) -> NDArray[np.float64]:
        """Log-likelihood of how one show's sales fell on its prices."""
        known = [period for period in periods if period.exposure > 0]
        if len({period.cents for period in known}) < 2:
            return np.zeros((len(MEANS), len(SPREADS)))
        chances = np.stack([period.exposure * self.pays(period.cents) for period in known])
        share = np.log(np.maximum(chances / chances.sum(axis=0), 1e-12))
        units = np.array([max(0.0, period.units) for period in known])
        return np.asarray((units[:, None, None] * share).sum(axis=0), np.float64)

    def pays(self, cents: int) -> NDArray[np.float64]:
        """P(pays at least), for each mean and spread."""
        z = (math.log(max(1, cents)) - self._middle - MEANS[:, None]) / SPREADS[None, :]
        return _above(z)

    def earns(self, cents: int, cost_cents: int) -> NDArray[np.float64]:
        """Margin for each one who looks, for each mean and spread."""
        return self.pays(cents) * (cents - cost_cents)

    def best(self, prices: Sequence[int], cost_cents: int) -> int:
        """The price that earns most, over all that is believed."""
        worth = [float((self.weights * self.earns(cents, cost_cents)).sum()) for cents in prices]
        return prices[int(np.argmax(worth))]

    def drawn(self, prices: Sequence[int], cost_cents: int, rng: np.random.Generator) -> int:
        """The price that would be best if one belief, drawn by its weight, were true."""
        at = rng.choice(self.weights.size, p=self.weights.ravel())
        worth = [float(self.earns(cents, cost_cents).ravel()[at]) for cents in prices]
        return prices[int(np.argmax(worth))]

    def gain(self, cents: int, now_cents: int, cost_cents: int) -> tuple[float, float, float]:
        """Margin against the price now: the middle and the ends in which four of five beliefs lie.

        Returns:
            Relative changes (low, middle, high); 0.1 is 10 % more.
        """
        base = np.maximum(self.earns(now_cents, cost_cents), 1e-9)
        ratio = (self.earns(cents, cost_cents) / base - 1).ravel()
        order = np.argsort(ratio)
        sums = np.cumsum(self.weights.ravel()[order])

        def at(part: float) -> float:
            return float(ratio[order[min(len(order) - 1, int(np.searchsorted(sums, part)))]])

        return at(0.1), at(0.5), at(0.9)

    def units_ratio(self, cents: int, now_cents: int) -> float:
        """Pieces sold at a price against those at the price now."""
        now = float((self.weights * self.pays(now_cents)).sum())
        return float((self.weights * self.pays(cents)).sum()) / max(now, 1e-9)


def compared(periods: Sequence[PricePeriod]) -> int:
    """Shows that had several prices and sold something: only these say anything."""
    shows: dict[int, set[int]] = {}
    sold = {period.show for period in periods if period.units > 0}
    for period in periods:
        if period.exposure > 0 and period.show in sold:
            shows.setdefault(period.show, set()).add(period.cents)
    return sum(len(cents) > 1 for cents in shows.values())


def next_price(
    demand: Demand, periods: Sequence[PricePeriod], prices: Sequence[int], cost_cents: int,
    rng: np.random.Generator,
) -> tuple[int, bool]:  # fmt: skip
    """The price to have next, and whether it is only tried.

    Prices are tried by how likely each is the best one, until two shows had several; from then on
    it is the one that earns most over all that is believed.
    """
    if compared(periods) >= ENOUGH_SHOWS:
        return demand.best(prices, cost_cents), False
    return demand.drawn(prices, cost_cents, rng), True


def _above(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 − Φ(z), by Abramowitz and Stegun 26.2.17 (error below 1e-7)."""
    t = 1 / (1 + 0.2316419 * np.abs(z))
    series = t * (0.319381530 + t * (-0.356563782 + t * (
        1.781477937 + t * (-1.821255978 + t * 1.330274429))))  # fmt: skip
    tail = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * series
    return np.asarray(np.where(z >= 0, tail, 1 - tail), np.float64)
