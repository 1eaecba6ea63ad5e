"""Advice beside what anybody does without a model: the goods that sell most.

Buyers of a made-up shop whom the model has not seen; and 5,000 goods put into order anew.
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from bench.base import BenchReport, Row
from studio.insight.advice.goods import goods_table
from studio.insight.advice.model import AdviceFacts, GoodsFacts, RelatedPair
from studio.insight.advice.ranking import LiveGoods, learned_of, placed, rank
from studio.insight.advice.simulation import simulated_recall
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product, ShopState
from studio.shop.offers.book import OfferBook

SEEDS = range(101, 111)
GOODS = 5_000


def run() -> BenchReport:
    """The rows of advice."""
    report = BenchReport("advice", "what sells most")
    found = [simulated_recall(seed) for seed in SEEDS]
    missed = 100 * (1 - float(np.mean([each.model for each in found])))
    beside = 100 * (1 - float(np.mean([each.popular for each in found])))
    report.rows.append(Row("60 SKUs, last one not among five, %", missed, beside, "%", 55.0))
    report.rows.append(Row(f"{GOODS:,} goods in order anew", _order_ms(), None, "ms", 50.0))
    return report


def _order_ms() -> float:
    """Prices, stock, the order and its reasons, all anew; the median of nine."""
    catalogue = Catalogue()
    catalogue.load(ShopState(products=tuple(
        Product(f"p{at}", at + 1, f"P {at}", 1000 + at, category=f"c{at % 40}", stock=at % 50)
        for at in range(GOODS)
    )))  # fmt: skip
    book, rng = OfferBook(catalogue), np.random.default_rng(1)
    facts = AdviceFacts(tuple(
        GoodsFacts(f"p{at}", float(rng.integers(0, 9)), float(rng.integers(0, 50)))
        for at in range(GOODS)
    ), tuple(RelatedPair(f"p{at}", f"p{at * 7 % GOODS}", 0.5, 3) for at in range(GOODS)),
        airings=3)  # fmt: skip
    live = LiveGoods({"p3": 1.0}, {"p3": 3.0}, {"p4": 2.0}, "p3")
    took = []
    for _ in range(9):
        began = time.perf_counter()
        table = goods_table(catalogue.state.products, book, lambda _: None)
        placed(table, rank(table, learned_of(table, facts), live), live)
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)
