"""Forms stand where the programme is still seen, inside the window, and nothing is squeezed."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from tests.ui.test_layouts import settle
from ui.widgets.pop_form import PopForm

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 8_000
LONG = {
    "type": "object",
    "properties": {
        f"line{n}": {"type": "string", "x-widget": "multiline", "x-zh": f"{n} 行", "x-en": f"L {n}"}
        for n in range(7)
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def _as_it_was(program: Any) -> Any:
    yield
    for card in program.window.cards():
        card.close_card()
    program.window.resize(1600, 900)


@pytest.mark.parametrize(
    ("size", "layout"),
    [((1280, 720), "controller"), ((1920, 1080), "controller"), ((1280, 720), "vertical"),
     ((1920, 1080), "technician")],
)  # fmt: skip
def test_a_form_leaves_the_programme_seen(
    qtbot: Any, program: Any, size: tuple[int, int], layout: str
) -> None:
    window = program.window
    window.resize(*size)
    window.set_layout(layout)
    window.reset_layout()
    settle(qtbot, window)
    assert not window.programme_rect().isEmpty()
    panel = window.panels["sources"]
    panel.edit(program.store.sources[0].name)
    window.brand_card.open()
    cards = [card for card in window.cards() if card.isVisible()]
    assert cards
    for card in cards:
        assert not card.geometry().intersects(window.programme_rect()), card.title.text()
        assert window.rect().contains(card.geometry())


def test_a_form_that_pops_up_stays_inside_the_window(qtbot: Any, program: Any) -> None:
    window = program.window
    window.resize(1280, 720)
    for at in (window.topbar, window.scenes, window.statusbar):
        form = PopForm(at, "Review…", LONG, {}, lambda values: None)
        form.open()
        assert QApplication.activePopupWidget() is form
        frame = window.geometry()
        assert frame.top() <= form.y() <= max(frame.top(), frame.bottom() - form.height())
        assert form.findChild(QLabel).text() == "Review"
        form.close()


def test_no_figure_of_the_status_bar_is_squeezed(qtbot: Any, program: Any) -> None:
    window, bar = program.window, program.window.statusbar
    window.resize(1280, 720)
    window.set_layout("technician")
    for late in (9, 99, 100, 12_345, 1_234_567):
        program.store.stats = {**program.store.stats, "late": late}
        program.store.stats_changed.emit()

        def has_room() -> bool:
            shown = [figure for figure in bar.figures.values() if figure.isVisible()]
            return all(f.width() >= f.minimumSizeHint().width() for f in shown)

        qtbot.waitUntil(has_room, timeout=SOON)
