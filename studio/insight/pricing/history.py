"""At which prices a SKU was sold in the own shows, and for how long. In the child process."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from studio.insight.analysis.base import open_analysis
from studio.insight.pricing.model import PriceHistory, PricePeriod

LAST_SHOWS = 20
STEPPED = """
SELECT airing, at_us, value_cents FROM events
WHERE name = 'pricing.stepped' AND sku = ? AND airing > 0 ORDER BY airing, entry
"""
SOLD = """
SELECT airing, at_us, number, value_cents FROM events
WHERE name = 'insight.sold' AND sku = ? AND airing > 0 AND number > 0 ORDER BY airing, entry
"""


def find_prices(path: Path, sku: str, *, is_on_air: bool = False) -> PriceHistory:
    """Times at one price of the last shows in which a SKU was sold or stepped.

    A price holds from its step on; before the first step it is what the first piece cost. Each
    show is cut where another price began, and minutes on air are what it was seen.

    Args:
        is_on_air: the last show is going on and is left out.
    """
    with closing(open_analysis(path, is_read_only=True)) as base:
        stepped = base.execute(STEPPED, [sku]).fetchall()
        sold = base.execute(SOLD, [sku]).fetchall()
        rows = base.execute("SELECT id, began_us, ended_us FROM airings").fetchall()
    spans = {row[0]: (row[1], row[2]) for row in rows}
    going_on = max(spans, default=0) if is_on_air else 0
    periods: list[PricePeriod] = []
    for airing in sorted({row[0] for row in (*stepped, *sold)} - {going_on})[-LAST_SHOWS:]:
        began_us, ended_us = spans[airing]
        sales = [row for row in sold if row[0] == airing]
        steps = [(row[1], row[2]) for row in stepped if row[0] == airing and row[2]]
        first = next((row[3] / row[2] for row in sales if row[3]), None)
        is_from_start = not steps or (sales and sales[0][1] < steps[0][0])
        if is_from_start and first is not None:
            steps.insert(0, (began_us, round(first)))
        ends = [*(at for at, _ in steps[1:]), ended_us]
        for (at, cents), end in zip(steps, ends, strict=True):
            units = sum(row[2] for row in sales if at <= row[1] < max(end, at + 1))
            periods.append(PricePeriod(airing, cents, max(0.0, (end - at) / 6e7), units))
    return PriceHistory(tuple(periods))
