"""The journal tells what was done: not what was asked, and a moved fader once."""

from __future__ import annotations

import pytest

from ui.models.commands import is_question
from ui.panels.journal.panel import JournalLine, JournalModel

pytestmark = pytest.mark.ui


def test_the_same_again_is_counted_on_its_line(qapp: object) -> None:
    model = JournalModel()
    for second in range(3):
        model.put(JournalLine(f"21:00:0{second}", "Level Mic", "desk"))
    model.put(JournalLine("21:00:04", "Take", "desk"))
    model.put(JournalLine("21:00:05", "Level Mic", "desk"))
    assert [(line.at, line.words) for line in model.lines] == [
        ("21:00:05", "Level Mic"),
        ("21:00:04", "Take"),
        ("21:00:02", "Level Mic \u00d73"),
    ]
    assert model.rowCount() == 3


def test_what_only_asks_is_known() -> None:
    assert is_question("sources.devices")
    assert is_question("hotkeys.list")
    assert not is_question("scenes.take")
    assert not is_question("sources.address")  # it hands a key out
