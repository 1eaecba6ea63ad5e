"""What is known of a product, each fact with its source and how long it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Protocol

from studio.core.errors import StudioError
from studio.host.packs.files import day
from studio.host.script.model import Fact, GoodsKind, OwnFact
from studio.shop.card.kinds import kinds_of
from studio.shop.model import Product, price_text
from studio.shop.money import exponent
from studio.shop.offers.model import Offer, Quote
from studio.shop.offers.pricing import offer_price

LISTED = {"zh": "、", "en": ", "}
CATALOGUE_NAMES = frozenset({
    "name", "number", "price", "list_price", "was", "stock", "variants", "category", "offer_price",
    "offer_pieces", "offer_minutes",
})  # fmt: skip
_POINT = re.compile(r"point[1-9][0-9]?")
UNITLESS = re.compile(r"[0-9.,]+")


class Prices(Protocol):
    """What goods cost now."""

    def quote(self, sku: str) -> Quote:
        """The price of a SKU."""
        ...


def kind_of(product: Product) -> GoodsKind:
    """Which templates fit a product, by its category, tags and name."""
    return next((kind for kind in kinds_of(product) if kind != "beauty"), "general")


def said_price(cents: int, currency: str, language: str) -> str:
    """An amount as a host says it: "199元", "199.5元", "$19.90"."""
    if language == "zh" and currency == "CNY":
        digits = exponent(currency)
        whole, part = divmod(cents, 10**digits)
        return f"{whole}.{part:0{digits}d}".rstrip("0").rstrip(".") + "元" if part else f"{whole}元"
    return price_text(cents, currency)


def facts_of(
    product: Product,
    offers: Iterable[Offer],
    prices: Prices | None,
    own: Iterable[OwnFact],
    language: str,
    today: date,
) -> dict[str, Fact]:
    """Every fact of a product that holds today, by name.

    Args:
        offers: of the show; those of this product count, the one that comes first.
        prices: what its SKUs cost now; None takes the list price.
        own: what people entered.
    """
    found = {fact.name: fact for fact in _of_catalogue(product, prices, language)}
    found |= {fact.name: fact for fact in _of_offer(product, offers, language)}
    for entry in own:
        if entry.product != product.id or entry.name in found:
            continue
        until = day(entry.until) if entry.until else None
        if until is not None and until < today:
            continue  # out of date: as if it were not there
        value = (
            entry.value
            if not entry.unit or entry.unit in entry.value
            else (f"{entry.value}{' ' if language == 'en' else ''}{entry.unit}")
        )
        found[entry.name] = Fact(entry.name, value, entry.unit, entry.source, entry.until)
    return found


def _of_catalogue(product: Product, prices: Prices | None, language: str) -> Iterator[Fact]:
    if product.name:
        yield Fact("name", product.name)
    yield Fact("number", str(product.number))
    now = [(product.price_of(sku)[0], product.price_of(sku)[1]) for sku in product.skus]
    listed = min(price for price, _ in now)
    if listed:
        yield Fact("list_price", said_price(listed, product.currency, language), product.currency)
    if prices is not None:
        quotes = [prices.quote(sku) for sku in product.skus]
        now = [(quote.cents, quote.was_cents) for quote in quotes]
    cents = min(price for price, _ in now)
    if cents:
        said = said_price(cents, product.currency, language)
        if len({price for price, _ in now}) > 1:
            said = f"{said}起" if language == "zh" else f"from {said}"
        yield Fact("price", said, product.currency)
        was = max(was for price, was in now if price == cents)
        if was > cents:
            yield Fact("was", said_price(was, product.currency, language), product.currency)
    if product.stock is not None:
        yield Fact("stock", str(product.stock), "件" if language == "zh" else "pcs", is_live=True)
    names = [variant.name for variant in product.variants if variant.name]
    if names:
        yield Fact("variants", LISTED[language].join(names))
    for number, point in enumerate(product.points[:20], 1):
        yield Fact(f"point{number}", point)
    if product.category:
        yield Fact("category", product.category)


def _of_offer(product: Product, offers: Iterable[Offer], language: str) -> Iterator[Fact]:
    mine = (offer for offer in offers if offer.sku in product.skus and not offer.is_bundle)
    offer = next(mine, None)
    if offer is None:
        return
    list_cents = product.price_of(offer.sku)[0]
    cents = offer_price(offer, list_cents)
    source = f"offer:{offer.id}"
    said = said_price(cents, product.currency, language)
    yield Fact("offer_price", said, product.currency, source, offer=offer.id)
    if offer.pieces:
        yield Fact("offer_pieces", str(offer.pieces), "", source, offer=offer.id)
    if offer.seconds:
        minutes = f"{offer.seconds / 60:g}"
        yield Fact("offer_minutes", minutes, "min", source, offer=offer.id)


def check_own(fact: OwnFact) -> None:
    """Refuses a fact that says nothing, or what the catalogue says already.

    Raises:
        StudioError: invalid.
    """
    if fact.name in CATALOGUE_NAMES or _POINT.fullmatch(fact.name):
        raise StudioError("invalid", "script.fact_of_catalogue", name=fact.name)
    if UNITLESS.fullmatch(fact.value.strip()) and not fact.unit:
        raise StudioError("invalid", "script.no_unit", name=fact.name, value=fact.value)
    if not fact.source.strip():
        raise StudioError("invalid", "script.no_source", name=fact.name)
    if fact.until and day(fact.until) is None:
        raise StudioError("invalid", "script.no_day", text=fact.until)
