"""The fitting room by hand: a photo dropped, an anchor dragged, the fit kept and worn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea

pytestmark = pytest.mark.ui
SHARES_WINDOW = True
SOON = 15_000


@pytest.fixture
def panel(qtbot: Any, program: Any) -> Any:
    program.window.reveal("fitting")
    made = program.window.panels["fitting"]
    qtbot.waitUntil(lambda: bool(made.kinds), timeout=SOON)
    made.product.setCurrentIndex(made.product.findData("sunglasses"))
    made.open_garment()
    qtbot.waitUntil(lambda: made.board.has_asset and made.still.has_picture, timeout=SOON)
    return made


def _fit_of(program: Any, product: str) -> dict[str, Any]:
    found = program.store.shop.product(product)
    return dict(found.try_on.fit) if found.try_on else {}


def test_an_anchor_is_dragged_and_the_fit_kept(qtbot: Any, program: Any, panel: Any) -> None:
    board = panel.board
    name = next(iter(board.spots))
    start = board.spot_at(name).toPoint()
    QTest.mousePress(board, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(board, start + QPoint(12, 6))
    QTest.mouseRelease(board, Qt.MouseButton.LeftButton, pos=start + QPoint(12, 6))
    assert f"{name}_x" in panel.fit()
    before = board.spots[name]
    QTest.keyClick(board, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert board.spots[name][0] > before[0]
    drawn = panel.drawn
    qtbot.waitUntil(lambda: panel.drawn is not None and panel.drawn != drawn, timeout=SOON)
    panel.numbers["width_mm"].setValue(139.0)
    QTest.mouseClick(panel.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: _fit_of(program, "sunglasses").get("width_mm") == 139.0, timeout=SOON)
    assert f"{name}_x" in _fit_of(program, "sunglasses")
    program.actions.undo()
    qtbot.waitUntil(lambda: "width_mm" not in _fit_of(program, "sunglasses"), timeout=SOON)


def test_nothing_is_cut_off_in_a_narrow_panel(qtbot: Any, program: Any, panel: Any) -> None:
    area = panel.findChild(QScrollArea)
    program.window.resize(1280, 720)

    def fits() -> bool:
        width = area.viewport().width()
        inside = area.widget()
        parts = [panel.photo, panel.kind, panel.still, panel.live.clip, panel.live.bypass]
        return all(
            part.mapTo(inside, part.rect().topRight()).x() <= width for part in parts
        )  # fmt: skip

    qtbot.waitUntil(fits, timeout=SOON)


def test_a_photo_is_dropped_cut_out_and_shown(qtbot: Any, panel: Any, tmp_path: Path) -> None:
    photo = QImage(600, 400, QImage.Format.Format_RGB32)
    photo.fill(QColor(244, 244, 242))
    painter = QPainter(photo)
    painter.setBrush(QColor(40, 60, 120))
    painter.drawRoundedRect(80, 120, 440, 150, 60, 60)
    painter.end()
    path = tmp_path / "glasses.png"
    assert photo.save(str(path))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    before = panel.asset
    event = QDropEvent(
        QPointF(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    panel.board.dropEvent(event)
    qtbot.waitUntil(lambda: panel.asset != before, timeout=SOON)
    assert panel.asset.endswith(".png")
    qtbot.waitUntil(lambda: bool(panel.board.spots), timeout=SOON)


def test_live_switches_say_what_is(qtbot: Any, program: Any, panel: Any) -> None:
    live = panel.live
    qtbot.waitUntil(lambda: live.worn.is_worn, timeout=SOON)
    QTest.mouseClick(live.split, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: live.worn.is_split and live.split.isChecked(), timeout=SOON)
    QTest.mouseClick(live.split, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not live.worn.is_split, timeout=SOON)
    index = live.compare.findData("SG-BLACK")
    assert index > 0
    live.compare.setCurrentIndex(index)
    live.compare.activated.emit(index)
    qtbot.waitUntil(lambda: live.worn.compared == "SG-BLACK", timeout=SOON)
    QTest.mouseClick(live.bypass, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: live.worn.is_bypassed and not live.worn.is_worn, timeout=SOON)
    qtbot.waitUntil(lambda: live.state.text == "Bypassed", timeout=SOON)
    QTest.mouseClick(live.bypass, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: live.worn.is_worn, timeout=SOON)


def test_an_item_of_a_scene_shows_the_picture_before_the_try_on(qtbot: Any, program: Any) -> None:
    store, items = program.store, program.window.panels["items"]
    scene = next(s.name for s in store.scenes.scenes if s.purpose == "try_on")
    program.actions.run("scenes.preview", {"scene": scene})
    qtbot.waitUntil(lambda: items.scene == scene and bool(items.rows), timeout=SOON)
    row = items.row_of(store.scenes.scene(scene).items[0].id)
    assert row.worn.isVisibleTo(row)
    row.worn.click()

    def shows() -> bool:
        found = store.scenes.scene(scene)
        return bool(found and found.items[0].has_try_on)

    qtbot.waitUntil(lambda: not shows(), timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(shows, timeout=SOON)
