"""Prices as a service: a step is proposed, a person accepts, and it becomes an offer of the shop.

There is no second price: a step is `offers.put` and `offers.start` of one offer for the SKU, so
floor, cost, struck price, other offers and the card are the shop's own rules.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import msgspec
import numpy as np
from msgspec.structs import replace

from studio.core.clock import NS, now_ns
from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.i18n import translate
from studio.core.log import logger
from studio.core.service import Every, Service, ShowContext
from studio.core.state import State
from studio.insight.advice.goods import words
from studio.insight.analysis.apart import AnalysisRequest, analyse_apart
from studio.insight.events import PriceStepped
from studio.insight.model import LabelPair
from studio.insight.pricing.learning import Demand, compared, ladder, next_price
from studio.insight.pricing.model import (
    MOST_STEPS,
    PricedSku,
    PriceMandate,
    PricePeriod,
    PriceProposal,
    PriceStepDone,
    PricingKept,
    PricingPart,
    PricingView,
)
from studio.insight.pricing.tonight import OnAirNow, PeriodsTonight, PricesTonight
from studio.insight.pricing_commands import PricingCommands
from studio.shop.model import price_text
from studio.shop.offers.book import OfferBook
from studio.shop.offers.checking import counted
from studio.shop.offers.model import Limit, Offer, Quote

_log = logger(__name__)
TICK_S = 5.0
SHOW_NS = 12 * 3600 * NS
"""Steps count as of one show for so long: no show is longer."""
TAKEN_BACK_NS = 10 * 60 * NS
KEPT = 20
HOUR = 60.0


class PricingService(Service):
    """Proposes and carries out steps of price.

    Args:
        book: prices, limits, rules.
        free: pieces of a SKU in the ledger; None where it is not counted.
        bus: carries out `offers.*`.
        air: is the show on air?
        events, state: heard and told.
        tonight: counts this show; None is by the events.
    """

    name: ClassVar[str] = "pricing"
    Part: ClassVar[Any] = PricingPart
    View: ClassVar[Any] = PricingView
    Checkpoint: ClassVar[Any] = PricingKept

    def __init__(
        self, book: OfferBook, free: Callable[[str], int | None], bus: Bus, air: OnAirNow,
        events: Events, state: State, tonight: PeriodsTonight | None = None,
    ) -> None:  # fmt: skip
        self.part = PricingPart()
        self._book, self._free, self._bus, self._air = book, free, bus, air
        self._events, self._state = events, state
        self._tonight: PeriodsTonight = tonight or PricesTonight(events, book, air)
        self._steps: dict[str, tuple[PriceStepDone, ...]] = {}
        self._looked_ns: dict[str, int] = {}
        self._past: dict[str, tuple[PricePeriod, ...]] = {}
        self._proposals: dict[str, PriceProposal] = {}
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._why = LabelPair()
        self._language = "zh"
        self._commands = (PricingCommands(self),)
        self.every = (Every("pricing", TICK_S, self._tick),)

    def commands(self) -> Sequence[object]:
        """Propose, accept, step, withdraw, mandates."""
        return self._commands

    async def reset(self) -> None:
        """Another show: no step was made."""
        await self.stop()
        self.part, self._steps, self._why = PricingPart(), {}, LabelPair()
        self._past.clear()
        self._looked_ns.clear()
        self._proposals.clear()
        self._tonight.reset()

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over mandates."""
        self.part, self._language = part, context.language
        for mandate in part.mandates:
            self._tonight.watch(mandate.sku)

    def save(self) -> PricingPart:
        """As it is now."""
        return self.part

    def view(self) -> PricingView:
        """SKUs with steps or a mandate."""
        mandates = {mandate.sku: mandate for mandate in self.part.mandates}
        known = [sku for sku in dict.fromkeys((*mandates, *self._steps)) if sku in self._book.skus]
        return PricingView(tuple(self._view(sku, mandates.get(sku)) for sku in known), self._why)

    def _view(self, sku: str, mandate: PriceMandate | None) -> PricedSku:
        product, quote = self._book.product_of(sku), self._book.quote(sku)
        listed = product.price_of(sku)[0]
        return PricedSku(sku, product.name, product.currency, listed, quote.cents,
                         self.steps_done(sku), mandate)  # fmt: skip

    def checkpoint(self) -> PricingKept:
        """The steps of this show; the offers themselves are kept by the shop."""
        return PricingKept(dict(self._steps))

    async def restore(self, kept: Any) -> None:
        """Steps made before a kill count."""
        self._steps = dict(kept.steps)

    async def stop(self) -> None:
        """A mandate's step that is being made is ended."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # -- proposing ------------------------------------------------------------------------------

    async def propose(self, sku: str, low_cents: int = 0) -> PriceProposal:
        """The next price of a SKU, or the one it has.

        Raises:
            StudioError: not_found; conflict: no cost is known, sold out, no list price; as
                `analyse_apart`.
        """
        quote, limit = self._priced(sku)
        self._tonight.watch(sku)
        self._tonight.tick()
        if sku not in self._past:
            # The show that goes on, or went on before, is counted here.
            is_here = self._air.is_on_air or bool(self._tonight.periods(sku))
            request = AnalysisRequest("prices", sku, "air" if is_here else "")
            found = (await analyse_apart(request)).prices
            self._past[sku] = found.periods if found else ()
        periods = [*self._past[sku], *self._tonight.periods(sku)]
        product = self._book.product_of(sku)
        listed = product.price_of(sku)[0]
        allowed = ladder(listed, max(limit.least, low_cents))
        demand, left = Demand(listed, periods), MOST_STEPS - self.steps_done(sku)
        prices, reason = self._choice(sku, quote, allowed, periods)
        cents = quote.cents
        if left <= 0:
            reason = words("pricing.no_steps", most=MOST_STEPS)
        elif len(prices) > 1:
            cents, reason = self._chosen(sku, demand, prices, limit.cost_cents, periods, reason)
        gain: tuple[float | None, ...] = (None, None, None, None)
        if compared(periods):
            ratio = demand.units_ratio(cents, quote.cents)
            gain = (*demand.gain(cents, quote.cents, limit.cost_cents), ratio)
        proposal = PriceProposal(
            uuid.uuid4().hex[:8], sku, product.name, product.currency, quote.cents, cents,
            *gain, allowed, len(periods), left, reason,  # type: ignore[call-arg,arg-type]
        )  # fmt: skip
        self._proposals[proposal.id] = proposal
        while len(self._proposals) > KEPT:
            self._proposals.pop(next(iter(self._proposals)))
        return proposal

    def _priced(self, sku: str) -> tuple[Quote, Limit]:
        product, quote = self._book.product_of(sku), self._book.quote(sku)
        limit = self._book.part.limits.get(sku, Limit())
        if not product.price_of(sku)[0]:
            raise StudioError("conflict", "offers.no_list_price", name=product.name)
        if not limit.cost_cents:
            raise StudioError("conflict", "pricing.no_cost", name=product.name)
        pieces = self.pieces(sku)
        if pieces is not None and pieces <= 0:
            raise StudioError("conflict", "pricing.sold_out", name=product.name)
        return quote, limit

    def pieces(self, sku: str) -> int | None:
        """That may be sold; None where nobody counts them."""
        found = self._free(sku)
        return counted(self._book, sku) if found is None else found

    def _choice(
        self, sku: str, quote: Quote, allowed: tuple[int, ...], periods: Sequence[PricePeriod]
    ) -> tuple[tuple[int, ...], LabelPair]:
        """The prices to choose from: none below the present one where stock runs out anyhow."""
        pieces, tonight = self.pieces(sku), self._tonight.periods(sku)
        minutes = sum(period.exposure for period in tonight)
        pace = sum(period.units for period in tonight) / minutes if minutes >= 5 else 0.0
        if pieces is not None and pace * HOUR >= pieces:
            higher = tuple(cents for cents in allowed if cents >= quote.cents)
            return higher, words("pricing.stock_short", count=pieces)
        return allowed, words("pricing.learned", periods=len(periods))

    @staticmethod
    def _chosen(
        sku: str, demand: Demand, prices: Sequence[int], cost_cents: int,
        periods: Sequence[PricePeriod], reason: LabelPair,
    ) -> tuple[int, LabelPair]:  # fmt: skip
        """Asked again, the answer is the same."""
        mark = f"{sku}|{len(periods)}|{sum(period.units for period in periods):g}"
        seed = int.from_bytes(hashlib.blake2b(mark.encode(), digest_size=8).digest(), "big")
        rng = np.random.default_rng(seed)
        cents, is_tried = next_price(demand, periods, prices, cost_cents, rng)
        return cents, words("pricing.trying") if is_tried else reason

    def proposal(self, id: str) -> PriceProposal:
        """One that was made.

        Raises:
            StudioError: conflict, when it is not known any more or the price is another now.
        """
        found = self._proposals.get(id)
        if found is None or self._book.quote(found.sku).cents != found.now_cents:
            raise StudioError("conflict", "pricing.stale", id=id)
        return found

    # -- steps ----------------------------------------------------------------------------------

    def steps_done(self, sku: str) -> int:
        """Of this show."""
        now = now_ns()
        return sum(now - step.at_ns < SHOW_NS for step in self._steps.get(sku, ()))

    async def step(self, sku: str, cents: int, *, by: str = "person") -> int:
        """Another price for everybody, now; returns the one before.

        Raises:
            StudioError: invalid (above the list price), conflict (floor, cost, another offer, no
                step left).
        """
        async with self._turn:
            return await self._step(sku, cents, by)

    async def _step(self, sku: str, cents: int, by: str) -> int:
        product, before = self._book.product_of(sku), self._book.quote(sku).cents
        listed, own = product.price_of(sku)[0], self._offer_of(sku)
        if cents == before:
            return before
        if cents == listed:
            await self._withdraw(sku, by)
            return before
        if cents > listed:
            raise StudioError(
                "invalid", "pricing.above_list", price=price_text(cents, product.currency),
                list=price_text(listed, product.currency),
            )  # fmt: skip
        offer = Offer(
            own, sku, name=translate("pricing.offer_name", self._language), price_cents=cents
        )
        for fault in self._book.faults(offer):
            raise fault
        undone = self._undone_by(sku, cents)
        if undone is None and self.steps_done(sku) >= MOST_STEPS:
            raise StudioError("conflict", "pricing.steps_over", most=MOST_STEPS)
        self._tonight.watch(sku)
        self._tonight.tick()  # what was so far belongs to the price before
        try:
            await self._put_price(offer)
        except StudioError:  # the price that holds now is told like any other
            self._noted(sku, self._book.quote(sku).cents, before, by)
            raise
        if undone is None:
            done = PriceStepDone(now_ns(), cents, before)
            self._steps[sku] = (*self._steps.get(sku, ()), done)
        else:
            steps = list(self._steps[sku])
            steps[undone] = replace(steps[undone], is_back=True)
            self._steps[sku] = tuple(steps)
        self._noted(sku, cents, before, by)
        return before

    async def _put_price(self, offer: Offer) -> None:
        """In one go where a step holds already: no list price in between."""
        if self._book.run(offer.id).stage == "live":
            args = {"id": offer.id, "cents": offer.price_cents}
            await self._bus.run("offers.reprice", args, origin="pricing")
            return
        await self._run("offers.stop", offer.id)
        await self._bus.run("offers.put", {"offer": msgspec.to_builtins(offer)}, origin="pricing")
        await self._bus.run("offers.start", {"id": offer.id}, origin="pricing")

    async def withdraw(self, sku: str, *, by: str = "person") -> int:
        """The list price holds at once; returns the price before."""
        async with self._turn:
            before = self._book.quote(sku).cents
            await self._withdraw(sku, by)
            return before

    async def _withdraw(self, sku: str, by: str) -> None:
        before = self._book.quote(sku).cents
        self._tonight.tick()
        await self._run("offers.stop", self._offer_of(sku))
        self._noted(sku, self._book.quote(sku).cents, before, by)

    async def _run(self, command: str, offer: str) -> None:
        if any(other.id == offer for other in self._book.part.offers):
            await self._bus.run(command, {"id": offer}, origin="pricing")

    def _undone_by(self, sku: str, cents: int) -> int | None:
        """The step that going to this price takes back, soon after it: that is no further step."""
        steps = self._steps.get(sku, ())
        for number in range(len(steps) - 1, -1, -1):
            if not steps[number].is_back:
                is_soon = now_ns() - steps[number].at_ns < TAKEN_BACK_NS
                return number if is_soon and steps[number].before_cents == cents else None
        return None

    def _noted(self, sku: str, cents: int, before: int, by: str) -> None:
        if cents == before:
            return
        currency = self._book.product_of(sku).currency
        self._events.publish(
            PriceStepped(sku=sku, cents=cents, before_cents=before, currency=currency, by=by)
        )
        self._state.touch(self.name)

    @staticmethod
    def _offer_of(sku: str) -> str:
        return f"price-{hashlib.blake2b(sku.encode(), digest_size=6).hexdigest()}"

    # -- mandates -------------------------------------------------------------------------------

    def put_mandate(self, mandate: PriceMandate | None, sku: str) -> PriceMandate | None:
        """Another mandate, or none; the one before.

        Raises:
            StudioError: not_found; conflict, when no cost is known.
        """
        before = next((known for known in self.part.mandates if known.sku == sku), None)
        rest = tuple(known for known in self.part.mandates if known.sku != sku)
        if mandate is not None:
            self._priced(sku)
            self._tonight.watch(sku)
            rest = (*rest, mandate)
        self.part = replace(self.part, mandates=rest)
        return before

    def _tick(self) -> None:
        self._tonight.tick()
        if not self._air.is_on_air or (self._task is not None and not self._task.done()):
            return
        for mandate in self.part.mandates:
            if self._is_due(mandate):
                job = self._by_mandate(mandate)
                self._task = asyncio.get_running_loop().create_task(job, name="pricing")
                return

    def _is_due(self, mandate: PriceMandate) -> bool:
        steps = self._steps.get(mandate.sku, ())
        last_ns = max([step.at_ns for step in steps] + [self._looked_ns.get(mandate.sku, 0)])
        spent = sum(period.exposure for period in self._tonight.periods(mandate.sku))
        is_rested = not last_ns or now_ns() - last_ns >= mandate.minutes * 60 * NS
        is_left = self.steps_done(mandate.sku) < mandate.steps
        return is_rested and is_left and spent >= mandate.minutes

    async def _by_mandate(self, mandate: PriceMandate) -> None:
        why = LabelPair()
        self._looked_ns[mandate.sku] = now_ns()
        try:
            proposal = await self.propose(mandate.sku, mandate.low_cents)
            is_held = mandate in self.part.mandates and self._air.is_on_air
            if proposal.cents != proposal.now_cents and is_held:
                await self.step(mandate.sku, proposal.cents, by="mandate")
        except StudioError as error:
            _log.warning("no step of price for %s: %s", mandate.sku, error)
            why = LabelPair(error.in_language("zh"), error.in_language("en"))
        except Exception:  # nobody waits for this task: what it meets is said here
            _log.exception("no step of price for %s", mandate.sku)
        if why != self._why:
            self._why = why
            self._state.touch(self.name)
