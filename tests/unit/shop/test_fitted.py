"""A fit saved for all variants reaches those that wear their own picture."""

from __future__ import annotations

from studio.shop.fitted import fitted, with_each
from studio.shop.model import Product, TryOn, Variant

AMBER = TryOn("sunglasses", "amber.png")
BLACK = TryOn("sunglasses", "black.png", {"colour": "#000000", "width_mm": 150.0})
GLASSES = Product(
    id="g",
    number=1,
    name="Cat eye",
    price_cents=19900,
    try_on=AMBER,
    variants=(Variant("A", "Amber", try_on=AMBER), Variant("B", "Black", try_on=BLACK),
              Variant("C", "Clear")),
)  # fmt: skip


def _own(product: Product) -> dict[str, TryOn | None]:
    return {variant.sku: variant.try_on for variant in product.variants}


def test_for_all_each_keeps_its_picture_and_colour() -> None:
    wide = TryOn("sunglasses", "amber.png", {"width_mm": 139.0})
    found = fitted(GLASSES, wide)
    assert found.try_on == wide
    assert _own(found) == {
        "A": wide,
        "B": TryOn("sunglasses", "black.png", {"width_mm": 139.0, "colour": "#000000"}),
        "C": None,
    }


def test_a_new_picture_or_kind_is_worn_by_all() -> None:
    for new in (TryOn("sunglasses", "new.png"), TryOn("glasses", "amber.png"), None):
        found = fitted(GLASSES, new)
        assert found.try_on == new
        assert set(_own(found).values()) == {None}


def test_one_variant_alone() -> None:
    new = TryOn("sunglasses", "new.png")
    found = fitted(GLASSES, new, "B")
    assert found.try_on == AMBER
    assert _own(found) == {"A": AMBER, "B": new, "C": None}


def test_undo_gives_each_its_own_back() -> None:
    assert with_each(fitted(GLASSES, None), _own(GLASSES)).variants == GLASSES.variants
