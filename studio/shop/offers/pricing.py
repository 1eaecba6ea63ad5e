"""The one price: what a SKU or an order costs, and which rules made it so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from studio.shop.coupons.model import Coupon
from studio.shop.model import Product
from studio.shop.offers.model import Bill, Limit, Offer, Quote
from studio.shop.stock.model import Line


def percent_off(cents: int, percent: int) -> int:
    """What is left of a price; half a minor unit counts for the buyer."""
    return cents - (cents * percent + 50) // 100


def offer_price(offer: Offer, list_cents: int, sold: int = 0) -> int:
    """What an offer makes of a list price.

    Args:
        list_cents: of the SKU, or of all parts of a bundle together.
        sold: pieces sold or promised since it began; its steps go by them.
    """
    cents = offer.price_cents or percent_off(list_cents, offer.percent)
    for step in offer.steps:
        if sold >= step.sold:
            cents = step.price_cents
    return cents


def price_of(
    product: Product, sku: str, live: Iterable[Offer], limits: Mapping[str, Limit]
) -> Quote:
    """The price of a SKU while these offers are live.

    The order of rules is fixed: list price, the lowest offer (of equal ones that with the first
    id), cost and floor. So it does not matter in which order offers were made or started. A
    bundle makes nothing of it cheaper by itself.

    Args:
        product: that has the SKU.
        live: offers that are live now, for any SKU; their struck prices as decided at the start,
            their price that of the step they are at.
        limits: by SKU.
    """
    list_cents, was_cents = product.price_of(sku)
    rules = [f"list {list_cents}"]
    cents, chosen = list_cents, None
    for offer in sorted(live, key=lambda offer: offer.id):
        is_for = offer.sku == sku and not offer.is_bundle
        found = offer_price(offer, list_cents) if is_for else cents
        if found < cents:
            cents, chosen = found, offer
    if chosen is not None:
        rules.append(f"offer {chosen.id} {cents}")
        was_cents = chosen.was_cents
    least = least_of(sku, list_cents, limits)
    if cents < least:
        rules.append(f"floor {least}")
        cents = least
    cents = max(cents, 0)
    return Quote(
        sku, cents, was_cents if was_cents > cents else 0, product.currency, tuple(rules),
        chosen.id if chosen else "",
    )  # fmt: skip


def least_of(sku: str, list_cents: int, limits: Mapping[str, Limit]) -> int:
    """What a SKU may not be sold below: cost and floor, as far as it is sold at its list price."""
    return min(limits.get(sku, Limit()).least, list_cents)


def bundle_price(
    offer: Offer, products: Mapping[str, Product], limits: Mapping[str, Limit], sold: int = 0
) -> Quote:
    """The price of a bundle as a whole: never below the floors and costs of its parts.

    Args:
        products: by SKU of its parts.
    """
    each = [(p.sku, p.count, products[p.sku].price_of(p.sku)[0]) for p in offer.parts]
    list_cents = sum(count * cents for _, count, cents in each)
    cents = min(offer_price(offer, list_cents, sold), list_cents)
    rules = [f"list {list_cents}", f"bundle {offer.id} {cents}"]
    least = sum(count * least_of(sku, one, limits) for sku, count, one in each)
    if cents < least:
        rules.append(f"floor {least}")
        cents = least
    currency = products[offer.sku].currency
    return Quote(offer.sku, max(cents, 0), list_cents, currency, tuple(rules), offer.id)


class PricedLine(Quote, frozen=True, kw_only=True):
    """A line of an order with its price.

    Attributes:
        count: of it.
        least_cents: one of it may not be sold below.
        skus: what it takes out of the shop.
    """

    count: int
    least_cents: int
    skus: tuple[Line, ...]


def bill_of(lines: Sequence[PricedLine], coupon: Coupon | None = None) -> Bill:
    """What an order costs: its lines, then the coupon, then the floors of all pieces."""
    total = sum(line.cents * line.count for line in lines)
    rules = [f"{line.offer or line.sku} {line.cents} × {line.count}" for line in lines]
    off = 0
    if coupon is not None:
        meant = [line for line in lines if coupon.is_for(line.sku)]
        worth = sum(line.cents * line.count for line in meant)
        least = sum(line.least_cents * line.count for line in meant)
        if meant and worth >= coupon.from_cents:
            wanted = coupon.off_cents or worth - percent_off(worth, coupon.percent)
            off = max(0, min(wanted, worth - least))
            rules.append(f"coupon {coupon.id} -{off}")
            if off < wanted:
                rules.append(f"floor {least}")
    pairs = tuple((line.offer or line.sku, line.count, line.cents) for line in lines)
    currency = lines[0].currency if lines else "CNY"
    return Bill(pairs, total, off, total - off, currency, tuple(rules))
