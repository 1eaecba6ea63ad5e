"""The line to a shop's store: two clients, the script, and how far the store was seen to come."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from studio.core.clean import encode_json
from studio.core.clock import now_ns, utc_iso
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.shop.stock.place import Place, note_seen

_log = logger(__name__)

SCHEMA = "1"
ANSWER_S = 2.0
"""A server that says nothing for this long is away."""
TRIES = 2
SCRIPT = Path(__file__).with_name("books.lua")
NOTED_EVERY_NS = 1_000_000_000
Call = tuple[str, dict[str, Any]]
"""An operation of the script and what it is given."""


class StoreLink:
    """Runs the script and notes how far the store has come.

    Args:
        shop: whose keys.
        place: where the store is.
        path: of the note that says so; None: not noted.

    Attributes:
        reads: a client for reading, from any thread.
        word: of who took the ledger back; who says it may book in it all the same.
        cautions: settings of the server by which pieces could be lost or forgotten.

    Raises:
        StudioError: failed: it cannot be reached, is no store of ours, or went back;
            conflict: the client library is not installed.
    """

    def __init__(self, shop: str, place: Place, path: Path | None) -> None:
        self._place, self._path = place, path
        self._prefix = f"shopcast:{{{shop}}}:"
        self._seen, self._noted_at = place.seen, 0
        self.word = ""
        self._seen_lock = threading.Lock()
        self._books = _client(place)
        self.reads = _client(place)
        try:
            with self.away():
                self._load_script()
                role = self._books.info("replication").get("role")
            if role != "master":
                raise StudioError("failed", "stock.no_primary", where=place.shown)
            told = self.ask("open", {"schema": SCHEMA})
            if told["outcome"] != "done":
                schema = str(told["sku"])
                raise StudioError("failed", "stock.store_schema", where=place.shown, schema=schema)
            self.cautions = self._look_at_settings()
        except StudioError:
            self.close()
            raise

    def close(self) -> None:
        """Lets go of the server."""
        self._books.close()
        self.reads.close()

    def of(self, name: str) -> str:
        """A key of this shop."""
        return self._prefix + name

    def ask(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        """One operation, for reading; from any thread.

        Raises:
            StudioError: failed: away, or it went back.
        """
        with self.away():
            return self._run(self.reads, [(operation, {"at": utc_iso(), **given})])[0]

    def book(self, calls: Callable[[], Sequence[Call]]) -> list[dict[str, Any]]:
        """A lot of operations, whole; sent once more on a new line where no answer came.

        Args:
            calls: makes them, each time they are sent: some say what time it is.

        Raises:
            StudioError: failed: away, or it went back; whether it was booked is not known.
        """
        with self.away():
            for _ in range(TRIES - 1):
                try:
                    return self._run(self._books, calls())
                except (_errors().ConnectionError, _errors().TimeoutError):
                    self._books.connection_pool.disconnect()
            return self._run(self._books, calls())

    def version(self) -> int:
        """How many bookings the store has.

        Raises:
            StudioError: failed: away, or it has fewer than it had.
        """
        least = self._seen
        with self.away():
            version = int(self.reads.get(self.of("version")) or 0)
        self._saw(version, least)
        return version

    def note(self, *, always: bool = False) -> None:
        """Writes down how far the store has come, for the next start; once a second at most."""
        if self._path is None or self._seen == self._place.seen:
            return
        if not always and now_ns() - self._noted_at < NOTED_EVERY_NS:
            return
        self._noted_at = now_ns()
        self._place = replace(self._place, seen=self._seen)
        try:
            note_seen(self._path, self._place)
        except StudioError as error:
            _log.warning("%s", error)

    def rewrite_file(self) -> None:
        """Asks the server to write its file anew, so that lines of before stand in it no more."""
        with self.away(), contextlib.suppress(_errors().ResponseError):
            self.reads.bgrewriteaof()  # one that keeps no such file, or writes it just now

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
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

    def _load_script(self) -> None:
        self._sha = str(self._books.script_load(SCRIPT.read_text(encoding="utf-8")))

    def _run(self, client: Any, calls: Sequence[Call]) -> list[dict[str, Any]]:
        """One call of the script; the server takes it whole."""
        least = self._seen
        words = (1, self._prefix, least, encode_json(calls), self.word)
        try:
            raw = client.evalsha(self._sha, *words)
        except _errors().NoScriptError:  # the server was started again
            self._load_script()
            raw = client.evalsha(self._sha, *words)
        answers = list(msgspec.json.decode(raw))
        versions = [told["version"] for told in answers]
        self._saw(min(versions), least)
        self._saw(max(versions), least)
        return answers

    def _saw(self, version: int, least: int) -> None:
        """Notes a version; ``least`` was seen before it was asked for (others answer meanwhile)."""
        if version < least:
            raise StudioError(
                "failed", "stock.store_went_back", where=self._place.shown, have=version, seen=least
            )
        with self._seen_lock:
            self._seen = max(self._seen, version)

    def _look_at_settings(self) -> list[StudioError]:
        """Every booking on the disk before it is answered, and nothing thrown away for space."""
        where = self._place.shown
        with self.away():
            try:
                settings = self.reads.config_get("append*") | self.reads.config_get("maxmemory*")
            except _errors().ResponseError:  # a server that somebody else keeps
                return [StudioError("failed", "stock.store_unknown", where=where)]
        cautions = []
        if settings.get("appendonly") != "yes" or settings.get("appendfsync") != "always":
            cautions.append(StudioError("failed", "stock.store_late", where=where))
        is_bounded = settings.get("maxmemory", "0") != "0"
        if is_bounded and settings.get("maxmemory-policy") != "noeviction":
            cautions.append(StudioError("failed", "stock.store_evicts", where=where))
        return cautions


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
