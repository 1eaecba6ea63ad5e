"""What happened, append-only, on one clock with the picture (SQLite, its own writer thread)."""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.core.clean import write_json
from studio.core.clock import now_ns, utc_iso
from studio.core.event import Event
from studio.core.log import logger
from studio.core.paths import keep_private

_log = logger(__name__)

_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
  id INTEGER PRIMARY KEY, began_utc TEXT NOT NULL, began_ns INTEGER NOT NULL, show TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS entries (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL, at_ns INTEGER NOT NULL, at_utc TEXT NOT NULL,
  name TEXT NOT NULL, data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_name ON entries (name, id);
"""
MOST_WAITING = 10_000


class Journal:
    """Takes entries without ever making the engine wait; a full disk loses entries, not the show.

    Args:
        path: the database; its folder is made.
        show: name of the show, for the run's row.
    """

    def __init__(self, path: Path, show: str) -> None:
        self.path = path
        self.lost = 0
        self._show = show
        self._queue: queue.Queue[tuple[int, str, str, str] | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def event(self, event: Event) -> None:
        """Writes an event."""
        if event.is_journaled:
            self.write(event.name, event.data())

    def write(self, name: str, data: dict[str, Any]) -> None:
        """Writes an entry; ``data`` is plain and holds no secret."""
        row = (now_ns(), utc_iso(), name, write_json(data, default=str))
        try:
            self._queue.put_nowait(row)
        except queue.Full:
            self.lost += 1

    def close(self) -> None:
        """Writes what is waiting and closes."""
        self._queue.put(None)
        self._thread.join(3.0)

    def _run(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            keep_private(self.path)
            base = sqlite3.connect(self.path)
            base.execute("PRAGMA journal_mode=WAL")
            base.execute("PRAGMA synchronous=NORMAL")
            base.executescript(_TABLES)
            run = base.execute(
                "INSERT INTO runs (began_utc, began_ns, show) VALUES (?, ?, ?)",
                (utc_iso(), now_ns(), self._show),
            ).lastrowid
            base.commit()
        except (sqlite3.Error, OSError) as error:
            _log.error("the journal %s cannot be written: %s", self.path, error)
            while self._queue.get() is not None:
                self.lost += 1
            return
        done = False
        while not done:
            rows, done = self._batch()
            try:
                base.executemany(
                    "INSERT INTO entries (run, at_ns, at_utc, name, data) VALUES (?, ?, ?, ?, ?)",
                    [(run, *row) for row in rows],
                )
                base.commit()
            except sqlite3.Error as error:
                self.lost += len(rows)
                _log.error("journal entries were lost: %s", error)
        base.close()

    def _batch(self) -> tuple[list[tuple[int, str, str, str]], bool]:
        rows = []
        item = self._queue.get()
        while item is not None:
            rows.append(item)
            if len(rows) >= 200:
                return rows, False
            try:
                item = self._queue.get(timeout=0.05)
            except queue.Empty:
                return rows, False
        return rows, True


def read(path: Path, name: str = "%", last: int = 1000) -> Iterator[dict[str, Any]]:
    """The last entries whose name matches (SQL LIKE), oldest first."""
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        rows = base.execute(
            "SELECT at_utc, at_ns, name, data FROM entries WHERE name LIKE ? "
            "ORDER BY id DESC LIMIT ?",
            (name, last),
        ).fetchall()
    finally:
        base.close()
    for at_utc, at_ns, found, data in reversed(rows):
        yield {"at": at_utc, "at_ns": at_ns, "name": found, "data": json.loads(data)}
