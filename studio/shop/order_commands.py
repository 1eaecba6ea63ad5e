"""Orders of shops from outside: the door, who may send, what is owed."""

from __future__ import annotations

import asyncio
from typing import Annotated, Protocol

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, Role, changed, command
from studio.shop.orders.model import OrderPart, Sender, SenderName
from studio.shop.stock.model import Shortfall

Secret = Annotated[str, msgspec.Meta(max_length=500)]
Port = Annotated[int, msgspec.Meta(ge=1024, le=65_535)]


class Orders(Protocol):
    """The door of orders and who may use it."""

    part: OrderPart
    short: tuple[Shortfall, ...]

    async def open_door(self) -> tuple[str, ...]:
        """Listens; where."""
        ...

    async def close_door(self) -> None:
        """Listens no more."""
        ...

    async def put_sender(self, sender: Sender, secret: str) -> None:
        """Adds or changes one."""
        ...

    async def remove_sender(self, name: str) -> None:
        """Forgets one."""
        ...

    def sender(self, name: str) -> Sender:
        """One."""
        ...

    async def look(self) -> None:
        """Takes over what is owed now."""
        ...


class OrderCommands:
    """Messages of shops."""

    def __init__(self, room: Orders) -> None:
        self._room = room

    @command(
        "orders.open_door",
        role=Role.TECHNICIAN,
        label=("开启订单接收", "Open the orders' door"),
        help=(
            "接收店铺发来的订单消息（签名校验、先入账再应答）；lan 为真时局域网可达并加密。",
            "Takes signed messages of shops, booked before they are answered; with lan in the "
            "house's network too, encrypted.",
        ),
    )
    async def open_door(self, port: Port | None = None, lan: bool | None = None) -> Changed:
        part = self._room.part
        wanted = replace(
            part,
            port=part.port if port is None else port,
            is_lan=part.is_lan if lan is None else lan,
        )
        if wanted != part:
            await self._room.close_door()
            self._room.part = wanted
        addresses = await self._room.open_door()
        result = {"addresses": list(addresses)}
        return changed("orders", result=result, undo=("orders.close_door", {}))

    @command(
        "orders.close_door",
        role=Role.TECHNICIAN,
        label=("关闭订单接收", "Close the orders' door"),
        help=("不再接收店铺的订单消息。", "Takes no messages of shops any more."),
    )
    async def close_door(self) -> Changed:
        await self._room.close_door()
        return changed("orders", undo=("orders.open_door", {}))

    @command(
        "orders.put_sender",
        role=Role.OWNER,
        label=("编辑订单来源", "Put a sender of orders"),
        help=(
            "哪家店可以发订单消息：standard、shopify 或 woocommerce；密钥存在钥匙串里。",
            "Which shop may send orders: standard, shopify or woocommerce; its secret is kept in "
            "the keyring. An empty secret leaves the one that is there.",
        ),
        secret=("secret",),
    )
    async def put_sender(self, sender: Sender, secret: Secret = "") -> Changed:
        await self._room.put_sender(sender, secret)
        return changed("orders")

    @command(
        "orders.remove_sender",
        role=Role.OWNER,
        label=("移除订单来源", "Remove a sender of orders"),
        help=("不再接受这家店的消息，并忘记它的密钥。", "Takes none of it and forgets its secret."),
        needs_confirm=True,
    )
    async def remove_sender(self, name: SenderName) -> Changed:
        await self._room.remove_sender(name)
        return changed("orders")

    @command(
        "orders.shortfalls",
        role=Role.CONTROLLER,  # it says who bought
        label=("欠货", "Shortfalls"),
        help=(
            "在别处卖出而这里已经没有的件：订单、货号、件数、买家。来货先补给它们；"
            "退款用 orders.refund。",
            "Pieces sold elsewhere that are not there: order, SKU, count, buyer. What comes in "
            "goes to them first; orders.refund takes an order back.",
        ),
    )
    async def shortfalls(self) -> Changed:
        await self._room.look()
        await asyncio.sleep(0)
        return changed(result=msgspec.to_builtins(self._room.short))
