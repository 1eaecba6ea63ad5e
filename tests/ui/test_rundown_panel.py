"""The rundown panel: drafted from the goods, begun, held, caught up, edited in the table."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ui.i18n import language
from ui.panels.rundown.table import LENGTH, TITLE, typed_length

SOON = 15_000
pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def look(program, name: str) -> None:
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        QApplication.processEvents()
        program.window.grab().save(f"{folder}/{name}.png")


def test_lengths_as_they_are_typed() -> None:
    typed = ("10", "10:30", "1:00:00", "soon", "", "-5")
    assert [typed_length(text) for text in typed] == [600, 630, 3600, None, None, None]


def test_a_rundown_by_mouse(program, qtbot, tmp_path: Path):
    panel = program.window.panels["rundown"]
    program.window.reveal("rundown")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    store = program.store
    assert not panel.table.isVisible()
    look(program, "rundown_empty_en")
    panel.draft_rundown({"minutes": 120, "start": ""})
    qtbot.waitUntil(lambda: len(store.rundown.items) > 4, timeout=SOON)
    model = panel.model
    model.setData(model.index(0, TITLE), "Hello everybody")
    qtbot.waitUntil(lambda: store.rundown.items[0].item.title == "Hello everybody", timeout=SOON)
    model.setData(model.index(0, LENGTH), "3:30")
    qtbot.waitUntil(lambda: store.rundown.items[0].item.seconds == 210, timeout=SOON)
    qtbot.mouseClick(panel.begin, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.rundown.stage == "running", timeout=SOON)
    assert panel.strip.now.text() == "Hello everybody"
    assert panel.strip.left.text().startswith("03:")
    qtbot.mouseClick(panel.forward, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.rundown.items[0].state == "done", timeout=SOON)
    qtbot.mouseClick(panel.hold, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.rundown.stage == "paused", timeout=SOON)
    look(program, "rundown_paused_en")
    language.set("zh")
    look(program, "rundown_paused_zh")
    language.set("en")
    file = tmp_path / "more.csv"
    file.write_text("title,minutes\nHello everybody,5\nA game,4\n", encoding="utf-8")
    panel.read(str(file))
    qtbot.waitUntil(lambda: panel.import_box.isVisible(), timeout=SOON)
    assert "A game" in panel.difference.text()
    look(program, "rundown_import_en")
    qtbot.mouseClick(panel.leave, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.end, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.rundown.stage == "ended", timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: store.rundown.stage == "paused", timeout=SOON)
