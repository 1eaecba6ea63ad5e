"""Advice from outside: an order proposed and taken over, what goes with a product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Protocol

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.taking_back import way_back
from studio.insight.advice.model import AdvicePart, MarginPercent, OrderProposal, RelatedGoods
from studio.insight.outlook.model import Outlook
from studio.shop.catalogue import Catalogue
from studio.shop.events import GoodsOrdered
from studio.shop.run_order.model import RunOrderPart

ProposalId = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
AheadDays = Annotated[int, msgspec.Meta(ge=1, le=60)]
ProductName = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Adviser(Protocol):
    """Who proposes (`studio.insight.advice.service.AdviceService`)."""

    part: AdvicePart

    async def propose(self) -> OrderProposal:
        """An order from now on."""
        ...

    def order_of(self, id: str) -> tuple[str, ...] | None:
        """All goods in a proposal's order."""
        ...

    async def related(self, product: str) -> list[RelatedGoods]:
        """What goes with a product."""
        ...

    async def outlook(self, days: int) -> Outlook:
        """What the next days bring."""
        ...


class TodaysOrder(Protocol):
    """The run order (`studio.shop.run_order.service.RunOrderService`)."""

    part: RunOrderPart

    def sort(self, order: Sequence[str]) -> tuple[str, ...]:
        """Today's goods in this order; the list before."""
        ...


class AdviceCommands:
    """A difference is proposed; a person takes it over, and may take it back."""

    def __init__(
        self, adviser: Adviser, catalogue: Catalogue, today: TodaysOrder, events: Events
    ) -> None:
        self._adviser, self._catalogue, self._events = adviser, catalogue, events
        self._today = today

    @command(
        "advice.propose",
        role=Role.CONTROLLER,
        label=("排品建议", "Propose an order"),
        help=(
            "按自己的成交、讲解时长和连带购买，建议从现在起的商品顺序，附理由；不改动任何商品。",
            "Proposes the order of goods from now on, from own sales, minutes featured and what "
            "is bought together, with reasons; changes no goods.",
        ),
    )
    async def propose(self) -> Changed:
        """Answers with the difference."""
        return changed("advice", result=msgspec.to_builtins(await self._adviser.propose()))

    @command(
        "advice.accept",
        role=Role.CONTROLLER,
        label=("采纳排品", "Take the order over"),
        help=(
            "采纳一份排品建议：商品编号按新顺序重排，或（today=true）只改今日商品的顺序，编号不变；"
            "可撤销。平台购物车要自己调整。",
            "Takes a proposed order over: link numbers are given anew, or (today=true) the run "
            "order alone is sorted and numbers stay; can be undone. The platform's own cart is "
            "for you to sort.",
        ),
    )
    def accept(self, id: ProposalId, today: bool = False) -> Changed:
        order = self._adviser.order_of(id)
        products = self._catalogue.state.products
        if order is None or set(order) != {product.id for product in products}:
            raise StudioError("conflict", "advice.stale", id=id)
        if today:
            was = self._today.sort(order)
            undo = way_back("run_order.put", "goods", was, self._today.part.goods)
            return changed("run_order", undo=undo)
        before = self._catalogue.sort(order)
        self._events.publish(GoodsOrdered(products=order))
        return changed("shop", "advice", undo=way_back("shop.order", "products", before, order))

    @command(
        "advice.related",
        role=Role.STREAMER,
        label=("连带商品", "What goes with it"),
        help=(
            "与一件商品常一起买的商品，附理由；不含售罄和低于毛利要求的。",
            "What is bought with a product, with reasons; never what is sold out or below margin.",
        ),
    )
    async def related(self, product: ProductName) -> Changed:
        """Answers with the goods, the best first."""
        found = await self._adviser.related(product)
        return changed(result={"related": msgspec.to_builtins(found)})

    @command(
        "advice.forecast",
        role=Role.CONTROLLER,
        label=("销售预测", "Forecast"),
        help=(
            "往后几天每天的成交金额和件数（带区间，标出两种历法的节日）、每小时占比、每件商品何时卖完。",
            "Money and pieces a day with bands, holidays of both calendars marked, shares by hour, "
            "and when each product runs out.",
        ),
    )
    async def forecast(self, days: AheadDays = 14) -> Changed:
        """Answers with the outlook; grey, with why, where too few days are known."""
        return changed(result=msgspec.to_builtins(await self._adviser.outlook(days)))

    @command(
        "advice.margin",
        role=Role.TECHNICIAN,
        label=("最低毛利率", "Least margin"),
        help=(
            "毛利率低于它的商品不会被建议（要填成本：offers.limit）。",
            "Goods that leave less of their price are not proposed (costs: offers.limit).",
        ),
    )
    def margin(self, percent: MarginPercent) -> Changed:
        before = self._adviser.part.margin_percent
        self._adviser.part = replace(self._adviser.part, margin_percent=percent)
        return changed("advice", undo=("advice.margin", {"percent": before}))
