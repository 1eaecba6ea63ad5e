"""The host's panel and the nodes: alarms shown and put right, a node ticked by name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from ui.widgets.pop_form import PopForm

SOON = 40_000
pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def look(program: Any, name: str) -> None:
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        QApplication.processEvents()
        program.window.grab().save(str(Path(folder) / f"{name}.png"))


def test_an_alarm_is_shown_and_put_right(program: Any, qtbot: Any) -> None:
    panel = program.window.panels["host"]
    program.window.reveal("host")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    program.client.call("guard.hear", {"text": "这是全网最低价"}, lambda reply: None)
    qtbot.waitUntil(lambda: "最低价" in panel.claim.text(), timeout=SOON)
    look(program, "host-alarm")
    assert panel.put_right.isVisible()
    qtbot.mouseClick(panel.put_right, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not panel.claim.isVisible(), timeout=SOON)
    assert program.store.guard.alarms[0].dismissed_by
    assert not panel.stand_in.isVisible()  # no scene of the demo show has one


def test_listening_without_a_model_says_what_to_run(program: Any, qtbot: Any) -> None:
    panel = program.window.panels["host"]
    program.window.reveal("host")
    qtbot.mouseClick(panel.ears, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: program.store.guard.ears == "absent", timeout=SOON)
    qtbot.waitUntil(lambda: "shopcast voice fetch" in panel.hearing.text(), timeout=SOON)
    qtbot.mouseClick(panel.ears, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not program.store.guard.listens, timeout=SOON)


def test_a_stand_in_without_a_voice_says_what_to_run(program: Any, qtbot: Any) -> None:
    panel = program.window.panels["host"]
    program.window.reveal("host")

    def run(command: str, **args: Any) -> None:
        done: list[Any] = []
        program.client.call(command, args, done.append)
        qtbot.waitUntil(lambda: bool(done), timeout=SOON)

    run("scenes.add", name="AI scene")
    run("sources.add", kind="stand_in", name="ai", settings={})
    run("items.add", scene="AI scene", source="ai")
    qtbot.waitUntil(panel.stand_in.isVisible, timeout=SOON)
    qtbot.mouseClick(panel.stand_in, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: program.store.standin.is_in, timeout=SOON)
    qtbot.waitUntil(lambda: "shopcast voice fetch speaking" in panel.speech.text(), timeout=SOON)
    look(program, "host-stand-in")
    run("host.voice", on=False)
    qtbot.waitUntil(lambda: not panel.speech.isVisible(), timeout=SOON)
    run("host.voice", on=True)
    qtbot.mouseClick(panel.stand_in, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not program.store.standin.is_in, timeout=SOON)
    run("scenes.remove", name="AI scene")
    run("sources.remove", name="ai")


def test_a_node_is_ticked_by_name_and_taken_back(program: Any, qtbot: Any) -> None:
    program.window.pages.set_page("prepare")
    panel = program.window.panels["nodes"]
    program.window.reveal("nodes")
    qtbot.waitUntil(lambda: panel.isVisible() and len(panel.rows) == 7, timeout=SOON)
    look(program, "nodes")
    row = panel.rows["clips"]
    qtbot.mouseClick(row.tick, Qt.MouseButton.LeftButton)
    form = next(w for w in QApplication.topLevelWidgets() if isinstance(w, PopForm))
    editor = form.findChild(QLineEdit)
    assert editor is not None
    editor.setText("Li")
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Li" in row.proof.text(), timeout=SOON)
    qtbot.mouseClick(row.tick, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Li" not in row.proof.text(), timeout=SOON)
    program.window.pages.set_page("live")
