"""The filters panel on a real engine: add, set, switch, order, copy, and what is bypassed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDoubleSpinBox, QSlider, QWidget

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 8_000
SOURCE, OTHER = "主播机位", "商品特写"


@pytest.fixture
def panel(qtbot: Any, program: Any) -> Any:
    found = program.window.panels["filters"]
    found.show()
    found.raise_()
    qtbot.waitUntil(lambda: program.store.source(SOURCE) is not None, timeout=SOON)
    names = [source.name for source in program.store.sources]
    for name in names:
        program.client.call("filters.set_all", {"source": name, "filters": []}, lambda _: None)
    qtbot.waitUntil(lambda: not any(s.filters for s in program.store.sources), timeout=SOON)
    found.show_source(SOURCE)
    return found


def names(program: Any, source: str = SOURCE) -> list[str]:
    return [filter_.name for filter_ in program.store.source(source).filters]


def kind(program: Any, name: str) -> Any:
    return next(filter_ for filter_ in program.store.kinds.filters if filter_.kind == name)


def put(qtbot: Any, program: Any, panel: Any, *kinds: str) -> list[Any]:
    for other_kind in kinds:
        before = len(names(program))
        panel.add_kind(kind(program, other_kind))
        qtbot.waitUntil(lambda n=before: len(names(program)) == n + 1, timeout=SOON)
    qtbot.waitUntil(lambda: len(panel.rows) == len(kinds), timeout=SOON)
    return panel.ordered()


def is_laid_out(rows: list[Any]) -> bool:
    return all(one.geometry().bottom() < next_.y() for one, next_ in pairwise(rows))


def test_a_new_filter_opens_its_settings_and_a_change_works_at_once(
    qtbot: Any, program: Any, panel: Any
) -> None:
    put(qtbot, program, panel, "colour_correction")
    qtbot.waitUntil(lambda: panel.form is not None, timeout=SOON)
    spin = panel.form.form.widget("brightness").focusProxy()
    assert isinstance(spin, QDoubleSpinBox)
    assert spin.accessibleName()
    spin.setValue(0.25)
    qtbot.waitUntil(
        lambda: program.store.source(SOURCE).filters[0].settings.get("brightness") == 0.25,
        timeout=SOON,
    )
    qtbot.waitUntil(lambda: "filters.set" in str(program.actions.undo_steps[-1]), timeout=SOON)
    undo = program.actions.undo_steps
    qtbot.waitUntil(
        lambda: (undo[-1].args.get("settings") or {}).get("brightness") == 0.25, timeout=SOON
    )
    program.actions.undo()
    qtbot.waitUntil(lambda: spin.value() == 0.0, timeout=SOON)


def test_keys_switch_and_order_and_a_drag_does_too(qtbot: Any, program: Any, panel: Any) -> None:
    rows = put(qtbot, program, panel, "beauty", "sharpen", "blur")
    before = names(program)
    rows[0].setFocus()
    QTest.keyClick(rows[0], Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not program.store.source(SOURCE).filters[0].is_enabled, timeout=SOON)
    QTest.keyClick(rows[0], Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: names(program)[1] == before[0], timeout=SOON)
    panel.close_filter()
    # The rows stand where they belong once the layout has followed, as a person sees it.
    qtbot.waitUntil(lambda: is_laid_out(panel.ordered()), timeout=SOON)
    row = panel.ordered()[2]
    first = panel.ordered()[0]
    row.grip.dropped.emit(first.mapToGlobal(QPoint(0, 1)).y())
    qtbot.waitUntil(lambda: names(program)[0] == before[2], timeout=SOON)


def test_copy_and_paste_to_another_source(qtbot: Any, program: Any, panel: Any) -> None:
    put(qtbot, program, panel, "beauty", "mask")
    QTest.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    panel.show_source(OTHER)
    QTest.mouseClick(panel.paste, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(names(program, OTHER)) == 2, timeout=SOON)
    qtbot.waitUntil(lambda: bool(program.actions.next_undo), timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: names(program, OTHER) == [], timeout=SOON)


def test_a_filter_that_is_too_slow_says_so(qtbot: Any, program: Any, panel: Any) -> None:
    row = put(qtbot, program, panel, "blur")[0]
    args = {"source": SOURCE, "name": row.spec.name, "budget_ms": 0.01}
    program.client.call("filters.set", args, lambda _: None)
    qtbot.waitUntil(lambda: row.why.isVisibleTo(row) and bool(row.state.text), timeout=20_000)
    assert "0.01" in row.why.text()
    assert row.state.text in row.accessibleName()


def test_everything_has_a_name(qtbot: Any, program: Any, panel: Any) -> None:
    put(qtbot, program, panel, "chroma_key")
    qtbot.waitUntil(lambda: panel.form is not None, timeout=SOON)
    for button in panel.widget().findChildren(QAbstractButton):
        if button.isVisibleTo(panel):
            assert button.accessibleName() or button.text(), button
    for name in panel.form.form.names:
        widget = panel.form.form.widget(name)
        assert isinstance(widget, QWidget)
        assert widget.accessibleName()


def test_the_wheel_scrolls_and_changes_nothing(qtbot: Any, program: Any, panel: Any) -> None:
    put(qtbot, program, panel, "sharpen")
    qtbot.waitUntil(lambda: panel.form is not None, timeout=SOON)
    was, kept = panel.choice.currentText(), panel.form.form.values()
    parts = [panel.choice, *panel.form.form.findChildren(QSlider)]
    for part in parts:
        at = QPointF(part.rect().center())
        event = QWheelEvent(
            at, part.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(part, event)
    assert len(parts) > 1
    assert (panel.choice.currentText(), panel.form.form.values()) == (was, kept)
