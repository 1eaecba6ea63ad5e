"""A fault in a paintEvent is noted; the window and the process go on."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.widgets.paint import painting

pytestmark = pytest.mark.ui


class Broken(QWidget):
    """Fails with a painter in its hand."""

    painted = 0

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.painted += 1
        painter.fillRect(0, 0, 4, 4, 0)
        raise ZeroDivisionError("on purpose")


def test_a_fault_while_painting_harms_nothing(qtbot: Any) -> None:
    widget = Broken()
    qtbot.addWidget(widget)
    widget.resize(40, 40)
    widget.show()
    for wanted in (1, 2, 3):
        widget.update()
        qtbot.waitUntil(lambda: widget.painted >= wanted, timeout=3000)  # noqa: B023
    widget.grab()
