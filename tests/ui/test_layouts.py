"""The three layouts come back as they were left, with their own panels and no others."""

from __future__ import annotations

from typing import Any

import pytest

from ui.panels.products.panel import TALL
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 20_000
ROUND = ("controller", "streamer", "technician", "controller", "streamer", "technician")


def _shown(window: Any) -> set[str]:
    return {id for id, panel in window.panels.items() if not panel.isHidden()}


def settle(qtbot: Any, window: Any) -> None:
    """Waits until no panel changes its size any more: a busy machine lays out late."""
    last: list[Any] = [None]

    def is_same() -> bool:
        before, last[0] = last[0], [panel.geometry() for panel in window.panels.values()]
        qtbot.wait(50)
        return before == last[0] == [panel.geometry() for panel in window.panels.values()]

    qtbot.waitUntil(is_same, timeout=SOON)


def test_a_layout_that_comes_back_has_its_own_panels(qtbot: Any, program: Any) -> None:
    window = program.window
    window.resize(1600, 900)
    seen: dict[str, set[str]] = {}
    for name in ROUND:
        window.set_layout(name)
        qtbot.wait(50)
        assert _shown(window) == seen.setdefault(name, _shown(window)), name
    assert "host" in seen["streamer"]
    assert "host" not in seen["technician"] | seen["controller"]


def test_what_a_person_opened_and_closed_comes_back(qtbot: Any, program: Any) -> None:
    window = program.window
    window.set_layout("technician")
    window.panels["mixer"].hide()
    window.reveal("fitting")
    window.set_layout("streamer")
    qtbot.wait(50)
    window.set_layout("technician")
    qtbot.wait(50)
    assert "fitting" in _shown(window)
    assert not {"mixer", "host"} & _shown(window)
    window.reset_layout()
    qtbot.wait(50)
    assert "mixer" in _shown(window)
    assert not {"fitting", "host"} & _shown(window)


def test_sizes_of_another_window_are_not_taken_over(program: Any) -> None:
    window = program.window
    window.resize(1600, 900)
    window.set_layout("controller")
    window.kept.keep("controller", window.docks, window.panels)
    assert window.kept.restore("controller", window.docks, window.panels) == "whole"
    window.resize(2400, 1400)
    assert window.kept.restore("controller", window.docks, window.panels) == "places"
    window.kept.forget("controller")
    window.resize(1600, 900)


def test_a_product_keeps_its_buttons_in_a_small_panel(qtbot: Any, program: Any) -> None:
    panel = program.window.panels["products"]
    qtbot.waitUntil(lambda: bool(panel.rows), timeout=8_000)
    row = next(iter(panel.rows.values()))
    row.set_narrow(True)
    row.set_tall(True)
    assert row.minimumSizeHint().width() <= tokens.px(TALL)
    assert row.try_on.parent() is row
    row.set_tall(False)
    row.set_narrow(False)
    assert row.height() == tokens.px(54)


@pytest.mark.parametrize("layout", ["vertical", "controller", "streamer"])
def test_a_panel_opened_beside_the_layout_squeezes_nobody(
    qtbot: Any, program: Any, layout: str
) -> None:
    """As a tab where there is room: a column more is cut on a small screen, and cuts the others."""
    window = program.window
    window.resize(1280, 720)
    window.set_layout(layout)
    window.reset_layout()
    settle(qtbot, window)
    seen = [id for id in _shown(window) if not window.panels[id].visibleRegion().isEmpty()]
    before = {id: window.panels[id].width() for id in seen}
    pictures = window.monitors.height()
    for id in ("orders", "games", "post", "script"):
        window.reveal(id)
        settle(qtbot, window)
        panel = window.panels[id]
        assert not panel.visibleRegion().isEmpty(), id
        assert panel.width() >= tokens.px(240), id
    assert window.monitors.height() >= pictures - tokens.px(8)
    for id, width in before.items():
        panel = window.panels[id]
        if not panel.visibleRegion().isEmpty():
            assert panel.width() >= width * 0.8, id
    window.reset_layout()
    window.resize(1600, 900)


def test_the_host_reads_name_and_price_from_two_metres(qtbot: Any, program: Any) -> None:
    """64 px, and at 1280 by 720 everything else beside it without scrolling."""
    window, store = program.window, program.store
    window.resize(1280, 720)
    window.set_layout("streamer")
    window.reset_layout()
    panel = window.panels["host"]
    run, product = program.actions.run, store.shop.products[0]
    run("shop.explain", {"product": product.id})
    run("post.open", {})
    run("post.say", {"text": "Slower, please", "role": "streamer"})

    def shown() -> list[TextLabel]:
        return [label for label in panel.findChildren(TextLabel) if label.isVisible()]

    def large() -> list[str]:
        return [label.text() for label in shown() if label.font().pixelSize() >= tokens.px(64)]

    def got_it() -> list[Button]:
        buttons = panel.findChildren(Button)
        return [button for button in buttons if button.text() == "Got it" and button.isVisible()]

    try:
        qtbot.waitUntil(lambda: any(product.name in text for text in large()), timeout=SOON)
        qtbot.waitUntil(lambda: bool(got_it()), timeout=SOON)
        assert not panel.visibleRegion().isEmpty(), "it stands in front"
        assert len(large()) == 2, "name and price"
        label = next(label for label in shown() if "Slower, please" in label.text())
        assert label.visibleRegion().boundingRect().height() == label.height()
        run("post.close", {})
        qtbot.waitUntil(lambda: not got_it(), timeout=SOON)
    finally:
        run("shop.explain", {})
    window.resize(1600, 900)
