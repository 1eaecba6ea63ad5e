"""Brings a ledger from its file into a store: levels, orders, and every key that counted."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

from studio.core.errors import StudioError
from studio.governance.database import Database, DatabaseError, open_database
from studio.shop.stock.ledger import ledger_path, place_path
from studio.shop.stock.model import Booking, Level, Reservation
from studio.shop.stock.place import Place, write_place
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
LOT = 500


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
    path = ledger_path(shop)
    store = RedisStock(shop, place)
    orders = 0
    try:
        if path.is_file():
            orders = _bring(path, shop, store)
        seen = store.version()
    finally:
        store.close()
    write_place(place_path(shop), Place(place.settings, seen))
    if path.is_file():
        try:
            path.rename(_free_name(path))
        except OSError as error:
            raise StudioError("failed", "stock.no_ledger", path=str(path), why=str(error)) from None
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
            if store.levels() != levels:
                there = {(level.sku, level.channel): level for level in store.levels()}
                odd = next(
                    level for level in levels if there.get((level.sku, level.channel)) != level
                )
                raise StudioError("failed", "stock.not_brought", sku=odd.sku, shop=shop)
        except StudioError:
            _open_again(path)
            raise
    finally:
        ledger.close()
    return len(orders)


def _book(
    store: RedisStock,
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
    try:
        with closing(_open(path)) as base:
            base.execute("BEGIN IMMEDIATE")
            for gate in GATES:
                base.execute(gate)
            base.execute(
                "INSERT OR IGNORE INTO notes VALUES ('moving', ?)", (uuid.uuid4().hex[:12],)
            )
            row = base.execute("SELECT text FROM notes WHERE key = 'moving'").fetchone()
            base.execute("COMMIT")
    except DatabaseError as error:
        raise StudioError("failed", "stock.no_ledger", path=str(path), why=str(error)) from None
    return str(row[0])


def _open_again(path: Path) -> None:
    with contextlib.suppress(DatabaseError), closing(_open(path)) as base:
        for what in ("insert", "update"):
            base.execute(f"DROP TRIGGER IF EXISTS moved_{what}")
