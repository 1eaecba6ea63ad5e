"""``shopcast bench``: runs benchmarks and prints each beside its reference."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Sequence

import bench as folder
from bench.base import BenchReport, Row
from studio.core.errors import StudioError


def names() -> list[str]:
    """The benchmarks there are."""
    own = [info.name for info in pkgutil.iter_modules(folder.__path__)]
    return [name for name in own if name not in ("base", "cli", "sentences")]


def bench(chosen: Sequence[str], events: int | None = None) -> bool:
    """Runs benchmarks (all when none is named); True when every limit was kept.

    Args:
        events: how many, where a benchmark counts in events.

    Raises:
        StudioError: not_found.
    """
    for name in chosen:
        if name not in names():
            raise StudioError("not_found", "bench.unknown", name=name, known=", ".join(names()))
    is_kept = True
    for name in chosen or names():
        run = importlib.import_module(f"bench.{name}").run
        counts = events is not None and "events" in inspect.signature(run).parameters
        report: BenchReport = run(events=events) if counts else run()
        print(f"{report.name} — reference: {report.reference}")
        is_kept = print_rows(report.rows) and is_kept
    return is_kept


def print_rows(rows: Sequence[Row]) -> bool:
    """Prints rows; True when every limit was kept."""
    is_kept = True
    for row in rows:
        beside = f"{row.reference:9.3f}" if row.reference is not None else " " * 9
        ratio = f"{row.ratio:6.2f} x" if row.ratio is not None else " " * 8
        verdict = {None: "", True: "ok", False: "OVER"}[row.is_kept]
        limit = f"(<= {row.limit:g}) {verdict}" if row.limit is not None else ""
        print(f"  {row.what:44s} {row.ours:9.3f} {beside} {row.unit:4s}{ratio} {limit}")
        is_kept = is_kept and row.is_kept is not False
    return is_kept
