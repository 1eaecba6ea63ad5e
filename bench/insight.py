"""The journal and the questions over it: appended, loaded, asked, at ten million entries.

The reference of the questions is SQLite, asked the same over one show of the same entries.
"""

from __future__ import annotations

import resource
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from bench.base import BenchReport, Row
from studio.insight.analysis.base import NUMBERS, TEXTS, analysis_path, open_analysis
from studio.insight.analysis.load import NEVER, AnalysisWriter
from studio.insight.analysis.questions import ask
from studio.insight.journal import MOST_WAITING, Journal, broken_links

EVENTS = 10_000_000
SHOWS = 40
APPENDED = 100_000
BATCH = 250_000
SHOW_LENGTH_US = 4 * 3600 * 1_000_000
NAMES = ("comments.received", "insight.sold", "scenes.taken", "shop.explained", "insight.figure")
SHARES = (0.8, 0.1, 0.02, 0.02, 0.06)
ASKED = (
    "comments_by_minute", "talkers", "sales_by_sku", "sales_by_hour", "scenes", "explained",
    "minute_by_sku", "weekday_by_hour", "phases", "kinds", "platform_figures",
)  # fmt: skip


def run(events: int = EVENTS) -> BenchReport:
    """Measures all of it.

    Args:
        events: in the file of columns, over 40 shows.
    """
    report = BenchReport("insight", "SQLite over the same entries of one show")
    with tempfile.TemporaryDirectory() as folder:
        _append(report, Path(folder))
        _questions(report, Path(folder), events)
    return report


def _append(report: BenchReport, folder: Path) -> None:
    journal = Journal(folder / "journal.db", "bench")
    began, cpu = time.perf_counter(), time.process_time()
    for number in range(APPENDED):
        while journal.is_behind(MOST_WAITING // 2):
            time.sleep(0.001)
        journal.write("comments.received", {"entry": {"id": number, "text": "好看吗"}})
    journal.close(60.0)
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    report.rows.append(Row("append with link, an entry", 1e6 * took / APPENDED, None, "us", 20.0))
    report.rows.append(Row("  of it processor", 1e6 * cpu / APPENDED, None, "us"))
    report.rows.append(Row("  lost", journal.lost, None, "", 0))
    began = time.perf_counter()
    wrong = len(broken_links(journal.path))
    took = time.perf_counter() - began
    report.rows.append(Row("verify, an entry", 1e6 * took / APPENDED, None, "us"))
    report.rows.append(Row("  broken", wrong, None, "", 0))


def _questions(report: BenchReport, folder: Path, events: int) -> None:
    path = folder / analysis_path().name
    began = time.perf_counter()
    writer = AnalysisWriter(path)
    codes = [writer.words(name) for name in NAMES]
    words = [writer.words(f"{kind} {number}") for kind in ("sku", "scene") for number in range(60)]
    online, show, cny = writer.words("online"), writer.words("show"), writer.words("CNY")
    chosen = np.array(codes), np.array(words), np.arange(1, 20_001)
    rng = np.random.default_rng(1)
    for first in range(0, events, BATCH):
        count = min(BATCH, events - first)
        writer.add(_made(rng, first, count, events, chosen, (online, show, cny)))
    arrays_s = time.perf_counter() - began
    writer.finish()
    took = time.perf_counter() - began
    report.rows.append(Row(f"load {events:,} entries", took, None, "s", 15.0))
    report.rows.append(Row("  of it arrays", arrays_s, None, "s"))
    one, everything = _asked(path, str(SHOWS // 2)), _asked(path, "")
    base = _in_sqlite(folder / "one.db", path, SHOWS // 2)
    report.rows.append(Row("a question over one show, p50", _part(one, 0.5), base))
    report.rows.append(Row("a question over one show, p95", _part(one, 0.95), None, "ms", 150.0))
    report.rows.append(Row("a question over all, p95", _part(everything, 0.95), None, "ms", 1000.0))
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report.rows.append(Row("most memory", memory_mb, None, "MB", 400.0))


def _made(
    rng: np.random.Generator, first: int, count: int, events: int,
    chosen: tuple[np.ndarray[Any, Any], ...], words: tuple[int, int, int],
) -> dict[str, np.ndarray[Any, Any]]:  # fmt: skip
    names, things, viewers = chosen
    online, show, cny = words
    at = np.arange(first, first + count, dtype=np.int64)
    airing = at * SHOWS // events
    kind = rng.choice(len(names), count, p=SHARES)
    is_sold, is_figure = kind == 1, kind == 4
    at_us = 1_790_000_000_000_000 + airing * 86_400_000_000
    at_us += (at - airing * events // SHOWS) * SHOW_LENGTH_US * SHOWS // events
    values: dict[str, Any] = {
        "entry": at, "airing": airing + 1, "at_us": at_us, "came_us": at_us, "at_ns": at,
        "number": np.where(is_sold, 1.0, np.where(is_figure, 500.0, np.nan)),
        "value_cents": np.where(is_sold, 9900, NEVER), "name": names[kind],
        "sku": things[rng.integers(0, 60, count)], "scene": things[60 + at // 997 % 60],
        "viewer": np.where(kind == 0, viewers[rng.integers(0, len(viewers), count)], 0),
        "metric": np.where(is_figure, online, 0), "show_name": np.full(count, show),
        "currency": np.where(is_sold, cny, 0),
    }  # fmt: skip
    for name, kind_of in {**NUMBERS, **dict.fromkeys(TEXTS, "INTEGER")}.items():
        empty = NEVER if kind_of == "BIGINT" else 0
        values.setdefault(name, np.full(count, empty, np.int64))
    return values


def _asked(path: Path, show: str) -> list[float]:
    took = []
    for name in ASKED:
        for _ in range(3):
            began = time.perf_counter()
            ask(path, name, show)
            took.append(1000 * (time.perf_counter() - began))
    return took


def _in_sqlite(file: Path, path: Path, airing: int) -> float:
    """Median ms of sums by minute over the same entries in SQLite."""
    with closing(open_analysis(path, is_read_only=True)) as base:
        rows = base.execute(
            "SELECT at_us, name, viewer FROM events WHERE airing = ?", [airing]
        ).fetchall()
    with closing(sqlite3.connect(file)) as lite:
        lite.execute("CREATE TABLE events (at_us INTEGER, name INTEGER, viewer INTEGER)")
        lite.executemany("INSERT INTO events VALUES (?, ?, ?)", rows)
        took = []
        for _ in range(3):
            began = time.perf_counter()
            lite.execute(
                "SELECT at_us / 60000000, count(*), count(DISTINCT viewer) FROM events GROUP BY 1"
            ).fetchall()
            took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


def _part(took: list[float], part: float) -> float:
    return sorted(took)[min(len(took) - 1, int(part * len(took)))]
