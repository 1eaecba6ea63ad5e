"""The vertical layout: two tall pictures side by side, tall thumbnails, goods beside them."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint

from ui.theme import tokens

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 20_000


@pytest.fixture(autouse=True)
def _back(program: Any) -> Any:
    yield
    program.window.set_layout("controller")


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_both_pictures_are_tall_and_fill_their_place(
    qtbot: Any, program: Any, size: tuple[int, int]
) -> None:
    window, monitors = program.window, program.window.monitors
    window.set_layout("controller")
    window.resize(*size)
    window.set_layout("vertical")
    window.reset_layout()
    views = (monitors.stage, monitors.programme.view)
    qtbot.waitUntil(
        lambda: all(abs(v.picture_rect().width() - v.width()) < v.width() * 0.2 for v in views),
        timeout=SOON,
    )
    for view in views:
        picture = view.picture_rect()
        assert picture.height() > 1.7 * picture.width()
        assert picture.height() > 0.8 * view.height(), "no black bands"
    left, right = (view.mapTo(window, QPoint(0, 0)).x() for view in views)
    assert left + views[0].width() <= right
    goods = window.panels["products"]
    assert goods.mapTo(window, QPoint(0, 0)).x() > right
    assert not goods.visibleRegion().isEmpty()
    cards = list(window.scenes.cards.values())
    assert all(card.height() > card.width() for card in cards)


def test_the_other_layouts_lie_down_again(qtbot: Any, program: Any) -> None:
    window, monitors = program.window, program.window.monitors
    window.set_layout("vertical")
    assert monitors.canvas == "portrait"
    assert monitors.canvases.isHidden()
    window.set_layout("technician")
    assert monitors.canvas == "landscape"
    assert monitors.guides.isVisible()
    card = next(iter(window.scenes.cards.values()))
    assert card.width() > card.height() - tokens.px(30)
    assert window.scenes.tbar.isVisible()


def test_it_switches_the_canvas_on_that_it_shows(qtbot: Any, program: Any) -> None:
    window, store = program.window, program.store

    def is_on() -> bool:
        return next(c.is_enabled for c in store.scenes.canvases if c.name == "portrait")

    program.actions.run("scenes.canvas", {"name": "portrait", "on": False})
    qtbot.waitUntil(lambda: not is_on(), timeout=SOON)
    window.set_layout("vertical")
    qtbot.waitUntil(is_on, timeout=SOON)
    qtbot.waitUntil(lambda: window.monitors.canvas == "portrait", timeout=SOON)


def test_it_is_proposed_for_platforms_that_are_watched_upright(qtbot: Any, program: Any) -> None:
    store, card = program.store, program.window.go_live_card
    args = {"name": "tall", "url": "rtmp://127.0.0.1:9/live", "key": "k", "canvas": "portrait"}
    program.actions.run("outputs.add", args)
    qtbot.waitUntil(lambda: store.output("tall") is not None, timeout=SOON)
    card.open()
    assert card.go_upright.isVisible()
    card.go_upright.click()
    assert not card.isVisible()
    assert program.settings.layout == "vertical"
    card.open()
    assert not card.go_upright.isVisible(), "it is so already"
    card.close_card()
    program.actions.run("outputs.remove", {"name": "tall", "confirm": True})
    qtbot.waitUntil(lambda: store.output("tall") is None, timeout=SOON)
