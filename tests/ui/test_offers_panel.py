"""The offers panel: a flash sale is made in one form, begun and ended with one click."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from ui.i18n import language
from ui.widgets.pop_form import PopForm

SOON = 15_000
pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def pop_form() -> PopForm:
    (form,) = [
        w for w in QApplication.topLevelWidgets() if isinstance(w, PopForm) and w.isVisible()
    ]
    return form


def press(qtbot, panel, name: str) -> None:
    """Clicks a button as soon as it is there to be seen."""

    def found() -> list[QPushButton]:
        buttons = panel.findChildren(QPushButton)
        return [b for b in buttons if b.accessibleName() == name and b.isVisible()]

    qtbot.waitUntil(lambda: len(found()) == 1, timeout=SOON)
    qtbot.mouseClick(found()[0], Qt.MouseButton.LeftButton)


def look(program, name: str) -> None:
    """Keeps a picture where somebody wants to look."""
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        QApplication.processEvents()
        program.window.grab().save(f"{folder}/{name}.png")


def test_a_flash_sale_by_mouse(program, qtbot):
    panel = program.window.panels["offers"]
    program.window.reveal("offers")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    store = program.store
    product = min(store.shop.products, key=lambda p: p.number)
    program.actions.run("shop.card", {"product": product.id})
    qtbot.waitUntil(lambda: store.shop.card == product.id, timeout=SOON)
    press(qtbot, panel, "New flash sale")
    form = pop_form()
    assert form.form.values()["sku"] == product.skus[0]
    form.form.put("price", "1.00")
    form.form.put("countdown_s", 0)
    look(program, "offers_form_en")
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(store.offers) == 1, timeout=SOON)
    assert store.offers[0].offer.price_cents == 100
    press(qtbot, panel, "Start Flash sale")
    qtbot.waitUntil(lambda: store.offers[0].stage == "live", timeout=SOON)
    qtbot.waitUntil(lambda: panel.head.badge.text == "On sale", timeout=SOON)
    look(program, "offers_live_en")
    language.set("zh")
    look(program, "offers_live_zh")
    language.set("en")
    press(qtbot, panel, "Stop Flash sale")
    qtbot.waitUntil(lambda: store.offers[0].stage == "ended", timeout=SOON)
    press(qtbot, panel, "Remove Flash sale")
    qtbot.waitUntil(lambda: not store.offers, timeout=SOON)


def test_what_is_no_price_is_said(program, qtbot):
    panel = program.window.panels["offers"]
    program.window.reveal("offers")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    press(qtbot, panel, "New flash sale")
    form = pop_form()
    form.form.put("price", "cheap")
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
    assert not program.store.offers


def test_a_bundle_and_a_coupon_by_mouse(program, qtbot):
    panel = program.window.panels["offers"]
    program.window.reveal("offers")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    store = program.store
    press(qtbot, panel, "New bundle")
    form = pop_form()
    form.form.put("price", "1.00")
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(store.offers) == 1, timeout=SOON)
    assert len(store.offers[0].offer.parts) == len(store.offers[0].parts) == 2
    press(qtbot, panel, "New coupon")
    form = pop_form()
    form.form.put("price", "20")
    form.form.put("from", "100")
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(store.coupons) == 1, timeout=SOON)
    assert store.coupons[0].coupon.from_cents == 10_000
    look(program, "offers_bundle_coupon_en")
    language.set("zh")
    look(program, "offers_bundle_coupon_zh")
    language.set("en")
    press(qtbot, panel, "Remove Coupon")
    qtbot.waitUntil(lambda: not store.coupons, timeout=SOON)
    press(qtbot, panel, "Remove Bundle")
    qtbot.waitUntil(lambda: not store.offers, timeout=SOON)
