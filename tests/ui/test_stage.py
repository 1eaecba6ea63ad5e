"""The preview under the mouse: picked, dragged, scaled, turned, taken back in one step."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.scenes.model import Box
from ui.models import placing
from ui.stage.scene_menu import choose_own
from ui.widgets.pop_form import PopForm

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 8_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def stage(qtbot: Any, program: Any) -> Any:
    """The stage in edit mode on the demo's host scene."""
    monitors, store = program.window.monitors, program.store
    scene = next(s for s in store.scenes.scenes if s.purpose == "host")
    program.actions.run("scenes.preview", {"scene": scene.name})
    qtbot.waitUntil(lambda: store.scenes.preview["landscape"] == scene.name, timeout=SOON)
    if not monitors.stage.is_editing:
        monitors.toggle_edit()
    monitors.stage.select([])
    return monitors.stage


def at(stage: Any, x: float, y: float) -> QPoint:
    """A place on the picture, as parts of it, in the widget's pixels."""
    rect = stage.picture_rect()
    return QPoint(round(rect.x() + x * rect.width()), round(rect.y() + y * rect.height()))


def drag(
    stage: Any, start: QPoint, end: QPoint, keys: Any = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.mousePress(stage, LEFT, keys, start)
    for part in (0.3, 0.7, 1.0):
        QTest.mouseMove(stage, start + (end - start) * part)
        stage.mouseMoveEvent(_move(start + (end - start) * part, keys))
    QTest.mouseRelease(stage, LEFT, keys, end)


def _move(point: QPoint, keys: Any) -> Any:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    return QMouseEvent(QEvent.Type.MouseMove, QPointF(point), QPointF(point), LEFT, LEFT, keys)


def box_of(stage: Any, id: int) -> Box:
    return next(entry for entry in stage.items() if entry.id == id).boxes["landscape"]


def test_a_click_picks_the_item_in_front(stage: Any) -> None:
    box = box_of(stage, 4)  # the close-up stands over the host
    QTest.mouseClick(stage, LEFT, pos=at(stage, box.x + box.w / 2, box.y + box.h / 2))
    assert stage.selected == [4]
    QTest.mouseClick(stage, LEFT, pos=at(stage, 0.5, 0.9))
    assert stage.selected == [3]
    QTest.mouseClick(
        stage, LEFT, Qt.KeyboardModifier.ControlModifier, at(stage, box.x + 0.1, box.y + 0.1)
    )
    assert stage.selected == [3, 4]


def test_a_drag_moves_it_and_one_undo_takes_it_back(qtbot: Any, program: Any, stage: Any) -> None:
    before = box_of(stage, 4)
    start = at(stage, before.x + before.w / 2, before.y + before.h / 2)
    drag(stage, start, start + QPoint(-63, 47), Qt.KeyboardModifier.ControlModifier)
    rect = stage.picture_rect()
    wanted = before.x - 63 / rect.width()
    qtbot.waitUntil(lambda: abs(box_of(stage, 4).x - wanted) < 0.003, timeout=SOON)
    assert stage.selected == [4]  # its handles stay: what was moved is turned next
    qtbot.waitUntil(lambda: bool(program.actions.next_undo), timeout=SOON)
    qtbot.wait(0)
    program.actions.undo()
    qtbot.waitUntil(lambda: box_of(stage, 4) == before, timeout=SOON)


def test_another_scene_on_preview_ends_the_drag(qtbot: Any, program: Any, stage: Any) -> None:
    state = program.store.scenes
    other = next(s for s in state.scenes if s.purpose == "close_up")
    before = {scene.name: scene for scene in state.scenes}
    box = box_of(stage, 4)
    start = at(stage, box.x + box.w / 2, box.y + box.h / 2)
    QTest.mousePress(stage, LEFT, pos=start)
    stage.mouseMoveEvent(_move(start + QPoint(4, 0), Qt.KeyboardModifier.ControlModifier))
    stage.later.stop()  # the first move has not gone out yet
    program.actions.run("scenes.preview", {"scene": other.name})
    qtbot.waitUntil(lambda: stage.scene_name() == other.name, timeout=SOON)
    assert stage.selected == []
    stage.mouseMoveEvent(_move(start + QPoint(90, 40), Qt.KeyboardModifier.ControlModifier))
    QTest.mouseRelease(stage, LEFT, pos=start + QPoint(90, 40))
    program.actions.run("scenes.set", {"scene": other.name, "colour": "#010203"})
    qtbot.waitUntil(
        lambda: program.store.scenes.scene(other.name).colour == "#010203", timeout=SOON
    )
    for name, scene in before.items():
        assert program.store.scenes.scene(name).items == scene.items


def test_a_corner_scales_and_keeps_the_shape(qtbot: Any, program: Any, stage: Any) -> None:
    stage.select([4])
    before = box_of(stage, 4)
    corner = at(stage, before.x, before.y + before.h)
    drag(stage, corner, corner + QPoint(-50, 0))
    qtbot.waitUntil(lambda: box_of(stage, 4).w > before.w + 0.02, timeout=SOON)
    after = box_of(stage, 4)
    assert after.w / after.h == pytest.approx(before.w / before.h, rel=0.01)
    assert after.x + after.w == pytest.approx(before.x + before.w, abs=0.003)
    program.actions.undo()
    qtbot.waitUntil(lambda: box_of(stage, 4) == before, timeout=SOON)


def test_the_turning_handle_turns(qtbot: Any, program: Any, stage: Any) -> None:
    stage.select([4])
    size = (stage.picture_rect().width(), stage.picture_rect().height())
    middle = placing.middle(box_of(stage, 4), size)
    start = placing.place_of(placing.TURN, box_of(stage, 4), size, 0)
    origin = stage.picture_rect().topLeft()
    drag(
        stage,
        origin + QPoint(round(start[0]), round(start[1])),
        origin + QPoint(round(middle[0] + 80), round(middle[1])),
    )
    item = lambda: next(entry for entry in stage.items() if entry.id == 4)  # noqa: E731
    qtbot.waitUntil(lambda: item().rotation == 90, timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: item().rotation == 0, timeout=SOON)


def test_keys_nudge_by_a_pixel_of_the_canvas(qtbot: Any, program: Any, stage: Any) -> None:
    stage.select([4])
    before = box_of(stage, 4)
    QTest.keyClick(stage, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: box_of(stage, 4) != before, timeout=SOON)
    width = next(c.width for c in program.store.scenes.canvases if c.name == "landscape")
    assert box_of(stage, 4).x == pytest.approx(before.x - 1 / width)
    program.actions.undo()
    qtbot.waitUntil(lambda: box_of(stage, 4) == before, timeout=SOON)


def test_a_locked_item_is_not_dragged(qtbot: Any, program: Any, stage: Any) -> None:
    scene = stage.scene_name()
    program.actions.run("items.set", {"scene": scene, "item": 4, "locked": True})
    qtbot.waitUntil(
        lambda: next(entry for entry in stage.items() if entry.id == 4).is_locked, timeout=SOON
    )
    before = box_of(stage, 4)
    start = at(stage, before.x + 0.1, before.y + 0.1)
    drag(stage, start, start + QPoint(90, 90))
    assert box_of(stage, 4) == before
    program.actions.run("items.set", {"scene": scene, "item": 4, "locked": False})


def test_without_editing_the_mouse_moves_nothing(program: Any, stage: Any) -> None:
    program.window.monitors.toggle_edit()
    before = box_of(stage, 4)
    start = at(stage, before.x + 0.1, before.y + 0.1)
    drag(stage, start, start + QPoint(90, 90))
    assert (stage.selected, box_of(stage, 4)) == ([], before)
    program.window.monitors.toggle_edit()


def test_the_menu_has_all_that_can_be_done(qtbot: Any, program: Any, stage: Any) -> None:
    from ui.stage.menu import fill_menu

    stage.select([4])
    menu = fill_menu(stage, program.window.desk, stage.scene_name(), "landscape", stage.chosen())
    places = next(a.menu() for a in menu.actions() if a.menu() and a.text() == "Place")
    next(a for a in places.actions() if a.text() == "Bottom right").trigger()
    qtbot.waitUntil(
        lambda: box_of(stage, 4).y + box_of(stage, 4).h == pytest.approx(1.0), timeout=SOON
    )
    program.actions.undo()


def test_the_t_bar_takes_and_comes_back_to_rest(qtbot: Any, program: Any) -> None:
    store, bar = program.store, program.window.scenes.tbar
    names = [s.name for s in store.scenes.scenes]
    program.actions.run("scenes.take", {"scene": names[0]})
    program.actions.run("scenes.preview", {"scene": names[2]})
    qtbot.waitUntil(lambda: store.scenes.preview["landscape"] == names[2], timeout=SOON)
    bar.setSliderDown(True)
    bar.setValue(80)
    bar.send()
    qtbot.waitUntil(lambda: store.scenes.tbar == pytest.approx(0.4), timeout=SOON)
    bar.setValue(160)
    bar.setSliderDown(False)
    qtbot.waitUntil(lambda: store.scenes.programme["landscape"] == names[2], timeout=SOON)
    qtbot.waitUntil(lambda: store.scenes.tbar == 0.0, timeout=SOON)
    assert bar.value() == 0


def test_the_multiview_shows_every_scene_with_its_tally(qtbot: Any, program: Any) -> None:
    from ui.projector import Multiview

    store = program.store
    program.window.open_multiview()
    gc.collect()  # nobody holds it but the desk
    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Multiview))
    assert window.isVisible()
    names = [s.name for s in store.scenes.scenes]
    assert [tile.scene for tile in window.tiles()[2:]] == names
    program.actions.run("scenes.take", {"scene": names[3], "transition": "cut"})
    tile = window.tiles()[2 + 3]
    qtbot.waitUntil(lambda: tile.tone() == "programme", timeout=SOON)
    qtbot.waitUntil(lambda: window.tiles()[1].view.has_picture, timeout=SOON)
    lost = "主播机位"
    program.actions.run("sources.fault", {"name": lost, "fault": "lost"})
    qtbot.waitUntil(
        lambda: any(fault.startswith(lost) and "lost" in fault for fault in tile.faults()),
        timeout=SOON,
    )
    said = set(tile.faults())
    program.actions.run("sources.fault", {"name": lost, "fault": "none"})
    # On a busy machine it may then be slow, and the tile rightly says so.
    qtbot.waitUntil(lambda: not said & set(tile.faults()), timeout=SOON)
    QTest.mouseClick(window.tiles()[2], LEFT)
    qtbot.waitUntil(lambda: store.scenes.preview["landscape"] == names[0], timeout=SOON)
    program.actions.run("scenes.add", {"name": "多一个"})
    qtbot.waitUntil(lambda: len(window.tiles()) == 3 + len(names), timeout=SOON)
    program.actions.run("scenes.remove", {"name": "多一个"})
    qtbot.waitUntil(lambda: len(window.tiles()) == 2 + len(names), timeout=SOON)
    window.close()


def test_a_projector_shows_the_programme_and_the_keys_work_there(qtbot: Any, program: Any) -> None:
    from ui.projector import Projector

    window = Projector(program.window.desk, "programme", "landscape")
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=SOON)
    qtbot.waitUntil(lambda: window.view.has_picture, timeout=SOON)
    names = [s.name for s in program.store.scenes.scenes]
    QTest.keyClick(window, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: program.store.scenes.preview["landscape"] == names[1], timeout=SOON)
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    window.close()


def test_a_stinger_asks_for_its_film_and_a_click_beside_ends_the_palette(
    qtbot: Any, program: Any
) -> None:
    window = program.window
    desk, scene = window.desk, program.store.scenes.scenes[0].name
    for choose in (
        lambda: window.scenes.choose_transition("stinger"),
        lambda: choose_own(desk, window.scenes, scene, "stinger"),
    ):
        choose()
        qtbot.waitUntil(lambda: bool(visible_forms()), timeout=SOON)
        form = visible_forms()[0]
        assert "path" in form.form.names
        form.close()
    window.palette_card.open()
    QTest.mouseClick(window.palette_card.search, Qt.MouseButton.LeftButton)
    assert not window.palette_card.isHidden()
    QTest.mouseClick(window.statusbar, Qt.MouseButton.LeftButton)
    assert window.palette_card.isHidden()


def visible_forms() -> list[PopForm]:
    """The small forms that stand open."""
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, PopForm) and w.isVisible()]
