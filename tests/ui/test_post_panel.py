"""The command post's panel: a task is taken and done, a message is read, all by mouse."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

SOON = 30_000
pytestmark = pytest.mark.ui
SHARES_WINDOW = True


def press(qtbot, panel, name: str) -> None:
    def found() -> list[QPushButton]:
        buttons = panel.findChildren(QPushButton)
        return [b for b in buttons if b.accessibleName() == name and b.isVisible()]

    qtbot.waitUntil(lambda: len(found()) == 1, timeout=SOON)
    qtbot.mouseClick(found()[0], Qt.MouseButton.LeftButton)


def test_a_task_is_taken_and_done_and_a_message_read(program, qtbot):
    panel = program.window.panels["post"]
    program.window.reveal("post")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    store = program.store
    if not store.post.is_open:  # a busy machine may have opened it by a plan
        program.actions.run("post.open", {})
    qtbot.waitUntil(lambda: store.post.is_open, timeout=SOON)
    task = {"role": "controller", "text": "Call the platform"}
    program.actions.run("post.task", task)
    press(qtbot, panel, "I do it: Call the platform")
    press(qtbot, panel, "Done: Call the platform")
    qtbot.waitUntil(lambda: any(t.done_utc for t in store.post.tasks), timeout=SOON)
    panel.words.setText("They answer in five minutes")
    qtbot.mouseClick(panel.send, Qt.MouseButton.LeftButton)
    press(qtbot, panel, "Got it: They answer in five minutes")
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        QApplication.processEvents()
        program.window.grab().save(f"{folder}/post.png")
    qtbot.mouseClick(panel.toggle, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not store.post.is_open, timeout=SOON)
