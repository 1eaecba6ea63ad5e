"""The head of a panel: whatever comes into it later, no button and no word in it is cut."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.panels.base import PanelHead
from ui.widgets.basics import Button

pytestmark = pytest.mark.ui


@pytest.mark.parametrize("width", [330, 360, 420, 520, 700, 1200])
def test_a_tool_that_comes_later_is_not_cut(qtbot: QtBot, width: int) -> None:
    place = QWidget()  # a dock: as wide as it is, whatever stands in it
    qtbot.addWidget(place)
    place.resize(width, 60)
    head = PanelHead()
    head.setParent(place)
    steady, late = Button("Import…", "quiet"), Button("Resume try-on", "attention")
    late.hide()
    head.tools.addWidget(late)
    head.tools.addWidget(steady)
    head.show_tabs([("products", "Products"), ("fitting", "Fitting")], "products")
    head.count.setText("5 · featuring no. 1")
    head.setGeometry(0, 0, width, head.height())
    place.show()
    qtbot.waitExposed(place)
    head.show_badge("Try-on bypassed", "attention_soft")
    late.show()
    for _ in range(3):  # a fit may ask for another one
        QApplication.sendPostedEvents()
        QApplication.processEvents()
    every = (head.badge, head.count, *head.findChildren(Button))
    parts = [part for part in every if part.isVisible()]
    assert late in parts
    assert not [part for part in parts if part.width() < part.sizeHint().width() - 1]
    assert max(part.geometry().right() for part in parts) <= width
