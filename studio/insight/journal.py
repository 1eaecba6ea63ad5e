"""What happened, append-only, on one clock with the picture (SQLite, its own writer thread).

Every entry has a UUIDv7, its run and number in it, and a link: a digest of itself and of all
before it in the run. Journals of earlier versions get the new columns and stay readable.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from studio.core.batches import WaitingBatches
from studio.core.clean import encode_json, write_json
from studio.core.clock import NS, now_ns, utc_iso, utc_ms, utc_of
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.paths import keep_private
from studio.governance.database import Database, DatabaseError, is_outdated, open_database
from studio.insight.entries import SCHEMA, EntryFacts, EntryIds, JournalRow

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
_LATER = {
    "uid": "BLOB", "seq": "INTEGER", "happened_utc": "TEXT NOT NULL DEFAULT ''",
    "tick": "INTEGER", "programme_ms": "INTEGER", "schema": "INTEGER NOT NULL DEFAULT 1",
    "show": "TEXT NOT NULL DEFAULT ''", "room": "TEXT NOT NULL DEFAULT ''",
    "phase": "TEXT NOT NULL DEFAULT ''", "scene": "TEXT NOT NULL DEFAULT ''",
    "sku": "TEXT NOT NULL DEFAULT ''", "platform": "TEXT NOT NULL DEFAULT ''",
    "traffic": "TEXT NOT NULL DEFAULT ''", "viewer": "TEXT NOT NULL DEFAULT ''",
    "value_cents": "INTEGER", "currency": "TEXT NOT NULL DEFAULT ''", "link": "BLOB",
}  # fmt: skip
_COLUMNS = (*JournalRow._fields, "link")
_INSERT = (
    f"INSERT OR IGNORE INTO entries ({', '.join(_COLUMNS)}) "
    f"VALUES ({', '.join('?' * len(_COLUMNS))})"
)
MOST_WAITING = 50_000
CLOCK = "engine.clock"
"""The entry that says when tick 0 was."""
MOST_IN_A_COMMIT = 2_000
GATHER_S = 0.05


class ShowClock(Protocol):
    """When the programme's tick 0 was."""

    zero_ns: int
    fps: Fraction


class _Waiting(NamedTuple):
    at_ns: int
    ms: int
    name: str
    data: str | Callable[[], dict[str, Any]]
    tick: int | None
    programme_ms: int | None
    now: EntryFacts
    own: EntryFacts | None


class Journal:
    """Takes entries without ever making the engine wait; a full disk loses entries, not the show.

    Args:
        path: the database; its folder is made.
        show: name of the show, for the run's row.

    Attributes:
        lost: entries that could not be kept.
        now: show, phase, scene and SKU of the moment; who follows the show swaps it.
        on_air_ns: since when the show is on air; 0 while it is not.
        clock: of the picture, for the tick; None while none runs.
    """

    def __init__(self, path: Path, show: str) -> None:
        self.path = path
        self.lost = 0
        self.now = EntryFacts(show=show)
        self.on_air_ns = 0
        self.clock: ShowClock | None = None
        self._show = show
        self._line = WaitingBatches[_Waiting](
            most=MOST_WAITING, many=MOST_IN_A_COMMIT, most_taken=MOST_IN_A_COMMIT,
            gather_s=GATHER_S,
        )  # fmt: skip
        self._ids, self._seq, self._link = EntryIds(), 0, b""
        self._given: set[bytes] = set()
        self._at = (0, "")
        self._has_zero = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def write(
        self,
        name: str,
        data: dict[str, Any] | Callable[[], dict[str, Any]],
        own: EntryFacts | None = None,
    ) -> bool:
        """Writes an entry; False for somebody else's that came before, or when it is lost.

        Args:
            data: plain, and holds no secret; a call is made in the journal's thread.
            own: what this entry knows better than what is on air: platform, viewer, money.
        """
        at_ns, clock, tick = now_ns(), self.clock, None
        if clock is not None and clock.zero_ns:
            fps = clock.fps
            if not self._has_zero:  # with it every recording finds its pictures' times
                self._has_zero = True
                zero = {"zero_ns": clock.zero_ns, "fps": [fps.numerator, fps.denominator]}
                self.write(CLOCK, zero)
            tick = (at_ns - clock.zero_ns) * fps.numerator // (fps.denominator * NS)
        uid = own.uid if own else b""
        if uid in self._given:
            return False
        if uid:
            if len(self._given) > MOST_WAITING:
                self._given.clear()
            self._given.add(uid)
        programme_ms = (at_ns - self.on_air_ns) // 1_000_000 if self.on_air_ns else None
        text = data if callable(data) else _text_of(data)
        row = _Waiting(at_ns, utc_ms(), name, text, tick, programme_ms, self.now, own)
        is_taken = self._line.put(row)
        self.lost += not is_taken
        return is_taken

    def is_behind(self, entries: int) -> bool:
        """Do more than so many wait to be written?"""
        return len(self._line) > entries

    def close(self, limit_s: float = 3.0) -> None:
        """Writes what is waiting and closes; waits so long for the disk."""
        self._line.close()
        self._thread.join(limit_s)

    def _run(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            keep_private(self.path)
            base = self._opened()
            _prepare(base)
            run = base.insert(
                "INSERT INTO runs (began_utc, began_ns, show) VALUES (?, ?, ?)",
                (utc_iso(), now_ns(), self._show),
            )
        except (StudioError, DatabaseError, OSError) as error:
            _log.error("the journal %s cannot be written: %s", self.path, error)
            for count in self._line.dropped():
                self.lost += count
            return
        done = False
        while not done:
            is_closing = self._line.is_closing
            self._line.wait()
            waiting = self._line.take()
            done = is_closing and not self._line
            before = self._seq, self._link
            try:
                if not base.is_open or is_outdated(base):
                    base.close()
                    base = self._opened()
                with base.transaction():
                    fresh = [entry for entry in waiting if not self._is_known(base, entry)]
                    base.executemany(_INSERT, [self._row(entry, run) for entry in fresh])
            except (StudioError, DatabaseError, OSError) as error:
                self._seq, self._link = before
                self.lost += len(waiting)
                _log.error("journal entries were lost: %s", error)
        base.close()

    def _opened(self) -> Database:
        base = open_database(self.path)
        base.execute("PRAGMA journal_mode=WAL").fetchall()
        base.execute("PRAGMA synchronous=NORMAL").fetchall()
        return base

    def _is_known(self, base: Database, waiting: _Waiting) -> bool:
        """Somebody else's entry that came before."""
        uid = waiting.own.uid if waiting.own else b""
        return (
            bool(uid)
            and base.execute("SELECT 1 FROM entries WHERE uid = ?", (uid,)).fetchone() is not None
        )

    def _row(self, waiting: _Waiting, run: int) -> tuple[Any, ...]:
        now, own = waiting.now, waiting.own or _NOTHING
        self._seq += 1
        text = waiting.data if isinstance(waiting.data, str) else _made(waiting.data)
        row = JournalRow(
            own.uid or self._ids.next(waiting.ms), run, self._seq, waiting.at_ns,
            self._utc(waiting.ms), own.happened_utc, waiting.tick, waiting.programme_ms,
            waiting.name, SCHEMA, now.show, own.room or now.room, now.phase, now.scene,
            own.sku or now.sku, own.platform, own.traffic, own.viewer, own.value_cents,
            own.currency, text,
        )  # fmt: skip
        self._link = row.link(self._link)
        return (*row, self._link)

    def _utc(self, ms: int) -> str:
        """Many entries come in the same millisecond."""
        if ms != self._at[0]:
            self._at = ms, utc_of(ms / 1000)
        return self._at[1]


_NOTHING = EntryFacts()


def _made(data: Callable[[], dict[str, Any]]) -> str:
    try:
        return _text_of(data())
    except Exception:  # one entry without its facts, not a journal without entries
        _log.exception("an entry could not be made")
        return "{}"


def _text_of(data: dict[str, Any]) -> str:
    try:
        return encode_json(data)
    except TypeError:  # what is no plain data is written as it calls itself
        return write_json(data, default=str)


def _prepare(base: Database) -> None:
    """The tables; those of an earlier version get what they lack."""
    base.execute(_TABLES).fetchall()
    has = {row[1] for row in base.execute("PRAGMA table_info(entries)")}
    for name, kind in _LATER.items():
        if name not in has:
            base.execute(f"ALTER TABLE entries ADD COLUMN {name} {kind}")
    base.execute("CREATE UNIQUE INDEX IF NOT EXISTS entries_uid ON entries (uid)")


def read(path: Path, name: str = "%", last: int = 1000) -> Iterator[dict[str, Any]]:
    """The last entries whose name matches (SQL LIKE), oldest first."""
    base = open_to_read(path)
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


def open_to_read(path: Path) -> Database:
    """The journal, to be looked at while an engine may be writing it.

    Raises:
        DatabaseError: it cannot be opened.
    """
    return open_database(path, reads=True)


def count_runs(path: Path) -> int:
    """How many engines have written it.

    Raises:
        DatabaseError: it cannot be read.
    """
    base = open_to_read(path)
    try:
        return int(base.execute("SELECT count(*) FROM runs").fetchone()[0])
    finally:
        base.close()


def broken_links(path: Path) -> list[tuple[int, int]]:
    """(run, number) of each entry that is not what was written, or follows none that was.

    A number that is missing in between counts as the next one's. Entries of an earlier version
    have no link and are passed over; so is what was lost after the last entry of a run.
    """
    broken: list[tuple[int, int]] = []
    base = open_to_read(path)
    try:
        if "link" not in {row[1] for row in base.execute("PRAGMA table_info(entries)")}:
            return []
        rows = base.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM entries WHERE link IS NOT NULL ORDER BY run, seq"
        )
        run, before = -1, b""
        for *fields, link in rows:
            row = JournalRow(*fields)
            if row.run != run:
                run, before = row.run, b""
            if row.link(before) != link:
                broken.append((row.run, row.seq))
            before = link
    finally:
        base.close()
    return broken
