"""The orders panel: a shop is let in, the door opened, and what is owed stands first."""

from __future__ import annotations

import socket

import pytest
from PySide6.QtCore import Qt

from tests.ui.test_offers_panel import SOON, look, pop_form, press
from ui.i18n import language
from ui.widgets.basics import TextLabel

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def words(panel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(TextLabel))


def test_a_shop_is_let_in_and_heard(program, qtbot):
    panel, store = program.window.panels["orders"], program.store
    program.window.reveal("orders")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    press(qtbot, panel, "Add a sender")
    form = pop_form()
    form.form.put("name", "web")
    form.form.put("secret", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(store.orders.senders) == 1, timeout=SOON)
    assert store.orders.senders[0].has_secret
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program.actions.run("stock.open", {"shop": "orders-panel"})
    qtbot.waitUntil(lambda: store.stock.shop == "orders-panel", timeout=SOON)
    program.actions.run("orders.open_door", {"port": port})
    qtbot.waitUntil(lambda: store.orders.is_open, timeout=SOON)
    qtbot.waitUntil(lambda: f":{port}/orders/" in words(panel), timeout=SOON)
    assert "MDEyMzQ1" not in words(panel)
    look(program, "orders_en")
    language.set("zh")
    look(program, "orders_zh")
    language.set("en")
    press(qtbot, panel, "Close")
    qtbot.waitUntil(lambda: not store.orders.is_open, timeout=SOON)
    program.actions.run("orders.remove_sender", {"name": "web", "confirm": True})
    qtbot.waitUntil(lambda: not store.orders.senders, timeout=SOON)
