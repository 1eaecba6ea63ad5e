"""The ledger in a Redis of the shop: two desks on two machines sell from one rack.

Every booking is one call of `books.lua`, so it is whole or not there, and its key is looked up
inside: a call that is sent again after a lost answer counts once. The client itself never sends
anything twice. One server that takes writes; there is no lock and no second copy to be asked.
What it must be set to is looked at when it is opened (`cautions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from studio.core.clean import read_json, write_json
from studio.core.clock import awake_ns, utc_iso
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.shop.stock.answers import answered_together
from studio.shop.stock.books import MS, Note
from studio.shop.stock.grouping import Asked, BookingThread
from studio.shop.stock.model import (
    OWN,
    Booking,
    Level,
    Line,
    Move,
    Reservation,
    Shortfall,
)
from studio.shop.stock.place import Place
from studio.shop.stock.redis_rows import booking_of, levels_of, names_of, plain
from studio.shop.stock.store_link import ANSWER_S, TRIES, Call, StoreLink

_log = logger(__name__)

LEAST_LOT, LOT = 32, 128
"""Bookings in one call: the server does nothing else meanwhile."""
CHUNK = 500
MOST_TURNS = 50
"""So often the price of an order is written anew because others bought meanwhile."""
SPAN = 512


class Job(NamedTuple):
    """One call of the script."""

    operation: str
    given: dict[str, Any]
    note: Note | None = None


class RedisStock:
    """One shop's ledger in a store that several machines share.

    Args:
        shop: whose.
        place: where the store is.
        path: of the note that says so; how far the store has come is written into it, so that one
            that went back (a copy of yesterday, a fail-over) is not sold from. None: not noted.

    Raises:
        StudioError: failed: it cannot be reached, is no store of ours, or went back;
            conflict: the client library is not installed.
    """

    def __init__(self, shop: str, place: Place, path: Path | None = None) -> None:
        self._expected = (0, 0)
        self._place = place
        self._link = StoreLink(shop, place, path)
        self._thread = BookingThread[Job]("stock store", self._commit, self._link.close)

    def close(self) -> None:
        """Books what waits, notes how far the store has come, and lets go of it."""
        self._thread.close(2 * TRIES * ANSWER_S)
        self._link.note(always=True)

    def cautions(self) -> list[StudioError]:
        """Settings of the server by which pieces could be lost or forgotten."""
        return self._link.cautions

    # -- bookings -------------------------------------------------------------------------------

    def receive(
        self, key: str, sku: str, count: int, channel: str = OWN, who: str = "", why: str = ""
    ) -> Future[Booking]:
        """As `StockLedger.receive`."""
        given = {"sku": sku, "count": count, "channel": channel, "who": who, "why": why}
        return self._book("receive", key, given)

    def share(
        self, key: str, sku: str, count: int, start: str, end: str, who: str = ""
    ) -> Future[Booking]:
        """As `StockLedger.share`."""
        return self.share_lines(key, (Line(sku, count),), start, end, who)

    def share_lines(
        self, key: str, lines: Iterable[Line], start: str, end: str, who: str = "",
        most: Mapping[str, int] | None = None,
    ) -> Future[Booking]:  # fmt: skip
        """As `StockLedger.share_lines`."""
        given = {"lines": plain(lines), "start": start, "end": end, "who": who}
        return self._book("share", key, {**given, "most": dict(most or {})})

    def hold(
        self, key: str, lines: Iterable[Line], buyer: str, channel: str = OWN,
        hold_s: float = 900.0, most_a_buyer: int = 0, *, may_wait: bool = False,
        limits: Mapping[str, int] | None = None, instead_of: str = "", note: Note | None = None,
    ) -> Future[Booking]:  # fmt: skip
        """As `StockLedger.hold`."""
        given = {
            "lines": plain(lines), "buyer": buyer, "channel": channel,
            "hold_ms": int(hold_s * 1000), "most": most_a_buyer, "limits": dict(limits or {}),
            "may_wait": may_wait, "instead_of": instead_of,
        }  # fmt: skip
        return self._book("hold", key, given, note)

    def sell_outside(
        self, key: str, lines: Iterable[Line], buyer: str = "", channel: str = OWN, who: str = ""
    ) -> Future[Booking]:
        """As `StockLedger.sell_outside`."""
        given = {"lines": plain(lines), "buyer": buyer, "channel": channel, "who": who}
        return self._book("sell_outside", key, given)

    def hold_outside(
        self, key: str, lines: Iterable[Line], buyer: str = "", channel: str = OWN,
        hold_s: float = 86_400.0,
    ) -> Future[Booking]:  # fmt: skip
        """As `StockLedger.hold_outside`."""
        given = {"lines": plain(lines), "buyer": buyer, "channel": channel}
        return self._book("hold_outside", key, {**given, "hold_ms": int(hold_s * 1000)})

    def cancel_outside(self, key: str, channel: str = OWN, who: str = "") -> Future[Booking]:
        """As `StockLedger.cancel_outside`."""
        return self._book("cancel_outside", key, {"channel": channel, "who": who})

    def take_back_some(
        self, key: str, order: str, lines: Iterable[Line], *, restocks: bool, who: str = ""
    ) -> Future[Booking]:
        """As `StockLedger.take_back_some`."""
        given = {"order": order, "lines": plain(lines), "restocks": restocks, "who": who}
        return self._book("take_back_some", key, given)

    def count_outside(
        self, key: str, sku: str, says: int, at_utc: str, channel: str = OWN, who: str = ""
    ) -> Future[Booking]:
        """As `StockLedger.count_outside`."""
        given = {"sku": sku, "says": says, "said_at": at_utc, "channel": channel, "who": who}
        return self._book("count_outside", key, given)

    def count_to(
        self, key: str, sku: str, total: int, channel: str = OWN, who: str = ""
    ) -> Future[Booking]:
        """As `StockLedger.count_to`."""
        return self._book(
            "count_to", key, {"sku": sku, "total": total, "channel": channel, "who": who}
        )

    def confirm(self, key: str, who: str = "", why: str = "") -> Future[Booking]:
        """As `StockLedger.confirm`."""
        return self._book("settle", key, {"state": "confirmed", "who": who, "why": why})

    def release(self, key: str, who: str = "", why: str = "") -> Future[Booking]:
        """As `StockLedger.release`."""
        return self._book("settle", key, {"state": "released", "who": who, "why": why})

    def refund(self, key: str, order: str, *, restocks: bool, who: str = "") -> Future[Booking]:
        """As `StockLedger.refund`."""
        return self._book("refund", key, {"order": order, "restocks": restocks, "who": who})

    def expire(self) -> Future[Booking]:
        """As `StockLedger.expire`; by the server's clock, held against this machine's own."""
        return self._book("expire", "", {})

    # -- reading --------------------------------------------------------------------------------

    def levels(self) -> list[Level]:
        """As `StockLedger.levels`.

        Raises:
            StudioError: failed: away, or the ledger is in a file of somebody again.
        """
        told = self._link.ask("levels", {})
        if told["gone"] not in ("", self._link.word):
            raise self._is_gone()
        return levels_of(told)

    @property
    def left_by(self) -> str:
        """The word of whoever took this ledger back into a file; "" it is here."""
        return str(self._link.ask("levels", {})["gone"])

    def leave(self, word: str) -> list[Level]:
        """Books nothing any more, for good: the ledger goes back into a file; what it holds.

        Args:
            word: of whoever takes it; said again it answers the same.

        Raises:
            StudioError: conflict: holds run, buyers wait, something is owed; failed: away, or
                somebody else has taken it.
        """
        outcome = self._link.ask("leave", {"word": word})["outcome"]
        if outcome == "held":
            holds, waiting = self.counts()
            owed = len(self.shortfalls())
            raise StudioError(
                "conflict", "stock.under_way", holds=holds, waiting=waiting, owed=owed
            )
        if outcome != "done":
            raise self._is_gone()
        return levels_of(self._link.ask("levels", {}))

    def stay(self, word: str) -> None:
        """It was not taken after all."""
        self._link.ask("stay", {"word": word})

    def clear(self, word: str) -> None:
        """Room for a ledger that comes again: what was left here when it went goes.

        Nobody else books here before `stay` is said.
        """
        self._link.word = word
        keep = {self._link.of(name) for name in ("version", "schema", "gone", "set_by")}
        with self._link.away():
            found = self._link.reads.scan_iter(match=self._link.of("*"), count=CHUNK)
            lot = [key for key in found if key not in keep]
            for at in range(0, len(lot), CHUNK):
                self._link.reads.delete(*lot[at : at + CHUNK])

    def kept(self) -> tuple[list[Any], list[Any]]:
        """Keys that counted, and notes: as `adopt` takes them."""
        with self._link.away():
            bookings = self._link.reads.hgetall(self._link.of("bookings"))
            notes = self._link.reads.hgetall(self._link.of("notes"))
        return [(key, *read_json(raw)) for key, raw in bookings.items()], list(notes.items())

    def _is_gone(self) -> StudioError:
        return StudioError("failed", "stock.store_gone", where=self._place.shown)

    def counts(self) -> tuple[int, int]:
        """As `StockLedger.counts`."""
        with self._link.away():
            pipe = self._link.reads.pipeline(transaction=True)
            held, waiting = (
                pipe.zcard(self._link.of("until")).zcard(self._link.of("waiting")).execute()
            )
        return int(held), int(waiting)

    def reservations(self, state: str = "", last: int = 100) -> list[Reservation]:
        """As `StockLedger.reservations`."""
        return list(self._each_order(state, last))

    def state_of(self, key: str) -> str:
        """As `StockLedger.state_of`."""
        with self._link.away():
            return str(self._link.reads.hget(self._link.of(f"order:{key}"), "state") or "")

    def shortfalls(self) -> list[Shortfall]:
        """As `StockLedger.shortfalls`."""
        with self._link.away():
            short = self._link.reads.hgetall(self._link.of("short"))
            owed = sorted(
                (read_json(debt)[3], *names_of(name), *read_json(debt)[:3])
                for name, debt in short.items()
            )
            pipe = self._link.reads.pipeline(transaction=False)
            for _, key, *_rest in owed:
                pipe.hget(self._link.of(f"order:{key}"), "buyer")
            buyers = pipe.execute()
        return [
            Shortfall(key, sku, channel, count, at, buyer or "")
            for (_, key, sku, channel, count, at), buyer in zip(owed, buyers, strict=True)
        ]

    def moves(self, sku: str = "", last: int = 100) -> list[Move]:
        """As `StockLedger.moves`."""
        moves: list[Move] = []
        for number, raw in self._each_move():
            move = Move(number, *read_json(raw))
            if sku in ("", move.sku):
                moves.append(move)
                if len(moves) >= last:
                    break
        return moves

    def faults(self) -> list[str]:
        """As `StockLedger.faults`."""
        told = self._link.ask("levels", {})  # with the number of moves that led to them
        sums: dict[tuple[str, str], list[int]] = {}
        for _, raw in self._each_move(int(told["moves"])):
            _, _, sku, channel, free, held, sold, *_rest = read_json(raw)
            so_far = sums.setdefault((sku, channel), [0, 0, 0])
            for place, by in enumerate((free, held, sold)):
                so_far[place] += by
        return [
            f"{level.sku} ({level.channel}): {(level.free, level.held, level.sold)} ≠ {total}"
            for level in levels_of(told)
            if (total := tuple(sums.get((level.sku, level.channel), ())))
            != (level.free, level.held, level.sold)
        ]

    def version(self) -> int:
        """As `StockLedger.version`.

        Raises:
            StudioError: failed: away, or it has fewer bookings than it had.
        """
        version = self._link.version()
        self._link.note()
        return version

    def adopt(self, bookings: Sequence[Any], notes: Sequence[Any]) -> None:
        """Takes over keys that counted in a ledger of before, and its notes.

        Args:
            bookings: (key, outcome, SKU, free).
            notes: (key, text).

        Raises:
            StudioError: failed.
        """
        for at in range(0, max(len(bookings), len(notes)), CHUNK):
            until = at + CHUNK
            self._link.ask("adopt", {"bookings": bookings[at:until], "notes": notes[at:until]})

    # -- persons --------------------------------------------------------------------------------

    def orders_of(self, buyer: str = "", last: int = 10_000_000) -> Iterator[Reservation]:
        """Orders and holds of a buyer, or of everybody, newest first."""
        return (order for order in self._each_order("", last) if buyer in ("", order.buyer))

    def rename_buyer(self, orders: Sequence[Reservation], name: str) -> None:
        """Another name for who bought, in orders that are done and in their moves.

        The server is asked to write its file anew, since lines of before stand in it until then.

        Raises:
            StudioError: failed.
        """
        buyers = {order.key: order.buyer for order in orders}
        for order in orders:
            self._link.ask("rename", {"key": order.key, "buyer": order.buyer, "name": name})
        for number, raw in self._each_move():
            move = read_json(raw)
            if move[9] in buyers and move[7] == buyers[move[9]]:
                fresh = write_json([*move[:7], name, *move[8:]])
                self._link.ask("rewrite", {"index": number - 1, "line": raw, "fresh": fresh})
        self._link.rewrite_file()

    # -- the server -----------------------------------------------------------------------------

    def _each_order(self, state: str, last: int) -> Iterator[Reservation]:
        at = told = 0
        while told < last:
            with self._link.away():
                keys = self._link.reads.zrevrange(self._link.of("orders"), at, at + CHUNK - 1)
                pipe = self._link.reads.pipeline(transaction=False)
                pipe.get(self._link.of("set_by"))
                for key in keys:
                    pipe.hmget(
                        self._link.of(f"order:{key}"), "buyer", "channel", "state", "until", "at",
                        "lines",
                    )  # fmt: skip
                set_by, *rows = pipe.execute()
            for key, (buyer, channel, now, until_ms, at_utc, lines) in zip(keys, rows, strict=True):
                if now is None or state not in ("", now):
                    continue
                ends = int(float(until_ms))
                plain = msgspec.convert(read_json(lines), tuple[Line, ...])
                yield Reservation(
                    key, buyer, channel, now, ends and ends + int(set_by or 0), plain, at_utc
                )
                told += 1
                if told >= last:
                    return
            if len(keys) < CHUNK:
                return
            at += CHUNK

    def _each_move(self, end: int | None = None) -> Iterator[tuple[int, str]]:
        """Number and line, newest first; of the first ``end`` lines alone where it is said."""
        link = self._link
        if end is None:
            with link.away():
                end = int(link.reads.llen(link.of("moves")))
        while end > 0:
            start = max(0, end - CHUNK)
            with link.away():
                lines = link.reads.lrange(link.of("moves"), start, end - 1)
            for place in range(len(lines) - 1, -1, -1):
                yield start + place + 1, lines[place]
            end = start

    def _book(
        self, operation: str, key: str, given: dict[str, Any], note: Note | None = None
    ) -> Future[Booking]:
        return self._thread.book(Job(operation, {"key": key, **given}, note))

    def _commit(self, asked: Sequence[Asked[Job]]) -> None:
        """All that waited, in lots that keep the server no longer than some milliseconds.

        Two lots rather than one: while the server books the second, those of the first ask anew.
        """
        size = min(LOT, max(LEAST_LOT, (len(asked) + 1) // 2))
        for at in range(0, len(asked), size):
            left = list(asked[at : at + size])
            for turn in range(MOST_TURNS):
                try:
                    left = self._take(left, is_last=turn == MOST_TURNS - 1)
                except StudioError as error:
                    _log.error("%s", error)
                    for _, future in left:
                        if not future.done():
                            future.set_exception(error)
                    break
                if not left:
                    break

    def _take(self, asked: Sequence[Asked[Job]], *, is_last: bool) -> list[Asked[Job]]:
        """Sends a lot; those whose price has changed meanwhile are left.

        Raises:
            StudioError: failed; nobody was answered.
        """
        sent: list[tuple[Asked[Job], Call]] = []

        def calls() -> list[Call]:
            sent.clear()
            for job, future in asked:
                if future.done():
                    continue
                try:
                    sent.append(((job, future), self._words(job)))
                except StudioError:
                    raise
                except Exception as error:  # of a note: the others are booked
                    _log.warning("a booking failed: %r", error)
                    future.set_exception(error)
            return [call for _, call in sent]

        answers = self._link.book(calls)
        again = []
        with answered_together():
            for ((job, future), _), told in zip(sent, answers, strict=True):
                if told["outcome"] == "again" and not is_last:
                    again.append((job, future))
                elif told["outcome"] == "gone":
                    future.set_exception(self._is_gone())
                elif told["outcome"] == "again":
                    sku = str(job.given["lines"][0]["sku"])
                    future.set_exception(StudioError("conflict", "stock.too_busy", sku=sku))
                else:
                    if job.operation == "expire":
                        self._expected = (int(told["now"]), awake_ns())
                    future.set_result(booking_of(job.given["key"], told))
        return again

    def _words(self, job: Job) -> Call:
        given = {"at": utc_iso(), **job.given}
        if job.operation == "expire":
            now, at_ns = self._expected
            given["expected"] = now and now + (awake_ns() - at_ns) // MS
        if job.note is not None:
            given["note"] = self._priced(job.note)
        return job.operation, given

    def _priced(self, note: Note) -> dict[str, Any]:
        """The words beside an order, and between which counts of pieces they hold.

        A price changes in steps with what was taken, so words that are the same at both ends of a
        span hold within it.
        """
        told = self._link.ask("taken", {"sku": note.sku, "channel": note.channel})
        taken = int(told["free"])
        text = note.text(taken)

        def bound(toward: int) -> int:
            far = SPAN
            while far and note.text(max(0, taken + toward * far)) != text:
                far //= 2
            return max(0, taken + toward * far)

        return {
            "sku": note.sku, "channel": note.channel, "text": text,
            "least": bound(-1), "most": bound(1),
        }  # fmt: skip
