"""What a file would change in the catalogue, line by line, and the catalogue with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from studio.core.errors import StudioError
from studio.shop.importers.model import (
    DifferenceLine,
    GoodsProduct,
    GoodsVariant,
    RowFault,
    Understood,
)
from studio.shop.model import Product, Variant, price_text

Count = Callable[[str], int | None]
"""How many pieces of a SKU there are now."""


@dataclass(slots=True)
class Pairing:
    """A product of the file and the one of the catalogue that has its id or one of its SKUs."""

    goods: GoodsProduct
    product: Product | None


def pair(understood: Understood, products: Sequence[Product]) -> list[Pairing]:
    """Each product of the file with its counterpart; nothing has two."""
    by_sku = {sku: product for product in products for sku in product.skus}
    by_code = {v.barcode: p for p in products for v in p.variants if v.barcode}
    by_code |= {product.barcode: product for product in products if product.barcode}
    by_id = {product.id: product for product in products}
    taken: set[str] = set()
    pairings = []
    for goods in understood.products:
        choices = [by_sku.get(variant.sku) for variant in goods.variants]
        choices += [by_code.get(variant.barcode) for variant in goods.variants if variant.barcode]
        choices.append(by_id.get(goods.id))
        product = next((p for p in choices if p is not None and p.id not in taken), None)
        if product is not None:
            taken.add(product.id)
        pairings.append(Pairing(goods, product))
    return pairings


def compare(
    understood: Understood, products: Sequence[Product], count: Count
) -> list[DifferenceLine]:
    """The lines, in the order of the file; what is gone comes last, and is not chosen.

    Args:
        count: pieces of a SKU in the shop's ledger, None where that does not know it.
    """
    pairings = pair(understood, products)
    lines = [line for pairing in pairings for line in _lines(pairing, count)]
    kept = {pairing.product.id for pairing in pairings if pairing.product is not None}
    there = set(understood.skus)
    for product in products:
        if product.id not in kept and not there.intersection((*product.skus, product.id)):
            lines.append(
                DifferenceLine(
                    f"gone:{product.id}", "gone", product.id, "", product.name, is_chosen=False
                )
            )
    return lines


def unpriced(understood: Understood, products: Sequence[Product]) -> Iterator[RowFault]:
    """Goods that are new and have no price in the file: told, for nobody can sell them."""
    for pairing in pair(understood, products):
        for variant in pairing.goods.variants:
            if variant.price is None and _own(pairing.product, variant) is _NEW:
                yield RowFault(variant.row, "", variant.sku, "imports.row.new_without_price")


class _New:
    """Nothing of the catalogue."""


_NEW = _New()


def _own(product: Product | None, variant: GoodsVariant) -> Variant | None | _New:
    """The variant that is meant; None is the product itself."""
    if product is None:
        return _NEW
    if not product.variants:
        is_it = not variant.options or variant.sku in (product.id, product.barcode)
        return None if is_it else _NEW
    if variant.sku == product.id and not variant.options:
        return None  # a file without variants speaks of all of them
    for own in product.variants:
        if own.sku == variant.sku or (own.barcode and own.barcode == variant.barcode):
            return own
    return _NEW


def _price_words(cents: int, was: int, currency: str) -> str:
    words = price_text(cents, currency)
    return f"{words} ({price_text(was, currency)})" if was else words


def _lines(pairing: Pairing, count: Count) -> Iterator[DifferenceLine]:
    goods, product = pairing.goods, pairing.product
    if product is None:
        if all(variant.price is not None for variant in goods.variants):
            first = goods.variants[0]
            after = _price_words(first.price or 0, first.was or 0, first.currency)
            if len(goods.variants) > 1:
                after += f" × {len(goods.variants)}"
            yield DifferenceLine(f"new:{goods.id}", "new", goods.id, "", goods.name, "", after)
        return
    if goods.name and goods.name not in (product.name, goods.id):
        yield DifferenceLine(
            f"name:{product.id}", "name", product.id, "", product.name, product.name, goods.name,
            is_chosen=False,
        )  # fmt: skip
    for variant in goods.variants:
        own = _own(product, variant)
        name = f"{product.name} · {variant.options}" if variant.options else product.name
        if isinstance(own, _New):
            if variant.price is not None:
                after = _price_words(variant.price, variant.was or 0, variant.currency)
                yield DifferenceLine(
                    f"new:{product.id}/{variant.sku}", "new", product.id, variant.sku, name, "",
                    after,
                )  # fmt: skip
            continue
        sku = own.sku if own is not None else product.id
        cents, was = product.price_of(sku)
        new_was = was if variant.was is None and was > (variant.price or 0) else variant.was or 0
        if variant.price is not None and (
            (variant.price, new_was, variant.currency) != (cents, was, product.currency)
        ):
            yield DifferenceLine(
                f"price:{sku}", "price", product.id, sku, name,
                _price_words(cents, was, product.currency),
                _price_words(variant.price, new_was, variant.currency),
            )  # fmt: skip
        counted = count(sku)
        before = counted if counted is not None else own.stock if own else product.stock
        if variant.stock is not None and variant.stock != before:
            yield DifferenceLine(
                f"stock:{sku}", "stock", product.id, sku, name,
                "" if before is None else str(before), str(variant.stock),
            )  # fmt: skip


@dataclass(slots=True)
class Taken:
    """The catalogue with the chosen lines, and what the ledger is to book.

    Attributes:
        products: all of them, in their order.
        counts: pieces by SKU, as the file has them.
    """

    products: list[Product]
    counts: dict[str, int]


def apply(understood: Understood, products: Sequence[Product], chosen: Collection[str]) -> Taken:
    """The catalogue with these lines accepted; nothing is changed in place."""
    taken = Taken(list(products), {})
    place = {product.id: at for at, product in enumerate(taken.products)}
    number = max((product.number for product in products), default=0)
    for pairing in pair(understood, products):
        goods, product = pairing.goods, pairing.product
        if product is None:
            if f"new:{goods.id}" in chosen:
                number += 1
                taken.products.append(_made(goods, number, taken.counts))
            continue
        fresh = _changed(goods, product, chosen, taken.counts)
        taken.products[place[product.id]] = fresh
    gone = {line.removeprefix("gone:") for line in chosen if line.startswith("gone:")}
    taken.products = [product for product in taken.products if product.id not in gone]
    return taken


def _made(goods: GoodsProduct, number: int, counts: dict[str, int]) -> Product:
    for variant in goods.variants:
        if variant.stock is not None:
            counts[variant.sku] = variant.stock
    first = goods.variants[0]
    if len(goods.variants) == 1 and not first.options:
        return Product(
            id=first.sku, number=number, name=goods.name, price_cents=first.price or 0,
            was_cents=first.was or 0, currency=first.currency, stock=first.stock,
            category=goods.category, barcode=first.barcode,
        )  # fmt: skip
    product = Product(
        id=goods.id, number=number, name=goods.name, price_cents=0, currency=first.currency,
        category=goods.category, variants=tuple(_variant(variant) for variant in goods.variants),
    )  # fmt: skip
    return _summed(product)


def _variant(goods: GoodsVariant) -> Variant:
    return Variant(
        sku=goods.sku, name=goods.options or goods.sku, price_cents=goods.price,
        was_cents=goods.was or 0, stock=goods.stock, barcode=goods.barcode,
    )  # fmt: skip


def _changed(
    goods: GoodsProduct, product: Product, chosen: Collection[str], counts: dict[str, int]
) -> Product:
    fresh = product
    if f"name:{product.id}" in chosen:
        fresh = replace(fresh, name=goods.name)
    variants = {variant.sku: variant for variant in product.variants}
    has_prices = False
    for variant in goods.variants:
        own = _own(product, variant)
        if isinstance(own, _New):
            if f"new:{product.id}/{variant.sku}" in chosen:
                fresh = replace(fresh, currency=variant.currency)
                variants[variant.sku] = _variant(variant)
                has_prices = True
                if variant.stock is not None:
                    counts[variant.sku] = variant.stock
            continue
        sku = own.sku if own is not None else product.id
        if f"stock:{sku}" in chosen and variant.stock is not None:
            counts[sku] = variant.stock
            if own is None:
                fresh = replace(fresh, stock=variant.stock)
                variants = {key: replace(v, stock=None) for key, v in variants.items()}
            else:
                variants[sku] = replace(variants[sku], stock=variant.stock)
        if f"price:{sku}" in chosen and variant.price is not None:
            was = product.price_of(sku)[1]
            kept = was if variant.was is None and was > variant.price else variant.was or 0
            fresh = replace(fresh, currency=variant.currency)
            if own is None:
                fresh = replace(fresh, price_cents=variant.price, was_cents=kept)
                variants = {
                    key: replace(v, price_cents=None, was_cents=0) for key, v in variants.items()
                }
            else:
                has_prices = True
                variants[sku] = replace(variants[sku], price_cents=variant.price, was_cents=kept)
    if has_prices:  # none may go on costing what the cheapest one costs
        for sku, own in variants.items():
            if own.price_cents is None:
                cents, was = product.price_of(sku)
                variants[sku] = replace(own, price_cents=cents, was_cents=was)
    fresh = replace(fresh, variants=tuple(variants.values()))
    _insist_on_one_currency(goods, product, fresh, chosen)
    return _summed(fresh, prices=has_prices) if fresh.variants else fresh


def _insist_on_one_currency(
    goods: GoodsProduct, product: Product, fresh: Product, chosen: Collection[str]
) -> None:
    if fresh.currency == product.currency or not product.variants:
        return
    if f"price:{product.id}" in chosen:
        return
    for variant in product.variants:
        if f"price:{variant.sku}" not in chosen:
            raise StudioError("conflict", "imports.mixed_currency", product=goods.name)


def _summed(product: Product, *, prices: bool = True) -> Product:
    """Its price is its cheapest variant's, its stock their sum where all are known."""
    stocks = [variant.stock for variant in product.variants]
    if all(stock is not None for stock in stocks):
        product = replace(product, stock=sum(stock or 0 for stock in stocks))
    if prices:
        cents, was = min(product.price_of(variant.sku) for variant in product.variants)
        product = replace(product, price_cents=cents, was_cents=was)
    return product
