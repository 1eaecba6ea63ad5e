"""The ledger in a Redis of the shop: two desks on two machines sell from one rack.

Every booking is one call of `books.lua`, so it is whole or not there, and its key is looked up
inside: a call that is sent again after a lost answer counts once. The client itself never sends
anything twice. One server that takes writes; there is no lock and no second copy to be asked.
What it must be set to is looked at when it is opened (`cautions`).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from studio.core.clean import encode_json, read_json, write_json
from studio.core.clock import awake_ns, now_ns, utc_iso
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.shop.stock.books import Note
from studio.shop.stock.grouping import Asked, BookingThread
from studio.shop.stock.model import (
    OWN,
    Booking,
    Level,
    Line,
    Move,
    Outcome,
    Reservation,
    Shortfall,
    merged,
)
from studio.shop.stock.place import Place, write_place

_log = logger(__name__)

SCHEMA = "1"
ANSWER_S = 2.0
"""A server that says nothing for this long is away."""
TRIES = 2
LOT = 128
"""Bookings in one call: the server does nothing else meanwhile."""
CHUNK = 500
MOST_TURNS = 50
"""So often the price of an order is written anew because others bought meanwhile."""
SPAN = 512
SCRIPT = Path(__file__).with_name("books.lua")
MS = 1_000_000
NOTED_EVERY_NS = 1_000_000_000


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
        self.shop, self._place, self._path = shop, place, path
        self._prefix = f"shopcast:{{{shop}}}:"
        self._seen, self._noted_at = place.seen, 0
        self._seen_lock = threading.Lock()
        self._expected = (0, 0)
        self._client = _client(place)
        self._reads = _client(place)
        try:
            with self._away():
                self._sha = str(self._client.script_load(SCRIPT.read_text(encoding="utf-8")))
                role = self._client.info("replication").get("role")
                if role != "master":
                    raise StudioError("failed", "stock.no_primary", where=place.shown)
                told = self._call(self._client, "open", {"schema": SCHEMA})
            self._saw(told["version"])
            if told["outcome"] != "done":
                schema = str(told["sku"])
                raise StudioError("failed", "stock.store_schema", where=place.shown, schema=schema)
            self._cautions = self._look_at_settings()
        except StudioError:
            self._let_go()
            raise
        self._thread = BookingThread[Job]("stock store", self._commit, self._let_go)

    def close(self) -> None:
        """Books what waits, notes how far the store has come, and lets go of it."""
        self._thread.close(2 * TRIES * ANSWER_S)
        self._note(always=True)

    def cautions(self) -> list[StudioError]:
        """Settings of the server by which pieces could be lost or forgotten."""
        return self._cautions

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
        given = {"lines": _plain(lines), "start": start, "end": end, "who": who}
        return self._book("share", key, {**given, "most": dict(most or {})})

    def hold(
        self, key: str, lines: Iterable[Line], buyer: str, channel: str = OWN,
        hold_s: float = 900.0, most_a_buyer: int = 0, *, may_wait: bool = False,
        limits: Mapping[str, int] | None = None, instead_of: str = "", note: Note | None = None,
    ) -> Future[Booking]:  # fmt: skip
        """As `StockLedger.hold`."""
        given = {
            "lines": _plain(lines), "buyer": buyer, "channel": channel,
            "hold_ms": int(hold_s * 1000), "most": most_a_buyer, "limits": dict(limits or {}),
            "may_wait": may_wait, "instead_of": instead_of,
        }  # fmt: skip
        return self._book("hold", key, given, note)

    def sell_outside(
        self, key: str, lines: Iterable[Line], buyer: str = "", channel: str = OWN, who: str = ""
    ) -> Future[Booking]:
        """As `StockLedger.sell_outside`."""
        given = {"lines": _plain(lines), "buyer": buyer, "channel": channel, "who": who}
        return self._book("sell_outside", key, given)

    def hold_outside(
        self, key: str, lines: Iterable[Line], buyer: str = "", channel: str = OWN,
        hold_s: float = 86_400.0,
    ) -> Future[Booking]:  # fmt: skip
        """As `StockLedger.hold_outside`."""
        given = {"lines": _plain(lines), "buyer": buyer, "channel": channel}
        return self._book("hold_outside", key, {**given, "hold_ms": int(hold_s * 1000)})

    def cancel_outside(self, key: str, channel: str = OWN, who: str = "") -> Future[Booking]:
        """As `StockLedger.cancel_outside`."""
        return self._book("cancel_outside", key, {"channel": channel, "who": who})

    def take_back_some(
        self, key: str, order: str, lines: Iterable[Line], *, restocks: bool, who: str = ""
    ) -> Future[Booking]:
        """As `StockLedger.take_back_some`."""
        given = {"order": order, "lines": _plain(lines), "restocks": restocks, "who": who}
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
        """As `StockLedger.levels`."""
        told = self._ask("levels", {})
        held, sold = _pairs(told["held"]), _pairs(told["sold"])
        levels = [
            Level(sku, channel, int(free), int(held.get(name, 0)), int(sold.get(name, 0)))
            for name, free in _pairs(told["free"]).items()
            for sku, channel in (_names(name),)
        ]
        return sorted(levels, key=lambda level: (level.sku, level.channel))

    def counts(self) -> tuple[int, int]:
        """As `StockLedger.counts`."""
        with self._away():
            pipe = self._reads.pipeline(transaction=True)
            held, waiting = pipe.zcard(self._of("until")).zcard(self._of("waiting")).execute()
        return int(held), int(waiting)

    def reservations(self, state: str = "", last: int = 100) -> list[Reservation]:
        """As `StockLedger.reservations`."""
        return list(self._each_order(state, last))

    def state_of(self, key: str) -> str:
        """As `StockLedger.state_of`."""
        with self._away():
            return str(self._reads.hget(self._of(f"order:{key}"), "state") or "")

    def shortfalls(self) -> list[Shortfall]:
        """As `StockLedger.shortfalls`."""
        with self._away():
            short = self._reads.hgetall(self._of("short"))
            owed = sorted(
                (read_json(debt)[3], *_names(name), *read_json(debt)[:3])
                for name, debt in short.items()
            )
            pipe = self._reads.pipeline(transaction=False)
            for _, key, *_rest in owed:
                pipe.hget(self._of(f"order:{key}"), "buyer")
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
        """As `StockLedger.faults`. While others write, what they write just then may be told."""
        sums: dict[tuple[str, str], list[int]] = {}
        version = self.version()
        levels = self.levels()
        for _, raw in self._each_move():
            _, _, sku, channel, free, held, sold, *_rest = read_json(raw)
            so_far = sums.setdefault((sku, channel), [0, 0, 0])
            for place, by in enumerate((free, held, sold)):
                so_far[place] += by
        if self.version() != version:
            return self.faults()
        return [
            f"{level.sku} ({level.channel}): {(level.free, level.held, level.sold)} ≠ {total}"
            for level in levels
            if (total := tuple(sums.get((level.sku, level.channel), ())))
            != (level.free, level.held, level.sold)
        ]

    def version(self) -> int:
        """As `StockLedger.version`.

        Raises:
            StudioError: failed: away, or it has fewer bookings than it had.
        """
        with self._away():
            version = int(self._reads.get(self._of("version")) or 0)
        self._saw(version)
        self._note()
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
            self._ask("adopt", {"bookings": bookings[at:until], "notes": notes[at:until]})

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
            self._ask("rename", {"key": order.key, "buyer": order.buyer, "name": name})
        for number, raw in self._each_move():
            move = read_json(raw)
            if move[9] in buyers and move[7] == buyers[move[9]]:
                fresh = write_json([*move[:7], name, *move[8:]])
                self._ask("rewrite", {"index": number - 1, "line": raw, "fresh": fresh})
        with self._away(), contextlib.suppress(_errors().ResponseError):
            self._reads.bgrewriteaof()  # one that keeps no such file, or writes it just now

    # -- the server -----------------------------------------------------------------------------

    def _of(self, name: str) -> str:
        return self._prefix + name

    def _each_order(self, state: str, last: int) -> Iterator[Reservation]:
        at = told = 0
        while told < last:
            with self._away():
                keys = self._reads.zrevrange(self._of("orders"), at, at + CHUNK - 1)
                pipe = self._reads.pipeline(transaction=False)
                pipe.get(self._of("set_by"))
                for key in keys:
                    pipe.hmget(
                        self._of(f"order:{key}"), "buyer", "channel", "state", "until", "at",
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

    def _each_move(self) -> Iterator[tuple[int, str]]:
        """Number and line, newest first."""
        with self._away():
            end = int(self._reads.llen(self._of("moves")))
        while end > 0:
            start = max(0, end - CHUNK)
            with self._away():
                lines = self._reads.lrange(self._of("moves"), start, end - 1)
            for place in range(len(lines) - 1, -1, -1):
                yield start + place + 1, lines[place]
            end = start

    def _book(
        self, operation: str, key: str, given: dict[str, Any], note: Note | None = None
    ) -> Future[Booking]:
        return self._thread.book(Job(operation, {"key": key, **given}, note))

    def _ask(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        with self._away():
            told = self._call(self._reads, operation, given)
        self._saw(told["version"])
        return told

    def _call(self, client: Any, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        return self._run(client, [(operation, {"at": utc_iso(), **given})])[0]

    def _run(self, client: Any, asked: Sequence[tuple[str, Any]]) -> list[dict[str, Any]]:
        """One call of the script; the server takes it whole."""
        words = (1, self._prefix, self._seen, _encode(asked))
        try:
            raw = client.evalsha(self._sha, *words)
        except _errors().NoScriptError:  # the server was started again
            raw = client.eval(SCRIPT.read_text(encoding="utf-8"), *words)
        return list(msgspec.json.decode(raw))

    def _commit(self, asked: Sequence[Asked[Job]]) -> None:
        """All that waited, in lots that keep the server no longer than some milliseconds."""
        for at in range(0, len(asked), LOT):
            left = list(asked[at : at + LOT])
            for turn in range(MOST_TURNS):
                try:
                    left = self._take(left, is_last=turn == MOST_TURNS - 1)
                except StudioError as error:
                    _log.error("%s", error)
                    for _, future in left:
                        future.set_exception(error)
                    break
                if not left:
                    break

    def _take(self, asked: Sequence[Asked[Job]], *, is_last: bool) -> list[Asked[Job]]:
        """Sends a lot; those whose price has changed meanwhile are left.

        Raises:
            StudioError: failed; nobody was answered.
        """
        with self._away():
            answers = self._send([job for (job, _) in asked])
        for told in answers:
            self._saw(told["version"])
        again = []
        for (job, future), told in zip(asked, answers, strict=True):
            if told["outcome"] == "again" and not is_last:
                again.append((job, future))
            elif told["outcome"] == "again":
                sku = str(job.given["lines"][0]["sku"])
                future.set_exception(StudioError("conflict", "stock.too_busy", sku=sku))
            else:
                if job.operation == "expire":
                    self._expected = (int(told["now"]), awake_ns())
                future.set_result(_booking(job.given["key"], told))
        return again

    def _send(self, jobs: Sequence[Job]) -> list[dict[str, Any]]:
        """Answers in order; sent once more on a new line where none came."""
        for tried in range(TRIES):
            try:
                return self._run(self._client, [self._words(job) for job in jobs])
            except (_errors().ConnectionError, _errors().TimeoutError):
                self._client.connection_pool.disconnect()
                if tried == TRIES - 1:
                    raise
        raise AssertionError

    def _words(self, job: Job) -> tuple[str, dict[str, Any]]:
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
        told = self._call(self._client, "taken", {"sku": note.sku, "channel": note.channel})
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

    def _saw(self, version: int) -> None:
        with self._seen_lock:
            if version < self._seen:
                raise StudioError(
                    "failed", "stock.store_went_back", where=self._place.shown,
                    have=version, seen=self._seen,
                )  # fmt: skip
            self._seen = version

    def _note(self, *, always: bool = False) -> None:
        """How far the store has come, for the next start."""
        if self._path is None or self._seen == self._place.seen:
            return
        if not always and now_ns() - self._noted_at < NOTED_EVERY_NS:
            return
        self._noted_at = now_ns()
        self._place = replace(self._place, seen=self._seen)
        try:
            write_place(self._path, self._place)
        except StudioError as error:
            _log.warning("%s", error)

    def _look_at_settings(self) -> list[StudioError]:
        """Every booking on the disk before it is answered, and nothing thrown away for space."""
        where = self._place.shown
        try:
            settings = self._client.config_get("append*")
            settings |= self._client.config_get("maxmemory*")
        except _errors().ResponseError:  # a server that somebody else keeps
            return [StudioError("failed", "stock.store_unknown", where=where)]
        except _errors().RedisError as error:
            raise StudioError("failed", "stock.store_away", where=where, why=str(error)) from None
        cautions = []
        if settings.get("appendonly") != "yes" or settings.get("appendfsync") != "always":
            cautions.append(StudioError("failed", "stock.store_late", where=where))
        is_bounded = settings.get("maxmemory", "0") != "0"
        if is_bounded and settings.get("maxmemory-policy") != "noeviction":
            cautions.append(StudioError("failed", "stock.store_evicts", where=where))
        return cautions

    def _let_go(self) -> None:
        self._client.close()
        self._reads.close()

    @contextlib.contextmanager
    def _away(self) -> Iterator[None]:
        """The server's faults as ours.

        Raises:
            StudioError: failed.
        """
        try:
            yield
        except _errors().RedisError as error:
            why = str(error) or type(error).__name__
            where = self._place.shown
            raise StudioError("failed", "stock.store_away", where=where, why=why) from None


def _client(place: Place) -> Any:
    """A client that sends nothing twice by itself.

    Raises:
        StudioError: conflict: not installed; failed: no address of a store.
    """
    try:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ModuleNotFoundError:
        raise StudioError("conflict", "stock.no_client") from None
    try:
        return redis.Redis.from_url(
            place.url, decode_responses=True, socket_timeout=ANSWER_S,
            socket_connect_timeout=ANSWER_S, retry=Retry(NoBackoff(), 0), retry_on_timeout=False,
            retry_on_error=[], health_check_interval=0, client_name="shopcast",
        )  # fmt: skip
    except ValueError as error:
        raise StudioError("failed", "stock.store_away", where=place.shown, why=str(error)) from None


def _errors() -> Any:
    from redis import exceptions

    return exceptions


def _plain(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [
        {"sku": line.sku, "count": line.count, "channel": line.channel} for line in merged(lines)
    ]


def _encode(given: Any) -> str:
    return encode_json(given)


def _names(field: str) -> tuple[str, str]:
    """The two names of a compound field: the first stands behind its length in bytes."""
    length, _, rest = field.partition(":")
    raw = rest.encode()
    return raw[: int(length)].decode(), raw[int(length) :].decode()


def _pairs(flat: Any) -> dict[str, str]:
    names = list(flat)
    return dict(zip(names[::2], names[1::2], strict=True))


def _booking(key: str, told: dict[str, Any]) -> Booking:
    outcome: Outcome = told["outcome"]
    return Booking(
        key, outcome, told["sku"], int(told["free"]), int(told["until_ms"]), told["note"]
    )
