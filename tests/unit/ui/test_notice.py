"""A message finds its place, also when what it is about has gone meanwhile."""

from __future__ import annotations

from typing import Any

import shiboken6
from PySide6.QtWidgets import QPushButton, QWidget

from ui.widgets.notice import Notice


def test_an_answer_that_comes_after_its_button_is_said_at_the_foot(qtbot: Any) -> None:
    window = QWidget()
    window.resize(800, 600)
    qtbot.addWidget(window)
    window.show()
    notice, button = Notice(window), QPushButton("Take", window)
    button.move(20, 20)
    button.show()
    notice.say(button, "at the button")
    assert notice.y() < 200
    shiboken6.delete(button)
    notice.say(button, "the button has gone")
    assert notice.text == "the button has gone"
    assert notice.isVisible()
    assert notice.y() > 400
