"""Text of twice its size on a small laptop: every page, layout and card, in both languages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.test_pages import cut_words
from ui.layouts import NAMES
from ui.theme import tokens

pytestmark = [pytest.mark.ui, pytest.mark.timeout(240)]
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 20_000
SIZE = (1280, 720)
VIEWS = (*NAMES, "prepare", "review")


@pytest.fixture(scope="module")
def large(shared_program: Any) -> Iterator[Any]:
    """The desk with text of 200 %; afterwards as it was."""
    shared_program.settings.text_scale = 1.75
    shared_program.window.asked.emit("scale", "+")
    _turn(lambda: tokens.scale() == 2.0)
    yield shared_program
    shared_program.window.asked.emit("scale", "0")
    _turn(lambda: tokens.scale() == 1.0)
    shared_program.window.is_kept = False


def _turn(check: Any) -> None:
    from tests.waiting import until

    def turned() -> bool:
        QApplication.processEvents()
        return bool(check())

    until(turned, "another size of text", 20)


def look(window: Any, name: str) -> None:
    folder = os.environ.get("SHOPCAST_LOOK", "")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        window.grab().save(str(Path(folder) / f"{name}.png"))


@pytest.mark.parametrize("language_code", ["zh", "en"])
@pytest.mark.parametrize("view", VIEWS)
def test_no_word_is_cut_at_twice_the_size(
    qtbot: Any, large: Any, view: str, language_code: str
) -> None:
    window = large.window
    window.is_kept = False
    window.change("language", language_code)
    window.resize(*SIZE)
    (window.set_layout if view in NAMES else window.set_page)(view)
    window.reset_layout()
    qtbot.wait(100)
    try:
        qtbot.waitUntil(lambda: cut_words(window) == [], timeout=SOON)
        look(window, f"{view}_{language_code}")
        assert (window.width(), window.height()) == SIZE
        for panel in [panel for panel in window.panels.values() if panel.isVisible()]:
            panel.raise_()
            qtbot.waitUntil(lambda panel=panel: cut_words(panel) == [], timeout=2000)
        qtbot.waitUntil(lambda: cut_words(window) == [], timeout=SOON)
    finally:
        rest = cut_words(window)
        window.change("language", "en")
        assert rest == []
