"""The variants of a product: no name is cut, the chosen one is seen, the others are in a menu."""

from __future__ import annotations

import pytest

from ui.panels.products.variants import VariantChips

NAMES = (("a", "Amber"), ("b", "Black, matt and very long"), ("t", "Tea"), ("w", "Wine"))


@pytest.mark.parametrize("chosen", ["a", "b", "w", ""])
def test_what_has_no_room_stands_in_the_menu(qtbot, chosen):
    asked = []
    chips = VariantChips(asked.append)
    qtbot.addWidget(chips)
    chips.show_variants(NAMES, chosen)
    chips.show()
    whole = chips.sizeHint().width()
    for width in (*range(chips.minimumSizeHint().width(), whole + 40, 7), whole):
        chips.resize(width, chips.height())
        seen = [chip for chip in chips.chips.values() if chip.isVisible()]
        shown = [*seen, *([chips.more] if chips.more.isVisible() else [])]
        assert all(chip.width() >= chip.sizeHint().width() for chip in shown), "no name is cut"
        assert max(chip.x() + chip.width() for chip in shown) <= width
        for before, after in zip(shown, shown[1:], strict=False):
            assert before.x() + before.width() < after.x()
        assert chips.more.isVisible() == (len(seen) < len(NAMES)) == (width < whole)
        if seen and chosen and chips.chips[chosen].width() + chips.more.width() + 8 < width:
            assert chips.chips[chosen].isVisible()
    chips.resize(chips.minimumSizeHint().width(), chips.height())
    menu = chips.open_menu()
    assert [action.text() for action in menu.actions()] == [name for _, name in NAMES]
    assert [a.isChecked() for a in menu.actions()] == [sku == chosen for sku, _ in NAMES]
    menu.actions()[2].trigger()
    menu.close()
    assert asked == ["t"]
    assert "Tea" in chips.more.accessibleName()


def test_a_product_without_variants_takes_no_room(qtbot):
    chips = VariantChips(lambda sku: None)
    qtbot.addWidget(chips)
    chips.show_variants((), "")
    assert not chips.isVisible()
    assert chips.sizeHint().width() == 0
