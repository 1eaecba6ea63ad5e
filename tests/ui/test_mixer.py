"""Sound on the desk: solo, loudness, what is set once; and the bell, which is never on air.

The bell: what is new is heard by severity; muted, switched off or on air it is silent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QPushButton

from studio.audio.model import ALARM_LEVELS
from studio.sources.model import Health, SourceView
from ui.widgets.pop_form import PopForm

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
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


GONE = "No such output of any machine"


@pytest.fixture
def heard(program: Any) -> Iterator[list[str]]:
    """Severities that rang, with an output chosen that is not connected."""
    bell, before = program.window.bell, program.store.sources
    rang: list[str] = []
    bell.rang.connect(rang.append)
    bell.choose(GONE)
    yield rang
    bell.stop()
    bell.rang.disconnect(rang.append)
    program.store.sources = before
    program.settings.alarms_muted = False
    program.settings.alarm_silent = []
    bell.choose("")


def breaks(program: Any, name: str, **more: Any) -> None:
    """A source more, which is lost."""
    lost = SourceView(name, health=Health("lost"), **more)
    program.store.sources = (*program.store.sources, lost)
    program.store.changed.emit("sources")


def test_what_is_new_rings_once_and_says_when_it_is_not_heard(
    qtbot: Any, program: Any, heard: list[str]
) -> None:
    bell = program.window.bell
    breaks(program, "first")
    assert heard == ["amber"]
    program.store.changed.emit("sources")
    assert heard == ["amber"], "the same trouble is heard once"
    qtbot.waitUntil(lambda: GONE in bell.fault, timeout=SOON)
    button = program.window.topbar.bell
    assert button.isVisible()
    assert GONE in button.accessibleName()


def test_muted_or_switched_off_it_is_silent(program: Any, heard: list[str]) -> None:
    button = program.window.topbar.bell
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert program.settings.alarms_muted
    breaks(program, "muted")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not program.settings.alarms_muted
    program.settings.alarm_silent = ["amber"]
    breaks(program, "switched off")
    program.settings.alarm_silent = []
    program.window.bell.choose("")
    breaks(program, "no output")
    assert heard == []
    assert not button.isVisible()


def test_nothing_is_heard_where_a_source_takes_what_the_output_plays(
    program: Any, heard: list[str]
) -> None:
    bell = program.window.bell
    desktop = SourceView("browser sound", "desktop_sound", {"device": ""}, has_sound=True)
    program.store.sources = (*program.store.sources, desktop)
    breaks(program, "camera")
    assert "browser sound" in bell.test("red")
    assert heard == []
    assert "browser sound" in program.window.topbar.bell.accessibleName()


def test_the_settings_have_an_output_a_volume_and_a_test_for_each_severity(
    qtbot: Any, program: Any, heard: list[str]
) -> None:
    card = program.window.settings_card
    card.open("alarms")
    rows = {view.setting.id: view for section, view in card.rows if section == "alarms"}
    for level in ALARM_LEVELS:
        row = rows[f"alarm_{level}"]
        program.window.bell.stop()
        row.setting.widget.findChild(QPushButton).click()
        assert heard[-1] == level
        row.setting.widget.findChild(QCheckBox).click()
        assert level in program.settings.alarm_silent
    box = rows["alarm_device"].setting.widget
    assert box.currentData() == GONE
    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert program.settings.alarm_device == ""
    card.close_card()


def test_the_desk_was_opened_with_sources_as_they_are(program: Any, heard: list[str]) -> None:
    well = replace(program.store.sources[0], health=Health("ok"))
    program.store.sources = (well, *program.store.sources[1:])
    program.store.changed.emit("sources")
    assert heard == []
