"""What N explains: today's goods in their order, those done and sold out passed over."""

from __future__ import annotations

import pytest

from studio.shop.model import Product, ShopState
from studio.shop.run_order.model import RunOrderRow, RunOrderView
from ui.models.run_order import product_after

IDS = ("hat", "bag", "cap", "coat")
GOODS = tuple(Product(id, number, id, 100) for number, id in enumerate(IDS, 1))


@pytest.mark.parametrize(
    ("states", "explaining", "wanted"),
    [
        ({}, "", "hat"),
        ({}, "hat", "bag"),
        ({}, "coat", "hat"),
        ({"bag": "done", "cap": "sold_out"}, "hat", "coat"),
        ({"hat": "done", "bag": "done"}, "coat", "cap"),
        (dict.fromkeys(IDS, "done"), "bag", "cap"),
        ({"bag": "now"}, "cap", "coat"),
    ],
)
def test_the_next_one(states: dict[str, str], explaining: str, wanted: str) -> None:
    rows = tuple(
        RunOrderRow(id, number, id, states.get(id, "later"), 0, 100)  # type: ignore[arg-type]
        for number, id in enumerate(IDS, 1)
    )
    found = product_after(ShopState(GOODS, explaining=explaining), RunOrderView(rows))
    assert found is not None
    assert found.id == wanted


def test_nothing_where_there_is_nothing() -> None:
    assert product_after(ShopState(), RunOrderView()) is None
    only = RunOrderView((RunOrderRow("hat", 1, "hat", "now", 0, 100),))
    assert product_after(ShopState(GOODS[:1], explaining="hat"), only) is None
