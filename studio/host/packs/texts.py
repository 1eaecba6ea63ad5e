"""The texts of a show that viewers read or hear, each with its place and what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from studio.host.packs.matcher import LintContext
from studio.host.rundown.model import RundownPart
from studio.host.script.model import ScriptPart
from studio.shop.model import Product
from studio.shop.offers.model import Offer


class ShownText(NamedTuple):
    """A text and where it stands."""

    place: str
    text: str
    product: str = ""
    context: LintContext = LintContext()


def about(product: Product) -> LintContext:
    """What rules may know of a product."""
    words = (product.category.lower(), product.name.lower(), *map(str.lower, product.tags))
    return LintContext(tuple(word for word in words if word), product.stock)


def product_texts(products: Iterable[Product]) -> Iterator[ShownText]:
    """Names, variants and selling points."""
    for number, product in enumerate(products):
        place, around = f"shop.products[{number}]", about(product)
        yield ShownText(f"{place}.name", product.name, product.id, around)
        for index, point in enumerate(product.points):
            yield ShownText(f"{place}.points[{index}]", point, product.id, around)
        for index, variant in enumerate(product.variants):
            yield ShownText(f"{place}.variants[{index}].name", variant.name, product.id, around)


def offer_texts(offers: Iterable[Offer], products: Iterable[Product]) -> Iterator[ShownText]:
    """Names of offers, as their cards show them."""
    by_sku = {sku: product for product in products for sku in product.skus}
    for number, offer in enumerate(offers):
        product = by_sku.get(offer.sku)
        around = about(product) if product else LintContext()
        id = product.id if product else ""
        yield ShownText(f"offers.offers[{number}].name", offer.name, id, around)


def rundown_texts(part: RundownPart) -> Iterator[ShownText]:
    """Titles and notes of items: a host reads them."""
    for number, phase in enumerate(part.phases):
        for index, item in enumerate(phase.items):
            place = f"rundown.phases[{number}].items[{index}]"
            yield ShownText(f"{place}.title", item.title, item.product)
            yield ShownText(f"{place}.note", item.note, item.product)


def script_texts(part: ScriptPart, products: Iterable[Product]) -> Iterator[ShownText]:
    """Lines of accepted scripts."""
    known = {product.id: product for product in products}
    for number, script in enumerate(part.scripts):
        product = known.get(script.product)
        around = about(product) if product else LintContext()
        for index, line in enumerate(script.lines):
            place = f"script.scripts[{number}].lines[{index}].text"
            yield ShownText(place, line.text, script.product, around)


def show_texts(parts: Mapping[str, Any]) -> Iterator[ShownText]:
    """Every text of a show, from its parts as decoded."""
    shop, offers = parts.get("shop"), parts.get("offers")
    products = shop.products if shop is not None else ()
    yield from product_texts(products)
    if offers is not None:
        yield from offer_texts(offers.offers, products)
    if parts.get("rundown") is not None:
        yield from rundown_texts(parts["rundown"])
    if parts.get("script") is not None:
        yield from script_texts(parts["script"], products)
    third = parts.get("lower_third")
    if third is not None:
        yield ShownText("lower_third.title", str(third.title))
        yield ShownText("lower_third.line", str(third.line))
    for source in parts.get("sources") or ():
        text = source.settings.get("text") if isinstance(source.settings, dict) else None
        if source.kind == "text" and isinstance(text, str):
            yield ShownText(f"sources[{source.name}].settings.text", text)
