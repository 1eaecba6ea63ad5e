"""Stock from outside: moves, shares, holds, orders."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Annotated, Any, Literal, Protocol

import msgspec

from studio.core.asking import asking
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product
from studio.shop.stock.answers import answered
from studio.shop.stock.ledger import StockLedger
from studio.shop.stock.model import Booking, Key, Line, Outcome, Pieces, Signed, Sku, StockPart
from studio.shop.stock.place import Place, checked_place

Seconds = Annotated[float, msgspec.Meta(gt=0, le=7 * 86400)]
DONE: Sequence[Outcome] = ("done",)
SOLD: Sequence[Outcome] = ("confirmed",)
FREED: Sequence[Outcome] = ("released", "expired")
PROMISED: Sequence[Outcome] = ("held", "confirmed")
QUEUED: Sequence[Outcome] = (*PROMISED, "waiting")
Last = Annotated[int, msgspec.Meta(ge=1, le=1000)]


class Stockroom(Protocol):
    """Whose ledger is booked in."""

    part: StockPart

    async def open(self, shop: str) -> None:
        """Sells from this shop's ledger."""
        ...

    async def place(self, shop: str, place: Place) -> int:
        """Moves a shop's ledger into a store; orders that were brought."""
        ...

    async def place_back(self, shop: str) -> int:
        """Takes it back into a file; orders that were brought."""
        ...

    def need(self) -> StockLedger:
        """The ledger."""
        ...

    def free(self, sku: str) -> int | None:
        """What may be sold of a SKU."""
        ...

    def knows(self, product: Product) -> bool:
        """Is a SKU of this product in the ledger?"""
        ...

    async def look(self) -> None:
        """Shows what is in the ledger now."""
        ...


class StockCommands:
    """The shop's ledger.

    Args:
        room: has it.
        catalogue: the products that are booked under their SKUs.
    """

    def __init__(self, room: Stockroom, catalogue: Catalogue) -> None:
        self._room, self._catalogue = room, catalogue

    @command(
        "stock.open",
        role=Role.CONTROLLER,
        label=("启用库存账本", "Open a stock ledger"),
        help=(
            "本场从这家店的账本卖货；账本还不认识的商品按现有库存入账。",
            "Sells from this shop's ledger; products it does not know come in with their figures.",
        ),
    )
    async def open(self, shop: str) -> Changed:
        await self._room.open(shop)
        ledger, channel = self._room.need(), self._room.part.channel
        taken, left = [], []
        for product in self._catalogue.state.products:
            sku = product.id
            if product.stock and not product.variants and self._room.free(sku) is None:
                key = f"first-count:{sku}"
                await _done(ledger.receive(key, sku, product.stock, channel, why="first count"))
                taken.append(sku)
            elif not self._room.knows(product):
                left.append(sku)
        await self._room.look()
        result = {"shop": shop, "taken_over": taken, "not_counted": left}
        return changed("stock", "shop", result=result)

    @command(
        "stock.place",
        role=Role.TECHNICIAN,
        label=("库存账本放到 Redis", "Keep stock in Redis"),
        help=(
            "把这家店的账本搬到几台电脑共用的 Redis，订单一起带走；"
            "再运行一次等于确认那边现在的内容。只能在本机运行。",
            "Moves this shop's ledger into a Redis that several machines share, orders with it; "
            "run again, it takes what is there now as right. At this machine alone.",
        ),
    )
    async def place(self, shop: str, settings: dict[str, Any]) -> Changed:
        if not asking().is_here:
            raise StudioError("denied", "stock.only_here")
        orders = await self._room.place(shop, checked_place(settings))
        return changed("stock", "shop", result={"shop": shop, "orders": orders})

    @command(
        "stock.place_back",
        role=Role.TECHNICIAN,
        label=("库存账本搬回本机", "Take stock back from Redis"),
        help=(
            "把这家店的账本从 Redis 搬回这台电脑的文件，订单一起带走；从此那边不再入账，"
            "其他电脑会被告知。只能在本机运行。",
            "Takes this shop's ledger out of Redis into a file of this machine, orders with it; "
            "nothing is booked there any more, and other machines are told. At this machine alone.",
        ),
    )
    async def place_back(self, shop: str) -> Changed:
        if not asking().is_here:
            raise StudioError("denied", "stock.only_here")
        orders = await self._room.place_back(shop)
        return changed("stock", "shop", result={"shop": shop, "orders": orders})

    @command(
        "stock.move",
        role=Role.CONTROLLER,
        label=("出入库", "Move stock"),
        help=(
            "入库（正数）或扣减可售件数（负数）；件数不够时拒绝。",
            "Pieces come in (positive) or are taken out (negative), never below zero.",
        ),
    )
    async def move(
        self, sku: Sku, count: Signed, why: str = "", channel: str = "", key: str = ""
    ) -> Changed:
        if count == 0:
            raise StudioError("invalid", "stock.no_pieces")
        into = channel or self._room.part.channel
        booked = await _done(
            self._room.need().receive(key or _fresh_key(), sku, count, into, why=why)
        )
        await self._room.look()
        undo = ("stock.move", {"sku": sku, "count": -count, "channel": into, "why": "undo"})
        return _answer(booked, undo)

    @command(
        "stock.share",
        role=Role.CONTROLLER,
        label=("渠道配额", "Share stock"),
        help=("把可售件数划给另一个渠道。", "Moves free pieces to another channel's share."),
    )
    async def share(
        self, sku: Sku, count: Pieces, to: str, start: str = "", key: str = ""
    ) -> Changed:
        begin = start or self._room.part.channel
        if not to or to == begin:
            raise StudioError("invalid", "stock.same_channel", channel=to)
        booked = await _done(self._room.need().share(key or _fresh_key(), sku, count, begin, to))
        await self._room.look()
        undo = ("stock.share", {"sku": sku, "count": count, "to": begin, "start": to})
        return _answer(booked, undo)

    @command(
        "stock.hold",
        role=Role.CONTROLLER,
        label=("锁定库存", "Hold stock"),
        help=(
            "为买家锁定件数，全部锁住或都不锁；同一个 key 只算一次。",
            "Promises pieces to a buyer, all lines or none; one key counts once.",
        ),
    )
    async def hold(
        self,
        key: Key,
        lines: Annotated[list[Line], msgspec.Meta(min_length=1, max_length=50)],
        buyer: str = "",
        hold_s: Seconds | None = None,
        wait: bool = False,
        channel: str = "",
    ) -> Changed:
        part = self._room.part
        booked = await _done(
            self._room.need().hold(
                key, lines, buyer, channel or part.channel, hold_s or part.hold_s,
                part.most_a_buyer if buyer else 0, may_wait=wait,
            )
        )  # fmt: skip
        await self._room.look()
        good = QUEUED if wait else PROMISED
        return _answer(booked, ("stock.release", {"key": key}), good)

    @command(
        "stock.confirm",
        role=Role.CONTROLLER,
        label=("确认售出", "Confirm"),
        help=("锁定的件数已售出。", "What was held is sold."),
    )
    async def confirm(self, key: Key) -> Changed:
        booked = await _done(self._room.need().confirm(key))
        await self._room.look()
        return _answer(booked, good=SOLD)

    @command(
        "stock.release",
        role=Role.CONTROLLER,
        label=("释放锁定", "Release"),
        help=("锁定的件数重新可售。", "What was held may be sold again."),
    )
    async def release(self, key: Key) -> Changed:
        booked = await _done(self._room.need().release(key))
        await self._room.look()
        return _answer(booked, good=FREED)

    @command(
        "stock.list",
        role=Role.VIEWER,
        label=("库存账本", "Stock ledger"),
        help=("列出库存、锁定和流水。", "Lists levels, reservations and moves."),
    )
    async def list_all(
        self,
        what: Literal["levels", "reservations", "moves", "faults"] = "levels",
        sku: str = "",
        last: Last = 100,
    ) -> Changed:
        ledger = self._room.need()
        found: Any
        if what == "levels":
            found = [level for level in await asyncio.to_thread(ledger.levels)
                     if sku in ("", level.sku)]  # fmt: skip
        elif what == "reservations":
            found = await asyncio.to_thread(ledger.reservations, "", last)
        elif what == "moves":
            found = await asyncio.to_thread(ledger.moves, sku, last)
        else:
            found = await asyncio.to_thread(ledger.faults)
        return changed(result=msgspec.to_builtins(found))

    @command(
        "orders.book",
        role=Role.CONTROLLER,
        label=("登记订单", "Book an order"),
        help=(
            "一步锁定并售出；件数不够则整单拒绝，同一订单号只算一次。",
            "Holds and sells in one; refused as a whole when pieces are missing; counts once.",
        ),
    )
    async def book(
        self,
        key: Key,
        lines: Annotated[list[Line], msgspec.Meta(min_length=1, max_length=50)],
        buyer: str = "",
        channel: str = "",
    ) -> Changed:
        part, ledger = self._room.part, self._room.need()
        booked = await _done(
            ledger.hold(
                key,
                lines,
                buyer,
                channel or part.channel,
                part.hold_s,
                part.most_a_buyer if buyer else 0,
            )
        )
        if booked.outcome == "held":
            booked = await _done(ledger.confirm(key))
        await self._room.look()
        return _answer(booked, good=SOLD)

    @command(
        "orders.list",
        role=Role.CONTROLLER,  # it says who bought
        label=("订单", "Orders"),
        help=("列出已售出的订单。", "Lists orders that were sold."),
    )
    async def orders(self, last: Last = 100) -> Changed:
        found = await asyncio.to_thread(self._room.need().reservations, "confirmed", last)
        return changed(result=msgspec.to_builtins(found))

    @command(
        "orders.refund",
        role=Role.CONTROLLER,
        label=("退款", "Refund"),
        help=(
            "撤销一笔订单；restock 为真时件数回到可售。",
            "Takes an order back.",
        ),
    )
    async def refund(self, key: Key, restock: bool = True) -> Changed:
        booked = await _done(self._room.need().refund(f"refund:{key}", key, restocks=restock))
        await self._room.look()
        return _answer(booked)


async def book_difference(room: Stockroom, product: Product, count: int | None) -> Changed:
    """What ``shop.stock`` is where there is a ledger: the difference comes in or goes out."""
    if product.variants:
        skus = ", ".join(variant.sku for variant in product.variants)
        raise StudioError("conflict", "stock.by_variant", product=product.name, skus=skus)
    if count is None:
        raise StudioError("conflict", "stock.counted", product=product.name)
    by = count - (room.free(product.id) or 0)
    if by == 0:
        return changed(result={"key": "", "outcome": "done"})
    ledger, channel = room.need(), room.part.channel
    booked = await _done(ledger.receive(_fresh_key(), product.id, by, channel, why="counted"))
    await room.look()
    undo = {"sku": product.id, "count": -by, "channel": channel, "why": "undo"}
    return _answer(booked, ("stock.move", undo))


def _fresh_key() -> str:
    return uuid.uuid4().hex


async def _done(future: Future[Booking]) -> Booking:
    return await answered(future)


def _answer(
    booked: Booking,
    undo: tuple[str, dict[str, Any]] | None = None,
    good: Sequence[Outcome] = DONE,
) -> Changed:
    """The booking as a command's answer.

    Args:
        good: what it may have come to; anything else is told as an error.

    Raises:
        StudioError: conflict, when it could not be booked.
    """
    if booked.outcome not in good:
        given = {"sku": booked.sku, "free": booked.free, "id": booked.key}
        raise StudioError("conflict", f"stock.{booked.outcome}", **given)
    return changed("stock", "shop", undo=undo, result=msgspec.to_builtins(booked))
