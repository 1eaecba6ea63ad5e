"""The veto window on the desk: chosen in the menu, counted down, stopped by a click."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from tests.ui.test_offers_panel import SOON, look
from ui.i18n import language

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
SAID = "这件外套 160 穿什么码？"


def test_a_pinned_comment_counts_down_and_is_vetoed(program, qtbot):
    panel, store = program.window.panels["comments"], program.store
    program.window.reveal("comments")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    program.actions.run("comments.say", {"text": SAID, "author": "小鹿"})
    qtbot.waitUntil(lambda: any(e.text == SAID for e in store.comments.all), timeout=SOON)
    entry = next(e for e in store.comments.all if e.text == SAID)
    panel.list.asked.emit(entry, panel.list.mapToGlobal(panel.list.pos()))
    menu = next(m for m in panel.findChildren(QMenu) if m.isVisible())
    window = next(a.menu() for a in menu.actions() if a.text() == "Veto window")
    next(a for a in window.actions() if a.text() == "10 s").trigger()
    menu.close()
    qtbot.waitUntil(lambda: store.comments.veto_s == 10, timeout=SOON)
    program.actions.run("comments.pin", {"id": entry.id})
    qtbot.waitUntil(panel.waiting.isVisible, timeout=SOON)
    first = panel.waiting.words.text()
    assert first.startswith("Goes up in ")
    assert SAID in first
    for name, code, size in (
        ("veto_en_1280", "en", (1280, 720)),
        ("veto_zh_1920", "zh", (1920, 1080)),
    ):
        language.set(code)
        program.window.resize(*size)
        look(program, name)
    language.set("en")
    qtbot.waitUntil(lambda: panel.waiting.words.text() != first, timeout=SOON)
    qtbot.mouseClick(panel.waiting.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.comments.waiting is None, timeout=SOON)
    qtbot.waitUntil(lambda: not panel.waiting.isVisible(), timeout=SOON)
    assert store.comments.pinned is None or store.comments.pinned.id != entry.id
    program.actions.run("comments.veto_window", {"seconds": 0})
    qtbot.waitUntil(lambda: store.comments.veto_s == 0, timeout=SOON)
