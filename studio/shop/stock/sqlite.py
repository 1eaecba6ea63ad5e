"""The ledger in a file of its own (SQLite): checked and booked in one transaction.

The table refuses to go below zero, whoever writes. Bookings wait in a queue; a thread takes all
that wait into one transaction (BEGIN IMMEDIATE: a transaction that reads first and writes later
fails under load) and answers after the commit has reached the disk. Several processes may have
the file open: the write lock is SQLite's.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from studio.core.clock import now_ns, utc_iso, utc_ms
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.shop.stock.model import OWN, Booking, Level, Line, Move, Outcome, Reservation

_log = logger(__name__)

BUSY_S = 10.0
MS = 1_000_000
MOST_IN_A_COMMIT = 512
MOST_LINES = 50
WAITS = "waiting"
_TABLES = """
CREATE TABLE IF NOT EXISTS levels (
  sku TEXT NOT NULL, channel TEXT NOT NULL,
  free INTEGER NOT NULL CHECK (free >= 0), held INTEGER NOT NULL CHECK (held >= 0),
  sold INTEGER NOT NULL CHECK (sold >= 0), PRIMARY KEY (sku, channel)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS moves (
  number INTEGER PRIMARY KEY, at_utc TEXT NOT NULL, kind TEXT NOT NULL, sku TEXT NOT NULL,
  channel TEXT NOT NULL, free INTEGER NOT NULL, held INTEGER NOT NULL, sold INTEGER NOT NULL,
  who TEXT NOT NULL, why TEXT NOT NULL, key TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS bookings (
  key TEXT PRIMARY KEY, outcome TEXT NOT NULL, sku TEXT NOT NULL, free INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reservations (
  key TEXT PRIMARY KEY, buyer TEXT NOT NULL, channel TEXT NOT NULL, state TEXT NOT NULL,
  until_ms INTEGER NOT NULL, until_ns INTEGER NOT NULL, hold_ms INTEGER NOT NULL,
  at_utc TEXT NOT NULL, turn INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reservations_until ON reservations (state, until_ns);
CREATE TABLE IF NOT EXISTS lines (
  key TEXT NOT NULL, sku TEXT NOT NULL, count INTEGER NOT NULL CHECK (count > 0),
  PRIMARY KEY (key, sku)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lines_sku ON lines (sku, key);
"""
Job = Callable[["_Books"], Booking]


class _Books:
    """The bookings themselves, inside a transaction that somebody else began."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self.base = base

    # -- plain moves ----------------------------------------------------------------------------

    def move(
        self, kind: str, sku: str, channel: str, by: tuple[int, int, int], who: str, why: str,
        key: str,
    ) -> bool:  # fmt: skip
        """Books (free, held, sold); False when the table would go below zero."""
        free, held, sold = by
        try:
            self.base.execute(
                "INSERT INTO levels VALUES (?, ?, ?, ?, ?) ON CONFLICT (sku, channel) DO UPDATE SET"
                " free = free + excluded.free, held = held + excluded.held,"
                " sold = sold + excluded.sold"
                if min(by) >= 0
                else "UPDATE levels SET free = free + ?3, held = held + ?4, sold = sold + ?5"
                " WHERE sku = ?1 AND channel = ?2",
                (sku, channel, free, held, sold),
            )
        except sqlite3.IntegrityError:
            return False
        if min(by) < 0 and self.base.execute("SELECT changes()").fetchone()[0] == 0:
            return False
        self.base.execute(
            "INSERT INTO moves (at_utc, kind, sku, channel, free, held, sold, who, why, key)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (utc_iso(), kind, sku, channel, free, held, sold, who, why, key),
        )
        return True

    def free(self, sku: str, channel: str) -> int:
        row = self.base.execute(
            "SELECT free FROM levels WHERE sku = ? AND channel = ?", (sku, channel)
        ).fetchone()
        return row[0] if row else 0

    def known(self, key: str) -> Booking | None:
        """What this key was answered before."""
        row = self.base.execute(
            "SELECT outcome, sku, free FROM bookings WHERE key = ?", (key,)
        ).fetchone()
        return Booking(key, row[0], row[1], row[2]) if row else None

    def answer(self, key: str, outcome: Outcome, sku: str = "", free: int = 0) -> Booking:
        self.base.execute(
            "INSERT OR REPLACE INTO bookings VALUES (?, ?, ?, ?)", (key, outcome, sku, free)
        )
        return Booking(key, outcome, sku, free)

    # -- reservations ---------------------------------------------------------------------------

    def reservation(self, key: str) -> tuple[str, str, int, int] | None:
        """(channel, state, until_ms, hold_ms)"""
        row: tuple[str, str, int, int] | None = self.base.execute(
            "SELECT channel, state, until_ms, hold_ms FROM reservations WHERE key = ?", (key,)
        ).fetchone()
        return row

    def lines(self, key: str) -> list[tuple[str, int]]:
        rows = self.base.execute("SELECT sku, count FROM lines WHERE key = ? ORDER BY sku", (key,))
        return list(rows)

    def hold(
        self, key: str, lines: Sequence[tuple[str, int]], buyer: str, channel: str, hold_ms: int,
        most_a_buyer: int, may_wait: bool,
    ) -> Booking:  # fmt: skip
        kept = self.reservation(key)
        if kept is not None:
            return Booking(key, kept[1], until_ms=kept[2])  # type: ignore[arg-type]
        for sku, count in lines:
            if most_a_buyer and self._bought(buyer, sku) + count > most_a_buyer:
                return Booking(key, "limit", sku, self.free(sku, channel))
        short = next((s for s, count in lines if self.free(s, channel) < count), "")
        if not short and may_wait and self._is_before(lines, channel):
            short = lines[0][0]  # those who wait are served first
        if short and not may_wait:
            return Booking(key, "short", short, self.free(short, channel))
        now_ms = utc_ms()
        state = WAITS if short else "held"
        until_ms = 0 if short else now_ms + hold_ms
        turn = 0
        if short:
            last = "SELECT coalesce(max(turn), 0) + 1 FROM reservations WHERE state = 'waiting'"
            turn = self.base.execute(last).fetchone()[0]
        self.base.execute(
            "INSERT INTO reservations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key,
                buyer,
                channel,
                state,
                until_ms,
                now_ns() + hold_ms * MS,
                hold_ms,
                utc_iso(),
                turn,
            ),
        )
        self.base.executemany("INSERT INTO lines VALUES (?, ?, ?)", [(key, s, c) for s, c in lines])
        if short:
            return Booking(key, "waiting", short, self.free(short, channel))
        for sku, count in lines:
            self.move("hold", sku, channel, (-count, count, 0), buyer, "", key)
        return Booking(key, "held", until_ms=until_ms)

    def settle(self, key: str, state: Outcome, who: str, why: str) -> Booking:
        """Confirms, releases or expires a hold; a second time changes nothing."""
        kept = self.reservation(key)
        if kept is None:
            return Booking(key, "unknown")
        channel, before, until_ms, _ = kept
        if before not in ("held", WAITS) or (before == WAITS and state == "confirmed"):
            return Booking(key, before, until_ms=until_ms)  # type: ignore[arg-type]
        self.base.execute("UPDATE reservations SET state = ? WHERE key = ?", (state, key))
        if before == WAITS:
            return Booking(key, state)
        for sku, count in self.lines(key):
            by = (0, -count, count) if state == "confirmed" else (count, -count, 0)
            kind = {"confirmed": "confirm", "released": "release"}.get(state, "expire")
            self.move(kind, sku, channel, by, who, why, key)
            if state != "confirmed":
                self.serve(sku, channel)
        return Booking(key, state)

    def serve(self, sku: str, channel: str) -> None:
        """Gives what became free to those who wait, in their order; nobody jumps the queue."""
        waiting = self.base.execute(
            "SELECT r.key, r.buyer, r.hold_ms FROM reservations r JOIN lines l ON l.key = r.key"
            " WHERE r.state = 'waiting' AND r.channel = ? AND l.sku = ? ORDER BY r.turn",
            (channel, sku),
        ).fetchall()
        for key, buyer, hold_ms in waiting:
            lines = self.lines(key)
            if any(self.free(line_sku, channel) < count for line_sku, count in lines):
                return
            self.base.execute(
                "UPDATE reservations SET state = 'held', until_ms = ?, until_ns = ? WHERE key = ?",
                (utc_ms() + hold_ms, now_ns() + hold_ms * MS, key),
            )
            for line_sku, count in lines:
                self.move("hold", line_sku, channel, (-count, count, 0), buyer, "waited", key)

    def expire(self) -> int:
        """Ends what has run out; how many.

        By the machine's monotonic clock, which goes on while programs are exchanged; by the wall
        clock where that was started again (a hold seems to last longer than it was given).
        """
        now = now_ns()
        keys = self.base.execute(
            "SELECT key FROM reservations WHERE state = 'held' AND (until_ns <= ?1"
            " OR (until_ns - ?1 > hold_ms * 1000000 AND until_ms <= ?2))",
            (now, utc_ms()),
        ).fetchall()
        for (key,) in keys:
            self.settle(key, "expired", "", "")
        return len(keys)

    def _bought(self, buyer: str, sku: str) -> int:
        row = self.base.execute(
            "SELECT coalesce(sum(l.count), 0) FROM lines l JOIN reservations r ON r.key = l.key"
            " WHERE l.sku = ? AND r.buyer = ? AND r.state IN ('held', 'confirmed', 'waiting')",
            (sku, buyer),
        ).fetchone()
        return int(row[0])

    def _is_before(self, lines: Sequence[tuple[str, int]], channel: str) -> bool:
        return any(
            self.base.execute(
                "SELECT 1 FROM reservations r JOIN lines l ON l.key = r.key WHERE"
                " r.state = 'waiting' AND r.channel = ? AND l.sku = ? LIMIT 1",
                (channel, sku),
            ).fetchone()
            for sku, _ in lines
        )


class SqliteStock:
    """One shop's ledger.

    Every booking has a key of its own: asked again (a lost answer, a second click, a webhook
    delivered twice) it answers what it answered, and books nothing. What was refused for want of
    pieces is not kept: it may be asked again.

    Args:
        path: the file; made when it is not there.

    Raises:
        StudioError: failed, when the file is no ledger or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._jobs: queue.SimpleQueue[tuple[Job, Future[Booking]] | None] = queue.SimpleQueue()
        self._reads: sqlite3.Connection
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writes = self._open()
            self._writes.executescript(_TABLES)
            self._reads = self._open()
        except (sqlite3.Error, OSError) as error:
            why = str(error)
            raise StudioError("failed", "stock.no_ledger", path=str(path), why=why) from None
        self._read_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="stock ledger", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Books what waits and closes the file."""
        self._jobs.put(None)
        self._thread.join(BUSY_S)
        with self._read_lock:
            self._reads.close()

    # -- bookings -------------------------------------------------------------------------------

    def receive(
        self, key: str, sku: str, count: int, channel: str = OWN, who: str = "", why: str = ""
    ) -> Future[Booking]:
        """Pieces come in (count > 0), or are taken out (count < 0) as far as they are free."""

        def job(books: _Books) -> Booking:
            known = books.known(key)
            if known is not None:
                return known
            kind = "in" if count > 0 else "correct"
            if not books.move(kind, sku, channel, (count, 0, 0), who, why, key):
                return Booking(key, "short", sku, books.free(sku, channel))
            if count > 0:
                books.serve(sku, channel)
            return books.answer(key, "done", sku, books.free(sku, channel))

        return self._book(job)

    def share(
        self, key: str, sku: str, count: int, start: str, end: str, who: str = ""
    ) -> Future[Booking]:
        """Moves free pieces from one channel's share to another's, in one transaction."""

        def job(books: _Books) -> Booking:
            known = books.known(key)
            if known is not None:
                return known
            if not books.move("share", sku, start, (-count, 0, 0), who, end, key):
                return Booking(key, "short", sku, books.free(sku, start))
            books.move("share", sku, end, (count, 0, 0), who, start, key)
            books.serve(sku, end)
            return books.answer(key, "done", sku, books.free(sku, end))

        return self._book(job)

    def hold(
        self, key: str, lines: Iterable[Line], buyer: str, channel: str = OWN,
        hold_s: float = 900.0, most_a_buyer: int = 0, *, may_wait: bool = False,
    ) -> Future[Booking]:  # fmt: skip
        """Promises pieces to a buyer, all lines or none.

        Args:
            most_a_buyer: pieces of a SKU that one buyer may have; 0: no limit.
            may_wait: queue up when there are too few.

        Raises:
            StudioError: invalid: no lines, more than 50 SKUs, or less than a piece of one.
        """
        merged: dict[str, int] = {}
        for line in lines:
            merged[line.sku] = merged.get(line.sku, 0) + line.count
        wanted = sorted(merged.items())
        if not wanted or len(wanted) > MOST_LINES or min(merged.values()) < 1:
            raise StudioError("invalid", "stock.bad_lines", most=MOST_LINES)
        hold_ms = int(hold_s * 1000)

        def job(books: _Books) -> Booking:
            return books.hold(key, wanted, buyer, channel, hold_ms, most_a_buyer, may_wait)

        return self._book(job)

    def confirm(self, key: str, who: str = "", why: str = "") -> Future[Booking]:
        """What was held is sold. One that ran out stays run out: nobody else's piece is taken."""
        return self._book(lambda books: books.settle(key, "confirmed", who, why))

    def release(self, key: str, who: str = "", why: str = "") -> Future[Booking]:
        """What was held is free again; also leaves the queue."""
        return self._book(lambda books: books.settle(key, "released", who, why))

    def refund(self, key: str, order: str, *, restocks: bool, who: str = "") -> Future[Booking]:
        """An order is taken back; ``restocks``: its pieces can be sold again."""

        def job(books: _Books) -> Booking:
            known = books.known(key)
            if known is not None:
                return known
            kept = books.reservation(order)
            if kept is None or kept[1] != "confirmed":
                return Booking(key, "unknown")
            for sku, count in books.lines(order):
                by = (count if restocks else 0, 0, -count)
                books.move("refund", sku, kept[0], by, who, "", key)
                if restocks:
                    books.serve(sku, kept[0])
            books.base.execute("UPDATE reservations SET state = 'refunded' WHERE key = ?", (order,))
            return books.answer(key, "done")

        return self._book(job)

    def expire(self) -> Future[Booking]:
        """Ends holds that have run out; ``free`` of the answer is how many."""
        return self._book(lambda books: Booking("", "done", free=books.expire()))

    # -- reading --------------------------------------------------------------------------------

    def levels(self) -> list[Level]:
        """All SKUs in all channels."""
        rows = self._ask("SELECT sku, channel, free, held, sold FROM levels ORDER BY sku, channel")
        return [Level(*row) for row in rows]

    def counts(self) -> tuple[int, int]:
        """Holds that run, buyers that wait."""
        rows = dict(
            self._ask(
                "SELECT state, count(*) FROM reservations WHERE state IN ('held', 'waiting')"
                " GROUP BY state"
            )
        )
        return rows.get("held", 0), rows.get(WAITS, 0)

    def reservations(self, state: str = "", last: int = 100) -> list[Reservation]:
        """Reservations and orders, newest first."""
        rows = self._ask(
            "SELECT key, buyer, channel, state, until_ms, at_utc FROM reservations"
            " WHERE ? IN ('', state) ORDER BY at_utc DESC, key LIMIT ?",
            (state, last),
        )
        return [
            Reservation(
                key, buyer, channel, now, until_ms,
                tuple(Line(*line) for line in self._ask(
                    "SELECT sku, count FROM lines WHERE key = ? ORDER BY sku", (key,))),
                at_utc,
            )
            for key, buyer, channel, now, until_ms, at_utc in rows
        ]  # fmt: skip

    def moves(self, sku: str = "", last: int = 100) -> list[Move]:
        """Lines of the ledger, newest first."""
        rows = self._ask(
            "SELECT number, at_utc, kind, sku, channel, free, held, sold, who, why, key FROM moves"
            " WHERE ? IN ('', sku) ORDER BY number DESC LIMIT ?",
            (sku, last),
        )
        return [Move(*row) for row in rows]

    def faults(self) -> list[str]:
        """Where the sum of the moves is not the level; empty for a sound ledger."""
        rows = self._ask(
            "SELECT l.sku, l.channel, l.free, l.held, l.sold, sum(m.free), sum(m.held), sum(m.sold)"
            " FROM levels l LEFT JOIN moves m ON m.sku = l.sku AND m.channel = l.channel"
            " GROUP BY l.sku, l.channel"
        )
        return [
            f"{row[0]} ({row[1]}): {row[2:5]} ≠ {row[5:]}" for row in rows if row[2:5] != row[5:]
        ]

    def version(self) -> int:
        """Another number after somebody has written."""
        return int(self._ask("PRAGMA data_version")[0][0])

    # -- the writer -----------------------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        base = sqlite3.connect(
            self.path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")  # an answer is given when it is on the disk
        return base

    def _ask(self, sql: str, given: tuple[object, ...] = ()) -> list[Any]:
        with self._read_lock:
            try:
                return self._reads.execute(sql, given).fetchall()
            except sqlite3.Error as error:
                why = str(error)
                raise StudioError(
                    "failed", "stock.no_ledger", path=str(self.path), why=why
                ) from None

    def _book(self, job: Job) -> Future[Booking]:
        future: Future[Booking] = Future()
        self._jobs.put((job, future))
        return future

    def _run(self) -> None:
        books = _Books(self._writes)
        while True:
            first = self._jobs.get()
            batch = [first]
            while len(batch) < MOST_IN_A_COMMIT and not self._jobs.empty():
                batch.append(self._jobs.get())
            # Who has gone meanwhile has nothing booked; from here on nobody can go any more.
            asked = [
                item
                for item in batch
                if item is not None and item[1].set_running_or_notify_cancel()
            ]
            if asked:
                self._commit(books, asked)
            if None in batch:
                self._writes.close()
                return

    def _commit(self, books: _Books, asked: Sequence[tuple[Job, Future[Booking]]]) -> None:
        """One transaction for all that waited; each is whole or not there."""
        answers: list[Booking | BaseException] = []
        try:
            books.base.execute("BEGIN IMMEDIATE")
            for job, _ in asked:
                books.base.execute("SAVEPOINT job")
                try:
                    answer: Booking | BaseException = job(books)
                    if isinstance(answer, Booking) and answer.outcome in ("short", "limit"):
                        books.base.execute("ROLLBACK TO job")
                except sqlite3.Error as error:
                    books.base.execute("ROLLBACK TO job")
                    answer = error
                books.base.execute("RELEASE job")
                answers.append(answer)
            books.base.execute("COMMIT")
        except sqlite3.Error as error:
            _log.error("the stock ledger %s cannot be written: %s", self.path, error)
            if books.base.in_transaction:
                books.base.execute("ROLLBACK")
            answers = [error] * len(asked)
        for (_, future), answer in zip(asked, answers, strict=True):
            if isinstance(answer, BaseException):
                why = str(answer)
                future.set_exception(
                    StudioError("failed", "stock.no_ledger", path=str(self.path), why=why)
                )
            else:
                future.set_result(answer)
