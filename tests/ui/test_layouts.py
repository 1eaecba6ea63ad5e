"""The three layouts come back as they were left, with their own panels and no others."""

from __future__ import annotations

from typing import Any

import pytest

from ui.panels.products.panel import TALL
from ui.theme import tokens

pytestmark = pytest.mark.ui
SHARES_WINDOW = True
ROUND = ("controller", "streamer", "technician", "controller", "streamer", "technician")


def _shown(window: Any) -> set[str]:
    return {id for id, panel in window.panels.items() if not panel.isHidden()}


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
    assert window.kept.restore("controller", window.docks, window.panels)
    window.resize(2400, 1400)
    assert not window.kept.restore("controller", window.docks, window.panels)
    window.kept.forget("controller")
    window.resize(1600, 900)


def test_a_product_keeps_its_buttons_in_a_small_panel(qtbot: Any, program: Any) -> None:
    panel = program.window.panels["products"]
    qtbot.waitUntil(lambda: bool(panel._rows), timeout=8_000)
    row = next(iter(panel._rows.values()))
    row.set_narrow(True)
    row.set_tall(True)
    assert row.minimumSizeHint().width() <= tokens.px(TALL)
    assert row.try_on.parent() is row
    row.set_tall(False)
    row.set_narrow(False)
    assert row.height() == tokens.px(54)
