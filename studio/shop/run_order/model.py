"""The run order as plain data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Literal, TypeVar

import msgspec

from studio.shop.model import LONGEST_ID, MOST_PRODUCTS, Product

DONE_AFTER_S = 20.0
"""Explained for less and left again, a product was touched by mistake: it is not done."""

GoodsId = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ID)]
GoodsList = Annotated[list[GoodsId], msgspec.Meta(max_length=MOST_PRODUCTS)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]
GoodsSeconds = Annotated[dict[GoodsId, Seconds], msgspec.Meta(max_length=MOST_PRODUCTS)]
Place = Annotated[int, msgspec.Meta(ge=1, le=MOST_PRODUCTS)]
RowState = Literal["later", "next", "now", "done", "sold_out"]


T = TypeVar("T")


class RunOrderPart(msgspec.Struct, frozen=True):
    """What the show keeps.

    Attributes:
        goods: ids in today's order; none: all goods by their numbers.
    """

    goods: tuple[str, ...] = ()

    def of(self, products: Sequence[Product]) -> tuple[Product, ...]:
        """Today's goods in their order; those that left the show are passed over.

        When all of them left, it is all goods by their numbers, as without an order.
        """
        by_id = {product.id: product for product in products}
        ordered = tuple(by_id[id] for id in self.goods if id in by_id)
        return ordered or tuple(sorted(products, key=lambda product: product.number))


def others_after(rows: Sequence[T], is_now: Callable[[T], bool]) -> list[T]:
    """All but the one that is explained, beginning with what follows it; all when none is."""
    at = next((number for number, row in enumerate(rows) if is_now(row)), -1)
    return [*rows[at + 1 :], *rows[: max(at, 0)]]


class RunOrderKept(msgspec.Struct, frozen=True):
    """How far it is; this survives a kill.

    Attributes:
        done: ids that were explained, or ticked by hand.
        seconds: explained so far, by id.
        wanted: how long those that are wanted once more had been explained by then.
    """

    done: tuple[str, ...] = ()
    seconds: dict[str, float] = {}
    wanted: dict[str, float] = {}


class RunOrderRow(msgspec.Struct, frozen=True):
    """A product of today.

    Attributes:
        seconds: it was explained, without the present time.
        score: how much of it is filled in, in percent.
        missing: what is not (`studio.shop.completeness.ATTRIBUTES`).
    """

    product: str
    number: int
    name: str
    state: RowState
    seconds: int
    score: int
    missing: tuple[str, ...] = ()


class RunOrderView(msgspec.Struct, frozen=True):
    """What desks and phones see.

    Attributes:
        is_own: an order was made; else it is all goods by their numbers.
        next: id of what comes next, "" for nothing.
        done: how many are done.
        score: how complete today's goods are together, in percent; None without goods.
    """

    rows: tuple[RunOrderRow, ...] = ()
    is_own: bool = False
    next: str = ""
    done: int = 0
    score: int | None = None
