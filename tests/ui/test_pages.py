"""Prepare, Live, Review: each with its panels, kept by show, and nothing is aired unseen."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from studio.sender.model import OutputState, OutputStatus
from ui.layouts import LIVE, PAGES, places
from ui.widgets.basics import TextLabel

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 8_000
KEY = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture(autouse=True)
def _back_to_live(program: Any) -> Any:
    program.window.resize(1600, 900)
    program.window.set_layout("controller")
    yield
    program.window.set_layout("controller")


def _shown(window: Any) -> set[str]:
    return {id for id, panel in window.panels.items() if not panel.isHidden()}


def cut_words(window: Any) -> list[str]:
    """Words that have no room; what is shortened with its whole text in a tip has said so.

    A panel that stands behind another gets its size when it comes to the front.
    """
    words = [*window.findChildren(QAbstractButton), *window.findChildren(TextLabel)]
    return [
        f"{type(widget).__name__} {widget.text()!r}"
        for widget in words
        if widget.isVisible()
        and not widget.visibleRegion().isEmpty()
        and not (isinstance(widget, TextLabel) and (widget.wordWrap() or widget.toolTip()))
        and widget.fontMetrics().horizontalAdvance(widget.text()) > widget.width() + 1
    ]


def _placed(window: Any, name: str) -> set[str]:
    areas = places(name, window.panels)
    return {id for stacks in areas.values() for ids, _ in stacks for id in ids}


def _sizes(window: Any) -> dict[str, tuple[int, int]]:
    return {
        id: panel.size().toTuple()
        for id, panel in window.panels.items()
        if panel.isVisible() and not panel.visibleRegion().isEmpty()
    }


def test_what_stands_on_a_page_has_its_size_again(qtbot: Any, program: Any) -> None:
    window = program.window
    window.resize(1280, 720)
    window.set_layout("technician")
    window.set_layout("controller")
    window.reset_layout()
    comments, foot = window.panels["comments"], window.panels["products"]
    QApplication.processEvents()  # the ready sizes come with the next turn
    window.docks.resizeDocks([comments], [340], Qt.Orientation.Horizontal)
    window.docks.resizeDocks([foot], [230], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: comments.width() == 340, timeout=SOON)
    before = _sizes(window)
    for pages in (("review", "live"), ("prepare", "live"), ("prepare", "review", "live")):
        for page in pages:
            window.set_page(page)
            QApplication.processEvents()
        qtbot.waitUntil(lambda: _sizes(window) == before, timeout=SOON)
    for page in ("review", "live", "prepare", "live"):  # faster than anything is laid out
        window.set_page(page)
    qtbot.waitUntil(lambda: _sizes(window) == before, timeout=SOON)
    window.reset_layout()


def test_each_page_has_its_panels_and_live_comes_back_as_it_was(qtbot: Any, program: Any) -> None:
    window = program.window
    live = _shown(window)
    for page in ("prepare", "review", "prepare"):
        window.set_page(page)
        qtbot.waitUntil(lambda page=page: _shown(window) == _placed(window, page), timeout=SOON)
        assert not window.monitors.isVisible()
        assert window.panels["programme"].isVisible()
    window.set_page(LIVE)
    assert _shown(window) == live
    assert window.monitors.isVisible()
    assert "programme" not in live


def test_what_was_opened_on_a_page_comes_back(program: Any) -> None:
    window = program.window
    window.set_page("prepare")
    window.panels["outputs"].hide()
    window.set_page("review")
    window.set_page("prepare")
    assert "outputs" not in _shown(window)
    window.reset_layout()
    assert "outputs" in _shown(window)


def test_the_bar_and_the_keys_switch_the_page(qtbot: Any, program: Any) -> None:
    window = program.window
    window.activateWindow()
    window.setFocus()
    for number, page in enumerate(PAGES, 1):
        QTest.keyClick(window, Qt.Key(KEY.Key_0.value + number), ALT)
        assert window.pages.page == window.topbar.pages.value == page
    for page in PAGES:
        QTest.mouseClick(window.topbar.pages.button(page), Qt.MouseButton.LeftButton)
        assert window.pages.page == page


def test_a_layout_of_live_leads_to_live(program: Any) -> None:
    window = program.window
    window.set_page("prepare")
    window.set_layout("technician")
    assert window.pages.page == LIVE
    assert "outputs" in _shown(window)
    window.set_layout("prepare")  # no layout of Live
    assert program.settings.layout == "technician"


def test_single_keys_air_nothing_where_nobody_sees_it(qtbot: Any, program: Any) -> None:
    window, store = program.window, program.store
    names = [scene.name for scene in store.scenes.scenes]
    program.actions.run("scenes.preview", {"scene": names[1]})
    program.actions.run("scenes.take", {"scene": names[0]})
    qtbot.waitUntil(lambda: store.scenes.programme["landscape"] == names[0], timeout=SOON)
    window.set_page("prepare")
    window.activateWindow()
    window.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window, timeout=SOON)
    assert window.topbar.lock.is_locked
    sent: list[str] = []
    call = program.client.call
    program.client.call = lambda command, *a, **more: (sent.append(command), call(
        command, *a, **more))[1]  # fmt: skip
    try:
        for key in (KEY.Key_Return, KEY.Key_2, KEY.Key_C, KEY.Key_N, KEY.Key_T, KEY.Key_E):
            QTest.keyClick(window, key)
        assert sent == []
        QTest.keyClick(window, KEY.Key_F9)
        assert sent == ["scenes.standby"]
    finally:
        del program.client.call
    qtbot.waitUntil(lambda: window.panels["programme"].standby_bar.isVisible(), timeout=SOON)
    program.actions.run("scenes.back", {})
    qtbot.waitUntil(lambda: store.scenes.programme["landscape"] == names[0], timeout=SOON)
    window.set_page(LIVE)
    assert not window.topbar.lock.is_locked


def test_a_panel_that_stands_elsewhere_is_shown_where_it_stands(program: Any) -> None:
    window = program.window
    window.set_page("prepare")
    window.reveal("plans")
    assert window.pages.page == "prepare"
    window.reveal("comments")
    assert window.pages.page == LIVE
    assert not window.panels["comments"].isHidden()


def _show_changed(program: Any, folder: str) -> None:
    program.store.put("show", msgspec.structs.replace(program.store.show, folder=folder))


def test_a_show_comes_back_on_its_page(program: Any) -> None:
    window = program.window
    before = program.store.show
    try:
        _show_changed(program, "/shows/spring")
        window.set_page("prepare")
        _show_changed(program, "/shows/autumn")
        assert window.pages.page == LIVE
        window.set_page("review")
        _show_changed(program, "/shows/spring")
        assert window.pages.page == "prepare"
        assert window.kept.pages["/shows/autumn"] == "review"
    finally:
        program.store.put("show", before)


def test_on_air_the_programme_is_seen_on_every_page(program: Any) -> None:
    window, store = program.window, program.store
    before = store.outputs
    line = OutputStatus(name="line", kind="rtmp", state=OutputState.LIVE, live_ms=1000)
    window.set_page("prepare")
    small = window.panels["programme"]
    small.hide()
    try:
        store.put("outputs", (line,))
        assert not small.isHidden()
        small.hide()
        window.set_page("review")
        assert not small.isHidden()
        was = store.show
        _show_changed(program, "/shows/winter")  # opened by somebody else while on air
        assert window.pages.page == "review"
        store.put("show", was)
    finally:
        store.put("outputs", before)


@pytest.mark.parametrize("language_code", ["zh", "en"])
@pytest.mark.parametrize("size", [(1280, 720), (1600, 900), (1920, 1080)])
@pytest.mark.parametrize("page", ["prepare", "review"])
def test_no_word_is_cut_and_no_band_is_left(
    qtbot: Any, program: Any, page: str, size: tuple[int, int], language_code: str
) -> None:
    window = program.window
    window.change("language", language_code)
    window.set_page(page)
    window.resize(*size)
    window.reset_layout()
    qtbot.waitUntil(lambda: window.width() == size[0], timeout=SOON)
    bottoms = [
        panel.mapTo(window, panel.rect().bottomLeft()).y()
        for panel in window.panels.values()
        if panel.isVisible()
    ]
    tops = [panel.mapTo(window, panel.rect().topLeft()).y() for panel in window.panels.values()
            if panel.isVisible()]  # fmt: skip
    assert max(bottoms) >= window.statusbar.y() - 16
    assert min(tops) <= window.topbar.height() + 16
    try:
        for panel in [panel for panel in window.panels.values() if panel.isVisible()]:
            panel.raise_()  # also those that stand behind another
            qtbot.waitUntil(lambda panel=panel: cut_words(panel) == [], timeout=SOON)
        qtbot.waitUntil(lambda: cut_words(window) == [], timeout=SOON)
    finally:
        rest = cut_words(window)
        window.change("language", "en")
        assert rest == []
