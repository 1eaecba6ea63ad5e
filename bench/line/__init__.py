"""The line benchmark: real processes, a real server, and somebody who breaks them.

SHOPCAST_LINE chooses jobs (kills, server, slow, hostile, desk, cuts, cost, soak; all when empty).
How much of each: SHOPCAST_LINE_KILLS (30), _DESKS (30), _CUTS (200), _HOLD_S (20, with each bad
server), _FROZEN_S (60); SHOPCAST_SOAK_S (1800).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.base import BenchReport


def run() -> BenchReport:
    """All jobs, or those that were chosen."""
    from bench.base import BenchReport
    from bench.line.jobs import JOBS

    chosen = [name for name in os.environ.get("SHOPCAST_LINE", "").split(",") if name]
    report = BenchReport("line", "the promise: limits in brackets")
    for name, job in JOBS.items():
        if not chosen or name in chosen:
            report.rows += job()
    return report
