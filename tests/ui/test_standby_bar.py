"""The amber bar: there while viewers see standby, over the picture, and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 8_000


def test_the_bar_comes_with_standby_and_leads_back(qtbot: Any, program: Any) -> None:
    store, window = program.store, program.window
    bar, view = window.monitors.standby_bar, window.monitors.programme.view
    before = dict(store.scenes.programme)
    around = view.geometry()
    assert not bar.isVisible()
    program.actions.run("scenes.standby")
    qtbot.waitUntil(bar.isVisible, timeout=SOON)
    assert view.geometry() == around  # nothing has moved under anybody's mouse
    assert "Microphones off" in bar.words.text()
    assert before["landscape"] in bar.back.text()
    host = next(s.source for s in store.sound.strips if not s.is_muted)
    qtbot.waitUntil(lambda: store.sound.closed == (host,), timeout=SOON)
    strip = window.panels["mixer"].strip(host)
    assert strip.gain.text() == "off"
    QTest.mouseClick(bar.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=SOON)
    assert store.scenes.programme == before
    qtbot.waitUntil(lambda: strip.gain.text() != "off", timeout=SOON)


def test_nothing_is_claimed_while_the_engine_is_not_heard(qtbot: Any, program: Any) -> None:
    bar = program.window.monitors.standby_bar
    program.actions.run("scenes.standby")
    qtbot.waitUntil(bar.isVisible, timeout=SOON)
    program.client.state_changed.emit("lost", "")
    program.client.state = "lost"
    bar.retext()
    assert not bar.isVisible()
    program.client.state = "live"
    bar.retext()
    program.actions.run("scenes.back")
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=SOON)
