"""Who is muted, on the desk: a list with reason and end, lifted by one click."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.ui.test_offers_panel import SOON, look
from ui.i18n import language
from ui.panels.comments.mutes import MutedRow
from ui.widgets.basics import TextLabel

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def test_a_mute_is_seen_with_its_reason_and_lifted(program, qtbot):
    panel, store = program.window.panels["comments"], program.store
    program.window.reveal("comments")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    program.actions.run("comments.say", {"text": "这是骗子吧", "author": "水军七号"})
    qtbot.waitUntil(lambda: any(e.author == "水军七号" for e in store.comments.held), timeout=SOON)
    said = next(e for e in store.comments.held if e.author == "水军七号")
    program.actions.run("comments.mute", {"id": said.id, "minutes": 10})
    tabs = panel.tabs
    qtbot.waitUntil(lambda: tabs.button("muted") is not None, timeout=SOON)
    qtbot.mouseClick(tabs.button("muted"), Qt.MouseButton.LeftButton)
    (row,) = panel.muted.findChildren(MutedRow)
    words = " ".join(label.text() for label in row.findChildren(TextLabel))
    for wanted in ("水军七号 · muted until", 'said: "这是骗子吧"', "rule ", "decided by"):
        assert wanted in words, words
    assert not panel.list.isVisible()
    for size in ((1280, 720), (1920, 1080)):
        program.window.resize(*size)
        look(program, f"mutes_en_{size[0]}")
    language.set("zh")
    look(program, "mutes_zh_1920")
    program.window.resize(1280, 720)
    look(program, "mutes_zh_1280")
    language.set("en")
    qtbot.mouseClick(row.lift, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not store.comments.muted, timeout=SOON)
    qtbot.waitUntil(lambda: tabs.button("muted") is None, timeout=SOON)
    assert tabs.value == "best"
    assert panel.list.isVisible()
