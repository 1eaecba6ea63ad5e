"""What no show can mean is refused where it is said, with what to do, and nothing changes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import msgspec
import pytest

import studio.filters.kinds as filter_folder
import studio.scenes.transitions as transition_folder
import studio.sources.kinds as source_folder
from studio.app.check import read as open_show
from studio.core.command import specs_of
from studio.core.errors import StudioError
from studio.core.registry import discover
from studio.filters.base import Filter
from studio.filters.workshop import FilterFactory
from studio.graphics.text import TextDrawer
from studio.scenes.commands import SceneCommands
from studio.scenes.graph import SceneGraph
from studio.scenes.item_commands import ItemCommands
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import Item, Scene, plain
from studio.scenes.transitions.base import Transition
from studio.show.brand import Brand, BrandCommands
from studio.sources.bank import SourceManager
from studio.sources.base import Source, SourceContext
from studio.sources.commands import SourceCommands
from studio.sources.filter_commands import FilterCommands

NAUGHTY = ["", "  ", "a\nb", "a\u202eb", "x" * 101]


class House:
    def __init__(self):
        around = SourceContext(Path(), TextDrawer(), 30.0, 320, 180)
        workshop = FilterFactory(discover(filter_folder, Filter), lambda: around.base)
        self.bank = SourceManager(discover(source_folder, Source), around, workshop, print)
        self.scenes = SceneRepository(discover(transition_folder, Transition), lambda event: None)
        graph = SceneGraph(self.bank, self.scenes)

        def say(event):
            pass

        self.scene = SceneCommands(self.scenes, say, check_round=graph.check_scene)
        self.items = ItemCommands(
            self.scenes, say, lambda name: name in self.bank.specs, graph.check_scene
        )
        self.sources = SourceCommands(
            self.bank, say, lambda name: [], lambda old, new: None, graph.check_source
        )
        self.filters = FilterCommands(self.bank, workshop, say)
        self.brand = BrandCommands(Brand(self.bank, lambda kit: None))
        self.sources.add("ground", "colour", {"top": "#102030"})
        for name in "ABC":
            self.scene.add(name)
            self.sources.add(f"scene {name}", "scene", {"scene": name})

    def kept(self):
        return self.bank.specs, self.scenes.state


@pytest.fixture
def house():
    made = House()
    yield made
    made.bank.stop()


async def ran(call, *args, **more):
    done = call(*args, **more)
    return await done if asyncio.iscoroutine(done) else done


def refused(house, key, call, *args, **more):
    before = house.kept()
    with pytest.raises(StudioError) as caught:
        asyncio.run(ran(call, *args, **more))
    assert caught.value.key == key, caught.value
    assert caught.value.in_language("zh") != caught.value.in_language("en")
    assert house.kept() == before
    return caught.value.in_language("en")


@pytest.mark.parametrize("name", NAUGHTY)
def test_names_are_looked_at_wherever_one_is_given(house, name):
    spec = {"name": name, "kind": "colour"}
    flt = {"name": name, "kind": "gain"}
    for call, args in (
        (house.scene.add, (name,)),
        (house.scene.copy, ("A", name)),
        (house.scene.rename, ("A", name)),
        (house.scene.restore, (Scene(name),)),
        (house.sources.add, (name, "colour")),
        (house.sources.rename, ("ground", name)),
        (house.sources.put_back, (spec,)),
        (house.filters.set_filter, ("ground", name, "gain")),
        (house.filters.set_all, ("ground", [flt])),
        (house.sources.put_back, ({"name": "new", "kind": "colour", "filters": [flt]},)),
    ):
        before = house.kept()
        with pytest.raises(StudioError) as caught:
            call(*args)
        assert caught.value.key.startswith("names."), (call, caught.value)
        assert house.kept() == before


@pytest.mark.parametrize("name", NAUGHTY)
@pytest.mark.parametrize("place", ["scene", "source", "filter", "output"])
def test_names_are_looked_at_when_a_show_is_opened(tmp_path, place, name):
    one = {"name": name, "kind": "colour"}
    raw = {
        "scene": {"scenes": {"scenes": [{"name": name}]}},
        "source": {"sources": [one]},
        "filter": {"sources": [{"name": "a", "kind": "colour", "filters": [one]}]},
        "output": {"outputs": [{"name": name}]},
    }[place]
    (tmp_path / "show.json").write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(StudioError) as caught:
        open_show(tmp_path)
    said = caught.value.in_language("en")
    assert caught.value.code == "invalid"
    assert f"{place}s" in said
    assert "[0]" in said


def test_a_scene_in_itself_is_told_at_once(house):
    said = refused(house, "scenes.round", house.items.add_item, "A", "scene A")
    assert "scene A → A → scene A" in said


def test_a_scene_in_itself_over_steps(house):
    house.items.add_item("A", "scene B")
    house.items.add_item("B", "scene C")
    try:
        said = refused(house, "scenes.round", house.items.add_item, "C", "scene A")
        assert "scene A → A → scene B → B → scene C → C → scene A" in said
        item = Item(id=7, source="scene A")
        refused(house, "scenes.round", house.items.put_item, "C", item, 0)
        whole = msgspec.structs.replace(house.scenes.get("C"), id="new", name="D", items=(item,))
        house.scene.restore(whole)  # nothing shows D
        house.scenes.remove("D")
        edit = house.sources.edit
        refused(house, "scenes.round", edit, "scene C", {"scene": "A"})
        house.sources.add("again", "mirror", {"source": "scene A"})
        refused(house, "scenes.round", house.items.add_item, "C", "again")
        house.items.add_item("C", "ground")
        item = plain(house.scenes.item("C", "ground")[1]) | {"source": "again"}
        restore = house.items.restore_item
        refused(house, "scenes.round", restore, "C", msgspec.convert(item, Item))
    finally:
        for name in "ABC":
            house.scenes.put(msgspec.structs.replace(house.scenes.get(name), items=()))


def test_a_mirror_of_itself_is_told_at_once(house):
    add, edit = house.sources.add, house.sources.edit
    refused(house, "scenes.round", add, "m0", "mirror", {"source": "m0"})
    add("m1", "mirror", {"source": "ground"})
    add("m2", "mirror", {"source": "m1"})
    refused(house, "scenes.round", edit, "m1", {"source": "m2"})
    spec = {"name": "m3", "kind": "mirror", "settings": {"source": "m3"}}
    refused(house, "scenes.round", house.sources.put_back, spec)


@pytest.mark.parametrize(
    ("settings", "key", "said"),
    [
        ({"topp": "#ffffff"}, "sources.no_setting", "top"),
        ({"top": "red"}, "sources.colour", "#rrggbb"),
        ({"top": 7}, "sources.colour", "7"),
    ],
)
def test_settings_of_a_source(house, settings, key, said):
    spec = {"name": "new", "kind": "colour", "settings": settings}
    for call, args in (
        (house.sources.add, ("new", "colour", settings)),
        (house.sources.edit, ("ground", settings)),
        (house.sources.put_back, (spec,)),
        (house.brand.restore, ({"ground": settings},)),
        (house.brand.restore, ({"scene A": {"scene": "B"}, "ground": settings},)),
    ):
        assert said in refused(house, key, call, *args)


def test_absurd_texts_and_lists(house):
    add = house.sources.add
    refused(house, "extension.settings", add, "new", "text", {"text": "x" * 20_001})
    refused(house, "extension.settings", add, "new", "text", {"text": "a\0b"})
    refused(house, "extension.settings", add, "new", "image", {"path": "a\0.png"})
    refused(house, "extension.settings", add, "new", "clip", {"cues": [1] * 10_001})
    refused(house, "extension.settings", add, "new", "clip", {"cues": [2**60]})


def test_what_was_removed_comes_back_as_it_was_even_wrong(house):
    house.bank.put(
        msgspec.convert(
            {"name": "old", "kind": "hologram", "settings": {"top": "red"}, "filters": []},
            type(house.bank.get("ground")),
        )
    )
    done = house.sources.remove("old")
    house.sources.put_back(**done.undo[1])
    assert house.bank.get("old").settings == {"top": "red"}
    house.sources.remove("old")
    spec = {"name": "old", "kind": "hologram", "settings": {"top": "blue"}}
    refused(house, "extension.unknown", house.sources.put_back, spec)


@pytest.mark.parametrize(
    ("kind", "settings", "key"),
    [
        ("wipe", {"shap": "left"}, "sources.no_setting"),
        ("wipe", {"shape": "star"}, "extension.settings"),
        ("wipe", {"softness": 7}, "extension.settings"),
        ("wipe", {"softness": float("nan")}, "extension.settings"),
        ("fade", {"x": 1}, "sources.no_setting"),
        ("stinger", {"path": "no.mov"}, "sources.file_missing"),
        ("morph", {}, "extension.unknown"),
    ],
)
def test_settings_of_transitions(house, kind, settings, key):
    refused(house, key, house.scene.transition, kind, 300, settings)
    refused(house, key, house.scene.own_transition, "A", kind, 300, settings)
    own = msgspec.structs.replace(
        house.scenes.get("A"), id="n", name="N", transition=kind, transition_settings=settings
    )
    if kind not in ("stinger", "morph"):  # these may come back: kept, as in a show
        refused(house, key, house.scene.restore, own)


def test_settings_of_filters(house):
    put = house.filters.set_filter
    bad = {"x": 1}
    refused(house, "filters.unknown_setting", put, "ground", "f", "gain", bad)
    refused(house, "extension.settings", put, "ground", "f", "gain", {"gain_db": float("nan")})
    refused(house, "extension.settings", put, "ground", "f", "gain", {"gain_db": 1e9})
    nan = float("nan")
    refused(house, "filters.budget", put, "ground", "f", "gain", budget_ms=nan)
    whole = {"name": "f", "kind": "gain", "settings": bad}
    refused(house, "filters.unknown_setting", house.filters.set_all, "ground", [whole])
    spec = {"name": "new", "kind": "colour", "filters": [whole]}
    refused(house, "filters.unknown_setting", house.sources.put_back, spec)
    twice = [{"name": "f", "kind": "gain"}] * 2
    refused(house, "filters.name_taken", house.sources.put_back, {**spec, "filters": twice})


@pytest.mark.parametrize(
    "kit",
    [
        {"accent": "red"},
        {"accnt": "#ffffff"},
        {"logo_size": 3},
        {"logo_size": float("nan")},
        {"font": "a\0b.ttf"},
        {"logo_corner": "middle"},
        {"font": 5},
    ],
)
def test_the_brand_kit(house, kit):
    key = "show.brand_field" if "accnt" in kit else "show.brand_value"
    refused(house, key, house.brand.set_brand, kit)


def test_a_font_that_is_not_there_is_told():
    from studio.graphics import qt

    with pytest.raises(StudioError) as caught:
        qt.known_family("Comic Papyrus 3000")
    assert caught.value.key == "graphics.no_family"
    assert qt.known_family(qt.family().upper()) == qt.family()


@pytest.mark.parametrize("at_ms", [float("nan"), float("inf"), 1e300, -1e10])
def test_a_film_is_not_wound_out_of_time(at_ms):
    spec = next(spec for spec, _ in specs_of(SourceCommands) if spec.id == "sources.media")
    given = {"name": "film", "action": "seek", "at_ms": at_ms}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(given, spec.args)
