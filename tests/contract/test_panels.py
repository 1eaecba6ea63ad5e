"""Every panel of the desk keeps its contract: a folder, a name, keys, texts in both languages."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from studio.api import catalogue
from ui.layouts import LAYOUTS, places
from ui.panels.base import Panel
from ui.panels.registry import panel_kinds

PANELS = panel_kinds()


@pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.id)
def test_a_panel_has_a_folder_a_name_and_keys(kind: type[Panel]) -> None:
    assert Path(inspect.getfile(kind)).parts[-2:] == (kind.id, "panel.py")
    assert inspect.getdoc(kind)
    known = catalogue()
    for key in (f"ui.{kind.id}.title", *(f"ui.{words}" for _, words in kind.keys)):
        assert known[key]["zh"], key
        assert known[key]["en"], key
    assert kind.keys  # F1 has something to say


def test_ids_are_unique_and_every_layout_knows_its_panels() -> None:
    ids = [kind.id for kind in PANELS]
    assert len(ids) == len(set(ids))
    assert {name for kind in PANELS for name in kind.spots} <= set(LAYOUTS)
    for name in LAYOUTS:
        areas = places(name, {kind.id: kind for kind in PANELS})
        placed = [id for stacks in areas.values() for group, _ in stacks for id in group]
        assert placed, name
        assert len(placed) == len(set(placed)), name
        assert f"ui.layout.{name}" in catalogue()
