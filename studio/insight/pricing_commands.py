"""Prices from outside: a step proposed, accepted, taken back; what the studio may do by itself."""

from __future__ import annotations

from typing import Annotated, Protocol

import msgspec

from studio.core.command import Changed, Role, changed, command
from studio.insight.pricing.model import PriceMandate, PriceProposal, Sku
from studio.shop.model import Cents

ProposalId = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
PARTS = ("pricing", "offers", "shop", "stock")


class PriceRoom(Protocol):
    """Who proposes and steps (`studio.insight.pricing.service.PricingService`)."""

    async def propose(self, sku: str, low_cents: int = 0) -> PriceProposal:
        """The next price."""
        ...

    def proposal(self, id: str) -> PriceProposal:
        """One that was made."""
        ...

    async def step(self, sku: str, cents: int, *, by: str = "person") -> int:
        """Another price."""
        ...

    async def withdraw(self, sku: str, *, by: str = "person") -> int:
        """The list price."""
        ...

    def put_mandate(self, mandate: PriceMandate | None, sku: str) -> PriceMandate | None:
        """Another mandate, or none."""
        ...


class PricingCommands:
    """One price for all, in steps; each is an offer of the shop."""

    def __init__(self, room: PriceRoom) -> None:
        self._room = room

    @command(
        "pricing.propose",
        role=Role.CONTROLLER,
        label=("调价建议", "Propose a price"),
        help=(
            "按自己各场在不同价格下的成交，建议一个货号的下一个价格；在底价、成本、标价和库存之内，"
            "不改动价格。",
            "Proposes the next price of a SKU from what own shows sold at each; within floor, "
            "cost, list price and stock. Changes nothing.",
        ),
    )
    async def propose(self, sku: Sku) -> Changed:
        """Answers with price, what it should bring, and the allowed ladder."""
        return changed(result=msgspec.to_builtins(await self._room.propose(sku)))

    @command(
        "pricing.accept",
        role=Role.CONTROLLER,
        label=("采纳调价", "Accept a price"),
        help=(
            "采纳一份调价建议：对所有人立即生效，成为一个优惠；每场最多六步，可撤销。",
            "Takes a proposed price over: it holds for everybody at once, as an offer; six steps a "
            "show at most, can be undone.",
        ),
    )
    async def accept(self, id: ProposalId) -> Changed:
        proposal = self._room.proposal(id)
        return await self._stepped(proposal.sku, proposal.cents)

    @command(
        "pricing.step",
        role=Role.CONTROLLER,
        label=("调价一步", "Step a price"),
        help=(
            "把一个货号调到这个价格（分）；标价即撤回。低于底价或成本、已用完六步时拒绝。",
            "Steps a SKU to this price in cents; its list price takes steps back. Refused below "
            "floor or cost, and after six steps.",
        ),
    )
    async def step(self, sku: Sku, cents: Cents) -> Changed:
        return await self._stepped(sku, cents)

    async def _stepped(self, sku: str, cents: int) -> Changed:
        before = await self._room.step(sku, cents)
        if before == cents:
            return changed()
        return changed(*PARTS, undo=("pricing.step", {"sku": sku, "cents": before}))

    @command(
        "pricing.withdraw",
        role=Role.CONTROLLER,
        label=("恢复标价", "Back to the list price"),
        help=("一个货号立即恢复标价。", "The list price of a SKU holds at once."),
    )
    async def withdraw(self, sku: Sku) -> Changed:
        before = await self._room.withdraw(sku)
        return changed(*PARTS, undo=("pricing.step", {"sku": sku, "cents": before}))

    @command(
        "pricing.mandate",
        role=Role.OWNER,
        label=("授权自动调价", "Let prices step"),
        help=(
            "授权直播中自动调价：不低于 low_cents，每场最多几步，每步至少隔几分钟。",
            "Lets the studio step a price while on air: no lower than low_cents, so many steps a "
            "show, so many minutes apart.",
        ),
    )
    def mandate(self, mandate: PriceMandate) -> Changed:
        return self._mandated(self._room.put_mandate(mandate, mandate.sku), mandate.sku)

    @command(
        "pricing.end_mandate",
        role=Role.CONTROLLER,
        label=("收回授权", "End a mandate"),
        help=(
            "一个货号不再自动调价；现价不变。",
            "A SKU steps no more by itself; its price stays.",
        ),
    )
    def end_mandate(self, sku: Sku) -> Changed:
        before = self._room.put_mandate(None, sku)
        if before is None:
            return changed()
        return self._mandated(before, sku)

    @staticmethod
    def _mandated(before: PriceMandate | None, sku: str) -> Changed:
        if before is None:
            return changed("pricing", undo=("pricing.end_mandate", {"sku": sku}))
        undo = ("pricing.mandate", {"mandate": msgspec.to_builtins(before)})
        return changed("pricing", undo=undo)
