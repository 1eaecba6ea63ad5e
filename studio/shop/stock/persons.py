"""What ledgers know of a buyer. Who bought is taken out of what is done; open orders stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from studio.core.errors import StudioError
from studio.governance.database import Database, DatabaseError, open_database
from studio.governance.people import PeopleKeys, Person
from studio.governance.persons import OPEN_ORDERS, Kept, StoreAnswer
from studio.shop.stock.model import Reservation
from studio.shop.stock.place import read_place
from studio.shop.stock.redis import RedisStock

T = TypeVar("T")
COLUMNS = ("at", "order", "channel", "state", "sku", "count")
OPEN = ("held", "waiting")
ERASED = "erased:"
"""A buyer's name afterwards; then their number, so that limits and sums still add up."""


class LedgerPersons:
    """All ledgers of this data folder as a store of persons.

    Args:
        folder: of the ledgers; it may not be there.
        people: number buyers.
    """

    name = "orders"

    def __init__(self, folder: Path, people: PeopleKeys) -> None:
        self._folder, self._people = folder, people

    def called(self, name: str) -> list[Person]:
        """Buyers by name, ``channel/name`` or order."""

        def ask(base: Database) -> list[tuple[str, str, str]]:
            return base.execute(
                "SELECT channel, buyer, min(at_utc) FROM reservations WHERE buyer <> '' "
                "AND (buyer = ? OR channel || '/' || buyer = ? OR key = ?) GROUP BY 1, 2",
                (name, name, name),
            ).fetchall()

        persons: dict[str, Person] = {}
        known = list(chain.from_iterable(self._each(ask)))
        for store in self._stores():
            with closing(store):
                known += [
                    (order.channel, order.buyer, order.at_utc)
                    for order in store.orders_of()
                    if name in (order.buyer, f"{order.channel}/{order.buyer}", order.key)
                    and order.buyer
                ]
        for channel, buyer, since in known:
            if not buyer.startswith(ERASED):
                who = f"{channel}/{buyer}"
                number = self._people.person(who)
                persons.setdefault(number, Person(number, who, buyer, since))
        return list(persons.values())

    def about(self, persons: Sequence[Person]) -> list[dict[str, Any]]:
        """Their orders and holds."""

        def ask(base: Database) -> list[dict[str, Any]]:
            rows: list[dict[str, Any]] = []
            for channel, buyer in _pairs(persons):
                found = base.execute(
                    "SELECT r.at_utc, r.key, r.channel, r.state, l.sku, l.count "
                    "FROM reservations r JOIN lines l ON l.key = r.key "
                    "WHERE r.buyer = ? AND ? IN ('', r.channel) ORDER BY r.at_utc",
                    (buyer, channel),
                )
                rows += [dict(zip(COLUMNS, row, strict=True)) for row in found]
            return rows

        rows = list(chain.from_iterable(self._each(ask)))
        for store in self._stores():
            with closing(store):
                rows += [
                    dict(zip(COLUMNS, (order.at_utc, order.key, order.channel, order.state,
                                       line.sku, line.count), strict=True))
                    for _, order in _orders(store, persons)
                    for line in order.lines
                ]  # fmt: skip
        return rows

    def bought(self, whos: Sequence[str]) -> dict[str, tuple[int, str]]:
        """How many orders of each of these buyers (``channel/name``), and when the last one was.

        Raises:
            StudioError: failed.
        """
        wanted = set(whos)

        def ask(base: Database) -> list[tuple[str, str, int, str]]:
            return base.execute(
                "SELECT channel, buyer, count(*), max(at_utc) FROM reservations "
                "WHERE buyer <> '' AND state = 'confirmed' GROUP BY 1, 2"
            ).fetchall()

        known = list(chain.from_iterable(self._each(ask)))
        for store in self._stores():
            with closing(store):
                known += [
                    (order.channel, order.buyer, 1, order.at_utc)
                    for order in store.orders_of()
                    if order.buyer and order.state == "confirmed"
                ]
        found: dict[str, tuple[int, str]] = {}
        for channel, buyer, orders, at_utc in known:
            who = f"{channel}/{buyer}"
            if who in wanted:
                before, last_utc = found.get(who, (0, ""))
                found[who] = before + orders, max(last_utc, at_utc)
        return found

    def named(self, erased: Mapping[str, str]) -> list[Person]:
        """Who was erased and stands in an order that is done now; ledgers in files alone.

        Raises:
            StudioError: failed.
        """

        def ask(base: Database) -> list[tuple[str, str, str]]:
            return base.execute(
                "SELECT channel, buyer, min(at_utc) FROM reservations WHERE buyer <> '' "
                f"AND substr(buyer, 1, {len(ERASED)}) <> ? "
                f"AND state NOT IN ({', '.join('?' * len(OPEN))}) GROUP BY 1, 2",
                (ERASED, *OPEN),
            ).fetchall()

        persons = []
        for channel, buyer, since in chain.from_iterable(self._each(ask)):
            number = self._people.person(f"{channel}/{buyer}")
            if since <= erased.get(number, ""):
                persons.append(Person(number, f"{channel}/{buyer}", buyer, since))
        return persons

    def erase(self, persons: Sequence[Person]) -> StoreAnswer:
        """Their names out of everything that is done; copies that were cut off go whole."""
        for part in self._folder.glob("*.db.coming*"):
            part.unlink(missing_ok=True)
        counts = self._each(lambda base: self._take_out(base, persons), writes=True)
        counts += [self._rename(store, persons) for store in self._stores()]
        done, still_open = (sum(part) for part in zip((0, 0), *counts, strict=True))
        kept = []
        if still_open:
            kept.append(Kept(self.name, OPEN_ORDERS, still_open))
        if done:
            kept.append(Kept(self.name, "trade_records", done))
        return StoreAnswer(done, tuple(kept))

    def _take_out(self, base: Database, persons: Sequence[Person]) -> tuple[int, int]:
        done = still_open = 0
        base.execute("PRAGMA secure_delete=ON").fetchall()
        base.execute("BEGIN IMMEDIATE")
        for channel, buyer in _pairs(persons):
            mark = ERASED + self._people.person(f"{channel}/{buyer}")
            rows = base.execute(
                "SELECT key, state FROM reservations WHERE buyer = ? AND ? IN ('', channel)",
                (buyer, channel),
            ).fetchall()
            over = [key for key, state in rows if state not in OPEN]
            base.executemany(
                "UPDATE reservations SET buyer = ? WHERE key = ?", [(mark, key) for key in over]
            )
            base.executemany(
                "UPDATE moves SET who = ? WHERE key = ? AND who = ?",
                [(mark, key, buyer) for key in over],
            )
            done, still_open = done + len(over), still_open + len(rows) - len(over)
        base.execute("COMMIT")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return done, still_open

    def _rename(self, store: RedisStock, persons: Sequence[Person]) -> tuple[int, int]:
        done = still_open = 0
        with closing(store):
            by_mark: dict[str, list[Reservation]] = {}
            for (channel, buyer), order in _orders(store, persons):
                if order.state in OPEN:
                    still_open += 1
                else:
                    mark = ERASED + self._people.person(f"{channel}/{buyer}")
                    by_mark.setdefault(mark, []).append(order)
                    done += 1
            for mark, orders in by_mark.items():
                store.rename_buyer(orders, mark)
        return done, still_open

    def _stores(self) -> Iterator[RedisStock]:
        """The ledgers that are in stores.

        Raises:
            StudioError: failed: one is away.
        """
        for path in sorted(self._folder.glob("*.place.json")):
            yield RedisStock(path.name.removesuffix(".place.json"), read_place(path))

    def _each(self, work: Callable[[Database], T], *, writes: bool = False) -> list[T]:
        """Does something with every ledger.

        Raises:
            StudioError: failed.
        """
        answers = []
        for path in sorted([*self._folder.glob("*.db"), *self._folder.glob("*.db*.moved")]):
            try:
                with closing(open_database(path, reads=not writes, wait_s=30)) as base:
                    answers.append(work(base))
            except DatabaseError as error:
                raise StudioError(
                    "failed", "privacy.unreadable", path=str(path), why=str(error)
                ) from None
        return answers


def _orders(
    store: RedisStock, persons: Sequence[Person]
) -> Iterator[tuple[tuple[str, str], Reservation]]:
    """A store's orders of these persons, each with (channel, buyer) under which they bought."""
    pairs = _pairs(persons)
    for order in store.orders_of():
        for pair in ((order.channel, order.buyer), ("", order.buyer)):
            if pair in pairs:
                yield pair, order
                break


def _pairs(persons: Sequence[Person]) -> set[tuple[str, str]]:
    """(channel, buyer) under which they may have bought."""
    pairs = set()
    for person in persons:
        channel, _, identity = person.who.partition("/")
        pairs |= {(channel, identity), (channel, person.author)}
    return {(channel, buyer) for channel, buyer in pairs if buyer}
