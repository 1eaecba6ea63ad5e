"""What a ledger can do, wherever it keeps its pieces, and which one is a shop's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from studio.core.errors import StudioError
from studio.core.paths import data_dir
from studio.shop.stock.books import Note
from studio.shop.stock.model import OWN, Booking, Level, Line, Move, Reservation, Shortfall
from studio.shop.stock.place import read_place
from studio.shop.stock.redis import RedisStock
from studio.shop.stock.sqlite import SqliteStock


class StockLedger(Protocol):
    """One shop's ledger: bookings are whole or not there, each key counts once.

    Bookings answer by a future when they are kept; reading waits for the store.
    """

    def close(self) -> None:
        """Books what waits and lets go of the store."""
        ...

    def receive(
        self, key: str, sku: str, count: int, channel: str = OWN, who: str = "", why: str = ""
    ) -> Future[Booking]:
        """Pieces come in, or are taken out as far as they are free."""
        ...

    def share(
        self, key: str, sku: str, count: int, start: str, end: str, who: str = ""
    ) -> Future[Booking]:
        """Moves free pieces to another channel's share."""
        ...

    def share_lines(
        self, key: str, lines: Iterable[Line], start: str, end: str, who: str = "",
        most: Mapping[str, int] | None = None,
    ) -> Future[Booking]:  # fmt: skip
        """The same for several SKUs, all or none."""
        ...

    def hold(
        self, key: str, lines: Iterable[Line], buyer: str, channel: str = OWN,
        hold_s: float = 900.0, most_a_buyer: int = 0, *, may_wait: bool = False,
        limits: Mapping[str, int] | None = None, instead_of: str = "", note: Note | None = None,
    ) -> Future[Booking]:  # fmt: skip
        """Promises pieces to a buyer, all lines or none."""
        ...

    def sell_outside(
        self, key: str, lines: Iterable[Line], buyer: str = "", channel: str = OWN, who: str = ""
    ) -> Future[Booking]:
        """Books an order that was sold elsewhere."""
        ...

    def hold_outside(
        self, key: str, lines: Iterable[Line], buyer: str = "", channel: str = OWN,
        hold_s: float = 86_400.0,
    ) -> Future[Booking]:  # fmt: skip
        """Holds what was ordered elsewhere and is not paid yet."""
        ...

    def cancel_outside(self, key: str, channel: str = OWN, who: str = "") -> Future[Booking]:
        """An order elsewhere is none any more."""
        ...

    def take_back_some(
        self, key: str, order: str, lines: Iterable[Line], *, restocks: bool, who: str = ""
    ) -> Future[Booking]:
        """Some pieces of an order come back."""
        ...

    def count_outside(
        self, key: str, sku: str, says: int, at_utc: str, channel: str = OWN, who: str = ""
    ) -> Future[Booking]:
        """Another shop says how many it has to sell."""
        ...

    def count_to(
        self, key: str, sku: str, total: int, channel: str = OWN, who: str = ""
    ) -> Future[Booking]:
        """Brings free + held + sold to a number."""
        ...

    def confirm(self, key: str, who: str = "", why: str = "") -> Future[Booking]:
        """What was held is sold."""
        ...

    def release(self, key: str, who: str = "", why: str = "") -> Future[Booking]:
        """What was held is free again."""
        ...

    def refund(self, key: str, order: str, *, restocks: bool, who: str = "") -> Future[Booking]:
        """An order is taken back."""
        ...

    def expire(self) -> Future[Booking]:
        """Ends holds that have run out; ``free`` of the answer is how many."""
        ...

    def levels(self) -> list[Level]:
        """All SKUs in all channels."""
        ...

    def counts(self) -> tuple[int, int]:
        """Holds that run, buyers that wait."""
        ...

    def reservations(self, state: str = "", last: int = 100) -> list[Reservation]:
        """Reservations and orders, newest first."""
        ...

    def state_of(self, key: str) -> str:
        """Of a reservation or order; "" where there is none."""
        ...

    def shortfalls(self) -> list[Shortfall]:
        """What orders are owed, the oldest first."""
        ...

    def moves(self, sku: str = "", last: int = 100) -> list[Move]:
        """Lines of the ledger, newest first."""
        ...

    def faults(self) -> list[str]:
        """Where the sum of the moves is not the level."""
        ...

    def version(self) -> int:
        """Another number after somebody has written."""
        ...

    def cautions(self) -> list[StudioError]:
        """What could lose pieces though the ledger works, such as a store that writes late."""
        ...


def stock_dir() -> Path:
    """The folder of the ledgers; it may not be there."""
    return data_dir() / "stock"


def ledger_path(shop: str) -> Path:
    """The file of a shop's ledger on this machine.

    Raises:
        StudioError: invalid, when the name is no name of a file.
    """
    if not re.fullmatch(r"[\w][\w .-]{0,58}[\w]|[\w]", shop):
        raise StudioError("invalid", "stock.bad_shop", shop=shop)
    return stock_dir() / f"{shop}.db"


def place_path(shop: str) -> Path:
    """The note that says where a shop's ledger is, when it is not on this machine.

    Raises:
        StudioError: invalid.
    """
    return ledger_path(shop).with_suffix(".place.json")


def has_ledger(shop: str) -> bool:
    """Is there a ledger of this shop?"""
    return ledger_path(shop).is_file() or place_path(shop).is_file()


def known_shops() -> list[str]:
    """Shops with a ledger, here or elsewhere."""
    names = {path.stem for path in stock_dir().glob("*.db")}
    names |= {path.name.removesuffix(".place.json") for path in stock_dir().glob("*.place.json")}
    return sorted(names)


def open_ledger(shop: str) -> StockLedger:
    """A shop's ledger: in the store that was named for it, or a file of this machine.

    Waits for file or server: call it in a thread.

    Raises:
        StudioError: invalid: no name of a shop; failed: it cannot be read.
    """
    note = place_path(shop)
    if note.is_file():
        return RedisStock(shop, read_place(note), note)
    return SqliteStock(ledger_path(shop))
