"""Clicks on pages of one's own in the funnel: a map a page, what was clicked, the script."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QScrollArea

from studio.insight.model import LabelPair
from studio.insight.shape.model import ClickMap, ClickTarget, HeatMap, ShowShape
from ui.i18n import language

SOON = 60_000
pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True

NO_HEAT = HeatMap(LabelPair("", ""), (), (), ())


def phone_map() -> ClickMap:
    cells = [[0] * 24 for _ in range(52)]
    for row, column, count in ((7, 2, 12), (8, 2, 4), (22, 8, 60), (22, 9, 41), (40, 20, 3)):
        cells[row][column] = count
    targets = (ClickTarget("buy", 101), ClickTarget("HAT-1", 16))
    return ClickMap("/live", "phone", 120, 3, tuple(map(tuple, cells)), targets)


def look(program, name):
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        QApplication.processEvents()
        program.window.grab().save(str(Path(folder) / f"{name}.png"))


def test_a_map_a_page_and_the_script(program, qtbot):
    program.window.pages.set_page("review")
    panel = program.window.panels["funnel"]
    program.window.reveal("funnel")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    empty = ShowShape(1, "A", "", (), None, (), (), NO_HEAT, NO_HEAT, ())
    panel.shape = empty
    panel.retext()
    box = panel.clicks
    assert box.which.isHidden()
    assert box.view.isHidden()
    assert "script" in box.says.text()
    qtbot.mouseClick(box.script, Qt.MouseButton.LeftButton)
    assert "sendBeacon" in QGuiApplication.clipboard().text()
    assert "copied" in box.says.text()
    other = ClickMap("/", "desk", 1, 1, ((1, 0),), ())
    panel.shape = ShowShape(1, "A", "", (), None, (), (), NO_HEAT, NO_HEAT, (),
                            (phone_map(), other))  # fmt: skip
    panel.retext()
    assert [box.which.itemText(n) for n in range(2)] == ["/live · phones", "/ · computers"]
    assert "120 clicks, 3 on nothing" in box.view.accessibleName()
    assert "buy  101" in box.view.accessibleName()
    panel.findChild(QScrollArea).ensureWidgetVisible(box.view)
    look(program, "clicks")
    spot = QPoint(*(round(at * box.view.cell) + 2 for at in (8, 22)))
    QApplication.sendEvent(
        box.view, QHelpEvent(QEvent.Type.ToolTip, spot, box.view.mapToGlobal(spot))
    )
    assert "60 clicks" in box.view.toolTip()
    box.which.setCurrentIndex(1)
    assert "1 click, 1 on nothing" in box.view.accessibleName()
    language.set("zh")
    assert "电脑" in box.which.itemText(1)
    box.which.setCurrentIndex(0)
    look(program, "clicks_zh")
    language.set("en")
