"""The offers of a show: what there is, what runs, what it costs now."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from studio.core.clock import NS, age_days, now_ns, utc_iso
from studio.core.errors import StudioError
from studio.core.text import Text
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product, ShopState, price_text
from studio.shop.offers.model import (
    KEPT_DAYS,
    MOST_OFFERS,
    REFERENCE_DAYS,
    Limit,
    Offer,
    OfferPart,
    PaidPrice,
    Quote,
    Run,
)
from studio.shop.offers.pricing import offer_price, price_of

FLASH = Text("秒杀", "Flash sale")
SOON = Text("即将开抢", "Starts in")
LEFT = Text("剩{count}件", "{count} left")


class OfferBook:
    """Owns the offers. Lives on the engine loop.

    Args:
        catalogue: the products they are for.

    Attributes:
        part: what the show keeps.
        runs: by offer; one that never ran is not there.
        left: pieces at an offer's price, by offer; None where it is not known.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.part = OfferPart()
        self.runs: dict[str, Run] = {}
        self.left: dict[str, int | None] = {}
        self._indexed: ShopState | None = None
        self._index: dict[str, Product] = {}
        self._noted: tuple[ShopState | None, OfferPart | None, list[Offer]] = (None, None, [])

    # -- what there is -------------------------------------------------------------------------

    def get(self, id: str) -> Offer:
        """An offer.

        Raises:
            StudioError: not_found.
        """
        for offer in self.part.offers:
            if offer.id == id:
                return offer
        known = ", ".join(offer.id for offer in self.part.offers)
        raise StudioError("not_found", "offers.no_offer", id=id, known=known or "-")

    def put(self, offer: Offer) -> None:
        """Adds an offer, or changes one that does not run.

        Raises:
            StudioError: not_found (its SKU), invalid (no price), conflict (it runs; too many).
        """
        self.product_of(offer.sku)
        if bool(offer.price_cents) == bool(offer.percent):
            raise StudioError("invalid", "offers.one_price", id=offer.id)
        if self.run(offer.id).is_on:
            raise StudioError("conflict", "offers.runs", id=offer.id)
        rest = [other for other in self.part.offers if other.id != offer.id]
        if len(rest) >= MOST_OFFERS:
            raise StudioError("conflict", "offers.too_many", most=MOST_OFFERS)
        kept = [offer if other.id == offer.id else other for other in self.part.offers]
        offers = (*self.part.offers, offer) if len(rest) == len(kept) else tuple(kept)
        self.part = replace(self.part, offers=offers)
        self.runs.pop(offer.id, None)

    def remove(self, id: str) -> Offer:
        """Forgets an offer that does not run.

        Raises:
            StudioError: not_found, conflict.
        """
        offer = self.get(id)
        if self.run(id).is_on:
            raise StudioError("conflict", "offers.runs", id=id)
        rest = tuple(other for other in self.part.offers if other.id != id)
        self.part = replace(self.part, offers=rest)
        self.runs.pop(id, None)
        return offer

    def limit(self, sku: str, limit: Limit) -> Limit:
        """What a SKU may not be sold below from now on; what held before.

        Raises:
            StudioError: not_found; conflict, when an offer that runs is below.
        """
        self.product_of(sku)
        before = self.part.limits.get(sku, Limit())
        for offer in self.running():
            if offer.sku == sku and self.offered(offer) < limit.least:
                raise StudioError("conflict", "offers.runs", id=offer.id)
        self.part = replace(self.part, limits={**self.part.limits, sku: limit})
        return before

    def product_of(self, sku: str) -> Product:
        """The product that has a SKU.

        Raises:
            StudioError: not_found.
        """
        product = self._by_sku().get(sku)
        if product is None:
            raise StudioError("not_found", "offers.no_sku", sku=sku)
        return product

    def _by_sku(self) -> dict[str, Product]:
        """Every SKU's product, made once for each state of the catalogue."""
        state = self._catalogue.state
        if state is not self._indexed:
            self._indexed, self._index = state, {}
            for product in state.products:
                for sku in product.skus:
                    self._index.setdefault(sku, product)
        return self._index

    # -- prices --------------------------------------------------------------------------------

    def run(self, id: str) -> Run:
        """How an offer is doing."""
        return self.runs.get(id, Run())

    def running(self, *stages: str) -> Iterator[Offer]:
        """Offers that count down or are live."""
        wanted = stages or ("countdown", "live")
        return (offer for offer in self.part.offers if self.run(offer.id).stage in wanted)

    def quote(self, sku: str) -> Quote:
        """What a SKU costs now.

        Raises:
            StudioError: not_found.
        """
        return price_of(self.product_of(sku), sku, self._live(), self.part.limits)

    def _live(self) -> list[Offer]:
        """Offers that are live, with the struck prices they started with."""
        return [replace(o, was_cents=self.run(o.id).was_cents) for o in self.running("live")]

    def offered(self, offer: Offer) -> int:
        """What an offer costs, live or not."""
        product = self.product_of(offer.sku)
        return offer_price(offer, product.price_of(offer.sku)[0])

    def card(self, product: Product, sku: str, language: str) -> tuple[int, int, str] | None:
        """Price, struck price and badge of a product's card; None: no offer concerns it.

        Where no variant is chosen, an offer of one of several is not shown as the product's.
        """
        sku = sku or (product.skus[0] if len(product.skus) == 1 else "")
        for offer in self.running():
            if offer.sku != sku:
                continue
            run, words = self.run(offer.id), []
            is_live = run.stage == "live"
            words.append((offer.name or FLASH.in_language(language)) if is_live
                         else SOON.in_language(language))  # fmt: skip
            left_s = self.left_s(offer)
            if left_s is not None:
                words.append(f"{left_s // 60:02}:{left_s % 60:02}")
            left = self.left.get(offer.id)
            if is_live and left is not None:
                words.append(LEFT.in_language(language).format(count=left))
            found = self.quote(sku)
            return found.cents, found.was_cents, " ".join(words)
        return None

    def left_s(self, offer: Offer) -> int | None:
        """Whole seconds till it begins or ends."""
        run = self.run(offer.id)
        until = run.begins_ns if run.stage == "countdown" else run.ends_ns
        if not run.is_on or not until:
            return None
        return max(0, -(-(until - now_ns()) // NS))

    # -- what is wrong -------------------------------------------------------------------------

    def faults(self, offer: Offer, free: int | None = None) -> Iterator[StudioError]:
        """Why an offer must not go on air.

        Args:
            free: pieces that may be sold; None is not known.
        """
        product = self.product_of(offer.sku)
        list_cents = product.price_of(offer.sku)[0]
        cents = offer_price(offer, list_cents)

        def said(amount: int) -> str:
            return price_text(amount, product.currency)

        if not list_cents:
            yield StudioError("conflict", "offers.no_list_price", name=product.name)
        elif cents >= list_cents:
            yield StudioError(
                "conflict", "offers.no_gain", price=said(cents), list=said(list_cents)
            )
        limit = self.part.limits.get(offer.sku, Limit())
        if cents < limit.floor_cents:
            yield StudioError(
                "conflict", "offers.below_floor", price=said(cents), least=said(limit.floor_cents)
            )
        elif cents < limit.cost_cents:
            yield StudioError("conflict", "offers.below_cost", price=said(cents))
        for other in self.running():
            if other.sku == offer.sku and other.id != offer.id:
                yield StudioError("conflict", "offers.two", other=other.id, name=product.name)
        if free is not None and offer.pieces > free:
            yield StudioError("conflict", "offers.too_many_pieces", pieces=offer.pieces, free=free)
        days, lowest = self.lowest(offer.sku, list_cents)
        was = offer.was_cents
        if days and was > lowest:
            yield StudioError(
                "conflict", "offers.struck", was=said(was), lowest=said(lowest), days=days
            )

    def struck(self, offer: Offer) -> int:
        """The struck price that an offer starts with."""
        product = self.product_of(offer.sku)
        list_cents = product.price_of(offer.sku)[0]
        return offer.was_cents or self.lowest(offer.sku, list_cents)[1]

    def lowest(self, sku: str, list_cents: int) -> tuple[int, int]:
        """Days that count, and the lowest price at which a SKU could be bought in them."""
        days = REFERENCE_DAYS.get(self.part.market, 0)
        lowest, before = list_cents, None
        for paid in self.part.paid.get(sku, ()):
            if age_days(paid.utc) > days:
                before = paid.cents  # it held until the next change
            else:
                lowest = min(lowest, paid.cents, lowest if before is None else before)
                before = None
        return days, lowest if before is None else min(lowest, before)

    def note_prices(self) -> bool:
        """Writes down what can be paid now, where it changed; says whether any did."""
        live, state = self._live(), self._catalogue.state
        was_state, was_part, was_live = self._noted
        if state is was_state and self.part is was_part and live == was_live:
            return False
        paid, is_other = dict(self.part.paid), False
        for sku, product in self._by_sku().items():
            cents = price_of(product, sku, live, self.part.limits).cents
            old = paid.get(sku, ())
            if old and old[-1].cents == cents:
                continue
            kept = [entry for entry in old[:-1] if age_days(entry.utc) <= KEPT_DAYS]
            paid[sku] = (*kept, *old[-1:], PaidPrice(utc_iso(), cents))
            is_other = True
        if is_other:
            self.part = replace(self.part, paid=paid)
        self._noted = (state, self.part, live)
        return is_other
