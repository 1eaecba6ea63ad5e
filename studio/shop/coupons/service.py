"""Coupons as a service: their uses are counted in the shop's ledger, in one transaction each."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from studio.core.clean import write_json
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.service import Every, Finding, Service, ShowContext
from studio.core.state import State
from studio.shop.catalogue import Catalogue
from studio.shop.coupon_commands import CouponCommands, SaleCommands
from studio.shop.coupons.model import (
    CHANNEL,
    MOST_COUPONS,
    Coupon,
    CouponPart,
    CouponStage,
    CouponStages,
    CouponView,
)
from studio.shop.events import CouponChanged
from studio.shop.model import price_text
from studio.shop.offers.book import OfferBook
from studio.shop.offers.faults import prices_of
from studio.shop.offers.model import Bill, Offer
from studio.shop.offers.pricing import PricedLine, bill_of, offer_price, percent_off
from studio.shop.offers.service import OfferRoom
from studio.shop.stock.answers import answered
from studio.shop.stock.model import Booking, Line

LOOK_S = 0.2
CLAIM_S = 7 * 86_400.0
"""How long what was booked ahead is kept at most."""


class PriceNote:
    """The price of an order, written down in the transaction that books it.

    So two that ask at once do not both get the last piece of a price step, and a second asking
    is answered with the price of the first.
    """

    def __init__(
        self, priced: Sequence[PricedLine], offer: Offer | None, before: int, list_cents: int,
        coupon: Coupon | None,
    ) -> None:  # fmt: skip
        self._priced, self._offer, self._coupon = priced, offer, coupon
        self._before, self._list_cents = before, list_cents
        self.sku = offer.sku if offer else ""
        self.channel = offer.channel if offer else ""

    def text(self, taken: int) -> str:
        """The bill as JSON."""
        priced = list(self._priced)
        if self._offer is not None and self._offer.steps:
            each = next(p.count for p in self._offer.lines() if p.sku == self._offer.sku)
            cents = offer_price(self._offer, self._list_cents, taken // each - self._before)
            last = priced[-1]
            priced[-1] = replace(last, cents=max(cents, last.least_cents))
        return write_json(msgspec.to_builtins(bill_of(priced, self._coupon)))


class CouponService(Service):
    """The coupons of the show, and orders at the prices of now.

    Stages: ready → booking (viewers book ahead) → released (may be used) → ended. A use is a
    piece of the ledger: booked with the goods in one transaction, free again with them when the
    payment fails.

    Args:
        book: the offers, for prices.
        catalogue: the goods.
        room: the shop's ledger.
        events, state: told.
    """

    name: ClassVar[str] = "coupons"
    Part: ClassVar[Any] = CouponPart
    View: ClassVar[Any] = tuple[CouponView, ...]
    Checkpoint: ClassVar[Any] = CouponStages

    def __init__(
        self, book: OfferBook, catalogue: Catalogue, room: OfferRoom, events: Events, state: State
    ) -> None:
        self.book, self._room = book, room
        self._events, self._state = events, state
        self.part = CouponPart()
        self.stages: dict[str, CouponStage] = {}
        self._turning = asyncio.Lock()
        self._shown: object = None
        self._commands = (CouponCommands(self), SaleCommands(self))
        self.every = (Every("coupons", LOOK_S, self._look),)

    def commands(self) -> Sequence[object]:
        """Coupons, and orders at the prices of now."""
        return self._commands

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """What would be refused when it is opened."""
        shop, offers = context.parts.get("shop"), context.parts.get("offers")
        if shop is None:
            return
        catalogue = Catalogue()
        catalogue.load(replace(shop, products=tuple({p.id: p for p in shop.products}.values())))
        book = OfferBook(catalogue)
        if offers is not None:
            book.part = offers
        ids: set[str] = set()
        for number, coupon in enumerate(part.coupons):
            place = f"coupons[{number}]"
            if coupon.id in ids:
                error = StudioError("invalid", "show.twice", what="coupons", names=coupon.id)
                yield Finding(place, error, "broken")
            ids.add(coupon.id)
            for fault in coupon_faults(coupon, book):
                yield Finding(place, fault)

    async def reset(self) -> None:
        """No coupon is left; what was booked ahead stays in the ledger."""
        self.part, self.stages, self._shown = CouponPart(), {}, None

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over a show's coupons; none is open."""
        self.part, self.stages = part, {}

    def save(self) -> CouponPart:
        """As they are now."""
        return self.part

    def view(self) -> tuple[CouponView, ...]:
        """Every coupon with its uses."""
        return tuple(self._view(coupon) for coupon in self.part.coupons)

    def checkpoint(self) -> CouponStages:
        """How far each is."""
        return CouponStages(dict(self.stages))

    async def restore(self, kept: Any) -> None:
        """What was open or released still is."""
        known = {coupon.id for coupon in self.part.coupons}
        self.stages = {id: stage for id, stage in kept.stages.items() if id in known}

    # -- coupons -------------------------------------------------------------------------------

    def get(self, id: str) -> Coupon:
        """A coupon.

        Raises:
            StudioError: not_found.
        """
        for coupon in self.part.coupons:
            if coupon.id == id:
                return coupon
        known = ", ".join(coupon.id for coupon in self.part.coupons)
        raise StudioError("not_found", "coupons.unknown", id=id, known=known or "-")

    def stage(self, id: str) -> CouponStage:
        """How far it is."""
        return self.stages.get(id, "ready")

    def put(self, coupon: Coupon) -> None:
        """Adds one, or changes one that is not open.

        Raises:
            StudioError: invalid, not_found (a SKU), conflict (it is open; too many).
        """
        for fault in coupon_faults(coupon, self.book):
            raise fault
        if self.stage(coupon.id) in ("booking", "released"):
            raise StudioError("conflict", "coupons.is_open", id=coupon.id)
        others = self.part.coupons
        is_new = coupon.id not in {other.id for other in others}
        if is_new and len(others) >= MOST_COUPONS:
            raise StudioError("conflict", "coupons.too_many", most=MOST_COUPONS)
        kept = tuple(coupon if other.id == coupon.id else other for other in others)
        self.part = CouponPart((*kept, coupon) if is_new else kept)

    def remove(self, id: str) -> Coupon:
        """Forgets one that is not open.

        Raises:
            StudioError: not_found, conflict.
        """
        coupon = self.get(id)
        if self.stage(id) in ("booking", "released"):
            raise StudioError("conflict", "coupons.is_open", id=id)
        self.part = CouponPart(tuple(other for other in self.part.coupons if other.id != id))
        self.stages.pop(id, None)
        return coupon

    async def turn(self, id: str, stage: CouponStage) -> None:
        """Opens it for booking, releases or ends it; its uses are counted out first.

        Raises:
            StudioError: not_found, conflict: no ledger, fewer uses than were promised, it is
                released already, or somebody changed it meanwhile.
        """
        async with self._turning:  # of two desks the later one has the last word
            await self._turn(id, stage)

    async def _turn(self, id: str, stage: CouponStage) -> None:
        coupon = self.get(id)
        if stage == "booking" and self.stage(id) == "released":
            raise StudioError("conflict", "coupons.is_open", id=id)
        if stage != "ended":
            booked = await answered(
                self._room.need().count_to(
                    f"coupon:{uuid.uuid4().hex}", coupon.sku, coupon.uses, CHANNEL, "coupons"
                )
            )
            if not booked.is_good:
                raise StudioError("conflict", "coupons.promised", id=id, uses=coupon.uses)
            await self._room.look()
            if not any(coupon is other for other in self.part.coupons):
                raise StudioError("conflict", "coupons.moved_on", id=id)
        self.stages[id] = stage
        self._events.publish(CouponChanged(coupon=id, stage=stage))
        self._state.touch("coupons")

    async def claim(self, id: str, buyer: str) -> Booking:
        """Books a use ahead for a buyer; the same buyer asks again and has it once.

        Raises:
            StudioError: not_found; conflict: it is not open, all uses are gone, or this buyer's.
        """
        coupon = self.get(id)
        if self.stage(id) not in ("booking", "released"):
            raise StudioError("conflict", "coupons.not_open", id=id)
        future = self._room.need().hold(
            coupon.claim(buyer), (Line(coupon.sku),), buyer, CHANNEL, CLAIM_S,
            limits={coupon.sku: coupon.each},
        )  # fmt: skip
        booked = await answered(future)
        if booked.outcome not in ("held", "released", "confirmed"):
            raise StudioError("conflict", f"coupons.{booked.outcome}", id=id)
        await self._room.look()
        return booked

    # -- orders --------------------------------------------------------------------------------

    def bill(self, lines: Sequence[Line], offer_id: str, count: int, coupon_id: str) -> Bill:
        """What an order would cost now.

        Raises:
            StudioError: not_found, conflict.
        """
        offer = self.book.get(offer_id) if offer_id else None
        coupon = self.usable(coupon_id) if coupon_id else None
        return bill_of(self.book.priced(lines, offer, count), coupon)

    def usable(self, id: str) -> Coupon:
        """A coupon that may be used now.

        Raises:
            StudioError: not_found; conflict: it is not released.
        """
        coupon = self.get(id)
        if self.stage(id) != "released":
            raise StudioError("conflict", "coupons.not_released", id=id)
        return coupon

    async def hold(
        self, key: str, lines: Sequence[Line], offer_id: str, count: int, buyer: str,
        coupon_id: str, hold_s: float | None,
    ) -> Booking:  # fmt: skip
        """Promises goods, an offer and a coupon to a buyer, all or none, at the price of now.

        Raises:
            StudioError: not_found, invalid, conflict.
        """
        part, book = self._room.part, self.book
        offer = book.get(offer_id) if offer_id else None
        coupon = self.usable(coupon_id) if coupon_id else None
        if not lines and offer is None:
            raise StudioError("invalid", "offers.nothing", id=key)
        priced = book.priced(lines, offer, count)
        limits: dict[str, int] = {}
        if offer is not None and offer.most_a_buyer:
            self._need_buyer(buyer, offer.id)
            limits |= {p.sku: p.count for p in offer.lines(offer.most_a_buyer)}
        taken = [line for row in priced for line in row.skus]
        instead = ""
        if coupon is not None:
            self._need_buyer(buyer, coupon.id)
            if bill_of(priced, coupon).off_cents == 0:
                least = price_text(coupon.from_cents, priced[0].currency)
                raise StudioError("conflict", "coupons.no_use", id=coupon.id, least=least)
            taken.append(Line(coupon.sku, 1, CHANNEL))
            limits[coupon.sku] = coupon.each
            instead = coupon.claim(buyer)
        before = book.run(offer.id).sold_before if offer else 0
        listed = book.listed(offer) if offer else 0
        future = self._room.need().hold(
            key, taken, buyer, part.channel, hold_s or part.hold_s,
            part.most_a_buyer if buyer else 0, limits=limits, instead_of=instead,
            note=PriceNote(priced, offer, before, listed, coupon),
        )  # fmt: skip
        booked = await answered(future)
        await self._room.look()
        if coupon is not None and booked.sku == coupon.sku:
            raise StudioError("conflict", f"coupons.{booked.outcome}", id=coupon.id)
        return booked

    @staticmethod
    def _need_buyer(buyer: str, id: str) -> None:
        if not buyer:
            raise StudioError("invalid", "coupons.who", id=id)

    def _view(self, coupon: Coupon) -> CouponView:
        level = self._room.levels.get((coupon.sku, CHANNEL))
        stage = self.stage(coupon.id)
        if level is None:
            return CouponView(coupon, stage)
        return CouponView(coupon, stage, level.free, level.held, level.sold)

    def _look(self) -> None:
        shown = [self._room.levels.get((coupon.sku, CHANNEL)) for coupon in self.part.coupons]
        if shown != self._shown:
            self._shown = shown
            self._state.touch("coupons")


def coupon_faults(coupon: Coupon, book: OfferBook) -> Iterator[StudioError]:
    """Why a coupon must not be opened.

    Args:
        book: goods, offers and limits of the show.
    """
    if bool(coupon.off_cents) == bool(coupon.percent):
        yield StudioError("invalid", "coupons.one_worth", id=coupon.id)
        return
    if coupon.each > coupon.uses:
        yield StudioError("invalid", "coupons.each", id=coupon.id, each=coupon.each)
    if coupon.from_cents and coupon.off_cents >= coupon.from_cents:
        yield StudioError("invalid", "coupons.free_goods", id=coupon.id)
    skus = coupon.skus or tuple(book.skus)
    for sku in coupon.skus:
        if sku not in book.skus:
            yield StudioError("not_found", "offers.no_sku", sku=sku)
    for sku in skus:
        if sku in book.skus:
            fault = _below(coupon, book, sku)
            if fault is not None:
                yield fault
                return


def _below(coupon: Coupon, book: OfferBook, sku: str) -> StudioError | None:
    """Would one piece with this coupon be below its floor or cost, at the lowest of its prices?"""
    product = book.product_of(sku)
    limit = book.part.limits.get(sku)
    list_cents = product.price_of(sku)[0]
    offers = [o for o in book.part.offers if o.sku == sku and not o.is_bundle]
    lowest = min([list_cents, *(p for o in offers for p in prices_of(o, list_cents))])
    if limit is None or not limit.least or lowest < limit.least:
        return None
    pieces = max(1, -(-coupon.from_cents // lowest)) if lowest else 1
    worth = lowest * pieces
    off = coupon.off_cents or worth - percent_off(worth, coupon.percent)
    if worth - off >= limit.least * pieces:
        return None
    return StudioError("conflict", "coupons.below", id=coupon.id, name=product.name)
