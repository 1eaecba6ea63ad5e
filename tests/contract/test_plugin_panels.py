"""Panels from plugins: found in their folders, read their own part, and break nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.core.paths import own_plugins_dir, plugins_dir
from studio.core.registry import load_plugins
from tests.contract.test_panel_life import desk  # noqa: F401 - a fixture
from ui.desk import Desk
from ui.i18n import language
from ui.layouts import LAYOUTS, places
from ui.panels.base import Panel
from ui.panels.registry import make_panels, panel_kinds, panels_in, plugin_kinds
from ui.parts import OWN, PARTS, read_parts

GOOD = """
import msgspec
from studio.api import Text
from ui.api import RIGHT, Panel, Spot, TextLabel, listen
class View(msgspec.Struct, frozen=True):
    count: int = 0
class Mine(Panel):
    id = "mine"
    label = Text("我的", "Mine")
    parts = {"mine_part": View}
    spots = {"prepare": Spot(RIGHT, 1)}
    def build(self):
        self.figure = TextLabel()
        self.add(self.figure)
        listen(self, self.desk.store.changed, lambda part: self.show_it())
    def show_it(self):
        self.figure.setText(str(self.desk.store.own["mine_part"].count))
"""
BROKEN = {
    "no_code": "this is no Python",
    "no_import": "import nothing_of_this_name",
    "raises": "from ui.api import Panel\nclass Raises(Panel):\n    id = 'raises'\n"
    "    def build(self): raise RuntimeError('mine')\n",
    "taken_id": "from ui.api import Panel\nclass Other(Panel):\n    id = 'products'\n",
    "taken_part": "from ui.api import Panel\nclass Part(Panel):\n    id = 'taken_part'\n"
    "    parts = {'shop': int}\n",
}


@pytest.fixture
def plugins() -> Iterator[Path]:
    """The person's own folder of plugins, read anew and left as it was."""
    folder = own_plugins_dir()
    _forget()
    yield folder
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    _forget()


def _forget() -> None:
    """As when the desk starts: no plugin is known."""
    plugin_kinds.cache_clear()
    for part in set(OWN):
        OWN.discard(part)
        PARTS.pop(part, None)


def _put(folder: Path, name: str, code: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "panel.py").write_text(code, encoding="utf-8")


def test_a_folder_with_a_panel_is_all_it_takes(plugins: Path, desk: Desk) -> None:  # noqa: F811
    _put(plugins, "mine", GOOD)
    panels, left_out = make_panels(desk)
    assert left_out == []
    mine: Any = panels["mine"]
    assert mine.windowTitle() in ("我的", "Mine")
    assert mine.title() == mine.label.in_language(language.code)
    areas = places("prepare", panels)
    assert any("mine" in ids for stacks in areas.values() for ids, _ in stacks)
    for part, value in read_parts({"mine_part": {"count": 7, "unknown": 1}}).items():
        desk.store.put(part, value)
    assert mine.figure.text() == "7"
    again, _ = make_panels(desk)  # another size of text: the window is made anew
    assert type(again["mine"]) is type(mine)
    for panel in (*panels.values(), *again.values()):
        panel.deleteLater()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_one_is_left_out_by_name_and_all_others_are_there(
    plugins: Path,
    desk: Desk,  # noqa: F811
    name: str,
) -> None:
    _put(plugins, name, BROKEN[name])
    _put(plugins, "mine", GOOD)
    panels, left_out = make_panels(desk)
    assert left_out == ["products" if name == "taken_id" else name]
    assert {kind.id for kind in panel_kinds()} | {"mine"} <= set(panels)
    assert type(panels["products"]).__module__ == "ui.panels.products.panel"
    for panel in panels.values():
        panel.deleteLater()


SHIPPED = [kind for module in load_plugins(plugins_dir(), "panel")[0] for kind in panels_in(module)]


@pytest.mark.parametrize("kind", SHIPPED, ids=lambda kind: kind.id)
def test_the_shipped_ones_keep_the_contract(kind: type[Panel]) -> None:
    assert all(kind.titles())
    assert set(kind.spots) <= set(LAYOUTS)
    assert kind.id not in {other.id for other in panel_kinds()}


def test_there_is_an_example() -> None:
    assert [kind.id for kind in SHIPPED] == ["goal"]
