"""The plan of a day from the analysis: the last show's rates beside what they usually are."""

from __future__ import annotations

import statistics
from contextlib import closing
from pathlib import Path

from studio.insight.analysis.base import open_analysis
from studio.insight.analysis.sums import airings, find_airing, sums_of
from studio.insight.detector import MOST_SHOWS
from studio.insight.experiments import RATES, DayPlan, plan_day
from studio.insight.metrics import metrics, value_of


def find_plan(path: Path, show: str) -> DayPlan:
    """At most three experiments.

    Args:
        path: of the analysis.
        show: a time on air by its number, a show by its name, or "last".

    Raises:
        StudioError: not_found, failed.
    """
    known = metrics()
    with closing(open_analysis(path, is_read_only=True)) as base:
        airing = find_airing(base, show)
        past = [other for other in airings(base) if other.id < airing.id][-MOST_SHOWS:]
        sums = sums_of(base, airing.id)
        before = [sums_of(base, other.id) for other in past]
    normal: dict[str, float | None] = {}
    for step in RATES:
        values = [value for each in before if (value := value_of(known[step], each)) is not None]
        normal[step] = statistics.median(values) if values else None
    return plan_day({step: value_of(known[step], sums) for step in RATES}, normal)
