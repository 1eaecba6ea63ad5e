"""What comes after the product that is explained."""

from __future__ import annotations

from studio.shop.model import Product, ShopState
from studio.shop.run_order.model import RunOrderView, others_after

PASSED_OVER = ("done", "sold_out")


def product_after(shop: ShopState, today: RunOrderView) -> Product | None:
    """The next of today's goods that is not done and not sold out; when all are, simply the next.

    By the product that is explained now, as the shop says it: the order may be told a moment later.
    """
    others = others_after(today.rows, lambda row: row.product == shop.explaining)
    wanted = [row for row in others if row.state not in PASSED_OVER] or others
    return shop.product(wanted[0].product) if wanted else None
