"""Tables of rows fit the width they have: at 1280 pixels none is read by scrolling sideways."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QHeaderView

from ui.layouts import LIVE, PAGES
from ui.theme import tokens
from ui.widgets.rows_table import LEAST, RowsTable

pytestmark = pytest.mark.ui
SHARES_WINDOW = True
SOON = 8_000


@pytest.fixture(autouse=True)
def _as_before(program: Any) -> Any:
    yield
    program.window.resize(1600, 900)
    program.window.set_page(LIVE)


@pytest.mark.parametrize("page", [page for page in PAGES if page != LIVE])
def test_no_table_scrolls_sideways_on_a_small_laptop(qtbot: Any, program: Any, page: str) -> None:
    window = program.window
    window.set_page(page)
    window.resize(1280, 720)
    window.reset_layout()
    seen, wide = 0, []
    for panel in [panel for panel in window.panels.values() if not panel.isHidden()]:
        panel.raise_()
        qtbot.waitUntil(panel.isVisible, timeout=SOON)
        for table in panel.findChildren(RowsTable):
            if table.isVisible() and table.is_list:
                seen += 1
                qtbot.wait(50)
                if table.horizontalScrollBar().maximum():
                    sizes = [table.columnWidth(at) for at in range(table.model().columnCount())]
                    wide.append((panel.id, table.viewport().width(), sizes))
    assert not wide, f"{wide}"
    assert seen >= 2


def test_what_was_pulled_by_hand_stays(qtbot: Any, program: Any) -> None:
    window = program.window
    window.set_page("review")
    window.reveal("imports")
    panel = window.panels["imports"]
    table = panel.files_table
    qtbot.waitUntil(table.isVisible, timeout=SOON)
    head: QHeaderView = table.horizontalHeader()
    try:
        head.resizeSection(0, 200)
        window.resize(1280, 720)
        window.resize(1500, 900)
        assert table.columnWidth(0) == 200
        assert table.columnWidth(1) >= tokens.px(LEAST)
    finally:
        table.fit()
