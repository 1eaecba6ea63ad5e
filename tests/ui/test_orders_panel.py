"""The orders panel: a shop is let in, the door opened, and what is owed stands first."""

from __future__ import annotations

import signal
import socket

import pytest
from PySide6.QtCore import Qt

from bench.redis_server import RedisServer
from studio.shop.stock.place import Place
from studio.shop.stock.redis import RedisStock
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
    press(qtbot, panel, "Stock ledger…")
    form = pop_form()
    form.form.put("shop", "orders-panel")
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
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


def test_a_ledger_is_moved_into_a_store(program, qtbot, tmp_path):
    panel, store = program.window.panels["orders"], program.store
    program.window.reveal("orders")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    with RedisServer(tmp_path / "redis", "--appendfsync", "everysec") as server:
        press(qtbot, panel, "Stock ledger…")
        form = pop_form()
        form.form.put("shop", "shared-coats")
        form.form.put("url", server.url)
        qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: store.stock.shop == "shared-coats", timeout=SOON)
        qtbot.waitUntil(lambda: "appendfsync" in words(panel), timeout=SOON)
        look(program, "orders_store_en")
        other = RedisStock("shared-coats", Place({"url": server.url}))
        sku = next(p.id for p in store.shop.products if p.stock and not p.variants)

        def shown():
            return next(p.stock for p in store.shop.products if p.id == sku)

        other.receive("far", sku, 7).result()
        wanted = {level.sku: level.free for level in other.levels()}[sku]
        qtbot.waitUntil(lambda: shown() == wanted, timeout=SOON)
        server.send(signal.SIGSTOP)
        qtbot.waitUntil(lambda: bool(store.stock.error), timeout=20_000)
        qtbot.waitUntil(lambda: shown() is None, timeout=SOON)
        server.send(signal.SIGCONT)
        qtbot.waitUntil(lambda: shown() == wanted, timeout=20_000)
        press(qtbot, panel, "Stock ledger…")
        form = pop_form()
        form.form.put("back", True)
        qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bool(other.left_by), timeout=SOON)
        qtbot.waitUntil(lambda: not store.stock.error and shown() == wanted, timeout=20_000)
        other.close()
        program.actions.run("stock.open", {"shop": "orders-panel"})
        qtbot.waitUntil(lambda: store.stock.shop == "orders-panel", timeout=SOON)
