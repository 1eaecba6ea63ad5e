"""Going live with the demo show: one click more, and it is a show of one's own."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from ui.widgets.pop_form import PopForm

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]
SOON = 20_000


def test_the_demo_is_saved_before_it_goes_live(qtbot: Any, program: Any) -> None:
    store, panel = program.store, program.window.panels["outputs"]
    program.window.reveal("outputs")
    product = store.shop.products[0]
    program.actions.run("shop.price", {"product": product.id, "cents": 4200, "was_cents": 0})
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"rtmp://127.0.0.1:{closed.getsockname()[1]}/live"
        program.actions.run("outputs.add", {"name": "far", "url": url, "key": "k"})
        qtbot.waitUntil(lambda: "far" in panel.rows, timeout=SOON)
        proposed = store.show.own_name
        assert proposed.startswith(store.show.name)
        QTest.mouseClick(panel.rows["far"].start, Qt.MouseButton.LeftButton)
        form = QApplication.activePopupWidget()
        assert isinstance(form, PopForm)
        assert form.findChild(QLineEdit).text() == proposed
        form.close()  # who changes their mind stays off air
        assert store.output("far").state.value == "idle"
        QTest.mouseClick(panel.rows["far"].start, Qt.MouseButton.LeftButton)
        form = QApplication.activePopupWidget()
        QTest.mouseClick(form.done, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not store.show.is_readonly, timeout=SOON)
        assert store.show.name == proposed
        assert store.shop.product(product.id).price_cents == 4200
        qtbot.waitUntil(lambda: store.output("far").state.value != "idle", timeout=SOON)
        program.actions.run("outputs.stop", {"name": "far", "confirm": True})
        idle = ("idle", "stopped")
        qtbot.waitUntil(lambda: store.output("far").state.value in idle, timeout=SOON)
        # Of one's own already: nothing is asked.
        QTest.mouseClick(panel.rows["far"].start, Qt.MouseButton.LeftButton)
        assert QApplication.activePopupWidget() is None
        qtbot.waitUntil(lambda: store.output("far").state.value not in idle, timeout=SOON)
        program.actions.run("outputs.stop", {"name": "far", "confirm": True})
        qtbot.waitUntil(lambda: store.output("far").state.value in idle, timeout=SOON)
