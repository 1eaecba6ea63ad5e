"""What is usually sold in a stretch: the same stretch of the own shows before, at today's level."""

from __future__ import annotations

import math
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.clock import seconds_of
from studio.core.usual_sales import LEAST_SHOWS, UsualSales
from studio.insight.analysis.base import open_analysis
from studio.insight.analysis.baseline import LEAST_MINUTES
from studio.insight.analysis.sums import AiringRow, airings
from studio.insight.detector import MOST_SHOWS

Counts = NDArray[np.float64]
NORMAL_80 = 1.28155
PRIOR_S = 120.0
"""The own shows' level counts as so many seconds, until today's is known (as on the board)."""
LOST_S = 3600.0
"""So long after its last entry a show may still be the one that an incident ended."""
SOLD = """
SELECT airing, sum(number) FILTER (at_us >= began_us + ? AND at_us < began_us + ?),
  sum(number) FILTER (at_us < began_us + ?), sum(number), sum(value_cents),
  count(DISTINCT currency), any_value(currency)
FROM events JOIN airings ON airings.id = airing
WHERE name = 'insight.sold' AND airing IN (SELECT unnest(?)) GROUP BY airing
"""


def find_usual(path: Path, began_utc: str, took_s: float) -> UsualSales:
    """What the own shows say of a stretch.

    Raises:
        StudioError: unavailable.
    """
    at_us, took_us = round(seconds_of(began_utc) * 1e6), round(took_s * 1e6)
    with closing(open_analysis(path, is_read_only=True)) as base:
        known = airings(base)
        this = _airing_at(known, at_us)
        if this is None:
            return UsualSales()
        first_us, last_us = at_us - this.began_us, at_us - this.began_us + took_us
        before = [
            airing for airing in known
            if airing.id < this.id and airing.minutes >= LEAST_MINUTES
            and airing.ended_us - airing.began_us >= last_us
        ][-MOST_SHOWS:]  # fmt: skip
        if len(before) < LEAST_SHOWS:
            return UsualSales(len(before))
        ids = [this.id, *(airing.id for airing in before)]
        rows = base.execute(SOLD, [first_us, last_us, first_us, ids]).fetchall()
    found = {row[0]: row[1:] for row in rows}
    none = (None,) * 6
    within = np.array([found.get(airing.id, none)[0] or 0.0 for airing in before])
    so_far = np.array([found.get(airing.id, none)[1] or 0.0 for airing in before])
    today = found.get(this.id, none)
    expected, low, high = usual_of(within, so_far, float(today[1] or 0), first_us / 1e6)
    _, _, units, cents, currencies, currency = today
    price = cents / units if cents and units and currencies == 1 else None
    return UsualSales(
        len(before), round(expected, 2), round(low, 2), round(high, 2), price,
        str(currency or "") if price else "",
    )  # fmt: skip


def _airing_at(known: list[AiringRow], at_us: int) -> AiringRow | None:
    begun = [airing for airing in known if airing.began_us <= at_us]
    last = begun[-1] if begun else None
    return last if last and at_us <= last.ended_us + LOST_S * 1e6 else None


def usual_of(
    within: Counts, so_far: Counts, today: float, so_far_s: float
) -> tuple[float, float, float]:
    """Expected pieces, and the band in which four of five shows lie.

    Today's level is what was sold so far against what the others had sold by then, drawn to 1 while
    little was sold. The band's width comes from the own shows, each foretold by the others
    (quasi-Poisson, their dispersion; at least what counting alone scatters), for few shows wider by
    the t distribution.

    Args:
        within: pieces of each own show in the stretch; so_far: before it.
        today: pieces of this show before the stretch.
        so_far_s: from the show's beginning to the stretch.
    """
    count = len(within)
    expected = _foretold(within, so_far, today, so_far_s)
    errors = []
    for show in range(count):
        others = np.arange(count) != show
        told = _foretold(within[others], so_far[others], float(so_far[show]), so_far_s)
        errors.append((float(within[show]) - told) ** 2 / max(told, 0.5))
    spread = math.sqrt(max(1.0, float(np.mean(errors))) * expected)
    spread *= NORMAL_80 * (1 + 0.8 / (count - 1))
    return expected, max(0.0, expected - spread), expected + spread


def _foretold(within: Counts, so_far: Counts, today: float, so_far_s: float) -> float:
    usual = float(so_far.mean())
    prior = usual * min(1.0, PRIOR_S / so_far_s) if so_far_s > 0 else 1.0
    level = (today + prior) / (usual + prior) if usual + prior > 0 else 1.0
    return float(within.mean()) * level
