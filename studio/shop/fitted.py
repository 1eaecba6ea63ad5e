"""What a fit that is saved means for a product and those of its variants that wear their own."""

from __future__ import annotations

from msgspec.structs import replace

from studio.shop.model import Product, TryOn, Variant

EachTryOn = dict[str, TryOn | None]
"""Try-ons of variants by SKU."""


def fitted(product: Product, try_on: TryOn | None, sku: str = "") -> Product:
    """The product with ``try_on`` kept at one variant, or at the product for all of them.

    For all: a variant in its own colour keeps its picture and takes the fit over; where another
    kind or a new picture was chosen, every variant wears that.

    Args:
        product: as it is.
        try_on: None takes it off.
        sku: one variant of the product; "" is all.
    """
    if sku:
        return with_each(product, {sku: try_on})
    shown = {variant.try_on.asset for variant in product.variants if variant.try_on is not None}
    if product.try_on is not None:
        shown.add(product.try_on.asset)

    def follows(variant: Variant) -> TryOn | None:
        own = variant.try_on
        if own is None or try_on is None:
            return None
        if own.garment != try_on.garment or try_on.asset not in shown:
            return None
        colour = {"colour": own.fit["colour"]} if "colour" in own.fit else {}
        return replace(own, fit={**try_on.fit, **colour})

    each = {variant.sku: follows(variant) for variant in product.variants}
    return with_each(replace(product, try_on=try_on), each)


def with_each(product: Product, each: EachTryOn) -> Product:
    """The product with these try-ons at its variants; the others stay."""
    variants = tuple(
        replace(variant, try_on=each[variant.sku]) if variant.sku in each else variant
        for variant in product.variants
    )
    return replace(product, variants=variants)
