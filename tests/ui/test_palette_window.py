"""Ctrl+K finds what only the window does: pages, layouts, panels, windows for other displays."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ui.i18n import language, t
from ui.layouts import LAYOUTS, LIVE, NAMES, PAGES
from ui.models.things import WINDOW
from ui.projector import Multiview, Projector

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 8_000


@pytest.fixture(autouse=True)
def _as_it_was(program: Any) -> Any:
    program.window.set_layout("controller")
    yield
    for window in list(program.window.desk.windows):
        window.close()
    program.window.palette_card.close_card()
    program.window.set_layout("controller")


def run(program: Any, words: str) -> None:
    """As a person does it: types, and takes the first line."""
    palette = program.window.palette_card
    palette.open()
    palette.search.setText(words)
    QTest.keyClick(palette.search, Qt.Key.Key_Return)


@pytest.mark.parametrize("words", ["page review", "页面 复盘"])
def test_a_page_in_either_language(program: Any, words: str) -> None:
    run(program, words)
    assert program.window.pages.page == "review"
    assert not program.window.palette_card.isVisible()


def test_every_page_and_layout(program: Any) -> None:
    for page in PAGES:
        run(program, f"page {page}")
        assert program.window.pages.page == page
    for name in NAMES:
        run(program, f"layout {t(f'layout.{name}').lower()}")
        assert program.window.pages.layout == name


def test_every_panel_is_opened_where_it_stands(program: Any) -> None:
    window = program.window
    for id, panel in window.panels.items():
        window.set_layout("controller")
        run(program, f"panel {panel.title().lower()}")
        assert not panel.isHidden(), id
        pages = {LAYOUTS[name].page for name in panel.spots}
        assert window.pages.page == (LIVE if LIVE in pages or not pages else min(
            pages, key=PAGES.index)), id  # fmt: skip
        window.reset_layout()


def test_windows_for_other_displays(qtbot: Any, program: Any) -> None:
    windows = program.window.desk.windows
    run(program, "multiview")
    qtbot.waitUntil(lambda: any(isinstance(w, Multiview) for w in windows), timeout=SOON)
    run(program, "投影 programme")
    qtbot.waitUntil(lambda: any(isinstance(w, Projector) for w in windows), timeout=SOON)


def test_the_window_does_all_that_it_offers(program: Any) -> None:
    """A line that leads nowhere would go to the program, which does nothing with it."""
    told: list[str] = []
    window = program.window
    window.asked.connect(lambda what, value: told.append(what))
    before = language.code
    for _, _, (what, value) in WINDOW:
        window.change(what, value)
        for card in window.cards():
            card.hide()
        window.keys_card.hide()
    if window.isFullScreen():
        window.showNormal()
    if window.monitors.stage.is_editing:
        window.monitors.toggle_edit()
    assert told == []
    assert language.code == before
