"""Offers as a service: they count down, run and end by themselves, and hold their pieces."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any, ClassVar, Protocol

from msgspec.structs import replace

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.log import logger
from studio.core.service import Every, Finding, Service, ShowContext
from studio.core.state import State
from studio.shop.catalogue import Catalogue
from studio.shop.events import OfferChanged
from studio.shop.offer_commands import OfferCommands
from studio.shop.offers.book import OfferBook
from studio.shop.offers.checking import counted, fewest, part_findings
from studio.shop.offers.model import Offer, OfferPart, OfferRuns, OfferView, Run
from studio.shop.offers.slots import by_slot
from studio.shop.stock.answers import answered
from studio.shop.stock.model import Level, Line
from studio.shop.stock_commands import Stockroom

_log = logger(__name__)
TICK_S = 0.1
NOTE_S = 2.0


class OfferCard(Protocol):
    """Where an offer is shown to viewers."""

    def refresh_card(self) -> None:
        """Draws the card anew."""
        ...


class OfferRoom(Stockroom, Protocol):
    """The ledger that an offer's pieces are held in."""

    @property
    def levels(self) -> dict[tuple[str, str], Level]:
        """By SKU and channel."""
        ...


class OfferService(Service):
    """The offers of the show.

    An offer with a number of pieces takes them out of the shop's free stock when it starts: they
    are a share of its own in the ledger, so no more can be sold at its price, whoever sells. What
    is left goes back when it ends.

    Args:
        book: the offers.
        room: the shop's ledger.
        card: drawn anew when a price, a count or the clock changes.
        events, state: told.
    """

    name: ClassVar[str] = "offers"
    Part: ClassVar[Any] = OfferPart
    View: ClassVar[Any] = tuple[OfferView, ...]
    Checkpoint: ClassVar[Any] = OfferRuns

    def __init__(
        self, book: OfferBook, room: OfferRoom, card: OfferCard, events: Events, state: State
    ) -> None:
        self.book, self._room, self._card = book, room, card
        self._events, self._state = events, state
        self._shown: object = None
        self._turn = asyncio.Lock()
        self._beside: set[asyncio.Task[None]] = set()
        self._commands = (OfferCommands(self),)
        self.every = (Every("offers", TICK_S, self._tick), Every("prices", NOTE_S, self._tidy))

    def commands(self) -> Sequence[object]:
        """Put, start, stop, quote."""
        return self._commands

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """What would be refused at the start."""
        shop = context.parts.get("shop")
        if shop is None:
            return
        catalogue = Catalogue()
        catalogue.load(replace(shop, products=tuple({p.id: p for p in shop.products}.values())))
        yield from part_findings(OfferBook(catalogue), part)

    async def reset(self) -> None:
        """No offer runs; pieces go back to the shop."""
        await self.stop()
        self.book.part, self.book.runs, self.book.left = OfferPart(), {}, {}
        self._shown = None

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over a show's offers; none runs."""
        self.book.part, self.book.runs, self.book.left = part, {}, {}

    async def ready(self, context: ShowContext) -> None:
        """What can be paid from now on is written down."""
        self._note()

    def save(self) -> OfferPart:
        """As it is now."""
        return self.book.part

    def view(self) -> tuple[OfferView, ...]:
        """Every offer, without what the shop pays."""
        return tuple(self._view(offer) for offer in self.book.part.offers)

    def checkpoint(self) -> OfferRuns:
        """What runs."""
        return OfferRuns({offer.id: self.book.run(offer.id) for offer in self.book.running()})

    async def restore(self, kept: Any) -> None:
        """What ran goes on; its clock never stopped."""
        known = {offer.id for offer in self.book.part.offers}
        self.book.runs = {id: run for id, run in kept.runs.items() if id in known}
        for offer in list(self.book.running("armed")):
            if offer.slot is not None:  # the machine may have been started again meanwhile
                self.book.runs[offer.id] = by_slot(offer, self.book.run(offer.id))
        self._count()
        self._note()  # what was written down in the last second was lost with the engine
        self._card.refresh_card()

    async def stop(self) -> None:
        """Ends what runs: nobody would end it later."""
        for offer in list(self.book.running()):
            await self.end(offer, "stopped")
        await asyncio.gather(*self._beside, return_exceptions=True)

    # -- on air --------------------------------------------------------------------------------

    async def begin(self, offer: Offer) -> None:
        """Starts an offer, or its countdown.

        Raises:
            StudioError: why it must not go on air; conflict, when its pieces are not there.
        """
        async with self._turn:  # two desks, or a double click: the second one finds it running
            if self.book.run(offer.id).stage in ("countdown", "live"):
                raise StudioError("conflict", "offers.runs", id=offer.id)
            begins = now_ns() + offer.countdown_s * NS
            await self._begin(offer, begins, begins + offer.seconds * NS if offer.seconds else 0)

    def reprice(self, offer: Offer, cents: int) -> int:
        """Another price while it is live, from the next picture on; returns the one before.

        Raises:
            StudioError: why it must not go on air; conflict, when it is not live.
        """
        before = self.book.offered(offer)
        self._tell(self.book.reprice(offer, cents))
        return before

    def arm(self, offer: Offer) -> None:
        """Begins and ends it by its slot; one that has begun already begins at once.

        Raises:
            StudioError: why it must not go on air; conflict: no slot, or it is over.
        """
        if self.book.run(offer.id).is_on:
            raise StudioError("conflict", "offers.runs", id=offer.id)
        if offer.slot is None:
            raise StudioError("invalid", "offers.no_slot", id=offer.id)
        for fault in self.book.faults(offer):
            raise fault
        run = by_slot(offer, Run("armed", uuid.uuid4().hex))
        if run.ends_ns and run.ends_ns <= now_ns():
            raise StudioError("conflict", "offers.slot_over", ends=offer.slot.ends)
        self.book.runs[offer.id] = run
        self._tell(offer)

    async def _begin(self, offer: Offer, begins_ns: int, ends_ns: int) -> None:
        book = self.book
        for fault in book.faults(offer, self._free(offer)):
            raise fault
        run = Run("countdown", uuid.uuid4().hex, was_cents=book.struck(offer))
        if offer.pieces:
            await self._take_pieces(offer, run.key)
            await self._insist_same(offer)
            before = book.sold.get(offer.id, 0)
            run = replace(run, shop=self._room.part.shop, sold_before=before)
        book.runs[offer.id] = replace(run, begins_ns=begins_ns, ends_ns=ends_ns)
        self._count()
        if begins_ns <= now_ns():
            self._go_live(offer)  # which tells
        else:
            self._tell(offer)

    async def _insist_same(self, offer: Offer) -> None:
        """What somebody did while the ledger was asked: no price goes on air that was not judged.

        Raises:
            StudioError: why it must not go on air; its pieces are back in the shop.
        """
        is_there = any(offer is other for other in self.book.part.offers)
        gone = StudioError("conflict", "offers.moved_on", id=offer.id)
        fault = next(self.book.faults(offer), None) if is_there else gone
        if fault is not None:
            await self._returned(offer)
            raise fault

    async def _begin_armed(self, offer: Offer, key: str) -> None:
        """Its slot has come. What stands in the way is told; the show goes on."""
        async with self._turn:
            run = self.book.run(offer.id)
            if run.stage != "armed" or run.key != key:
                return
            try:
                await self._begin(offer, run.begins_ns, run.ends_ns)
            except StudioError as error:
                _log.error("offer %s could not begin: %s", offer.id, error)
                self.book.runs[offer.id] = replace(run, stage="ended", why=error.key)
                self._tell(offer)

    async def end(self, offer: Offer, why: str, key: str = "") -> None:
        """Ends an offer; pieces that are free go back to the shop.

        Args:
            key: of the run that is meant; one that was started meanwhile goes on.
        """
        async with self._turn:
            if key in ("", self.book.run(offer.id).key):
                await self._end(offer, why)

    async def _end(self, offer: Offer, why: str) -> None:
        run = self.book.run(offer.id)
        self.book.runs[offer.id] = replace(run, stage="ended", why=why, ends_ns=0)
        self._tell(offer)
        if run.shop and run.shop == self._room.part.shop:
            await self._returned(offer)

    async def _take_pieces(self, offer: Offer, key: str) -> None:
        part = self._room.part
        ledger = self._room.need()
        edition = offer.lines(offer.edition) if offer.edition else ()
        future = ledger.share_lines(
            f"offer:{key}", offer.lines(offer.pieces), part.channel, offer.channel,
            most={line.sku: line.count for line in edition},
        )  # fmt: skip
        booked = await answered(future)
        if booked.outcome == "limit":
            raise StudioError(
                "conflict", "offers.edition_over", edition=offer.edition, left=booked.free
            )
        if not booked.is_good:
            raise StudioError(
                "conflict", "offers.too_many_pieces", pieces=offer.pieces, free=booked.free
            )
        await self._room.look()
        self._count(offer)

    async def _give_back(self, offer: Offer) -> None:
        left = [Line(level.sku, level.free) for level in self._levels(offer) if level.free > 0]
        if not left:
            return
        future = self._room.need().share_lines(
            f"offer:{uuid.uuid4().hex}", left, offer.channel, self._room.part.channel
        )
        await answered(future)
        await self._room.look()

    def _levels(self, offer: Offer) -> list[Level]:
        """Its share in the ledger, a level for each of its SKUs that has one."""
        levels = (self._room.levels.get((part.sku, offer.channel)) for part in offer.lines())
        return [level for level in levels if level is not None]

    def _tidy(self) -> None:
        """Prices are written down, and pieces of offers that were cut off go back."""
        self._note()
        if self._beside or self._turn.locked() or not self._room.part.shop:
            return
        for offer in self.book.part.offers:
            is_on = self.book.run(offer.id).is_on
            if not is_on and any(level.free > 0 for level in self._levels(offer)):
                self._do(self._reclaim(offer))

    async def _reclaim(self, offer: Offer) -> None:
        async with self._turn:
            if not self.book.run(offer.id).is_on:
                await self._returned(offer)

    async def _returned(self, offer: Offer) -> None:
        try:
            await self._give_back(offer)
        except StudioError as error:
            _log.error("pieces of offer %s stay in their share: %s", offer.id, error)

    def _do(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(job, name="offers")
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    def _go_live(self, offer: Offer) -> None:
        self.book.runs[offer.id] = replace(self.book.run(offer.id), stage="live")
        self._tell(offer)

    def _tick(self) -> None:
        now = now_ns()
        self._count()
        for offer in list(self.book.running()):
            run = self.book.run(offer.id)
            if run.stage == "armed" and now >= run.begins_ns - offer.countdown_s * NS:
                if not self._turn.locked():
                    self._do(self._begin_armed(offer, run.key))
            elif run.stage == "countdown" and now >= run.begins_ns:
                self._go_live(offer)
            elif run.stage == "live" and run.ends_ns and now >= run.ends_ns:
                self._end_soon(offer, "time")
            elif run.stage == "live" and offer.pieces and self._is_sold_out(offer):
                self._end_soon(offer, "sold_out")
        shown = [(self.book.left.get(o.id), self.book.left_s(o)) for o in self.book.running()]
        if shown != self._shown:
            self._shown = shown
            self._card.refresh_card()
            self._state.touch("offers")

    def _end_soon(self, offer: Offer, why: str) -> None:
        run = self.book.run(offer.id)
        self.book.runs[offer.id] = replace(run, stage="ended", why=why)
        self._do(self.end(offer, why, run.key))

    def _count(self, *more: Offer) -> None:
        for offer in (*self.book.running(), *more):
            run, levels = self.book.run(offer.id), self._levels(offer)
            parts = {part.sku: part.count for part in offer.lines()}
            is_counted = run.shop and run.shop == self._room.part.shop
            is_whole = is_counted and len(levels) == len(parts)
            frees = [level.free // parts[level.sku] for level in levels]
            self.book.left[offer.id] = min(frees) if is_whole else None
            for level in levels:
                if level.sku == offer.sku:
                    gone = (level.sold + level.held) // parts[level.sku]
                    self.book.sold[offer.id] = gone

    def _is_sold_out(self, offer: Offer) -> bool:
        return any(level.free + level.held <= 0 for level in self._levels(offer))

    def _free(self, offer: Offer) -> int | None:
        """How many of it the shop has; None where that is not known of a part."""
        return fewest(offer, self._free_pieces)

    def _free_pieces(self, sku: str) -> int | None:
        free = self._room.free(sku)
        return counted(self.book, sku) if free is None else free

    def _note(self) -> None:
        if self.book.note_prices():
            self._state.touch("offers")

    def _tell(self, offer: Offer) -> None:
        run = self.book.run(offer.id)
        self._events.publish(OfferChanged(offer=offer.id, stage=run.stage, why=run.why))
        self._note()
        self._card.refresh_card()
        self._state.touch("offers")

    def _view(self, offer: Offer) -> OfferView:
        run = self.book.run(offer.id)
        try:
            product = self.book.product_of(offer.sku)
        except StudioError:  # it was taken out of the show
            return OfferView(offer, stage=run.stage, why="no_product")
        return OfferView(
            offer,
            product.name,
            self.book.listed(offer),
            self.book.offered(offer),
            product.currency,
            run.stage,
            self.book.left.get(offer.id) if run.is_on else None,
            self.book.left_s(offer),
            run.why,
            tuple(self.book.part_name(part) for part in offer.parts),
        )
