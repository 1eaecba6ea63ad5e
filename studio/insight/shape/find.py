"""Funnel, paths, heat and segments of a time on air. In the child process.

Fingers on a platform's picture are not seen by anybody but the platform: the heat is of what is
known, minutes and goods, weekdays and hours, and clicks on pages of one's own.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.clock import utc_of
from studio.insight.advice.goods import words
from studio.insight.analysis.base import open_analysis
from studio.insight.analysis.sums import AiringRow, airings, find_airing, sums_of
from studio.insight.funnel import ViewerEvent, funnel, paths
from studio.insight.metrics import metrics
from studio.insight.shape.clicks import find_clicks
from studio.insight.shape.model import BuyerSegment, FunnelStep, HeatMap, ShowShape, WidePath
from studio.insight.shape.segments import segment_of

if TYPE_CHECKING:
    import duckdb

STEPS = ("exposed", "entered", "product_seen", "clicked", "paid")
DAY_US, MINUTE_US = 86_400_000_000, 60_000_000
WINDOW_US = 7 * DAY_US
BUCKET_MIN, MOST_COLUMNS, MOST_GOODS = 5, 96, 14
SOLD = """
SELECT (at_us - ?) // ?, sku, sum(number) FROM events WHERE airing = ? AND name = 'insight.sold'
  AND sku <> '' GROUP BY 1, 2
"""
WEEK = """
SELECT isodow(make_timestamp(at_us + zone_us)), hour(make_timestamp(at_us + zone_us)),
  count(*) FILTER (name = 'insight.sold'), count(*) FILTER (name = 'comments.received')
FROM events e JOIN airings a ON a.id = airing GROUP BY 1, 2
"""
WROTE = """
SELECT entry, viewer, sku, at_us FROM events WHERE airing = ? AND name = 'comments.received'
  AND viewer > 0 AND sku <> ''
"""
CAME = """
SELECT row_number() OVER (), visitor, source, order_id, at_us FROM touches
WHERE at_us BETWEEN ? AND ?
"""
BOUGHT = """
SELECT visitor, count(DISTINCT order_id), max(at_us), sum(amount / scale), currency FROM touches
WHERE order_id <> '' AND visitor <> '' AND at_us <= ? AND visitor NOT LIKE '%/%' GROUP BY visitor,
  currency
"""


def find_shape(path: Path, show: str) -> ShowShape:
    """All of it.

    Raises:
        StudioError: not_found.
    """
    with closing(open_analysis(path, is_read_only=True)) as base:
        airing = find_airing(base, show)
        earlier = [other for other in airings(base) if other.id < airing.id]
        before = sums_of(base, earlier[-1].id) if earlier else {}
        visits, reached = _visits(base, airing)
        return ShowShape(
            airing.id, airing.show, utc_of(airing.began_us / 1e6),
            funnel_steps(sums_of(base, airing.id), before), reached, visits,
            _goods_paths(base, airing), _minutes(base, airing), _week(base),
            _segments(base, airing), find_clicks(base, airing),
        )  # fmt: skip


def funnel_steps(sums: dict[str, float], before: dict[str, float]) -> tuple[FunnelStep, ...]:
    """Five steps and four rates (五维四率); a rate needs both its steps."""
    known, found = metrics(), []
    for above, id in zip((None, *STEPS), STEPS, strict=False):
        metric = known[id]
        rate, earlier = (_rate(each, above, id) for each in (sums, before))
        found.append(FunnelStep(id, metric.label, sums.get(id), rate, earlier, metric.where))
    return tuple(found)


def _rate(sums: dict[str, float], above: str | None, id: str) -> float | None:
    base = sums.get(above, 0.0) if above else 0.0
    return 100 * sums[id] / base if id in sums and base > 0 else None


def _visits(
    base: duckdb.DuckDBPyConnection, airing: AiringRow
) -> tuple[tuple[WidePath, ...], tuple[int, int] | None]:
    """Paths of sources that ended in an order, and how many who came ordered within the window."""
    rows = base.execute(CAME, [airing.began_us - WINDOW_US, airing.ended_us]).fetchall()
    steps, sources = [], []
    buyers = {visitor for _, visitor, _, order, _ in rows if order}
    for number, visitor, source, order, at_us in rows:
        own = "order" if order else "visit"
        steps.append(ViewerEvent(str(number), visitor, own, at_us))
        if visitor in buyers and source:
            sources.append(ViewerEvent(str(number), visitor, source, at_us))
    names = sorted({event.name for event in sources})
    wide = tuple(WidePath(path, viewers) for path, viewers in paths(sources, names))
    if not any(event.name == "visit" for event in steps):
        return wide, None
    came, ordered = funnel(steps, ("visit", "order"), WINDOW_US)
    return wide, (came, ordered)


def _goods_paths(base: duckdb.DuckDBPyConnection, airing: AiringRow) -> tuple[WidePath, ...]:
    rows = base.execute(WROTE, [airing.id]).fetchall()
    events = [ViewerEvent(str(id), str(viewer), sku, at_us) for id, viewer, sku, at_us in rows]
    names = sorted({event.name for event in events})
    return tuple(WidePath(path, viewers) for path, viewers in paths(events, names))


def _minutes(base: duckdb.DuckDBPyConnection, airing: AiringRow) -> HeatMap:
    minutes = max(1, round(airing.minutes + 0.5))
    bucket = max(BUCKET_MIN, -(-minutes // MOST_COLUMNS))
    count = -(-minutes // bucket)
    rows = base.execute(SOLD, [airing.began_us, bucket * MINUTE_US, airing.id]).fetchall()
    sums: dict[str, dict[int, float]] = defaultdict(dict)
    for column, sku, units in rows:
        if 0 <= column < count:
            sums[sku][column] = float(units or 0.0)
    most = sorted(sums, key=lambda sku: (-sum(sums[sku].values()), sku))[:MOST_GOODS]
    values = tuple(tuple(sums[sku].get(column, 0.0) for column in range(count)) for sku in most)
    columns = tuple(str(column * bucket) for column in range(count))
    return HeatMap(words("shape.minutes", bucket=bucket), tuple(most), columns, values)


def _week(base: duckdb.DuckDBPyConnection) -> HeatMap:
    """Pieces sold by weekday and hour; comments where nothing was sold; None was never on air."""
    rows = base.execute(WEEK).fetchall()
    is_sold = any(row[2] for row in rows)
    cells = {(row[0], row[1]): float(row[2] if is_sold else row[3]) for row in rows}
    values = tuple(tuple(cells.get((day, hour)) for hour in range(24)) for day in range(1, 8))
    label = words("shape.week_sold" if is_sold else "shape.week_comments")
    columns = tuple(f"{hour:02d}" for hour in range(24))
    return HeatMap(label, tuple(str(day) for day in range(1, 8)), columns, values)


def _segments(base: duckdb.DuckDBPyConnection, airing: AiringRow) -> tuple[BuyerSegment, ...]:
    """By recency, frequency and money, as of this show; of the currency that most bought in."""
    rows = base.execute(BOUGHT, [airing.ended_us]).fetchall()
    if not rows:
        return ()
    codes: dict[str, int] = defaultdict(int)
    for row in rows:
        codes[row[4]] += 1
    code = max(codes, key=lambda name: codes[name])
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for _, orders, last_us, money, currency in rows:
        if currency == code:
            days = (airing.ended_us - last_us) / DAY_US
            each = sums[segment_of(days, orders)]
            each[0] += 1
            each[1] += orders
            each[2] += float(money or 0.0)
    found = [
        BuyerSegment(id, words(f"shape.segment_{id}"), int(each[0]), int(each[1]),
                     round(each[2], 2))
        for id, each in sums.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda segment: -segment.money))
