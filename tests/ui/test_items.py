"""The items of the preview scene: several picked, in step with the stage, ordered, grouped."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 8_000


@pytest.fixture
def panel(qtbot: Any, program: Any) -> Any:
    """The panel on the host scene."""
    store = program.store
    host = next(s.name for s in store.scenes.scenes if s.purpose == "host")
    program.actions.run("scenes.preview", {"scene": host})
    found = program.window.panels["items"]
    program.window.reveal("items")
    qtbot.waitUntil(lambda: found.scene == host and bool(found.order()), timeout=SOON)
    yield found
    found.search.clear()
    found.pick([])
    program.window.monitors.stage.select([])


def pick(panel: Any, *ids: int) -> None:
    panel.list.clearSelection()
    for at in range(panel.list.count()):
        item = panel.list.item(at)
        if item.data(Qt.ItemDataRole.UserRole) in ids:
            item.setSelected(True)


def test_what_is_picked_here_is_picked_on_the_stage_and_back(program: Any, panel: Any) -> None:
    stage = program.window.monitors.stage
    front, back = panel.order()[0], panel.order()[-1]
    pick(panel, front, back)
    assert set(stage.selected) == {front, back} == set(panel.selected)
    stage.select([back])
    assert panel.selected == [back]
    assert [i.data(Qt.ItemDataRole.UserRole) for i in panel.list.selectedItems()] == [back]
    stage.select([])
    assert panel.selected == []


def test_a_double_click_puts_it_under_the_hand(program: Any, panel: Any) -> None:
    stage = program.window.monitors.stage
    item = panel.list.item(0)
    panel.list.setCurrentItem(item)
    panel.list.itemDoubleClicked.emit(item)
    assert stage.is_editing
    assert stage.selected == [panel.order()[0]]
    program.window.monitors.toggle_edit()


def test_a_line_is_dragged_to_another_place(qtbot: Any, program: Any, panel: Any) -> None:
    before = panel.order()
    panel.list.setCurrentRow(0)
    middle = QPointF(panel.list.visualItemRect(panel.list.item(2)).center())
    drop = QDropEvent(
        middle, Qt.DropAction.MoveAction, panel.list.mimeData([panel.list.item(0)]),
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QEvent.Type.Drop,
    )  # fmt: skip
    panel.list.dropEvent(drop)
    wanted = [before[1], before[2], before[0], *before[3:]]
    qtbot.waitUntil(lambda: panel.order() == wanted, timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: panel.order() == before, timeout=SOON)
    pick(panel, before[1])
    QTest.keyClick(panel.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: panel.order()[0] == before[1], timeout=SOON)
    assert panel.selected == [before[1]]  # it stays picked
    program.actions.undo()
    qtbot.waitUntil(lambda: panel.order() == before, timeout=SOON)


def test_several_are_grouped_locked_and_hidden(qtbot: Any, program: Any, panel: Any) -> None:
    one, two = panel.order()[:2]
    items = lambda: {i.id: i for i in panel.items()}  # noqa: E731
    pick(panel, one, two)
    panel.group.click()
    qtbot.waitUntil(lambda: bool(items()[one].group) and items()[one].group == items()[two].group,
                    timeout=SOON)  # fmt: skip
    pick(panel, one)
    assert set(panel.selected) == {one, two}  # a group goes together
    QTest.keyClick(panel.list, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: items()[one].is_locked and items()[two].is_locked, timeout=SOON)
    QTest.keyClick(panel.list, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: not items()[one].is_locked and not items()[two].is_locked, timeout=SOON)
    QTest.keyClick(panel.list, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not items()[one].is_enabled and not items()[two].is_enabled,
                    timeout=SOON)  # fmt: skip
    QTest.keyClick(panel.list, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: items()[one].is_enabled and items()[two].is_enabled, timeout=SOON)
    panel.group.click()
    qtbot.waitUntil(lambda: not items()[one].group, timeout=SOON)


def test_seen_on_one_canvas_alone_and_half_through(qtbot: Any, program: Any, panel: Any) -> None:
    id = panel.order()[0]
    item = lambda: next(i for i in panel.items() if i.id == id)  # noqa: E731
    before = item()
    QTest.mouseClick(panel.row_of(id).seen["portrait"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ("portrait" in item().boxes) != ("portrait" in before.boxes),
                    timeout=SOON)  # fmt: skip
    program.actions.undo()
    qtbot.waitUntil(lambda: item() == before, timeout=SOON)
    pick(panel, id)
    panel.begin_fade()
    panel.opacity.setValue(70)
    panel.opacity.setValue(40)
    qtbot.waitUntil(lambda: item().opacity == pytest.approx(0.4), timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: item() == before, timeout=SOON)
    qtbot.waitUntil(lambda: panel.opacity.value() == 100, timeout=SOON)


def test_items_are_found_by_name(panel: Any) -> None:
    source = panel.items()[0].source
    panel.search.setText(source[:2])
    assert panel.items()[0].id in panel.order()
    assert len(panel.order()) < len(panel.items())
