"""A room of viewers from a seed: they come, talk, click, buy, pay, cancel and send back.

Rates are round numbers of the size that shops report (a comment every four minutes a viewer, one
click in four to the cart, one cart in two ordered); they were fitted to nothing. It is for
rehearsals and tests, not for forecasts.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.shop.simulator.model import (
    Delivery,
    Did,
    SimulatedAct,
    SimulatedGoods,
    SimulatedTruth,
    Simulation,
    SimulationPlan,
)

MOST_VIEWERS, MOST_MINUTES = 100_000, 720.0
STAY_S, COMMENTS_A_MINUTE, CLICKS_A_MINUTE = 360.0, 0.25, 0.3
TO_CART, TO_ORDER, PAYS, SENDS_BACK = 0.25, 0.5, 0.85, 0.05
ON_AIR = 0.8
"""So many clicks go to what is being explained."""
WEIGHTS = {
    "price": 14, "size": 12, "stock": 8, "ship": 8, "quality": 8, "show": 10, "praise": 12,
    "bought": 6, "after": 4, "chat": 14, "rude": 2, "diversion": 2,
}  # fmt: skip
NAMES = {
    "zh": ("小鹿", "阿May", "橙子", "王姐", "今晚早睡", "山楂", "momo", "用户{n}", "Lin", "豆豆妈"),
    "en": ("mia", "Tom R", "sunny", "user{n}", "kate_w", "Jo", "Ana", "bookworm", "Lee", "momo"),
}


@functools.cache
def said(language: str) -> dict[str, list[str]]:
    """What viewers say, by what it is about."""
    found = read_json((assets_dir() / "simulator" / "comments.json").read_bytes())
    return dict(found["en" if language == "en" else "zh"])


def simulate(plan: SimulationPlan, goods: Sequence[SimulatedGoods]) -> Simulation:
    """A whole show; the same plan and goods give the same show.

    Raises:
        StudioError: invalid: no goods, no viewers, too many or too long.
    """
    if not goods or not any(found.skus for found in goods):
        raise StudioError("invalid", "simulate.no_goods")
    if not 1 <= plan.viewers <= MOST_VIEWERS or not 0 < plan.minutes <= MOST_MINUTES:
        raise StudioError(
            "invalid", "simulate.size", viewers=MOST_VIEWERS, minutes=round(MOST_MINUTES)
        )
    return _Room(plan, [found for found in goods if found.skus]).run()


class _Room:
    def __init__(self, plan: SimulationPlan, goods: list[SimulatedGoods]) -> None:
        self._plan, self._goods = plan, goods
        self._rng = np.random.default_rng(plan.seed)
        self._end_s = plan.minutes * 60
        self._acts: list[SimulatedAct] = []
        self._deliveries: list[Delivery] = []
        self._texts = said(plan.language)
        self._kinds = list(WEIGHTS)
        weights = np.array([WEIGHTS[kind] for kind in self._kinds], float)
        self._chances = weights / weights.sum()
        self._counts: Counter[str] = Counter()
        self._sold: defaultdict[str, int] = defaultdict(int)
        self._open: defaultdict[str, int] = defaultdict(int)

    def run(self) -> Simulation:
        for number in range(self._plan.viewers):
            self._visit(number)
        self._acts.sort()
        self._deliveries.sort(key=lambda delivery: (delivery.at_s, delivery.id))
        counts = self._counts
        truth = SimulatedTruth(
            counts["order"], counts["paid"], counts["cancelled"], counts["returned"],
            len(self._deliveries), {sku: n for sku, n in sorted(self._sold.items()) if n},
            {sku: n for sku, n in sorted(self._open.items()) if n},
        )  # fmt: skip
        return Simulation(self._acts, self._deliveries, truth)

    def _explained(self, at_s: float) -> SimulatedGoods:
        share = min(0.999999, max(0.0, at_s / self._end_s))
        return self._goods[int(share * len(self._goods))]

    def _visit(self, number: int) -> None:
        rng, plan = self._rng, self._plan
        names = NAMES["en" if plan.language == "en" else "zh"]
        viewer = f"{names[int(rng.integers(len(names)))].format(n=1000 + number)}#{number}"
        came_s = float(rng.beta(1.2, 1.6)) * self._end_s
        went_s = min(self._end_s, came_s + float(rng.exponential(STAY_S)))
        minutes = (went_s - came_s) / 60
        self._acts.append(SimulatedAct(came_s, "enter", viewer))
        self._acts.append(SimulatedAct(went_s, "leave", viewer))
        for at_s in rng.uniform(came_s, went_s, rng.poisson(minutes * COMMENTS_A_MINUTE)):
            self._talk(float(at_s), viewer)
        for at_s in rng.uniform(came_s, went_s, rng.poisson(minutes * CLICKS_A_MINUTE)):
            self._click(float(at_s), viewer)

    def _talk(self, at_s: float, viewer: str) -> None:
        rng = self._rng
        kind = self._kinds[int(rng.choice(len(self._kinds), p=self._chances))]
        texts = self._texts[kind]
        goods = self._explained(at_s)
        text = texts[int(rng.integers(len(texts)))].format(g=goods.name, n=goods.number)
        self._acts.append(SimulatedAct(at_s, "comment", viewer, text, kind))

    def _click(self, at_s: float, viewer: str) -> None:
        rng = self._rng
        goods = self._explained(at_s)
        if rng.random() > ON_AIR:
            goods = self._goods[int(rng.integers(len(self._goods)))]
        sku = goods.skus[int(rng.integers(len(goods.skus)))]
        self._acts.append(SimulatedAct(at_s, "click", viewer, sku=sku))
        if rng.random() > TO_CART:
            return
        at_s += float(rng.exponential(15))
        self._acts.append(SimulatedAct(at_s, "cart", viewer, sku=sku))
        if rng.random() > TO_ORDER:
            return
        self._buy(at_s + float(rng.exponential(30)), viewer, sku)

    def _buy(self, at_s: float, viewer: str, sku: str) -> None:
        rng = self._rng
        self._counts["order"] += 1
        order = f"SIM-{self._plan.seed}-{self._counts['order']:05}"
        count = min(5, int(rng.geometric(0.75)))
        self._tell(at_s, "order", "order.created", viewer, order, sku, count)
        if rng.random() > PAYS:
            if rng.random() < 0.5:
                self._open[sku] += count  # neither paid nor cancelled when the show is over
                return
            self._tell(at_s + 900, "cancelled", "order.cancelled", viewer, order, sku, count)
            return
        paid_s = at_s + float(rng.exponential(60))
        arrives_s = self._tell(paid_s, "paid", "order.paid", viewer, order, sku, count)
        self._sold[sku] += count
        if rng.random() > SENDS_BACK:
            return
        back = int(rng.integers(1, count + 1))
        back_s = max(paid_s + float(rng.exponential(600)), arrives_s)
        self._tell(back_s, "returned", "order.returned", viewer, order, sku, back)
        self._sold[sku] -= back

    def _tell(
        self, at_s: float, did: Did, type: str, viewer: str, order: str, sku: str, count: int
    ) -> float:
        """A message in as many copies as there are; returns when the first one arrives."""
        rng, plan = self._rng, self._plan
        if did != "order":
            self._counts[did] += 1
        self._acts.append(SimulatedAct(at_s, did, viewer, sku=sku, pieces=count, order=order))
        id = f"{order}-R" if did == "returned" else order
        data: dict[str, Any] = {"id": id, "buyer": viewer}
        if did != "cancelled":
            data["lines"] = [{"sku": sku, "count": count}]
        if did == "returned":
            data["order"] = order
        arrivals = []
        for copy in range(1 + int(rng.poisson(plan.repeats))):
            wait_s = float(rng.exponential(1.0)) + copy * float(rng.exponential(20.0))
            if rng.random() < plan.late:
                wait_s += 60 + float(rng.exponential(120))
            arrivals.append(at_s + wait_s)
        for arrives_s in arrivals:
            self._deliveries.append(Delivery(arrives_s, f"msg_{order}_{did}", at_s, type, data))
        return min(arrivals)
