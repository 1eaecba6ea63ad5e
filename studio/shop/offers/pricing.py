"""The one price: what a SKU costs, and which rules made it so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from studio.shop.model import Product
from studio.shop.offers.model import Limit, Offer, Quote


def offer_price(offer: Offer, list_cents: int) -> int:
    """What an offer makes of a list price; half a minor unit counts for the buyer."""
    if offer.price_cents:
        return offer.price_cents
    return list_cents - (list_cents * offer.percent + 50) // 100


def price_of(
    product: Product, sku: str, live: Iterable[Offer], limits: Mapping[str, Limit]
) -> Quote:
    """The price of a SKU while these offers are live.

    The order of rules is fixed: list price, the lowest offer (of equal ones that with the first
    id), cost and floor. So it does not matter in which order offers were made or started.

    Args:
        product: that has the SKU.
        live: offers that are live now, for any SKU; their struck prices as decided at the start.
        limits: by SKU.
    """
    list_cents, was_cents = product.price_of(sku)
    rules = [f"list {list_cents}"]
    cents, chosen = list_cents, None
    for offer in sorted(live, key=lambda offer: offer.id):
        found = offer_price(offer, list_cents) if offer.sku == sku else cents
        if found < cents:
            cents, chosen = found, offer
    if chosen is not None:
        rules.append(f"offer {chosen.id} {cents}")
        was_cents = chosen.was_cents
    least = min(limits.get(sku, Limit()).least, list_cents)
    if cents < least:
        rules.append(f"floor {least}")
        cents = least
    cents = max(cents, 0)
    return Quote(
        sku, cents, was_cents if was_cents > cents else 0, product.currency, tuple(rules),
        chosen.id if chosen else "",
    )  # fmt: skip
