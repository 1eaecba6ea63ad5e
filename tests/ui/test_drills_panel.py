"""Drills with people on the desk: what is asked, scores, a game day armed and taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt

from studio.plans.drills.model import (
    DrillAsk,
    DrillRecord,
    DrillScores,
    DrillsView,
    DrillTask,
    PersonRow,
    TeamDay,
    TeamRow,
)
from tests.ui.test_offers_panel import SOON, look, pop_form, press
from ui.i18n import language
from ui.widgets.basics import TextLabel

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def words(panel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(TextLabel))


def test_a_game_day_is_armed_and_a_drill_is_shown(program, qtbot):
    program.window.pages.set_page("review")
    panel, store = program.window.panels["drills"], program.store
    program.window.reveal("drills")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    qtbot.mouseClick(panel.arm, Qt.MouseButton.LeftButton)
    form = pop_form()
    day = str(date.today() + timedelta(days=2))
    form.form.put("from_day", day)
    form.form.put("team", "Night")
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.drills.armed is not None, timeout=SOON)
    assert store.drills.armed.at_ms == 0
    qtbot.waitUntil(lambda: "Night" in panel.says.text(), timeout=SOON)
    press(qtbot, panel, "Disarm")
    qtbot.waitUntil(lambda: store.drills.armed is None, timeout=SOON)

    before = store.drills
    record = DrillRecord("source_lost", "d", "2026-11-30T04:00:00.000Z", True, "freeze", 0.8, 0.9,
                         1.2, 4, 4, 0, "Night")  # fmt: skip
    store.drills = DrillsView(
        stage="running", team="Night", number=1, count=3,
        hint=("画面冻结 → 垫片", "Frozen → standby"), last=(record, replace(record, passed=False)),
        asks=(DrillAsk(id="i", role="controller", text=("开慢速？", "Slow mode?"),
                       options=("slow", "stop")),),
        tasks=(DrillTask(id="1", role="streamer", text=("请念这句", "Say this")),
               DrillTask(id="2", role="technician", text=("查网线", "Look at the line"), by="li")),
    )  # fmt: skip
    panel.scores = DrillScores(
        people=(PersonRow(who="li", drills=3, accepted=2, tasks=4, answered=1, asks=2, wrong=0,
                          first_s=4.2, last_utc="2026-11-30T04:00:00.000Z"),),
        teams=(TeamRow(team="Night", days=(
            TeamDay(day="2026-11-23", drills=3, passed=2, first_s=9.0, recovered_s=12.0),
            TeamDay(day="2026-11-30", drills=3, passed=3, first_s=4.0, recovered_s=6.0))),),
    )  # fmt: skip
    store.changed.emit("drills")
    for shown in ("Slow mode?", "Say this", "li has it", "Frozen", "12.0 s", "tasks 2/4"):
        assert shown in words(panel), shown
    assert not panel.begin.isVisible()
    look(program, "drills_en")
    language.set("zh")
    look(program, "drills_zh")
    language.set("en")
    press(qtbot, panel, "slow: Slow mode?")  # no drill runs in the engine: it is told, no more
    store.drills, panel.scores = before, None
    store.changed.emit("drills")
    program.window.pages.set_page("live")
