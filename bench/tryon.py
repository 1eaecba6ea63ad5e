"""Try-on against what it promises: speed, accuracy, lost and found, and the running engine."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.base import BenchReport, Row


def run() -> BenchReport:
    """All limits of the room in one run, about a minute and a half."""
    from studio.tryon import bench, truth

    found = bench.run()
    report = BenchReport(
        "tryon", "the room's own limits (720p, one thread, quietest of ten blocks)"
    )
    rows = report.rows
    for what, limit in bench.LIMITS_MS.items():
        rows.append(Row(f"{what} end to end", found[what]["cpu_ms"], None, limit=limit))
    for what in ("flow", "draw glasses"):
        rows.append(Row(f"{what}, on the picture's way", found[what]["cpu_ms"], None))
    for name, percent in truth.paths().items():
        rows.append(Row(f"off the truth, path {name}", percent, None, "%", 1.5))
    rows.append(Row("jitter on a still with noise", truth.jitter_px(), None, "px", 0.5))
    gone_ms, back_ms = truth.lost_and_found_ms()
    rows.append(Row("covered: gone after", gone_ms, None, "ms", 200))
    rows.append(Row("shown again: back after", back_ms, None, "ms", 200))
    if sys.platform.startswith("linux"):
        from bench.line import wearing

        with tempfile.TemporaryDirectory() as name:
            live = wearing.measure(Path(name))
        rows.append(Row("added latency of the programme", live.added_frames, None, "fr", 0))
        rows.append(Row("age of landmarks, p95", live.age_p95_ms, None, "ms", 50))
        rows.append(Row("starved: programme frames dropped", live.dropped, None, "", 0))
        steps = ("full", "half", "third").index(live.quality)
        rows.append(Row("starved: full rate kept (1) or stepped down (0)", float(not steps), None,
                        "", 0))  # fmt: skip
        rows.append(Row("memory over the engine without it", live.memory_mb, None, "MB", 250))
    return report
