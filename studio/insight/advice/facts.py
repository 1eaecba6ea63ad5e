"""What the own shows say of each product: sold, explained, bought together. In the child process.

Orders of several products are baskets; where there are few, viewers who wrote during several
products stand in. Nothing of a person leaves: a basket is a set of goods.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.insight.advice.ease import leave_last_out, popularity, solve, together
from studio.insight.advice.model import AdviceFacts, GoodsFacts, RelatedPair
from studio.insight.analysis.base import open_analysis

if TYPE_CHECKING:
    import duckdb

MOST_GOODS = 5_000
FEW_ORDERS, FEW_BASKETS = 50, 50
LONGEST = 15
RELATED = 8
LEAST_TOGETHER = 2
BETTER = 1.05
EXPLAINED = """
WITH turns AS (SELECT airing, sku, at_us, coalesce(lead(at_us) OVER (PARTITION BY airing ORDER BY
  entry), (SELECT ended_us FROM airings a WHERE a.id = airing)) AS ends FROM events
  WHERE name = 'shop.explained' AND airing > 0)
SELECT sku, sum(ends - at_us) / 6e7 FROM turns WHERE sku <> '' GROUP BY sku
"""
SOLD = """
SELECT sku, sum(number) FROM events WHERE name IN ('insight.sold', 'insight.returned')
  AND sku <> '' GROUP BY sku
"""
ORDERS = "SELECT kind || order_id, sku FROM orders WHERE order_id <> '' AND sku <> '' ORDER BY 1"
WROTE = """
SELECT viewer || '/' || airing, sku FROM events WHERE name = 'comments.received' AND viewer > 0
  AND airing > 0 AND sku <> '' GROUP BY 1, 2 ORDER BY 1, min(at_us)
"""


def find_facts(path: Path, groups: Mapping[str, str]) -> AdviceFacts:
    """Sums and the model of the whole analysis.

    Args:
        groups: the product of each SKU; a SKU that is not in it is left out.
    """
    with closing(open_analysis(path, is_read_only=True)) as base:
        units, minutes = _sums(base, SOLD, groups), _sums(base, EXPLAINED, groups)
        baskets = _baskets(base, ORDERS, groups)
        orders = len(baskets)
        if orders < FEW_ORDERS:
            baskets += _baskets(base, WROTE, groups)
        row = base.execute("SELECT count(*) FROM airings").fetchone()
    counts: dict[str, int] = defaultdict(int)
    for basket in baskets:
        for product in basket:
            counts[product] += 1
    goods = tuple(
        GoodsFacts(product, units.get(product, 0.0), minutes.get(product, 0.0), counts[product])
        for product in sorted({*units, *minutes, *counts})
    )
    facts = AdviceFacts(goods, (), len(baskets), orders, row[0] if row else 0)
    return _modelled(facts, baskets, counts) if len(baskets) >= FEW_BASKETS else facts


def _modelled(
    facts: AdviceFacts, baskets: list[list[str]], counts: Mapping[str, int]
) -> AdviceFacts:
    names = sorted(counts, key=lambda product: (-counts[product], product))[:MOST_GOODS]
    at = {product: number for number, product in enumerate(names)}
    numbered = [[at[product] for product in basket if product in at] for basket in baskets]
    found = leave_last_out(numbered, len(names))
    both = together(numbered, len(names))
    is_model = found.model >= BETTER * found.popular
    if is_model:
        scores = solve(both, found.ridge)
    else:  # what is bought together, as often as it is: honest and not clever
        usual = np.maximum(popularity(numbered, len(names)), 1.0)
        scores = (both / usual[:, None]).astype(np.float32)
    pairs = []
    for product, number in at.items():
        order = np.argsort(-scores[number], kind="stable")[: RELATED + 1]
        pairs += [
            RelatedPair(product, names[other], round(float(scores[number, other]), 4),
                        int(both[number, other]))
            for other in order
            if other != number and scores[number, other] > 0
            and both[number, other] >= LEAST_TOGETHER
        ]  # fmt: skip
    return AdviceFacts(
        facts.goods, tuple(pairs), facts.baskets, facts.orders, facts.airings,
        round(found.model, 3), round(found.popular, 3), is_model,
    )  # fmt: skip


def _sums(base: duckdb.DuckDBPyConnection, sql: str, groups: Mapping[str, str]) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for sku, value in base.execute(sql).fetchall():
        if sku in groups:
            found[groups[sku]] += float(value or 0.0)
    return found


def _baskets(
    base: duckdb.DuckDBPyConnection, sql: str, groups: Mapping[str, str]
) -> list[list[str]]:
    """Of two products at least; one that has very many says nothing."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for key, sku in base.execute(sql).fetchall():
        if sku in groups:
            found[key][groups[sku]] = None
    return [list(goods) for goods in found.values() if 2 <= len(goods) <= LONGEST]
