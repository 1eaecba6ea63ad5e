"""What the desk spends: pictures out of sight are closed, numbers that move lay nothing out."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QScrollArea, QWidget

from ui.widgets.basics import TextLabel, column, row
from ui.widgets.picture import PictureView

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def test_a_picture_that_is_scrolled_away_is_closed_until_it_is_back(
    qtbot: Any, program: Any
) -> None:
    scene = program.store.scenes.scenes[0].name
    area, inside = QScrollArea(), QWidget()
    view = PictureView(program.pictures, "scene", 2)
    view.setFixedSize(160, 90)
    view.show_canvas("landscape", scene)
    inside.setLayout(column(view, gap=0))
    inside.layout().addSpacing(900)
    area.setWidget(inside)
    area.resize(220, 120)
    qtbot.addWidget(area)
    area.show()
    qtbot.waitUntil(lambda: view.has_picture, timeout=8000)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: view.feed.view_id == "", timeout=4000)
    assert view.has_picture  # the last one stays
    area.verticalScrollBar().setValue(0)
    qtbot.waitUntil(lambda: view.feed.view_id != "", timeout=4000)
    view.drop()


class Layouts(QObject):
    """Counts how often a widget is laid out."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_a_number_that_moves_does_not_lay_the_window_out(qtbot: Any) -> None:
    whole, steady, plain = (
        QWidget(),
        TextLabel("−16.0 LUFS", is_steady=True),
        TextLabel("−16.0 LUFS"),
    )
    whole.setLayout(row(steady, plain))
    steady.setText("−16.1 LUFS")
    qtbot.addWidget(whole)
    whole.show()
    qtbot.waitExposed(whole)
    counted = Layouts()
    whole.installEventFilter(counted)
    for n in range(10):
        steady.setText(f"−1{n}.{n} LUFS")
        qtbot.wait(1)
    assert counted.count == 0
    assert steady.width() >= steady.fontMetrics().horizontalAdvance(steady.text())
    steady.setText("−∞")  # much narrower: it gives the room back, and takes it again
    qtbot.waitUntil(lambda: counted.count > 0, timeout=2000)
    steady.setText("−16.0 LUFS, and more")
    assert steady.width() >= steady.fontMetrics().horizontalAdvance(steady.text())
