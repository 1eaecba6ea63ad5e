"""Every panel of the desk keeps its contract: one file, a name, keys, texts in both languages."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from studio.api import catalogue
from ui.layouts import LAYOUTS
from ui.panels.base import Panel
from ui.window import panel_classes

PANELS = panel_classes()


@pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.id)
def test_a_panel_has_a_file_a_name_and_keys(kind: type[Panel]) -> None:
    assert Path(inspect.getfile(kind)).stem == kind.id
    assert inspect.getdoc(kind)
    known = catalogue()
    for key in (f"ui.{kind.id}.title", *(f"ui.{words}" for _, words in kind.keys)):
        assert known[key]["zh"], key
        assert known[key]["en"], key
    assert kind.keys  # F1 has something to say


def test_ids_are_unique_and_every_layout_knows_its_panels() -> None:
    ids = [kind.id for kind in PANELS]
    assert len(ids) == len(set(ids))
    for name, layout in LAYOUTS.items():
        placed = [id for stacks in layout.areas.values() for group, _ in stacks for id in group]
        assert set(placed) <= set(ids), name
        assert len(placed) == len(set(placed)), name
        assert f"ui.layout.{name}" in catalogue()
