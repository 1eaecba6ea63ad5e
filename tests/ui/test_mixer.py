"""The mixer's own: solo, loudness, what is set once."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.widgets.pop_form import PopForm

pytestmark = pytest.mark.ui
SHARES_WINDOW = True
SOON = 8_000
LEFT = Qt.MouseButton.LeftButton


def strip(program: Any, name: str) -> Any:
    return next(s for s in program.store.sound.strips if s.source == name)


def test_solo_is_a_click_and_a_click_back(qtbot: Any, program: Any) -> None:
    panel = program.window.panels["mixer"]
    view = panel.strip("主播机位")
    QTest.mouseClick(view.solo, LEFT)
    qtbot.waitUntil(lambda: strip(program, "主播机位").is_solo, timeout=SOON)
    qtbot.waitUntil(view.solo.isChecked, timeout=SOON)
    QTest.mouseClick(view.solo, LEFT)
    qtbot.waitUntil(lambda: not strip(program, "主播机位").is_solo, timeout=SOON)


def test_pan_and_sends_are_set_in_a_form(qtbot: Any, program: Any) -> None:
    view = program.window.panels["mixer"].strip("主播机位")
    view.open_form()
    form = next(w for w in QApplication.topLevelWidgets() if isinstance(w, PopForm))
    assert form.form.widget("pan").lineEdit().selectedText()  # typing takes its place
    form.form.put("pan", -0.5)
    form.form.put("portrait", -6.0)
    QTest.mouseClick(form.done, LEFT)
    qtbot.waitUntil(lambda: strip(program, "主播机位").pan == -0.5, timeout=SOON)
    qtbot.waitUntil(lambda: strip(program, "主播机位").sends == {"portrait": -6.0}, timeout=SOON)
    program.actions.undo()
    program.actions.undo()
    qtbot.waitUntil(lambda: strip(program, "主播机位").pan == 0.0, timeout=SOON)


def test_the_head_says_how_loud_it_is(qtbot: Any, program: Any) -> None:
    panel = program.window.panels["mixer"]
    panel.raise_()
    qtbot.waitUntil(lambda: "LUFS" in panel.head.count.text(), timeout=SOON)
    qtbot.waitUntil(lambda: panel.head.count.text() != "– LUFS", timeout=SOON)
    QTest.mouseClick(panel.phones, LEFT)
    qtbot.waitUntil(lambda: program.store.sound.headphones.is_on, timeout=SOON)
    QTest.mouseClick(panel.phones, LEFT)
    qtbot.waitUntil(lambda: not program.store.sound.headphones.is_on, timeout=SOON)
