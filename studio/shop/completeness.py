"""What of a product is not filled in."""

from __future__ import annotations

from studio.shop.model import Product

ATTRIBUTES = ("name", "price", "category", "photo", "points", "stock")


def gaps_of(product: Product) -> tuple[str, ...]:
    """What is missing of it: names of `ATTRIBUTES`."""
    there = (
        product.name, product.price_cents or any(product.price_of(sku)[0] for sku in product.skus),
        product.category, product.photo, product.points, product.stock is not None,
    )  # fmt: skip
    return tuple(name for name, value in zip(ATTRIBUTES, there, strict=True) if not value)


def score_of(gaps: tuple[str, ...]) -> int:
    """How complete a product with these gaps is, in percent."""
    return round(100 * (len(ATTRIBUTES) - len(gaps)) / len(ATTRIBUTES))
