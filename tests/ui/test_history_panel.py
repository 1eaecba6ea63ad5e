"""The history panel: saved questions answered as a table, a report written, the window at ease."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.ui.test_offers_panel import pop_form
from ui.i18n import language

SOON = 40_000
pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def test_questions_are_listed_and_answered(program, qtbot):
    program.window.pages.set_page("review")
    panel = program.window.panels["history"]
    program.window.reveal("history")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    qtbot.mouseClick(panel.ask, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.model.answer.question == "airings", timeout=SOON)
    assert panel.question_choice.count() >= 10
    panel.question_choice.setCurrentIndex(panel.question_choice.findData("kinds"))
    panel.show_choice.setCurrentIndex(panel.show_choice.findData(""))
    qtbot.mouseClick(panel.ask, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.model.answer.question == "kinds", timeout=SOON)
    names = [panel.model.index(row, 0).data() for row in range(panel.model.rowCount())]
    assert "tally.changed" in names
    assert panel.model.headerData(2, Qt.Orientation.Horizontal) == "money (cents)"
    language.set("zh")
    assert panel.show_choice.currentData() == "", "another language leaves what was chosen"
    assert panel.question_choice.currentData() == "kinds"
    language.set("en")
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        QApplication.processEvents()
        program.window.grab().save(str(Path(folder) / "history.png"))
    qtbot.mouseClick(panel.actions_of.put, Qt.MouseButton.LeftButton)
    form = pop_form()
    form.form.put("what", "greet everybody by name")
    form.form.put("owner", "Li")
    form.form.put("metric", "comments")
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
    shown = program.store.incidents.actions
    qtbot.waitUntil(lambda: len(program.store.incidents.actions) > len(shown), timeout=SOON)
    assert program.store.incidents.actions[-1].metric == "comments"
    qtbot.waitUntil(lambda: panel.model.answer.question == "effects", timeout=SOON)
    assert panel.model.headerData(7, Qt.Orientation.Horizontal) == "Verdict"
    if folder:
        QApplication.processEvents()
        program.window.grab().save(str(Path(folder) / "history_effects.png"))
    program.window.pages.set_page("live")
