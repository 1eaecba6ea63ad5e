"""The run-order panel: goods moved, left out, ticked and gone on with, by mouse and by key."""

from __future__ import annotations

import os
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.i18n import language
from ui.panels.run_order.table import FILLED, GOODS
from ui.widgets.basics import Button

SOON = 15_000
pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def look(program: Any, name: str) -> None:
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        QApplication.processEvents()
        program.window.grab().save(f"{folder}/{name}.png")


def test_todays_goods_by_mouse_and_key(program: Any, qtbot: Any) -> None:
    window, store = program.window, program.store
    window.set_page("prepare")
    panel = window.panels["run_order"]
    window.reveal("run_order")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    qtbot.waitUntil(lambda: len(panel.model.rows()) > 3, timeout=SOON)
    assert not panel.all.isVisible()
    ids = [row.product for row in store.run_order.rows]

    def order() -> list[str]:
        return [row.product for row in store.run_order.rows]

    panel.table.setFocus()
    panel.table.setCurrentIndex(panel.model.index(1, GOODS))
    QTest.keyClick(panel.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: order()[0] == ids[1], timeout=SOON)
    qtbot.waitUntil(lambda: panel.table.currentIndex().row() == 0, timeout=SOON)
    qtbot.mouseClick(panel.down, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: order() == ids, timeout=SOON)
    QTest.keyClick(panel.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: ids[1] not in order(), timeout=SOON)
    assert panel.all.isVisible()
    qtbot.mouseClick(panel.forward, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(store.shop.explaining), timeout=SOON)
    assert store.run_order.rows[0].state == "now" or store.run_order.next
    panel.table.setCurrentIndex(panel.model.index(2, GOODS))
    qtbot.mouseClick(panel.tick, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.run_order.rows[2].state == "done", timeout=SOON)
    assert panel.model.index(0, FILLED).data().endswith("%")
    look(program, "run_order_en")
    language.set("zh")
    look(program, "run_order_zh")
    language.set("en")
    qtbot.mouseClick(panel.all, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: order() == ids, timeout=SOON)
    program.actions.run("run_order.begin", {})
    program.actions.run("shop.explain", {"product": ""})
    qtbot.waitUntil(lambda: not store.shop.explaining, timeout=SOON)


def test_the_second_of_two_clicks_presses_what_the_first_one_did_alone(qtbot: Any) -> None:
    pressed: list[str] = []

    def press(button: Button, words: str = "") -> None:
        pressed.append(button.text())
        button.setText(words or button.text())

    opens, again, about = Button("Open"), Button("Hearts"), Button("Next")
    opens.clicked.connect(lambda: press(opens, "Release"))
    again.clicked.connect(lambda: press(again))
    about.clicked.connect(lambda: (press(about), setattr(about, "about", "coat")))
    left = Qt.MouseButton.LeftButton
    for first, second in ((opens, opens), (again, again), (about, about), (about, again)):
        QTest.mouseClick(first, left)
        QTest.mouseDClick(second, left)
        QTest.mouseRelease(second, left)
    assert pressed == ["Open", "Hearts", "Hearts", "Next", "Next"]
    QTest.mouseClick(opens, left)
    assert pressed[-1] == "Release", "one click is always one"
