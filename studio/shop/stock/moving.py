"""Brings a ledger from its file into a store, and back: levels, orders, every key that counted."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, closing
from pathlib import Path

import msgspec

from studio.core.errors import StudioError
from studio.governance.database import Database, DatabaseError, open_database
from studio.shop.stock.ledger import StockLedger, ledger_path, place_path
from studio.shop.stock.model import Booking, Level, Reservation
from studio.shop.stock.place import (
    Place,
    ledger_faults,
    lock_beside,
    read_place,
    write_place,
)
from studio.shop.stock.redis import RedisStock
from studio.shop.stock.sqlite import BUSY_S, SqliteStock

MOVED = ".moved"
"""What the name of a file ends in whose pieces are in a store now; it keeps the moves of before."""
WHY = "the ledger was moved into a store; open it again"
GATES = tuple(
    f"CREATE TRIGGER IF NOT EXISTS moved_{what.lower()} BEFORE {what} ON levels "
    f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
    for what in ("INSERT", "UPDATE")
)
COMING = ".coming"
"""What the name of a file ends in that is not whole yet."""
CAME_BACK = "came_back"
"""The note in a ledger that came out of a store: by which word."""


def move_ledger(shop: str, place: Place) -> int:
    """Moves a shop's ledger into a store. Where there is no file, the store is taken as it is.

    Nobody books in the file from the first step on. One that was cut off is run again: what was
    brought counts once.

    Returns:
        Orders that were brought.

    Raises:
        StudioError: conflict: holds run, something is owed, or the store has goods of its own;
            failed: file or store.
    """
    with _alone(shop):
        return _move(shop, place)


def _alone(shop: str) -> AbstractContextManager[None]:
    """One process at a time moves a shop's ledger; another waits, and sees where it is then."""
    return lock_beside(ledger_path(shop).with_suffix(".moving"))


def _move(shop: str, place: Place) -> int:
    path = ledger_path(shop)
    store = RedisStock(shop, place)
    orders = 0
    try:
        word = store.left_by
        if path.is_file():
            if word:
                if _note_of(path, CAME_BACK) != word:  # what is left there may be in no file
                    raise StudioError("conflict", "stock.store_has_own", shop=shop)
                store.clear(word)
            orders = _bring(path, shop, store)
            if word:
                store.stay(word)
        elif word:
            raise StudioError("failed", "stock.store_gone", where=place.shown)
        seen = store.version()
    finally:
        store.close()
    write_place(place_path(shop), Place(place.settings, seen))
    if path.is_file():
        with ledger_faults(path):
            path.rename(_free_name(path))
    return orders


def _free_name(path: Path) -> Path:
    """Under which a ledger that was moved is kept; one that was moved before stays."""
    kept = path.with_name(path.name + MOVED)
    while kept.exists():
        kept = kept.with_name(kept.name + MOVED)
    return kept


def _bring(path: Path, shop: str, store: RedisStock) -> int:
    ledger = SqliteStock(path)
    try:
        token = _shut(path)
        try:
            _insist(ledger, store, shop, token)
            orders = ledger.reservations("confirmed", 10_000_000)[::-1]
            taken_back = ledger.reservations("refunded", 10_000_000)[::-1]
            levels = ledger.levels()
            _book(store, token, levels, orders, taken_back)
            with closing(_open(path)) as base:
                bookings = base.execute("SELECT key, outcome, sku, free FROM bookings").fetchall()
                notes = base.execute("SELECT key, text FROM notes").fetchall()
            store.adopt(bookings, notes)
            _insist_all_came(levels, store.levels(), shop)
        except StudioError:
            _open_again(path)
            raise
    finally:
        ledger.close()
    return len(orders)


def move_back(shop: str) -> int:
    """Takes a shop's ledger from its store back into a file of this machine.

    The store books nothing from the first step on, for nobody. One that was cut off is run again.

    Returns:
        Orders that were brought.

    Raises:
        StudioError: conflict: it is in no store, a file of this name is there, holds run or
            something is owed; failed: file or store, somebody else took it back.
    """
    with _alone(shop):
        return _move_back(shop)


def _move_back(shop: str) -> int:
    path, note = ledger_path(shop), place_path(shop)
    if not note.is_file():
        raise StudioError("conflict", "stock.in_no_store", shop=shop)
    place = read_place(note)
    word = place.leaving
    if path.is_file():
        if word:
            with contextlib.suppress(StudioError):  # no ledger at all: it is somebody's
                if _note_of(path, CAME_BACK) == word:  # all but the last step was done
                    return _end(note, 0)
        raise StudioError("conflict", "stock.file_there", path=str(path))
    if not word:
        word = uuid.uuid4().hex[:12]
        with lock_beside(note):
            place = msgspec.structs.replace(read_place(note), leaving=word)
            write_place(note, place)
    coming = path.with_name(path.name + COMING)
    store = RedisStock(shop, place)
    try:
        levels = store.leave(word)
        try:
            orders = _take_in(coming, store, levels, word)
        except StudioError:
            with contextlib.suppress(OSError):
                _throw_away(coming)
            store.stay(word)
            raise
    finally:
        store.close()
    with ledger_faults(path):
        coming.rename(path)
    return _end(note, orders)


def _end(note: Path, orders: int) -> int:
    with lock_beside(note), ledger_faults(note):
        note.unlink()
    return orders


def _take_in(coming: Path, store: RedisStock, levels: Sequence[Level], word: str) -> int:
    """Writes what is in a store into a new file; nothing of one that was cut off is used."""
    with ledger_faults(coming):
        _throw_away(coming)
    orders = store.reservations("confirmed", 10_000_000)[::-1]
    taken_back = store.reservations("refunded", 10_000_000)[::-1]
    bookings, notes = store.kept()
    ledger = SqliteStock(coming)
    try:
        _book(ledger, word, levels, orders, taken_back)
        with ledger_faults(coming), closing(_open(coming)) as base:
            base.execute("BEGIN IMMEDIATE")
            base.executemany("INSERT OR IGNORE INTO bookings VALUES (?, ?, ?, ?)", bookings)
            base.executemany("INSERT OR IGNORE INTO notes VALUES (?, ?)", notes)
            base.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (CAME_BACK, word))
            base.execute("DELETE FROM notes WHERE key = 'moving'")
            base.execute("COMMIT")
        _insist_all_came(levels, ledger.levels(), coming.stem)
    finally:
        ledger.close()
    return len(orders)


def _insist_all_came(levels: Sequence[Level], there: Sequence[Level], shop: str) -> None:
    """What was brought is there, to the piece.

    Raises:
        StudioError: failed, with a product of which it is not.
    """
    if list(there) == list(levels):
        return
    known = {(level.sku, level.channel): level for level in there}
    odd = next(level for level in levels if known.get((level.sku, level.channel)) != level)
    raise StudioError("failed", "stock.not_brought", sku=odd.sku, shop=shop)


def _throw_away(coming: Path) -> None:
    """Takes a file that is not whole away, with what the database keeps beside it."""
    for part in coming.parent.glob(coming.name + "*"):
        part.unlink(missing_ok=True)


def _note_of(path: Path, key: str) -> str:
    with ledger_faults(path), closing(_open(path)) as base:
        row = base.execute("SELECT text FROM notes WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def _book(
    store: StockLedger,
    token: str,
    levels: Sequence[Level],
    orders: Sequence[Reservation],
    taken_back: Sequence[Reservation],
) -> None:
    futures: list[Future[Booking]] = [
        store.receive(
            f"brought:{token}:{level.channel}:{level.sku}", level.sku, level.free + level.sold,
            level.channel, why="brought",
        )
        for level in levels
    ]  # fmt: skip
    for order in orders:
        if order.lines:
            futures.append(store.hold(order.key, order.lines, order.buyer, order.channel))
            futures.append(store.confirm(order.key, why="brought"))
    for order in taken_back:
        futures.append(store.cancel_outside(order.key, order.channel))
    for future in futures:
        future.result()


def _insist(ledger: SqliteStock, store: RedisStock, shop: str, token: str) -> None:
    """Nothing is under way here, and nothing of somebody else's is there.

    Raises:
        StudioError: conflict.
    """
    holds, waiting = ledger.counts()
    owed = len(ledger.shortfalls())
    if holds or waiting or owed:
        raise StudioError("conflict", "stock.under_way", holds=holds, waiting=waiting, owed=owed)
    has_own = any(not move.key.startswith(f"brought:{token}:") for move in store.moves(last=1000)
                  if move.kind in ("in", "correct"))  # fmt: skip
    if has_own and ledger.levels():
        raise StudioError("conflict", "stock.store_has_own", shop=shop)


def _open(path: Path) -> Database:
    return open_database(path, wait_s=BUSY_S)


def _shut(path: Path) -> str:
    """Nobody books in the file any more; by which word what is brought is known again.

    Raises:
        StudioError: failed.
    """
    with ledger_faults(path), closing(_open(path)) as base:
        base.execute("BEGIN IMMEDIATE")
        for gate in GATES:
            base.execute(gate)
        base.execute("INSERT OR IGNORE INTO notes VALUES ('moving', ?)", (uuid.uuid4().hex[:12],))
        row = base.execute("SELECT text FROM notes WHERE key = 'moving'").fetchone()
        base.execute("COMMIT")
    return str(row[0])


def _open_again(path: Path) -> None:
    with contextlib.suppress(DatabaseError), closing(_open(path)) as base:
        for what in ("insert", "update"):
            base.execute(f"DROP TRIGGER IF EXISTS moved_{what}")
