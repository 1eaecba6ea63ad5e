"""Holds that wait together are looked at together and written in three statements.

Between two statements a thread gives way to the engine's loop, which is busy with those who ask:
a statement for each row cost more in waiting than in work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from studio.core.clock import now_ns, utc_iso, utc_ms
from studio.shop.stock.books import MS, WAITS, HoldTerms, StockBooks
from studio.shop.stock.model import Booking, Line

KNOWN = (
    "SELECT key, state, until_ms FROM reservations WHERE key IN (SELECT value FROM json_each(?))"
)
RESERVATION = "INSERT INTO reservations VALUES (?, ?, ?, 'held', ?, ?, ?, ?, 0)"
LINE = "INSERT INTO lines (key, sku, count, channel) VALUES (?1, ?2, ?3, ?4)"
MOVE = (
    "INSERT INTO moves (at_utc, kind, sku, channel, free, held, sold, who, why, key)"
    " VALUES (?6, 'hold', ?2, ?5, -?3, ?3, 0, ?7, '', ?1)"
)
FEW = 3
"""So many are written one by one: reading them out of JSON costs more."""
RESERVATIONS = (
    "INSERT INTO reservations SELECT value->>0, value->>1, value->>2, 'held', value->>3, value->>4,"
    " value->>5, value->>6, 0 FROM json_each(?)"
)
LINES = (
    "INSERT INTO lines (key, sku, count, channel)"
    " SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(?)"
)
NOTES = "INSERT OR REPLACE INTO notes SELECT value->>0, value->>1 FROM json_each(?)"
MOVES = (
    "INSERT INTO moves (at_utc, kind, sku, channel, free, held, sold, who, why, key)"
    " SELECT value->>5, 'hold', value->>1, value->>4, -(value->>2), value->>2, 0, value->>6, '',"
    " value->>0 FROM json_each(?)"
)
Place = tuple[str, str]
"""SKU and channel."""


class HoldAsk(msgspec.Struct, frozen=True):
    """Pieces that somebody wants promised, all lines or none."""

    key: str
    lines: Sequence[Line]
    buyer: str
    channel: str
    terms: HoldTerms

    def __call__(self, books: StockBooks) -> Booking:
        """Books it alone, inside a transaction that somebody else began."""
        return hold_all(books, (self,))[0]


def hold_all(books: StockBooks, asks: Sequence[HoldAsk]) -> list[Booking]:
    """Promises pieces in the order of asking; what each is answered.

    One that is refused has written nothing, but for what it was to give back (`instead_of`).
    Inside a transaction that somebody else began: nothing but this may write until it returns.

    Raises:
        DatabaseError: it cannot be written.
    """
    lot = _Lot(books, [ask.key for ask in asks])
    answers = [lot.hold(ask) for ask in asks]
    lot.write()
    return answers


class _Lot:
    """What was promised and is not in the tables yet."""

    def __init__(self, books: StockBooks, keys: Sequence[str]) -> None:
        self._books = books
        self._known: dict[str, Booking] = {}
        if len(keys) > 1:
            for key, state, until_ms in books.base.execute(KNOWN, (_json(keys),)):
                self._known[key] = Booking(key, state, "", 0, until_ms)
        elif (kept := books.reservation(keys[0])) is not None:
            self._known[keys[0]] = Booking(keys[0], kept[1], "", 0, kept[2])  # type: ignore[arg-type]
        self._free: dict[Place, int] = {}
        self._gone: dict[Place, int] = {}
        self._taken: Counter[Place] = Counter()
        self._bought: Counter[tuple[str, str, str]] = Counter()
        self._reservations: list[tuple[Any, ...]] = []
        self._lines: list[tuple[Any, ...]] = []
        self._notes: dict[str, str] = {}

    def hold(self, ask: HoldAsk) -> Booking:
        key, buyer, terms = ask.key, ask.buyer, ask.terms
        kept = self._known.get(key)
        if kept is not None:
            note = self._notes.get(key)
            return replace(kept, note=self._books.note(key) if note is None else note)
        if terms.instead_of:
            self.write()
            self._books.give_up(terms.instead_of, buyer)
        wanted = [(line.sku, line.channel or ask.channel, line.count) for line in ask.lines]
        for sku, where, count in wanted:
            over_all, here = terms.most_a_buyer, terms.limits.get(sku, 0)
            if (over_all and self._has(buyer, sku) + count > over_all) or (
                here and self._has(buyer, sku, where) + count > here
            ):
                return Booking(key, "limit", sku, self._free_of((sku, where)))
        missing = next(
            ((sku, where) for sku, where, count in wanted if self._free_of((sku, where)) < count),
            None,
        )
        if missing is None and terms.may_wait and self._books.is_before(wanted):
            missing = wanted[0][:2]  # those who wait are served first
        if missing and not terms.may_wait:
            return Booking(key, "short", missing[0], self._free_of(missing))
        if missing:
            return self._wait(ask, missing)
        return self._promise(ask, wanted)

    def write(self) -> None:
        """Brings into the tables what was promised; the table itself refuses less than none."""
        base = self._books.base
        is_few = len(self._lines) <= FEW
        if self._reservations:
            if is_few:
                base.executemany(RESERVATION, self._reservations)
                base.executemany(LINE, [line[:4] for line in self._lines])
                base.executemany(MOVE, self._lines)
            else:
                lines = _json(self._lines)
                base.execute(RESERVATIONS, (_json(self._reservations),))
                base.execute(LINES, (lines,))
                base.execute(MOVES, (lines,))
            for (sku, where), count in self._taken.items():
                base.execute(
                    "UPDATE levels SET free = free - ?3, held = held + ?3"
                    " WHERE sku = ?1 AND channel = ?2",
                    (sku, where, count),
                )
        if self._notes:
            base.execute(NOTES, (_json(list(self._notes.items())),))
        for kept in (
            self._free, self._gone, self._taken, self._bought, self._reservations, self._lines,
            self._notes,
        ):  # fmt: skip
            kept.clear()

    def _promise(self, ask: HoldAsk, wanted: Sequence[tuple[str, str, int]]) -> Booking:
        key, buyer, hold_ms = ask.key, ask.buyer, ask.terms.hold_ms
        note = self._noted(ask)
        until_ms, at_utc = utc_ms() + hold_ms, utc_iso()
        until_ns = now_ns() + hold_ms * MS
        self._reservations.append((key, buyer, ask.channel, until_ms, until_ns, hold_ms, at_utc))
        for line, (sku, where, count) in zip(ask.lines, wanted, strict=True):
            self._lines.append((key, sku, count, line.channel, where, at_utc, buyer))
            self._free[sku, where] -= count
            self._taken[sku, where] += count
            self._bought[buyer, sku, ""] += count
            self._bought[buyer, sku, where] += count
        self._known[key] = Booking(key, "held", until_ms=until_ms)
        return Booking(key, "held", until_ms=until_ms, note=note)

    def _wait(self, ask: HoldAsk, missing: Place) -> Booking:
        self._noted(ask)
        self.write()
        self._books.write_down(ask.key, ask.lines, ask.buyer, ask.channel, WAITS, ask.terms.hold_ms)
        self._known[ask.key] = Booking(ask.key, WAITS)
        return Booking(ask.key, WAITS, missing[0], self._free_of(missing))

    def _noted(self, ask: HoldAsk) -> str:
        """The words beside the hold, which are kept with it."""
        if (note := ask.terms.note) is None:
            return ""
        place = note.sku, note.channel
        if place not in self._gone:
            self._gone[place] = self._books.taken(*place)
        text = self._notes[ask.key] = note.text(self._gone[place] + self._taken[place])
        return text

    def _free_of(self, place: Place) -> int:
        if place not in self._free:
            self._free[place] = self._books.free(*place) - self._taken[place]
        return self._free[place]

    def _has(self, buyer: str, sku: str, channel: str = "") -> int:
        """Pieces a buyer has or waits for, of all channels or of one."""
        return self._books.bought(buyer, sku, channel) + self._bought[buyer, sku, channel]


def _json(rows: Sequence[Any]) -> str:
    return msgspec.json.encode(rows).decode()
