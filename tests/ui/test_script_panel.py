"""The script panel: written for an audience, accepted, worded by hand, refreshed."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ui.i18n import language
from ui.panels.script.table import TEXT

SOON = 15_000
pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def look(program, name: str) -> None:
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        QApplication.processEvents()
        program.window.grab().save(f"{folder}/{name}.png")


def test_a_script_by_mouse(program, qtbot):
    program.window.set_page("prepare")
    panel = program.window.panels["script"]
    program.window.reveal("script")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    store = program.store
    panel.product.setCurrentIndex(0)
    id = panel.product.currentData()
    qtbot.mouseClick(panel.generate, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.accept.isVisible(), timeout=SOON)
    look(program, "script_draft_en")
    panel.put_fact({"name": "material", "value": "板材", "source": "吊牌"})
    qtbot.waitUntil(lambda: store.script.facts == 1, timeout=SOON)
    qtbot.waitUntil(
        lambda: any("板材" in v.line.text and v.line.id == "material" for v in panel.model.lines),
        timeout=SOON,
    )
    qtbot.mouseClick(panel.accept, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(store.script.scripts) == 1, timeout=SOON)
    program.actions.run("shop.price", {"product": id, "cents": 12300})
    qtbot.waitUntil(lambda: store.script.scripts[0].stale == 1, timeout=SOON)
    qtbot.waitUntil(lambda: panel.head.badge.text == "1 stale", timeout=SOON)
    language.set("zh")
    look(program, "script_stale_zh")
    language.set("en")
    qtbot.mouseClick(panel.refresh, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.script.scripts[0].stale == 0, timeout=SOON)
    panel.model.setData(panel.model.index(0, TEXT), "全场只要1元")
    heard = []
    program.actions.run("script.facts", {"product": id}, done=heard.append)
    qtbot.waitUntil(lambda: bool(heard), timeout=SOON)  # answered after the line was refused
    assert "1元" not in panel.model.lines[0].line.text
