"""A held row that somebody else looks at says so; what was decided meanwhile is told."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.ui.test_offers_panel import SOON, look
from ui.i18n import language

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
SAID = "这是骗子吧，大家别信"


def test_a_chosen_row_is_claimed_and_a_late_decision_changes_nothing(program, qtbot):
    panel, store = program.window.panels["comments"], program.store
    program.window.reveal("comments")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    program.actions.run("comments.say", {"text": SAID, "author": "水军八号"})
    qtbot.waitUntil(lambda: any(e.text == SAID for e in store.comments.held), timeout=SOON)
    qtbot.mouseClick(panel.tabs.button("held"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(panel.list.comments.entries), timeout=SOON)
    place = next(n for n, e in enumerate(panel.list.comments.entries) if e.text == SAID)
    panel.list.setCurrentIndex(panel.list.comments.index(place))

    def row():
        return next(e for e in store.comments.all if e.text == SAID)

    qtbot.waitUntil(lambda: row().claimed_by == "here", timeout=SOON)
    delegate = panel.list.delegate
    qtbot.waitUntil(lambda: delegate.me == "here", timeout=SOON)
    assert not any("looking" in word for word, _ in delegate.tags(row()))
    panel.list.set_me("Lin")  # as the desk of another person shows it
    assert ("this machine is looking", "attention_soft") in delegate.tags(row())
    program.window.resize(1280, 720)
    look(program, "claim_en_1280")
    language.set("zh")
    program.window.resize(1920, 1080)
    look(program, "claim_zh_1920")
    language.set("en")
    seen = row()
    program.actions.run("comments.release", {"id": seen.id})  # somebody else was quicker
    qtbot.waitUntil(lambda: row().state == "released", timeout=SOON)
    with qtbot.waitSignal(program.actions.failed, timeout=SOON) as told:
        panel.list.acted.emit(seen, "block")
    assert "has already handled this comment: released" in str(told.args)
    assert row().state == "released"
    program.actions.run("comments.block", {"id": seen.id})
