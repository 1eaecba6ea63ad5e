"""The order in which goods earn most from now on, with the reasons in words.

What a product is worth is profit a minute explained: pieces a minute (own history and tonight,
drawn towards its category where little is known) times profit a piece, no more than there is
stock. What is bought with tonight's goods comes earlier; each fourth place tries goods that were
hardly ever shown.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.insight.advice.goods import GoodsTable, words
from studio.insight.advice.model import AdviceFacts, GoodsLeftOut, PlacedGoods, RelatedPair
from studio.insight.model import LabelPair
from studio.shop.model import price_text

SLOT_MINUTES = 6.0
PRIOR_MINUTES = 10.0
"""So much of the category's pace is mixed into a product's own."""
COLD_MINUTES = 5.0
TONIGHT = 3.0
"""A minute of this show counts as so many of earlier ones."""
EVERY = 4
RELATED_LIFT = 0.5
RECENT_MINUTES, RECENT_FACTOR = 20.0, 0.3
SHOWN = 60


class LiveGoods(NamedTuple):
    """What this show has seen so far, by product.

    Attributes:
        units, minutes: sold, explained.
        ago: minutes since it was last explained.
        explaining: the product on air, or "".
    """

    units: Mapping[str, float] = {}
    minutes: Mapping[str, float] = {}
    ago: Mapping[str, float] = {}
    explaining: str = ""


class Learned(NamedTuple):
    """Facts as arrays over the rows of a table, made once for both.

    Attributes:
        related: pairs by product.
    """

    units: NDArray[np.float64]
    minutes: NDArray[np.float64]
    related: Mapping[str, tuple[RelatedPair, ...]]
    facts: AdviceFacts


class Ranking(NamedTuple):
    """Rows of the table in the order they should come, and what was left out."""

    rows: list[int]
    left_out: list[int]
    rate: NDArray[np.float64]
    cold: NDArray[np.bool_]
    anchors: dict[int, RelatedPair]
    is_capped: NDArray[np.bool_]


def learned_of(table: GoodsTable, facts: AdviceFacts) -> Learned:
    """Facts beside the rows of a table."""
    units, minutes = np.zeros(len(table.products)), np.zeros(len(table.products))
    for goods in facts.goods:
        row = table.at.get(goods.product)
        if row is not None:
            units[row], minutes[row] = max(0.0, goods.units), goods.minutes
    related: dict[str, list[RelatedPair]] = {}
    for pair in facts.related:
        related.setdefault(pair.product, []).append(pair)
    return Learned(units, minutes, {id: tuple(pairs) for id, pairs in related.items()}, facts)


def rank(table: GoodsTable, learned: Learned, live: LiveGoods) -> Ranking:
    """The order from now on. About 3 ms for 5,000 goods."""
    units, minutes = learned.units.copy(), learned.minutes.copy()
    for counts, into in ((live.units, units), (live.minutes, minutes)):
        for product, value in counts.items():
            row = table.at.get(product)
            if row is not None:
                into[row] += TONIGHT * value
    cold = (minutes < COLD_MINUTES) & (units <= 0)
    if cold.all():  # nothing is known of any of them: there is nothing to compare a try with
        cold[:] = False
    rate = _rate(table, units, minutes)
    wanted = rate * SLOT_MINUTES
    is_capped = wanted > table.free
    worth = np.minimum(wanted, table.free) / SLOT_MINUTES * table.profit
    lift, anchors = _lift(table, learned, live)
    worth = worth * (1 + RELATED_LIFT * lift)
    for product, ago in live.ago.items():
        row = table.at.get(product)
        if row is not None and ago < RECENT_MINUTES and product != live.explaining:
            worth[row] *= RECENT_FACTOR
    allowed = np.ones(len(table.products), bool)
    allowed[list(table.barred)] = False
    order = np.argsort(-worth, kind="stable")
    rows = _with_cold([int(row) for row in order if allowed[row] and not cold[row]],
                      [int(row) for row in order if allowed[row] and cold[row]])  # fmt: skip
    now = table.at.get(live.explaining)
    if now is not None and allowed[now]:
        rows.remove(now)
        rows.insert(0, now)
    return Ranking(rows, sorted(table.barred), rate, cold, anchors, is_capped)


def _rate(
    table: GoodsTable, units: NDArray[np.float64], minutes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Pieces a minute, drawn towards the category, and that towards the whole shop."""
    if not len(table.groups):
        return units
    whole = units.sum() / minutes.sum() if minutes.sum() > 0 else 0.0
    size = int(table.groups.max()) + 1
    of_group = np.bincount(table.groups, units, size) + PRIOR_MINUTES * whole
    of_group /= np.bincount(table.groups, minutes, size) + PRIOR_MINUTES
    prior = of_group[table.groups]
    found = (units + PRIOR_MINUTES * prior) / (minutes + PRIOR_MINUTES)
    return np.asarray(found, np.float64)


def _lift(
    table: GoodsTable, learned: Learned, live: LiveGoods
) -> tuple[NDArray[np.float64], dict[int, RelatedPair]]:
    """How much each belongs to what is on air or was sold tonight, 0 to 1, and to which."""
    lift, anchors = np.zeros(len(table.products)), {}
    tonight = {live.explaining: 1.0} | {product: 1.0 for product in live.units}
    for product in tonight:
        for pair in learned.related.get(product, ()):
            row = table.at.get(pair.other)
            if row is not None and pair.score > lift[row]:
                lift[row], anchors[row] = pair.score, pair
    most = lift.max(initial=0.0)
    return (lift / most if most > 0 else lift), anchors


def _with_cold(known: list[int], cold: list[int]) -> list[int]:
    """Each fourth place is for goods that were hardly ever shown, while there are some."""
    rows: list[int] = []
    others, tries = deque(known), deque(cold)
    while others or tries:
        is_turn = len(rows) % EVERY == EVERY - 1
        rows.append((tries if tries and (is_turn or not others) else others).popleft())
    return rows


def placed(table: GoodsTable, ranking: Ranking, live: LiveGoods, most: int = SHOWN
           ) -> tuple[PlacedGoods, ...]:  # fmt: skip
    """The first places with their reasons."""
    found = []
    for place, row in enumerate(ranking.rows[:most], start=1):
        product = table.products[row]
        reasons = tuple(_reasons(table, ranking, live, row))
        is_cold = bool(ranking.cold[row])
        found.append(PlacedGoods(product.id, product.name, product.number, place, reasons, is_cold))
    return tuple(found)


def left_out(table: GoodsTable, ranking: Ranking, most: int = SHOWN) -> tuple[GoodsLeftOut, ...]:
    """What is not proposed, and why."""
    rows = ranking.left_out[:most]
    goods = [(row, table.products[row]) for row in rows]
    return tuple(GoodsLeftOut(p.id, p.name, p.number, table.barred[row]) for row, p in goods)


def _reasons(table: GoodsTable, ranking: Ranking, live: LiveGoods, row: int) -> list[LabelPair]:
    product, found = table.products[row], []
    if product.id == live.explaining:
        found.append(words("advice.on_now"))
    if ranking.cold[row]:
        found.append(words("advice.try"))
    elif ranking.rate[row] > 0:
        money = price_text(round(ranking.rate[row] * table.profit[row]), product.currency)
        found.append(words("advice.sells", rate=f"{ranking.rate[row]:.2g}", money=money))
    pair = ranking.anchors.get(row)
    if pair is not None:
        with_name = table.products[table.at[pair.product]].name if pair.product in table.at else ""
        found.append(words("advice.goes_with", name=with_name, count=pair.together))
    if ranking.is_capped[row]:
        found.append(words("advice.few_left", count=int(table.free[row])))
    if table.is_guessed[row]:
        found.append(words("advice.cost_unknown", percent=round(100 * table.share)))
    ago = live.ago.get(product.id)
    if ago is not None and ago < RECENT_MINUTES and product.id != live.explaining:
        found.append(words("advice.recent", minutes=round(ago)))
    return found
