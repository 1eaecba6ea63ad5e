"""Experiments by hand: started, counted, looked at, ended."""

from __future__ import annotations

import pytest

from studio.insight.model import LabelPair
from studio.insight.trials.model import GuardResult, TrialResult, TrialView
from tests.ui.test_offers_panel import SOON, look, press
from ui.i18n import language
from ui.panels.trials.arms import arm_of
from ui.panels.trials.model import switch_words
from ui.panels.trials.panel import result_words

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def choose(panel, id):
    panel.idea.setCurrentIndex(panel.idea.findData(id))


def test_an_experiment_from_start_to_end(program, qtbot):
    window, panel, store = program.window, program.window.panels["trials"], program.store
    window.reveal("trials")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    qtbot.waitUntil(lambda: panel.idea.count() > 3, timeout=SOON)
    choose(panel, "first_look")
    press(qtbot, panel, "Start")
    qtbot.waitUntil(lambda: len(store.trials.running) == 1, timeout=SOON)
    (running,) = store.trials.running
    assert running.arm in ("a", "b")
    assert "until" in panel.model.index(0, 3).data()
    assert running.commitment[:16] in panel.found.text()
    look(program, "trials_en")
    language.set("zh")
    look(program, "trials_zh")
    language.set("en")
    by_viewer = next(idea["id"] for idea in panel.ideas if idea["unit"] == "viewer")
    choose(panel, by_viewer)
    press(qtbot, panel, "Start")
    qtbot.waitUntil(lambda: len(store.trials.running) == 2, timeout=SOON)
    panel.table.selectRow(1)
    panel.save_counts({"a_did": 500, "a_of": 5000, "b_did": 700, "b_of": 5000, "both": 4})
    qtbot.waitUntil(lambda: store.trials.running[1].counts.a_of == 5000, timeout=SOON)
    press(qtbot, panel, "Result")
    qtbot.waitUntil(lambda: "B is better" in panel.found.text(), timeout=SOON)
    assert "4 saw both" in panel.found.text()
    look(program, "trials_result")
    for left in (1, 0):
        panel.table.selectRow(0)
        press(qtbot, panel, "End")
        qtbot.waitUntil(lambda n=left: len(store.trials.running) == n, timeout=SOON)
    assert all(trial.coin for trial in store.trials.ended)


def test_an_experiment_that_switches_by_itself_and_is_held(program, qtbot):
    window, panel, store = program.window, program.window.panels["trials"], program.store
    window.reveal("trials")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    qtbot.waitUntil(lambda: panel.idea.count() > 3, timeout=SOON)
    choose(panel, "first_look")
    panel.save_arms({"a": "cards.use", "b": "cards use"})
    press(qtbot, panel, "Start")
    assert "cards use" in panel.says.text()
    panel.save_arms({"a_source": "five", "b_source": "fifteen"})
    assert "A's source: five" in panel.says.text()
    panel.save_arms({"a": "", "b": "cards.use template=no_such"})
    assert "B does" in panel.says.text()
    press(qtbot, panel, "Start")
    qtbot.waitUntil(lambda: len(store.trials.running) == 1, timeout=SOON)
    assert store.trials.running[0].switches
    assert "switches by itself" in panel.found.text()
    look(program, "trials_switch_en")
    language.set("zh")
    look(program, "trials_switch_zh")
    language.set("en")
    press(qtbot, panel, "End")
    qtbot.waitUntil(lambda: not store.trials.running, timeout=SOON)


def test_an_arm_as_a_person_writes_it():
    found = arm_of("cards.use template='tall one'\n\nitems.set a=1 | items.set a=2\n")
    assert [step["command"] for step in found] == ["cards.use", "items.set"]
    assert found[0]["args"] == {"template": "tall one"}
    assert found[1]["undo"] == {"command": "items.set", "args": {"a": "2"}}
    for wrong in ("cards", "cards.use tall", "cards.use x='", "a.b | c"):
        with pytest.raises(ValueError, match="."):
            arm_of(wrong)
    held = TrialView(
        id="t", label=LabelPair("试", "try"), a=LabelPair("甲", "one"), b=LabelPair("乙", "two"),
        unit="time", metric=LabelPair("率", "rate"), switches=True, clean=3, spoiled=2,
        is_held=True, held_why="scenes.take (desk)",
    )  # fmt: skip
    assert switch_words(held) == (
        "held (scenes.take (desk)) · switches by itself: 3 slots good, 2 spoiled"
    )


def test_what_a_result_says():
    trial = TrialView(
        id="t", label=LabelPair("试", "try"), a=LabelPair("甲", "one"), b=LabelPair("乙", "two"),
        unit="time", metric=LabelPair("率", "rate"),
    )  # fmt: skip
    guard = GuardResult(metric=LabelPair("退款率", "returns"), a=1.0, b=2.0, e_value=30.0)
    found = TrialResult(id="t", verdict="guard", e_value=3.0, pairs=9, left_out=2, guards=(guard,),
                        is_corrected=False)  # fmt: skip
    words = result_words(trial, found)
    for part in ("end it", "9 pairs", "2 left out", "returns: worse", "other experiments"):
        assert part in words
