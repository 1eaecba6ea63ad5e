"""What encrypting the databases costs, what is left to read in their files, and a hundred kills.

Appends entries of the journal's table as its thread does (2,000 in a transaction, WAL), in a
store under this machine's key and in the same store in clear, by turns; the middle of the rounds
counts. Then a process that books in a ledger and writes a journal is killed (SIGKILL) a hundred
times: after each, everything that was answered is there and both files are whole.
"""

from __future__ import annotations

import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import apsw

from bench.base import BenchReport, Row
from bench.places import set_here
from studio.core.paths import project_dir
from studio.core.streams import child_environment
from studio.governance.database import CLEAR, Database, open_database
from studio.governance.secrets import Secrets
from studio.governance.store_keys import StoreKeys
from studio.insight.journal import broken_links
from studio.shop.stock.sqlite import SqliteStock

EVENTS = 100_000
ROUNDS, IN_A_COMMIT = 7, 2_000
KILLS = 100
WORDS = ("林小满", "planted words", "13812345678")
TABLE = (
    "CREATE TABLE entries (id INTEGER PRIMARY KEY, uid BLOB, run INTEGER, seq INTEGER,"
    " at_utc TEXT, name TEXT, data TEXT, link BLOB);"
    "CREATE INDEX entries_name ON entries (name, id);"
    "CREATE UNIQUE INDEX entries_uid ON entries (uid)"
)
INSERT = "INSERT INTO entries VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)"
WRITER = """
import sys
from pathlib import Path
from studio.insight.journal import Journal
from studio.shop.stock.model import Line
from studio.shop.stock.sqlite import SqliteStock
folder, run, words = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
ledger, journal = SqliteStock(folder / "stock.db"), Journal(folder / "journal.db", "bench")
number = 0
while True:
    booked = [
        ledger.sell_outside(f"{run}-{number + n}", [Line("hat", 1)], words[n % len(words)])
        for n in range(20)
    ]
    for n, future in enumerate(booked):
        future.result()
        journal.write("own", {"words": words})
        print(f"{run}-{number + n}", flush=True)
    number += 20
"""


def run(events: int = EVENTS) -> BenchReport:
    """Measures; a kept limit is a cost of a quarter, no word found, nothing lost.

    Args:
        events: entries in a round.
    """
    report = BenchReport("stores", "the same SQLite library, the same file in clear")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _appends(root, events, report)
        _kills(root, report)
    return report


def _appends(root: Path, events: int, report: BenchReport) -> None:
    keys = StoreKeys(Secrets(root / "keys", use_keyring=False), root / "keys")
    rows = [
        (os.urandom(16), 1, number, "2026-11-30T12:00:00.000Z", "comments.received",
         f'{{"entry": {{"author": "{WORDS[0]}", "text": "{WORDS[1]} {number}", "likes": 3}}}}',
         os.urandom(32))
        for number in range(events)
    ]  # fmt: skip
    took: dict[str, list[tuple[float, float]]] = {CLEAR: [], keys.current(): []}
    for number in range(ROUNDS):
        for key, times in took.items():
            times.append(_append(root / f"{number}-{bool(key)}.db", key, rows))
    (clear_cpu, clear_s), (sealed_cpu, sealed_s) = (
        (statistics.median(cpu for cpu, _ in times), statistics.median(s for _, s in times))
        for times in took.values()
    )
    ratios = [ours[0] / ref[0] for ours, ref in zip(took[keys.current()], took[CLEAR], strict=True)]
    report.rows += [
        Row("append, processor, an entry", 1e6 * sealed_cpu, 1e6 * clear_cpu, "us"),
        Row("append, by the clock, an entry", 1e6 * sealed_s, 1e6 * clear_s, "us"),
        Row("  processor beside clear", statistics.median(ratios), 1.0, "", 1.25),
    ]
    began = time.perf_counter()
    path = root / "0-False.db"
    open_database(path, keys=keys).close()
    report.rows += [
        Row(f"a store in clear of {events} entries sealed", time.perf_counter() - began, None, "s"),
        Row("  words left in its folder", _words_in(root, ("0-",)), None, "", 0),
    ]


def _append(path: Path, key: str, rows: Sequence[tuple[object, ...]]) -> tuple[float, float]:
    """Processor and clock seconds an entry."""
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    with closing(Database(path, flags, 1.0)) as base:
        base.unlock(key)
        base.execute("PRAGMA journal_mode=WAL").fetchall()
        base.execute("PRAGMA synchronous=NORMAL").fetchall()
        base.execute(TABLE).fetchall()
        cpu, began = time.process_time(), time.perf_counter()
        for at in range(0, len(rows), IN_A_COMMIT):
            with base.transaction():
                base.executemany(INSERT, rows[at : at + IN_A_COMMIT])
        return (
            (time.process_time() - cpu) / len(rows), (time.perf_counter() - began) / len(rows)
        )  # fmt: skip


def _kills(root: Path, report: BenchReport) -> None:
    chance, lost, flawed, words, answered = random.Random(7), 0, 0, 0, 0
    folder = root / "killed"
    folder.mkdir()
    with set_here({"SHOPCAST_CONFIG": str(root / "keys"), "SHOPCAST_KEYRING": "0"}):
        ledger = SqliteStock(folder / "stock.db")
        ledger.receive("in", "hat", 10_000_000).result()
        ledger.close()
        for number in range(KILLS):
            booked = _killed(folder, str(number), chance.uniform(0.02, 0.25))
            words += _words_in(folder)
            ledger = SqliteStock(folder / "stock.db")
            lost += sum(ledger.state_of(key) != "confirmed" for key in booked)
            flawed += bool(ledger.faults()) + bool(broken_links(folder / "journal.db"))
            ledger.close()
            answered += len(booked)
    report.rows += [
        Row(f"{KILLS} x kill -9: bookings that were answered", answered, None, ""),
        Row("  of them lost", lost, None, "", 0),
        Row("  files that were not whole", flawed, None, "", 0),
        Row("  words found in files, between the kills", words, None, "", 0),
    ]


def _killed(folder: Path, name: str, after_s: float) -> list[str]:
    """Keys that were answered before the process was killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, *WORDS], stdout=subprocess.PIPE,
        cwd=project_dir(), env=child_environment(), text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout is not None
    with process:
        keys = [process.stdout.readline().strip()]  # it has begun
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        keys += [line.strip() for line in process.stdout if line.endswith("\n")]
    return [key for key in keys if key]


def _words_in(folder: Path, names: tuple[str, ...] = ("",)) -> int:
    """How many files hold one of the words."""
    files = [file for file in folder.iterdir() if file.is_file() and file.name.startswith(names)]
    texts = [file.read_bytes() for file in files]
    return sum(any(word.encode() in text for word in WORDS) for text in texts)
