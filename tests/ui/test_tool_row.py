"""A panel's head that has no room for its tools: none is cut, all can be reached."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QMenu

from ui.panels.base import PanelHead
from ui.widgets.basics import Button, Segments, below

pytestmark = pytest.mark.ui


@pytest.fixture
def head(qtbot: Any) -> PanelHead:
    made = PanelHead()
    qtbot.addWidget(made)
    made.title.setText("Products")
    made.show()
    return made


def places(head: PanelHead, *tools: Any) -> list[bool]:
    """Whether each stands whole in the head."""
    return [
        head.rect().contains(tool.geometry())
        and tool.width() >= min(tool.sizeHint().width(), tool.maximumWidth())
        for tool in tools
    ]


def entries(head: PanelHead, qtbot: Any) -> dict[str, Any]:
    head.tools.more.click()
    menu = head.tools.more.findChild(QMenu)
    qtbot.waitUntil(menu.isVisible)
    return {action.text(): action for action in menu.actions() if not action.isSeparator()}


def test_what_has_no_room_stands_in_the_menu(head: PanelHead, qtbot: Any) -> None:
    pressed: list[str] = []
    tools = [
        Button(words, clicked=lambda words=words: pressed.append(words))
        for words in ("Resume try-on", "Import from a file", "Card looks")
    ]
    for tool in tools:
        head.tools.addWidget(tool)
    head.resize(700, head.height())
    qtbot.waitUntil(lambda: places(head, *tools) == [True] * 3)
    assert not places(head, head.tools.more)[0]
    head.resize(300, head.height())
    qtbot.waitUntil(lambda: places(head, *tools, head.tools.more) == [True, False, False, True])
    assert tools[2].focusPolicy() == Qt.FocusPolicy.NoFocus, "the tab key goes to what is seen"
    assert all(tool.isVisible() for tool in tools), "shown or not is the panel's own"
    found = entries(head, qtbot)
    assert list(found) == ["Import from a file", "Card looks"]
    found["Card looks"].trigger()
    assert pressed == ["Card looks"]
    assert below(tools[2]) == below(head.tools.more), "what it opens or says stands there"
    tools[1].hide()  # by its panel, while it has no room
    assert head.tools.folded() == [tools[2]]
    head.resize(700, head.height())
    qtbot.waitUntil(lambda: places(head, tools[0], tools[2]) == [True, True])
    assert tools[2].focusPolicy() == Qt.FocusPolicy.TabFocus
    assert below(tools[2]).x() == tools[2].mapToGlobal(QPoint(0, 0)).x()


def test_choices_keep_their_ticks_and_a_field_stays_longest(head: PanelHead, qtbot: Any) -> None:
    field, choices = QLineEdit(), Segments()
    field.setFixedWidth(120)
    choices.offer([("best", "Best 7"), ("held", "Held 0"), ("all", "All")])
    choices.set("held")
    head.tools.addWidget(field)
    head.tools.addWidget(choices)
    head.resize(300, head.height())
    qtbot.waitUntil(lambda: places(head, field, choices) == [True, False])
    found = entries(head, qtbot)
    assert [(words, action.isChecked()) for words, action in found.items()] == [
        ("Best 7", False), ("Held 0", True), ("All", False)
    ]  # fmt: skip
    found["All"].trigger()
    assert choices.value == "all"
