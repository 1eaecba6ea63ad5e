"""The ledger in a file of its own (SQLite): checked and booked in one transaction.

The table refuses to go below zero, whoever writes. Bookings wait in a queue; a thread takes all
that wait into one transaction (BEGIN IMMEDIATE: a transaction that reads first and writes later
fails under load) and answers after the commit has reached the disk. Several processes may have
the file open: the write lock is SQLite's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from studio.core.errors import StudioError
from studio.core.log import logger
from studio.governance.database import Database, DatabaseError, is_outdated, open_database
from studio.shop.stock import outside
from studio.shop.stock.answers import answered_together
from studio.shop.stock.books import WAITS, HoldTerms, Note, StockBooks, prepare
from studio.shop.stock.grouping import Asked, BookingThread
from studio.shop.stock.holds import HoldAsk, hold_all
from studio.shop.stock.model import (
    OWN,
    Booking,
    Level,
    Line,
    Move,
    Reservation,
    Shortfall,
    merged,
)

_log = logger(__name__)

BUSY_S = 10.0
Job = Callable[[StockBooks], Booking]


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
        self._reads: Database
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writes = self._open()
            prepare(self._writes)
            self._reads = self._open()
        except (DatabaseError, OSError) as error:
            why = str(error)
            raise StudioError("failed", "stock.no_ledger", path=str(path), why=why) from None
        self._read_lock = threading.Lock()
        self._books = StockBooks(self._writes)
        self._thread = BookingThread[Job](
            "stock ledger", self._commit, lambda: self._writes.close()
        )

    def close(self) -> None:
        """Books what waits and closes the file."""
        self._thread.close(BUSY_S)
        with self._read_lock:
            self._reads.close()

    # -- bookings -------------------------------------------------------------------------------

    def receive(
        self, key: str, sku: str, count: int, channel: str = OWN, who: str = "", why: str = ""
    ) -> Future[Booking]:
        """Pieces come in (count > 0), or are taken out (count < 0) as far as they are free."""

        def job(books: StockBooks) -> Booking:
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
        return self.share_lines(key, (Line(sku, count),), start, end, who)

    def share_lines(
        self, key: str, lines: Iterable[Line], start: str, end: str, who: str = "",
        most: Mapping[str, int] | None = None,
    ) -> Future[Booking]:  # fmt: skip
        """The same for several SKUs, all or none.

        Args:
            most: pieces that the other channel may ever have had, by SKU (a limited edition);
                more answers "limit".

        Raises:
            StudioError: invalid: lines that cannot be booked.
        """
        wanted = merged(lines)

        def job(books: StockBooks) -> Booking:
            known = books.known(key)
            if known is not None:
                return known
            return books.share(wanted, start, end, who, key, most or {})

        return self._book(job)

    def hold(
        self, key: str, lines: Iterable[Line], buyer: str, channel: str = OWN,
        hold_s: float = 900.0, most_a_buyer: int = 0, *, may_wait: bool = False,
        limits: Mapping[str, int] | None = None, instead_of: str = "", note: Note | None = None,
    ) -> Future[Booking]:  # fmt: skip
        """Promises pieces to a buyer, all lines or none.

        Args:
            channel: of lines that name none of their own.
            most_a_buyer: pieces of a SKU that one buyer may have; 0: no limit.
            may_wait: queue up when there are too few.
            limits: pieces of a SKU that one buyer may have of the channel it is held in.
            instead_of: a hold of this buyer that is given back for it in the same transaction;
                it stays where this one is refused.
            note: kept with it; a second asking is answered with the same words.

        Raises:
            StudioError: invalid: no lines, more than 50 SKUs, or less than a piece of one.
        """
        wanted = merged(lines)
        terms = HoldTerms(
            int(hold_s * 1000), most_a_buyer, limits or {}, may_wait, instead_of, note
        )
        return self._book(HoldAsk(key, wanted, buyer, channel, terms))

    def sell_outside(
        self, key: str, lines: Iterable[Line], buyer: str = "", channel: str = OWN, who: str = ""
    ) -> Future[Booking]:
        """Books an order that was sold elsewhere and cannot be refused any more.

        Pieces that are not there are owed (`shortfalls`): what comes in goes to them first. The
        answer is "confirmed"; its ``sku`` names the first that was short.

        Raises:
            StudioError: invalid: lines that cannot be booked.
        """
        wanted = merged(lines)
        return self._book(lambda books: outside.sell(books, key, wanted, buyer, channel, who))

    def hold_outside(
        self, key: str, lines: Iterable[Line], buyer: str = "", channel: str = OWN,
        hold_s: float = 86_400.0,
    ) -> Future[Booking]:  # fmt: skip
        """Holds what was ordered elsewhere and not paid yet, as far as this ledger counts it.

        Raises:
            StudioError: invalid: lines that cannot be booked.
        """
        wanted, hold_ms = merged(lines), int(hold_s * 1000)
        return self._book(lambda books: outside.hold(books, key, wanted, buyer, channel, hold_ms))

    def cancel_outside(self, key: str, channel: str = OWN, who: str = "") -> Future[Booking]:
        """An order elsewhere is none any more, also where it comes after this."""
        return self._book(lambda books: outside.cancel(books, key, channel, who))

    def take_back_some(
        self, key: str, order: str, lines: Iterable[Line], *, restocks: bool, who: str = ""
    ) -> Future[Booking]:
        """Some pieces of an order come back; "unknown" until the order is there.

        Raises:
            StudioError: invalid: lines that cannot be booked.
        """
        wanted = merged(lines)
        return self._book(
            lambda books: outside.take_back_some(books, key, order, wanted, who, restocks=restocks)
        )

    def count_outside(
        self, key: str, sku: str, says: int, at_utc: str, channel: str = OWN, who: str = ""
    ) -> Future[Booking]:
        """Another shop says how many it has to sell: see `studio.shop.stock.outside.count`."""
        return self._book(lambda books: outside.count(books, key, sku, says, channel, at_utc, who))

    def count_to(
        self, key: str, sku: str, total: int, channel: str = OWN, who: str = ""
    ) -> Future[Booking]:
        """Brings free + held + sold to a number; two that ask at once bring it there once."""
        return self._book(lambda books: books.count_to(key, sku, total, channel, who))

    def confirm(self, key: str, who: str = "", why: str = "") -> Future[Booking]:
        """What was held is sold. One that ran out stays run out: nobody else's piece is taken."""
        return self._book(lambda books: books.settle(key, "confirmed", who, why))

    def release(self, key: str, who: str = "", why: str = "") -> Future[Booking]:
        """What was held is free again; also leaves the queue."""
        return self._book(lambda books: books.settle(key, "released", who, why))

    def refund(self, key: str, order: str, *, restocks: bool, who: str = "") -> Future[Booking]:
        """An order is taken back; ``restocks``: its pieces can be sold again."""

        def job(books: StockBooks) -> Booking:
            known = books.known(key)
            if known is not None:
                return known
            if not books.take_back(order, who, key, restocks=restocks):
                return Booking(key, "unknown")
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
                    "SELECT sku, count, channel FROM lines WHERE key = ? ORDER BY sku", (key,))),
                at_utc,
            )
            for key, buyer, channel, now, until_ms, at_utc in rows
        ]  # fmt: skip

    def state_of(self, key: str) -> str:
        """Of a reservation or order; "" where there is none."""
        rows = self._ask("SELECT state FROM reservations WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else ""

    def shortfalls(self) -> list[Shortfall]:
        """What orders are owed, the oldest first."""
        rows = self._ask(
            "SELECT s.key, s.sku, s.channel, s.count, s.at_utc, r.buyer FROM shortfalls s"
            " LEFT JOIN reservations r ON r.key = s.key ORDER BY s.at_utc, s.key"
        )
        return [
            Shortfall(key, sku, channel, count, at_utc, buyer or "")
            for key, sku, channel, count, at_utc, buyer in rows
        ]

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

    def cautions(self) -> list[StudioError]:
        """None: every booking is on the disk before it is answered."""
        return []

    # -- the writer -----------------------------------------------------------------------------

    def _open(self) -> Database:
        base = open_database(self.path, wait_s=BUSY_S)
        base.execute("PRAGMA journal_mode=WAL").fetchall()
        base.execute("PRAGMA synchronous=FULL")  # an answer is given when it is on the disk
        base.execute("PRAGMA wal_autocheckpoint=4000")  # 16 MB: a flash sale is not held up by it
        return base

    def _ask(self, sql: str, given: tuple[object, ...] = ()) -> list[Any]:
        with self._read_lock:
            try:
                return self._reads.execute(sql, given).fetchall()
            except DatabaseError as error:
                why = str(error)
                raise StudioError(
                    "failed", "stock.no_ledger", path=str(self.path), why=why
                ) from None

    def _book(self, job: Job) -> Future[Booking]:
        return self._thread.book(job)

    def _commit(self, asked: Sequence[Asked[Job]]) -> None:
        """One transaction for all that waited; each is whole or not there.

        At first without a savepoint for each, which takes a fifth of the time; where one was
        refused or failed after it had written, all are booked once more with them.
        """
        try:
            self._keep_sealed()
        except (StudioError, DatabaseError, OSError) as error:
            _log.error("the stock ledger %s cannot be opened again: %s", self.path, error)
        base = self._books.base
        try:
            answers: Sequence[Booking | Exception] = self._booked(asked)
            answers = answers or self._booked_carefully(asked)
        except DatabaseError as error:
            _log.error("the stock ledger %s cannot be written: %s", self.path, error)
            if base.in_transaction:
                base.execute("ROLLBACK")
            answers = [error] * len(asked)
        with answered_together():
            for (_, future), answer in zip(asked, answers, strict=True):
                if isinstance(answer, Booking):
                    future.set_result(answer)
                    continue
                why = str(answer)
                future.set_exception(
                    StudioError("failed", "stock.no_ledger", path=str(self.path), why=why)
                )

    def _keep_sealed(self) -> None:
        """The machine's key was changed: both connections are opened again, under the new one.

        Raises:
            DatabaseError: they cannot be; StudioError, OSError: the key cannot be had.
        """
        if self._writes.is_open and self._reads.is_open and not is_outdated(self._writes):
            return
        with self._read_lock:
            self._writes.close()
            self._reads.close()
            self._writes = self._open()
            self._books = StockBooks(self._writes)
            self._reads = self._open()

    def _booked(self, asked: Sequence[Asked[Job]]) -> list[Booking]:
        """What each is answered, on the disk; empty, and nothing booked, where it takes more care:
        one was refused after it had written, or failed.

        Raises:
            DatabaseError: the file cannot be written.
        """
        base = self._books.base
        answers: list[Booking] = []
        base.execute("BEGIN IMMEDIATE")
        try:
            for waits_alone, group in groupby((job for job, _ in asked), _is_alone):
                if not waits_alone:  # those that are refused have written nothing
                    answers += hold_all(self._books, cast("list[HoldAsk]", list(group)))
                    continue
                for job in group:
                    before = base.total_changes()
                    answers.append(job(self._books))
                    if _is_refused(answers[-1]) and base.total_changes() != before:
                        raise _CareError
        except Exception:  # told, and by whom, when it fails once more
            base.execute("ROLLBACK")
            return []
        base.execute("COMMIT")
        return answers

    def _booked_carefully(self, asked: Sequence[Asked[Job]]) -> list[Booking | Exception]:
        """The same, each in a savepoint: what one has written can be taken back alone.

        Raises:
            DatabaseError: the file cannot be written.
        """
        base = self._books.base
        answers: list[Booking | Exception] = []
        base.execute("BEGIN IMMEDIATE")
        for job, _ in asked:
            base.execute("SAVEPOINT job")
            try:
                answer: Booking | Exception = job(self._books)
            except Exception as error:  # the others are booked, and the thread goes on
                _log.warning("a booking in %s failed: %r", self.path, error)
                answer = error
            if not isinstance(answer, Booking) or _is_refused(answer):
                base.execute("ROLLBACK TO job")
            base.execute("RELEASE job")
            answers.append(answer)
        base.execute("COMMIT")
        return answers


class _CareError(Exception):
    """A booking was refused after it had written."""


def _is_alone(job: Job) -> bool:
    """Is it booked by itself, not together with the holds beside it?"""
    return not isinstance(job, HoldAsk) or bool(job.terms.instead_of)


def _is_refused(answer: Booking) -> bool:
    return answer.outcome in ("short", "limit")
