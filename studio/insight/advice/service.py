"""Advice as a service: an order of goods proposed, kept up to date while the show goes on."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
from msgspec.structs import replace

from studio.core.clock import NS, now_ns
from studio.core.event import Events
from studio.core.service import Every, Service, ShowContext
from studio.core.state import State
from studio.insight.advice.goods import GoodsTable, goods_table, groups_of, words
from studio.insight.advice.live import LiveGoodsCounter
from studio.insight.advice.model import (
    AdviceFacts,
    AdvicePart,
    AdviceView,
    OrderProposal,
    RelatedGoods,
)
from studio.insight.advice.proposal import proposal_of, shown_parts
from studio.insight.advice.ranking import learned_of, rank
from studio.insight.advice_commands import AdviceCommands, TodaysOrder
from studio.insight.analysis.apart import AnalysisRequest, analyse_apart
from studio.insight.model import LabelPair
from studio.insight.outlook.model import Outlook
from studio.shop.catalogue import Catalogue
from studio.shop.offers.book import OfferBook

FRESH_NS = 15 * 60 * NS
AGAIN_S = 20.0
KEPT = 8


class FreePieces(Protocol):
    """The shop's ledger."""

    def free(self, sku: str) -> int | None:
        """Pieces of a SKU that may be sold; None where it is not counted."""
        ...


class AdviceService(Service):
    """Proposes; a person takes over.

    Args:
        catalogue, book, ledger: the goods, their prices and limits, their pieces.
        today: the run order.
        events, state: heard and told.
    """

    name: ClassVar[str] = "advice"
    Part: ClassVar[Any] = AdvicePart
    View: ClassVar[Any] = AdviceView

    def __init__(
        self, catalogue: Catalogue, book: OfferBook, ledger: FreePieces, today: TodaysOrder,
        events: Events, state: State,
    ) -> None:  # fmt: skip
        self.part = AdvicePart()
        self._catalogue, self._book, self._ledger = catalogue, book, ledger
        self._events, self._state = events, state
        self._live = LiveGoodsCounter(events, self._product_of)
        self._facts: AdviceFacts | None = None
        self._asked_ns = 0
        self._turn = asyncio.Lock()
        self._orders: dict[str, tuple[str, ...]] = {}
        self._latest: OrderProposal | None = None
        self._commands = (AdviceCommands(self, catalogue, today, events),)
        self.every = (Every("advice", AGAIN_S, self._again),)

    def commands(self) -> Sequence[object]:
        """Propose, accept, related, margin."""
        return self._commands

    async def reset(self) -> None:
        """Another show: nothing is proposed."""
        self.part, self._facts, self._latest, self._asked_ns = AdvicePart(), None, None, 0
        self._orders.clear()
        self._live.reset()

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over the show's margin."""
        self.part = part

    def save(self) -> AdvicePart:
        """As it is now."""
        return self.part

    def view(self) -> AdviceView:
        """The latest proposal."""
        return AdviceView(self._latest, self.part.margin_percent)

    # -- what is asked --------------------------------------------------------------------------

    async def propose(self) -> OrderProposal:
        """An order from now on; the analysis is asked by a process of its own, at most each 15 min.

        Raises:
            StudioError: as `analyse_apart`.
        """
        await self._learn()
        return self._propose()

    def order_of(self, id: str) -> tuple[str, ...] | None:
        """All goods in a proposal's order, what is left out last; None when it is not known."""
        return self._orders.get(id)

    async def related(self, product: str) -> list[RelatedGoods]:
        """What goes with a product, the best first; never what may not be proposed.

        Raises:
            StudioError: not_found; as `analyse_apart`.
        """
        wanted = self._catalogue.get(product)
        facts, table = await self._learn(), self._table()
        found = []
        for pair in facts.related:
            row = table.at.get(pair.other)
            if pair.product != wanted.id or row is None or row in table.barred:
                continue
            reason = words("advice.together", name=wanted.name, count=pair.together)
            other = table.products[row]
            found.append(RelatedGoods(other.id, other.name, reason, pair.score))
        return found

    async def outlook(self, days: int) -> Outlook:
        """What the next days bring, and when stock runs out.

        Raises:
            StudioError: as `analyse_apart`.
        """
        table = self._table()
        free = {
            product.id: int(table.free[row])
            for row, product in enumerate(table.products)
            if np.isfinite(table.free[row])
        }
        names = {product.id: product.name for product in table.products}
        request = AnalysisRequest(
            "outlook", groups=self._groups(), free=free, names=names, days=days
        )
        return (await analyse_apart(request)).outlook or Outlook(LabelPair())

    def _groups(self) -> dict[str, str]:
        return groups_of(self._catalogue.state.products, self._book)

    async def _learn(self) -> AdviceFacts:
        async with self._turn:
            if self._facts is None or now_ns() - self._asked_ns > FRESH_NS:
                reply = await analyse_apart(AnalysisRequest("advice", groups=self._groups()))
                self._facts, self._asked_ns = reply.advice or AdviceFacts(), now_ns()
            return self._facts

    # -- how ------------------------------------------------------------------------------------

    def _table(self) -> GoodsTable:
        products = self._catalogue.state.products
        return goods_table(products, self._book, self._ledger.free, self.part.margin_percent)

    def _product_of(self, sku: str) -> str:
        product = self._book.skus.get(sku)
        return product.id if product else ""

    def _propose(self) -> OrderProposal:
        facts, table, live = self._facts or AdviceFacts(), self._table(), self._live.seen()
        learned = learned_of(table, facts)
        ranking = rank(table, learned, live)
        order = tuple(table.products[row].id for row in (*ranking.rows, *ranking.left_out))
        if self._latest is not None and self._orders.get(self._latest.id) == order:
            self._latest = replace(self._latest, **shown_parts(table, learned, ranking, live))
            return self._latest
        id = uuid.uuid4().hex[:8]
        self._orders[id] = order
        while len(self._orders) > KEPT:
            self._orders.pop(next(iter(self._orders)))
        self._latest = proposal_of(id, table, learned, ranking, live)
        return self._latest

    def _again(self) -> None:
        """The order follows what viewers do; only once somebody has asked."""
        if self._latest is None or self._turn.locked():
            return
        before = self._latest
        if self._propose() != before:
            self._state.touch(self.name)
