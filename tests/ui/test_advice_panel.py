"""The advice panel: an order proposed with reasons, taken over by one click and taken back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

SOON = 60_000
pytestmark = pytest.mark.ui
SHARES_WINDOW = True


def look(program, name):
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        QApplication.processEvents()
        program.window.grab().save(str(Path(folder) / f"{name}.png"))


def test_an_order_is_proposed_and_taken_over(program, qtbot):
    program.window.pages.set_page("review")
    panel = program.window.panels["advice"]
    program.window.reveal("advice")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    assert not panel.accept.isEnabled()
    qtbot.mouseClick(panel.propose, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.model.rowCount() > 0, timeout=SOON)
    goods = program.window.desk.store.shop.products
    assert panel.model.rowCount() == len(goods)
    assert panel.says.text()
    look(program, "advice")
    program.window.pages.set_page("live")
