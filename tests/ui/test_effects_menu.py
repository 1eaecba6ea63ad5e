"""Effects on the picture: switched on in a menu of the games panel, played by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ui.test_offers_panel import SOON, look
from ui.i18n import language

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def test_effects_are_switched_in_a_menu(program: Any, qtbot: Any) -> None:
    panel, store = program.window.panels["games"], program.store
    program.window.reveal("games")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)

    def choose(title: str) -> None:
        menu = panel.effects.open_menu()
        next(action for action in menu.actions() if action.text() == title).trigger()
        menu.close()

    for title, kind in (("Hearts for likes", "likes"), ("Sold-out stamp", "sold_out")):
        choose(title)
        qtbot.waitUntil(lambda kind=kind: getattr(store.effects.settings, kind), timeout=SOON)
    qtbot.waitUntil(lambda: "Hearts" in panel.effects.toolTip(), timeout=SOON)
    program.actions.run("comments.likes", {"count": 40})
    program.actions.run("effects.play", {"kind": "sold_out", "product": "1"})
    qtbot.waitUntil(lambda: store.effects.shown == 1, timeout=SOON)
    for code in ("en", "zh"):
        language.set(code)
        look(program, f"effects_{code}")
    language.set("en")
    choose("Hearts for likes")
    qtbot.waitUntil(lambda: not store.effects.settings.likes, timeout=SOON)
