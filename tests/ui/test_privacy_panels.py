"""Audit and privacy: entries with their light, requests with deadlines, what is over its time."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt

from studio.governance.keeping.model import KeepingRule, KeepingView, RuleView
from tests.ui.test_offers_panel import SOON, look, pop_form, press
from ui.i18n import language
from ui.widgets.basics import TextLabel

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def words(panel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(TextLabel))


def test_the_newest_entries_and_the_light(program, qtbot):
    panel, store = program.window.panels["audit"], program.store
    program.window.reveal("audit")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    program.actions.run("shop.price", {"product": "nothing", "cents": 5})
    program.actions.run("watch.check", {})
    qtbot.waitUntil(lambda: store.watch.chain == "whole", timeout=SOON)
    qtbot.waitUntil(lambda: panel.light.tone == "good", timeout=SOON)

    def heard() -> bool:
        panel.search.setText("" if panel.search.text() else "shop.price")
        return any(entry.what == "shop.price" for entry in panel.model.entries)

    qtbot.waitUntil(heard, timeout=SOON)
    (entry, *_) = [entry for entry in panel.model.entries if entry.what == "shop.price"]
    assert not entry.is_done
    assert entry.who
    look(program, "audit_en")
    store.watch, before = msgspec.structs.replace(store.watch, chain="broken"), store.watch
    store.changed.emit("watch")
    assert panel.light.tone == "attention"
    store.watch = before
    store.changed.emit("watch")
    panel.search.setText("")


def test_a_request_is_answered_and_what_is_due_is_shown(program, qtbot):
    panel, store = program.window.panels["privacy"], program.store
    program.window.reveal("privacy")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    press(qtbot, panel, "New request")
    form = pop_form()
    form.form.put("who", "douyin/rosalind")
    form.form.put("kind", "erase")
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(store.privacy.requests) == 1, timeout=SOON)
    assert "rosalind" not in msgspec.json.encode(store.privacy).decode()
    qtbot.waitUntil(lambda: "erasure" in words(panel), timeout=SOON)
    keeping = store.keeping
    rule = KeepingRule(id="support", data="inner", days=30)
    store.keeping = KeepingView(rules=(RuleView(rule=rule, due=3, held=1),))
    store.changed.emit("keeping")
    assert panel.drop.isVisibleTo(panel)
    assert "3 due" in panel.drop.text()
    look(program, "privacy_en")
    language.set("zh")
    look(program, "privacy_zh")
    language.set("en")
    store.keeping = keeping
    store.changed.emit("keeping")
    args = {"id": store.privacy.requests[0].id, "outcome": "done", "proof": "by platform message"}
    program.actions.run("privacy.answer", args)
    qtbot.waitUntil(lambda: not store.privacy.requests, timeout=SOON)
