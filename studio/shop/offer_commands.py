"""Offers from outside: put, remove, start, stop, the price now, the limits."""

from __future__ import annotations

from typing import Annotated, Protocol

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, Role, changed, command
from studio.core.taking_back import changed_since, taken_back, way_back
from studio.shop.model import Cents
from studio.shop.offers.book import OfferBook
from studio.shop.offers.model import Limit, Market, Offer, OfferId, Sku

OfferCents = Annotated[int, msgspec.Meta(ge=1, le=10_000_000_00)]


class Offers(Protocol):
    """The offers of this show, and how they go on air."""

    @property
    def book(self) -> OfferBook:
        """What there is."""
        ...

    async def begin(self, offer: Offer) -> None:
        """Starts one."""
        ...

    def arm(self, offer: Offer) -> None:
        """Leaves it to its slot."""
        ...

    async def end(self, offer: Offer, why: str) -> None:
        """Ends one."""
        ...

    def reprice(self, offer: Offer, cents: int) -> int:
        """Another price while it is live; the one before."""
        ...


class OfferCommands:
    """Prices for a while."""

    def __init__(self, room: Offers) -> None:
        self._room = room

    @command(
        "offers.put",
        role=Role.CONTROLLER,
        label=("编辑优惠", "Put an offer"),
        help=(
            "新建或修改优惠：秒杀价或折扣、件数、时长、倒计时、套装、阶梯价、时段、限量、每人限购；"
            "进行中的不能改。给出 instead_of（那一步留下的）时只还原有差别的项。",
            "Makes or changes an offer: price or percent, pieces, seconds, countdown, parts of a "
            "bundle, price steps, slot, edition, most a buyer. With instead_of, what the step had "
            "left, only where the two differ.",
        ),
    )
    def put(self, offer: Offer, instead_of: Offer | None = None) -> Changed:
        book = self._room.book
        before = next((other for other in book.part.offers if other.id == offer.id), None)
        if instead_of is not None:
            if before is None:  # another has taken it out since
                raise changed_since()
            offer = taken_back(before, instead_of, offer)
        book.put(offer)
        undo = (
            way_back("offers.put", "offer", before, offer)
            if before
            else ("offers.remove", {"id": offer.id})
        )
        return changed("offers", undo=undo)

    @command(
        "offers.remove",
        role=Role.CONTROLLER,
        label=("删除优惠", "Remove an offer"),
        help=("删除没有在进行的优惠。", "Removes an offer that does not run."),
    )
    def remove(self, id: OfferId) -> Changed:
        offer = self._room.book.remove(id)
        return changed("offers", undo=("offers.put", {"offer": msgspec.to_builtins(offer)}))

    @command(
        "offers.start",
        role=Role.CONTROLLER,
        label=("开始优惠", "Start an offer"),
        help=(
            "开始（先走倒计时）。低于成本或底价、件数超过可售、同一货号已有优惠、划线价虚高时拒绝。",
            "Starts it, with its countdown; refused below cost or floor, with more pieces than "
            "there are, beside another offer of the SKU, or with a struck price that was not paid.",
        ),
    )
    async def start(self, id: OfferId) -> Changed:
        await self._room.begin(self._room.book.get(id))
        return changed("offers", "shop", "stock", undo=("offers.stop", {"id": id}))

    @command(
        "offers.arm",
        role=Role.CONTROLLER,
        label=("按时段开抢", "Arm an offer"),
        help=(
            "到它的时段自动开始和结束（offers.stop 取消）。",
            "It begins and ends by its slot; offers.stop takes that back.",
        ),
    )
    def arm(self, id: OfferId) -> Changed:
        self._room.arm(self._room.book.get(id))
        return changed("offers", undo=("offers.stop", {"id": id}))

    @command(
        "offers.stop",
        role=Role.CONTROLLER,
        label=("结束优惠", "Stop an offer"),
        help=(
            "立即恢复原价；没卖掉的件数回到可售。",
            "The list price holds at once; pieces that are left go back to the shop.",
        ),
    )
    async def stop(self, id: OfferId) -> Changed:
        offer = self._room.book.get(id)
        if self._room.book.run(id).is_on:
            await self._room.end(offer, "stopped")
        return changed("offers", "shop", "stock")

    @command(
        "offers.reprice",
        role=Role.CONTROLLER,
        label=("优惠改价", "Reprice an offer"),
        help=(
            "改一个进行中的优惠的价格（分）：一步到位，中间不会出现原价；件数和倒计时不变。",
            "Another price (cents) of an offer that is live: at once, no other price holds in "
            "between; its pieces and its clock stay.",
        ),
    )
    def reprice(self, id: OfferId, cents: OfferCents) -> Changed:
        before = self._room.reprice(self._room.book.get(id), cents)
        return changed("offers", "shop", undo=("offers.reprice", {"id": id, "cents": before}))

    @command(
        "offers.price",
        role=Role.VIEWER,
        label=("现价", "Price now"),
        help=(
            "一个货号现在的价格，以及是哪些规则算出来的。",
            "What a SKU costs now, and which rules made it so.",
        ),
    )
    def price(self, sku: Sku) -> Changed:
        found = msgspec.to_builtins(self._room.book.quote(sku))
        found["rules"] = [rule for rule in found["rules"] if not rule.startswith("floor")]
        return changed(result=found)

    @command(
        "offers.limit",
        role=Role.TECHNICIAN,
        label=("成本与底价", "Cost and floor"),
        help=(
            "货号的成本和底价；任何优惠都不会低于它们，观众和遥控看不到。",
            "A SKU's cost and floor: no offer goes below them, and no state shows them.",
        ),
        secret=("cost_cents", "floor_cents"),
    )
    def limit(self, sku: Sku, cost_cents: Cents = 0, floor_cents: Cents = 0) -> Changed:
        self._room.book.limit(sku, Limit(cost_cents, floor_cents))
        return changed("offers")

    @command(
        "offers.market",
        role=Role.TECHNICIAN,
        label=("划线价规则", "Struck price rule"),
        help=(
            "划线价不得高于：cn 七天内最低成交价，eu 三十天内最低价；空为不检查。",
            "A struck price is at most the lowest of 7 days (cn) or 30 (eu); empty: no check.",
        ),
    )
    def market(self, market: Market) -> Changed:
        book = self._room.book
        before = book.part.market
        book.part = replace(book.part, market=market)
        return changed("offers", undo=("offers.market", {"market": before}))
