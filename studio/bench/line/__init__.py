"""The line benchmark: real processes, a real server, and somebody who breaks them.

SHOPCAST_LINE chooses jobs (kills, server, slow, cost, soak; all when empty), SHOPCAST_LINE_KILLS
how many kills (30), SHOPCAST_SOAK_S how long the soak takes (1800).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.bench.base import Report


def run() -> Report:
    """All jobs, or those that were chosen."""
    from studio.bench.base import Report
    from studio.bench.line.jobs import JOBS

    chosen = [name for name in os.environ.get("SHOPCAST_LINE", "").split(",") if name]
    report = Report("line", "the promise: limits in brackets")
    for name, job in JOBS.items():
        if not chosen or name in chosen:
            report.rows += job()
    return report
