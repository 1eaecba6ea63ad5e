"""Coupons from outside, and orders at the prices of now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Protocol

import msgspec

from studio.core.clean import read_json
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.taking_back import changed_since, taken_back, way_back
from studio.shop.coupons.model import Coupon, CouponId, CouponPart, CouponStage
from studio.shop.offers.model import Bill
from studio.shop.stock.model import Booking, Key, Line

Buyer = Annotated[str, msgspec.Meta(max_length=200)]
Lines = Annotated[list[Line], msgspec.Meta(max_length=40)]
Times = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
HoldSeconds = Annotated[float, msgspec.Meta(gt=0, le=7 * 86400)]


class Coupons(Protocol):
    """The coupons of this show, and orders that use them."""

    part: CouponPart

    def get(self, id: str) -> Coupon:
        """One."""
        ...

    def put(self, coupon: Coupon) -> None:
        """Adds or changes one."""
        ...

    def remove(self, id: str) -> Coupon:
        """Forgets one."""
        ...

    def stage(self, id: str) -> CouponStage:
        """How far it is."""
        ...

    async def turn(self, id: str, stage: CouponStage) -> None:
        """Opens, releases or ends it."""
        ...

    async def claim(self, id: str, buyer: str) -> Booking:
        """Books a use ahead."""
        ...

    def bill(self, lines: Sequence[Line], offer_id: str, count: int, coupon_id: str) -> Bill:
        """What an order would cost now."""
        ...

    async def hold(
        self, key: str, lines: Sequence[Line], offer_id: str, count: int, buyer: str,
        coupon_id: str, hold_s: float | None,
    ) -> Booking:  # fmt: skip
        """Promises all of an order, or nothing."""
        ...


class CouponCommands:
    """So much off an order, so many times."""

    def __init__(self, room: Coupons) -> None:
        self._room = room

    @command(
        "coupons.put",
        role=Role.CONTROLLER,
        label=("编辑优惠券", "Put a coupon"),
        help=(
            "新建或修改优惠券：减多少或打几折、满多少可用、哪些货号、一共几张、每人几张。"
            "给出 instead_of（那一步留下的）时只还原有差别的项。",
            "Makes or changes a coupon: off or percent, from which sum, for which SKUs, how many. "
            "With instead_of, what the step had left, only where the two differ.",
        ),
    )
    def put(self, coupon: Coupon, instead_of: Coupon | None = None) -> Changed:
        before = next((c for c in self._room.part.coupons if c.id == coupon.id), None)
        if instead_of is not None:
            if before is None:  # another has taken it out since
                raise changed_since()
            coupon = taken_back(before, instead_of, coupon)
        self._room.put(coupon)
        undo = (
            way_back("coupons.put", "coupon", before, coupon)
            if before
            else ("coupons.remove", {"id": coupon.id})
        )
        return changed("coupons", undo=undo)

    @command(
        "coupons.remove",
        role=Role.CONTROLLER,
        label=("删除优惠券", "Remove a coupon"),
        help=("删除没有开放的优惠券。", "Removes a coupon that is not open."),
    )
    def remove(self, id: CouponId) -> Changed:
        coupon = self._room.remove(id)
        return changed("coupons", undo=("coupons.put", {"coupon": msgspec.to_builtins(coupon)}))

    @command(
        "coupons.open",
        role=Role.CONTROLLER,
        label=("开放预约领券", "Open a coupon for booking"),
        help=(
            "观众可以预约领取；要等放券才能用。张数记在库存账本里，不会超发。",
            "Viewers may book it ahead; it can be used once released. Uses are in the ledger.",
        ),
    )
    async def open(self, id: CouponId) -> Changed:
        await self._room.turn(id, "booking")
        return changed("coupons", "stock", undo=("coupons.stop", {"id": id}))

    @command(
        "coupons.release",
        role=Role.CONTROLLER,
        label=("放券", "Release a coupon"),
        help=(
            "从现在起可以用：预约过的先有，其余先到先得。",
            "It can be used from now on: what was booked ahead is kept, the rest is free.",
        ),
    )
    async def release(self, id: CouponId) -> Changed:
        await self._room.turn(id, "released")
        return changed("coupons", "stock", undo=("coupons.stop", {"id": id}))

    @command(
        "coupons.stop",
        role=Role.CONTROLLER,
        label=("停用优惠券", "Stop a coupon"),
        help=(
            "不再接受新的使用；已经锁定的订单照算。",
            "No order may use it from now on; orders that hold it keep it.",
        ),
    )
    async def stop(self, id: CouponId) -> Changed:
        was = self._room.stage(id)
        await self._room.turn(id, "ended")
        undo = {"booking": "coupons.open", "released": "coupons.release"}.get(was)
        return changed("coupons", undo=(undo, {"id": id}) if undo else None)

    @command(
        "coupons.book",
        role=Role.CONTROLLER,
        label=("预约领券", "Book a coupon"),
        help=(
            "为一位买家预约一张；重复请求只算一张。",
            "Books a use ahead for a buyer; asked again it is the same one.",
        ),
    )
    async def book(
        self, id: CouponId, buyer: Annotated[str, msgspec.Meta(min_length=1, max_length=150)]
    ) -> Changed:
        booked = await self._room.claim(id, buyer)
        undo = ("stock.release", {"key": booked.key})
        return changed("coupons", "stock", undo=undo, result=msgspec.to_builtins(booked))

    @command(
        "coupons.list",
        role=Role.VIEWER,
        label=("优惠券", "Coupons"),
        help=("列出优惠券和它们的状态。", "Lists the coupons and how far each is."),
    )
    def list_all(self) -> Changed:
        return changed(
            result=[
                {"coupon": msgspec.to_builtins(coupon), "stage": self._room.stage(coupon.id)}
                for coupon in self._room.part.coupons
            ]
        )


class SaleCommands:
    """Orders at the prices of now: goods, an offer or bundle, a coupon, all or none."""

    def __init__(self, room: Coupons) -> None:
        self._room = room

    @command(
        "offers.bill",
        role=Role.VIEWER,
        label=("算价", "What an order costs"),
        help=(
            "商品、优惠或套装、优惠券合起来现在多少钱，以及怎么算的。",
            "What goods, an offer or bundle and a coupon cost together now, and why.",
        ),
    )
    def bill(
        self,
        lines: Lines | None = None,
        offer: str = "",
        count: Times = 1,
        coupon: str = "",
    ) -> Changed:
        made = self._room.bill(lines or [], offer, count, coupon)
        return changed(result=_told(msgspec.to_builtins(made)))

    @command(
        "offers.hold",
        role=Role.CONTROLLER,
        label=("按优惠锁单", "Hold an order at its price"),
        help=(
            "在账本里一步锁定商品、套装的每一件和优惠券，要么全有要么全无，并定下价格；"
            "付款后 stock.confirm，付款失败 stock.release。",
            "Holds goods, all parts of a bundle and a coupon in one transaction, and fixes the "
            "price; stock.confirm when paid, stock.release when the payment fails.",
        ),
    )
    async def hold(
        self,
        key: Key,
        offer: str = "",
        count: Times = 1,
        lines: Lines | None = None,
        buyer: Buyer = "",
        coupon: str = "",
        hold_s: HoldSeconds | None = None,
    ) -> Changed:
        booked = await self._room.hold(key, lines or [], offer, count, buyer, coupon, hold_s)
        if booked.outcome not in ("held", "confirmed"):
            given = {"sku": booked.sku, "free": booked.free, "id": booked.key}
            raise StudioError("conflict", f"stock.{booked.outcome}", **given)
        result: dict[str, Any] = msgspec.to_builtins(booked)
        note = result.pop("note", "")
        result["bill"] = _told(read_json(note)) if note else None
        undo = ("stock.release", {"key": key})
        return changed("stock", "shop", "coupons", undo=undo, result=result)


def _told(bill: Any) -> Any:
    """Without what the shop may not go below: that is nobody else's."""
    return {**bill, "rules": [rule for rule in bill["rules"] if not rule.startswith("floor")]}
