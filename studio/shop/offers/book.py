"""The offers of a show: what there is, what runs, what it costs now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import structs
from msgspec.structs import replace

from studio.core.clock import NS, age_days, now_ns, utc_iso
from studio.core.errors import StudioError
from studio.core.text import Text
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product, ShopState, price_text
from studio.shop.offers.faults import prices_of, shape_faults
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
from studio.shop.offers.pricing import (
    PricedLine,
    bundle_price,
    least_of,
    offer_price,
    price_of,
)
from studio.shop.stock.model import Line

FLASH = Text("秒杀", "Flash sale")
BUNDLE = Text("套装", "Bundle")
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
        sold: pieces of an offer's share that are sold or promised, as last known.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.part = OfferPart()
        self.runs: dict[str, Run] = {}
        self.left: dict[str, int | None] = {}
        self.sold: dict[str, int] = {}
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
        for line in offer.lines():
            self.product_of(line.sku)
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

    def reprice(self, offer: Offer, cents: int) -> Offer:
        """Another price of an offer that is live, in one go: no other price holds in between.

        Its run, its pieces and its clock stay; the struck price is what the rules allow beside it.

        Returns:
            The offer as it is now.

        Raises:
            StudioError: conflict, when it is not live or its price is made of steps; else why a
                price of its like must not go on air.
        """
        if self.run(offer.id).stage != "live" or offer.steps:
            raise StudioError("conflict", "offers.no_other_price", id=offer.id)
        fresh = replace(offer, price_cents=cents, percent=0)
        for fault in self.faults(fresh):
            raise fault
        offers = tuple(fresh if other.id == offer.id else other for other in self.part.offers)
        self.part = replace(self.part, offers=offers)
        self.runs[offer.id] = replace(self.run(offer.id), was_cents=self.struck(fresh))
        return fresh

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
            others = {**self.part.limits, sku: limit}
            is_part = any(line.sku == sku for line in offer.lines())
            if is_part and self.offered(offer) < self._least(offer, others):
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

    @property
    def skus(self) -> Mapping[str, Product]:
        """Every SKU's product."""
        return self._by_sku()

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
        """Offers that are armed, count down or are live."""
        wanted = stages or ("armed", "countdown", "live")
        return (offer for offer in self.part.offers if self.run(offer.id).stage in wanted)

    def quote(self, sku: str) -> Quote:
        """What a SKU costs now.

        Raises:
            StudioError: not_found.
        """
        return price_of(self.product_of(sku), sku, self._live(), self.part.limits)

    def cents_of(self) -> Callable[[Product, str], int]:
        """What a product's SKUs cost now, for whoever goes over many of them."""
        live, limits = self._live(), self.part.limits
        concerned = {offer.sku for offer in live if not offer.is_bundle}

        def cents(product: Product, sku: str) -> int:
            if sku in concerned or sku in limits:
                return price_of(product, sku, live, limits).cents
            return product.price_of(sku)[0]

        return cents

    def quote_offer(self, offer: Offer) -> Quote:
        """What one of an offer costs now: a bundle as a whole, else its SKU.

        Raises:
            StudioError: not_found; conflict, when it is not live.
        """
        if self.run(offer.id).stage != "live":
            raise StudioError("conflict", "offers.not_live", id=offer.id)
        if not offer.is_bundle:
            return self.quote(offer.sku)
        products = {part.sku: self.product_of(part.sku) for part in offer.parts}
        return bundle_price(offer, products, self.part.limits, self.sold_in(offer))

    def priced(self, lines: Iterable[Line], offer: Offer | None, count: int) -> list[PricedLine]:
        """An order's lines with the price of each now.

        Args:
            lines: SKUs.
            offer: that is bought beside them, ``count`` times.

        Raises:
            StudioError: not_found; conflict, when the offer is not live.
        """
        found = []
        for line in lines:
            product, quote = self.product_of(line.sku), self.quote(line.sku)
            least = least_of(line.sku, product.price_of(line.sku)[0], self.part.limits)
            found.append(_priced(quote, line.count, least, (line,)))
        if offer is not None:
            taken = tuple(replace(part, channel=offer.channel) if offer.pieces else part
                          for part in offer.lines(count))  # fmt: skip
            quote = self.quote_offer(offer)
            found.append(_priced(quote, count, self._least(offer, self.part.limits), taken))
        return found

    def _live(self) -> list[Offer]:
        """Offers that are live, with struck prices as they began and the price they are at."""
        found = []
        for offer in self.running("live"):
            now = replace(offer, was_cents=self.run(offer.id).was_cents)
            if offer.steps and not offer.is_bundle:
                now = replace(now, price_cents=self.offered(offer), percent=0, steps=())
            found.append(now)
        return found

    def sold_in(self, offer: Offer) -> int:
        """Pieces sold or promised since an offer began."""
        run = self.run(offer.id)
        return max(0, self.sold.get(offer.id, 0) - run.sold_before) if run.is_on else 0

    def offered(self, offer: Offer) -> int:
        """What an offer costs, live or not."""
        return offer_price(offer, self.listed(offer), self.sold_in(offer))

    def listed(self, offer: Offer) -> int:
        """List price of what an offer is for, of all its parts together."""
        return sum(
            line.count * self.product_of(line.sku).price_of(line.sku)[0] for line in offer.lines()
        )

    def _least(self, offer: Offer, limits: Mapping[str, Limit]) -> int:
        """What it may not be sold below, of all its parts together."""
        return sum(
            line.count * least_of(line.sku, self.product_of(line.sku).price_of(line.sku)[0], limits)
            for line in offer.lines()
        )

    def card(self, product: Product, sku: str, language: str) -> tuple[int, int, str] | None:
        """Price, struck price and badge of a product's card; None: no offer concerns it.

        Where no variant is chosen, an offer of one of several is not shown as the product's.
        """
        sku = sku or (product.skus[0] if len(product.skus) == 1 else "")
        sales = [o for o in self.running("countdown", "live") if o.sku == sku]
        for offer in sorted(sales, key=lambda offer: offer.is_bundle):
            found = self.quote(sku)
            return found.cents, found.was_cents, " ".join(self._badge(offer, language))
        return None

    def sold_share(self, sku: str) -> tuple[int, int] | None:
        """Pieces sold of the live offer of a SKU, and all it has; None where that is not known."""
        for offer in self.running("live"):
            left = self.left.get(offer.id)
            if offer.sku == sku and not offer.is_bundle and offer.pieces and left is not None:
                return max(0, offer.pieces - left), offer.pieces
        return None

    def _badge(self, offer: Offer, language: str) -> Iterator[str]:
        run = self.run(offer.id)
        is_live = run.stage == "live"
        usual = BUNDLE if offer.is_bundle else FLASH
        yield (offer.name or usual.in_language(language)) if is_live else SOON.in_language(language)
        if offer.is_bundle and is_live:  # the card's own price stays that of the one product
            names = [self.part_name(part) for part in offer.parts]
            quote = self.quote_offer(offer)
            yield f"{' + '.join(names)} {price_text(quote.cents, quote.currency)}"
        left_s = self.left_s(offer)
        if left_s is not None:
            yield f"{left_s // 60:02}:{left_s % 60:02}"
        left = self.left.get(offer.id)
        if is_live and left is not None:
            yield LEFT.in_language(language).format(count=left)

    def part_name(self, part: Line) -> str:
        """A part of a bundle as people read it."""
        name = self.product_of(part.sku).name
        return f"{name} ×{part.count}" if part.count > 1 else name

    def left_s(self, offer: Offer) -> int | None:
        """Whole seconds till it begins or ends."""
        run = self.run(offer.id)
        until = run.ends_ns if run.stage == "live" else run.begins_ns
        if not run.is_on or not until:
            return None
        return max(0, -(-(until - now_ns()) // NS))

    # -- what is wrong -------------------------------------------------------------------------

    def faults(self, offer: Offer, free: int | None = None) -> Iterator[StudioError]:
        """Why an offer must not go on air.

        Args:
            free: pieces that may be sold; None is not known.
        """
        yield from shape_faults(offer)
        product, list_cents = self.product_of(offer.sku), self.listed(offer)
        if any(self.product_of(p.sku).currency != product.currency for p in offer.parts):
            yield StudioError("invalid", "offers.currencies", id=offer.id)
            return

        def said(amount: int) -> str:
            return price_text(amount, product.currency)

        if any(not self.product_of(p.sku).price_of(p.sku)[0] for p in offer.lines()):
            yield StudioError("conflict", "offers.no_list_price", name=product.name)
        dearest = max(prices_of(offer, list_cents))
        if list_cents and dearest >= list_cents:
            key = "offers.bundle_gain" if offer.is_bundle else "offers.no_gain"
            yield StudioError("conflict", key, price=said(dearest), list=said(list_cents))
        yield from self._below(offer, min(prices_of(offer, list_cents)))
        for other in () if offer.is_bundle else self.running("countdown", "live"):
            if other.sku == offer.sku and other.id != offer.id and not other.is_bundle:
                yield StudioError("conflict", "offers.two", other=other.id, name=product.name)
        if free is not None and offer.pieces > free:
            yield StudioError("conflict", "offers.too_many_pieces", pieces=offer.pieces, free=free)
        days, lowest = self.lowest(offer.sku, product.price_of(offer.sku)[0])
        was = offer.was_cents
        if days and was > lowest and not offer.is_bundle:
            yield StudioError(
                "conflict", "offers.struck", was=said(was), lowest=said(lowest), days=days
            )
        elif was and was <= dearest:
            yield StudioError("invalid", "offers.struck_low", was=said(was), price=said(dearest))

    def _below(self, offer: Offer, cents: int) -> Iterator[StudioError]:
        """Is it below floor or cost, of all parts together?"""
        currency = self.product_of(offer.sku).currency
        limits = [(part.count, self.part.limits.get(part.sku, Limit())) for part in offer.lines()]
        floor = sum(count * limit.floor_cents for count, limit in limits)
        cost = sum(count * limit.least for count, limit in limits)
        price = price_text(cents, currency)
        if cents < floor:
            least = price_text(floor, currency)
            yield StudioError("conflict", "offers.below_floor", price=price, least=least)
        elif cents < cost:
            yield StudioError("conflict", "offers.below_cost", price=price)

    def struck(self, offer: Offer) -> int:
        """The struck price that an offer starts with."""
        if offer.is_bundle:
            return self.listed(offer)
        list_cents = self.product_of(offer.sku).price_of(offer.sku)[0]
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


def _priced(quote: Quote, count: int, least: int, skus: tuple[Line, ...]) -> PricedLine:
    return PricedLine(**structs.asdict(quote), count=count, least_cents=least, skus=skus)
