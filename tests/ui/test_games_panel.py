"""The games panel: a quiz is made in one form and taken on by one button."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.ui.test_offers_panel import SOON, look, pop_form, press
from ui.i18n import language

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def test_a_quiz_by_hand(program, qtbot):
    panel, store = program.window.panels["games"], program.store
    program.window.reveal("games")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    press(qtbot, panel, "New game")
    form = pop_form()
    form.form.put("kind", "quiz")
    form.form.put("title", "How many?")
    form.form.put("options", "A B C")
    form.form.put("answer", "B")
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(store.games) == 1, timeout=SOON)
    assert store.games[0].options == ("A", "B", "C")
    assert store.games[0].answer == ""
    press(qtbot, panel, "Start How many?")
    qtbot.waitUntil(lambda: store.games[0].stage == "open", timeout=SOON)
    for author, words in (("Li", "b"), ("Wu", "C")):
        program.actions.run("comments.say", {"text": words, "author": author})
    qtbot.waitUntil(lambda: store.games[0].entries == 2, timeout=SOON)
    press(qtbot, panel, "Close How many?")
    qtbot.waitUntil(lambda: store.games[0].stage == "closing", timeout=SOON)
    for number in range(20):
        program.actions.run("comments.say", {"text": f"later {number}", "author": f"v{number}"})
    qtbot.waitUntil(lambda: store.games[0].beacon == 20, timeout=SOON)
    press(qtbot, panel, "Draw How many?")
    qtbot.waitUntil(lambda: store.games[0].stage == "drawn", timeout=SOON)
    assert [winner["author"] for winner in store.games[0].winners] == ["Li"]
    look(program, "games_en")
    language.set("zh")
    look(program, "games_zh")
    language.set("en")
    press(qtbot, panel, "Claimed Li")
    qtbot.waitUntil(lambda: store.games[0].winners[0].get("claimed") == "yes", timeout=SOON)
    press(qtbot, panel, "Remove How many?")
    qtbot.waitUntil(lambda: not store.games, timeout=SOON)


def test_a_vote_of_goods_is_featured(program, qtbot):
    panel, store = program.window.panels["games"], program.store
    program.window.reveal("games")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    first, second = sorted(store.shop.products, key=lambda p: p.number)[:2]
    press(qtbot, panel, "New game")
    form = pop_form()
    form.form.put("kind", "vote")
    form.form.put("title", "Which next?")
    form.form.put("options", "1 2")
    form.form.put("open_s", 600)
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(store.games) == 1, timeout=SOON)
    assert store.games[0].options == (first.name, second.name)
    press(qtbot, panel, "Start Which next?")
    qtbot.waitUntil(lambda: store.games[0].left_s > 500, timeout=SOON)
    program.actions.run("comments.say", {"text": "2", "author": "Li"})
    qtbot.waitUntil(lambda: store.games[0].leader == second.name, timeout=SOON)
    look(program, "vote_en")
    press(qtbot, panel, "On screen Which next?")
    qtbot.waitUntil(lambda: store.games[0].on_air, timeout=SOON)
    look(program, "vote_on_air_en")
    language.set("zh")
    look(program, "vote_on_air_zh")
    language.set("en")
    press(qtbot, panel, "Off screen Which next?")
    qtbot.waitUntil(lambda: not store.games[0].on_air, timeout=SOON)
    press(qtbot, panel, "Close Which next?")
    qtbot.waitUntil(lambda: store.games[0].stage == "closing", timeout=SOON)
    press(qtbot, panel, f"Feature {second.name}")
    qtbot.waitUntil(lambda: store.shop.explaining == second.id, timeout=SOON)
    for number in range(20):
        program.actions.run("comments.say", {"text": f"later {number}", "author": f"v{number}"})
    qtbot.waitUntil(lambda: store.games[0].beacon == 20, timeout=SOON)
    press(qtbot, panel, "Draw Which next?")
    qtbot.waitUntil(lambda: store.games[0].stage == "drawn", timeout=SOON)
    press(qtbot, panel, "Remove Which next?")
    qtbot.waitUntil(lambda: not store.games, timeout=SOON)
