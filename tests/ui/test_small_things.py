"""A sale's price in the goods, no empty strip above the plans, a focus that is seen."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.shop.offers.model import Offer, OfferView
from ui.theme import sheet, tokens

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]
SHARES_WINDOW = True
SOON = 20_000


def test_during_a_sale_the_row_shows_its_price_and_the_list_price_struck(
    qtbot: Any, program: Any
) -> None:
    store, panel = program.store, program.window.panels["products"]
    product = store.shop.products[0]
    row = panel._rows[product.id]
    own = row.price.label.text()
    sku = product.skus[0]
    sale = Offer(id="sale", sku=sku, price_cents=product.price_cents // 2, seconds=60)
    cents = product.price_cents // 2
    store.offers = (OfferView(sale, product.id, product.price_cents, cents, stage="live"),)
    store.changed.emit("offers")
    assert row.was.isVisibleTo(panel)
    assert row.was.text() == own
    assert row.was.font().strikeOut()
    assert row.price.label.text() != own
    QTest.keyClick(row.price, Qt.Key.Key_F2)
    typed = "".join(sign for sign in own if sign.isdigit() or sign == ".")
    assert row.price.edit.text() == typed, "what is changed is the list price"
    QTest.keyClick(row.price, Qt.Key.Key_Escape)
    store.offers = ()
    store.changed.emit("offers")
    assert row.price.label.text() == own
    assert not row.was.isVisibleTo(panel)


def test_no_empty_strip_stands_above_the_first_plan(qtbot: Any, program: Any) -> None:
    panel = program.window.panels["plans"]
    qtbot.waitUntil(lambda: bool(panel._rows), timeout=SOON)
    for block in panel._blocks:  # runs, questions, plans that wait: a busy machine may have some
        margins = block.contentsMargins()
        assert bool(margins.top() + margins.bottom()) is bool(block.count())


def test_what_has_the_keyboard_has_a_ring_of_its_own(qtbot: Any, program: Any) -> None:
    assert tokens.FOCUS not in (tokens.ACCENT, tokens.ACCENT_FILL, tokens.NEXT, tokens.ATTENTION)
    rules = [rule for rule in sheet.sheet().split("}") if ":focus" in rule]
    assert len(rules) >= 8
    assert all(f"2px solid {tokens.FOCUS}" in rule for rule in rules), rules
    button = program.window.scenes.take
    program.window.set_layout("controller")
    program.window.activateWindow()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(button.hasFocus, timeout=SOON)
    QApplication.processEvents()

    def ring() -> set[str]:
        image = button.grab().toImage()
        return {image.pixelColor(image.width() // 2, y).name().upper() for y in range(3)}

    assert tokens.FOCUS.upper() in ring()


def test_no_panel_needs_more_room_than_its_place_has(qtbot: Any, program: Any) -> None:
    """One that does takes it from its neighbours: on a small laptop goods and mixer are cut."""
    wide = {
        id: panel.widget().minimumSizeHint().width() for id, panel in program.window.panels.items()
    }
    assert {id: needs for id, needs in wide.items() if needs > tokens.px(300)} == {}
