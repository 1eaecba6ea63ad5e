"""Finding and drawing on a 720p frame, one thread, beside the bare network's own time."""

from __future__ import annotations

from studio.bench.base import Report, Row


def run() -> Report:
    """Face, hand, pose and mask end to end."""
    from studio.tryon import bench

    found = bench.run()
    report = Report("tryon", "the room's own limits (processor ms a 720p frame, one thread)")
    for what, limit in bench.LIMITS_MS.items():
        report.rows.append(Row(f"{what} end to end", found[what]["cpu_ms"], None, limit=limit))
    return report
