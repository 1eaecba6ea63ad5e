"""The goods of the show as advice needs them: what each earns, how many there are, may it be shown.

Nothing is proposed that is sold out or leaves less than it must: that is decided here, once, from
the shop's own price, limit and ledger.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.core.i18n import translate
from studio.insight.model import LabelPair
from studio.shop.model import Product
from studio.shop.offers.book import OfferBook
from studio.shop.offers.checking import counted
from studio.shop.offers.model import Limit

NO_LIMIT = Limit()
USUAL_SHARE = 0.3
"""Of the price, where no product's cost is known."""
Free = Callable[[str], int | None]


class GoodsTable(NamedTuple):
    """A row a product, in the show's order.

    Attributes:
        profit: minor units a piece; estimated where ``is_guessed``.
        free: pieces; infinite where they are not counted.
        barred: why a product is not proposed, by row.
        groups: rows of one category share a number.
    """

    products: tuple[Product, ...]
    at: dict[str, int]
    profit: NDArray[np.float64]
    is_guessed: NDArray[np.bool_]
    free: NDArray[np.float64]
    barred: dict[int, LabelPair]
    groups: NDArray[np.int64]
    share: float


def words(key: str, **params: object) -> LabelPair:
    """A text of the catalogue in both languages."""
    return LabelPair(translate(key, "zh", **params), translate(key, "en", **params))


def groups_of(products: Iterable[Product], book: OfferBook) -> dict[str, str]:
    """The product of each SKU, and of each product itself."""
    groups = {sku: product.id for sku, product in book.skus.items()}
    return groups | {product.id: product.id for product in products}


def goods_table(
    products: Iterable[Product], book: OfferBook, free: Free, margin_percent: int = 0
) -> GoodsTable:
    """Of all goods.

    Args:
        book: knows prices, costs and floors.
        free: pieces of a SKU in the ledger; None where it is not counted there.
        margin_percent: of the price that must be left.
    """
    ordered = tuple(sorted(products, key=lambda product: product.number))
    cents_of, limits = book.cents_of(), book.part.limits
    prices, costs, pieces = [], [], []
    barred: dict[int, LabelPair] = {}
    for row, product in enumerate(ordered):
        price, cost, total, is_counted = 0, math.nan, 0, True
        for sku in product.skus:
            number = _free(book, free, product, sku)
            if number is not None and number <= 0:
                continue
            is_counted, total = is_counted and number is not None, total + (number or 0)
            limit, cents = limits.get(sku, NO_LIMIT), cents_of(product, sku)
            price = max(price, cents)
            if limit.cost_cents:
                cost = limit.cost_cents if math.isnan(cost) else max(cost, limit.cost_cents)
                if (cents - limit.cost_cents) * 100 < cents * margin_percent:
                    barred[row] = words("advice.below_margin")
            if cents < limit.least:
                barred[row] = words("advice.below_margin")
            if cents <= 0:
                barred[row] = words("advice.no_price")
        if (is_counted and total <= 0) or (product.stock is not None and product.stock <= 0):
            barred[row] = words("advice.sold_out")
        prices.append(price)
        costs.append(cost)
        pieces.append(float(total) if is_counted else math.inf)
    price_, cost_ = np.array(prices, np.float64), np.array(costs, np.float64)
    known = ~np.isnan(cost_) & (price_ > 0)
    share = float(np.median(1 - cost_[known] / price_[known])) if known.any() else USUAL_SHARE
    profit = np.where(known, price_ - np.nan_to_num(cost_), price_ * share)
    names = [product.category for product in ordered]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return GoodsTable(
        ordered, {product.id: row for row, product in enumerate(ordered)}, profit, ~known,
        np.array(pieces),
        barred, np.array([numbers[name] for name in names], np.int64), share,
    )  # fmt: skip


def _free(book: OfferBook, free: Free, product: Product, sku: str) -> int | None:
    """The ledger's word first, then the show's own figure."""
    found = free(sku)
    if found is None and product.variants:
        return counted(book, sku)
    return product.stock if found is None else found
