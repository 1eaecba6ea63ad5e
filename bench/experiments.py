"""Experiments in which nothing differs, looked at again and again; then a real one.

The reference is what is done without thinking: a z-test over viewers, at each look.
"""

from __future__ import annotations

import numpy as np

from bench.base import BenchReport, Row
from studio.insight.simulation import (
    aa_by_viewer,
    power_switched,
    srm_false,
    srm_found,
    switched_winners,
)


def run() -> BenchReport:
    """The rows of experiments."""
    report = BenchReport("experiments", "a z-test over viewers at each look")
    aa, effect = switched_winners(1, 2000), power_switched(2, 1000, 0.2)
    by_viewer, srm = aa_by_viewer(3, 2000), srm_found(4, 500, 0.53)
    rows = report.rows
    rows.append(Row("switched in time, false winners %", 100 * aa.e_value, 100 * aa.naive, "%"))
    rows.append(Row("  at most", 100 * aa.e_value, None, "%", 5.0))
    rows.append(Row("+20 % within four shows, not found", 100 * (1 - effect), None, "%", 25.0))
    rows.append(Row("split by viewer, false winners %", 100 * by_viewer.e_value,
                    100 * by_viewer.naive, "%"))  # fmt: skip
    rows.append(Row("  at most", 100 * by_viewer.e_value, None, "%", 5.0))
    rows.append(Row("a fair split called broken", 100 * srm_false(5, 5000), None, "%", 0.1))
    rows.append(Row("53:47 not found in 20,000", 500 - len(srm), None, "", 0))
    rows.append(Row("  found after, median viewers", float(np.median(srm)), None, ""))
    return report
