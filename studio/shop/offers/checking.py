"""Every fault of a show's offers, found without an engine or a ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from studio.core.errors import StudioError
from studio.core.service import Finding
from studio.shop.model import price_text
from studio.shop.offers.book import OfferBook
from studio.shop.offers.faults import beside_faults
from studio.shop.offers.model import Offer, OfferPart


def part_findings(book: OfferBook, part: OfferPart) -> Iterator[Finding]:
    """What would be refused at the start, of each offer and of all beside each other.

    Args:
        book: an empty one over the show's goods.
    """
    book.part = replace(part, offers=())
    ids: dict[str, int] = {}
    for number, offer in enumerate(part.offers):
        place = f"offers[{number}]"
        if offer.id in ids:
            error = StudioError("invalid", "show.twice", what="offers", names=offer.id)
            yield Finding(place, error, "broken")
            continue
        ids[offer.id] = number
        try:
            book.put(offer)
            free = fewest(offer, lambda sku: counted(book, sku))
            for error in book.faults(offer, free):
                yield Finding(place, error)
        except StudioError as error:
            yield Finding(place, error)
    for offer, meets in beside_faults(part.offers):
        yield Finding(f"offers[{ids[offer.id]}]", meets)
    yield from _limit_findings(book)


def _limit_findings(book: OfferBook) -> Iterator[Finding]:
    for sku, limit in book.part.limits.items():
        place = f"offers.limits[{sku}]"
        try:
            product = book.product_of(sku)
        except StudioError as error:
            yield Finding(place, error, "warning")
            continue
        list_cents = product.price_of(sku)[0]
        if list_cents and limit.least > list_cents:
            price = price_text(list_cents, product.currency)
            above = StudioError("conflict", "offers.limit_above", name=product.name, price=price)
            yield Finding(place, above, "warning")


def fewest(offer: Offer, free: Callable[[str], int | None]) -> int | None:
    """How many of an offer its parts make; None where a part is not counted."""
    found: list[int] = []
    for part in offer.lines():
        pieces = free(part.sku)
        if pieces is None:
            return None
        found.append(pieces // part.count)
    return min(found)


def counted(book: OfferBook, sku: str) -> int | None:
    """Pieces as the show's own figures say."""
    product = book.product_of(sku)
    variant = product.variant(sku)
    if variant is not None and variant.stock is not None:
        return variant.stock
    return product.stock if len(product.skus) == 1 else None
