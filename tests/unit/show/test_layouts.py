"""Templates, automatic layout and the brand kit, on a running engine's rooms."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import studio.filters.kinds as filter_folder
import studio.scenes.transitions as transition_folder
import studio.sources.kinds as source_folder
from studio.app.check import read as open_show
from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.core.registry import discover
from studio.filters.base import Filter
from studio.filters.workshop import FilterFactory
from studio.graphics.text import TextDrawer
from studio.scenes.auto_layout import SAFE, arranged
from studio.scenes.graph import SceneGraph
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import CANVASES, Box, Item, Scene
from studio.scenes.transitions.base import Transition
from studio.show.brand import Brand, BrandCommands
from studio.show.import_commands import ImportCommands
from studio.show.layout_commands import LayoutCommands
from studio.show.model import BrandKit
from studio.show.templates import Builder, Goods, templates
from studio.sources.bank import SourceManager
from studio.sources.base import Source, SourceContext

KINDS = discover(source_folder, Source)
SIZES = {"landscape": (1920, 1080), "portrait": (1080, 1920)}


class House:
    def __init__(self, show=None):
        filters = discover(filter_folder, Filter)
        around = SourceContext(show.folder if show else Path(), TextDrawer(), 30.0, 320, 180)
        workshop = FilterFactory(filters, lambda: around.base)
        self.bank = SourceManager(KINDS, around, workshop, lambda event: None)
        self.scenes = SceneRepository(discover(transition_folder, Transition), lambda event: None)
        if show:
            self.scenes.load(show.parts["scenes"])
            self.bank.load(show.parts["sources"], around)
        self.graph = SceneGraph(self.bank, self.scenes)
        self.goods = (Goods("墨镜", "products/sunglasses.png"),) if show else ()
        self.worn: list[BrandKit] = []
        self.brand = Brand(self.bank, self.worn.append)
        self.layouts = LayoutCommands(
            self.scenes, self.bank, self.graph, self.builder, lambda event: None
        )
        self.brands = BrandCommands(self.brand)
        self.strips = {}
        self.imports = ImportCommands(
            self.scenes, self.bank, lambda event: None, self.strips.__setitem__
        )

    def builder(self):
        return Builder(self.scenes, self.bank, self.goods, self.brand.kit, "zh")


@pytest.fixture
def house():
    made = House(open_show(None))
    yield made
    made.bank.stop()


@pytest.fixture
def empty():
    made = House()
    yield made
    made.bank.stop()


@pytest.mark.parametrize("category", templates().categories)
def test_every_template_makes_a_scene_for_both_canvases(house, category):
    for purpose in templates().purposes:
        made = house.layouts.use(purpose, category).result
        scene = house.scenes.get(made["scene"])
        assert scene.items
        for canvas in CANVASES:
            boxes = [i.boxes[canvas] for i in scene.items if canvas in i.boxes]
            assert boxes
            for box in boxes:
                assert min(box.x, box.y) >= 0
                assert max(box.x + box.w, box.y + box.h) <= 1.0001
        assert all(item.source in house.bank.specs for item in scene.items)
    assert not [n for n, e in house.bank.missing.items() if e]


def test_the_host_of_the_show_is_found_and_a_missing_one_is_said(house, empty):
    made = house.layouts.use("host", "fashion").result
    assert made["placeholders"] == ()
    sources = {i.source for i in house.scenes.get(made["scene"]).items}
    assert {"主播机位", "商品特写"} <= sources
    lonely = empty.layouts.use("host").result
    assert lonely["placeholders"] == ("主播机位", "商品特写")
    again = empty.layouts.use("split").result
    assert again["sources"] == ()  # placeholders and ground are there already


def test_a_template_can_be_taken_back(house):
    before = (house.scenes.state.scenes, set(house.bank.specs))
    done = house.layouts.use("offers", "food")
    assert set(house.bank.specs) > before[1]
    house.imports.take_back(**done.undo[1])
    assert (house.scenes.state.scenes, set(house.bank.specs)) == before


@pytest.mark.parametrize(
    ("args", "key"),
    [
        (("party",), "show.no_template"),
        (("host", "cars"), "show.no_template"),
        (("host", "general", "主播"), "scenes.name_taken"),
        (("host", "general", "", {"host": "nobody"}), "sources.no_source"),
        (("host", "general", "", {"pilot": "主播机位"}), "show.no_role"),
    ],
)
def test_what_a_template_cannot_do_is_said_and_nothing_is_made(house, args, key):
    before = (house.scenes.state.scenes, set(house.bank.specs))
    with pytest.raises(StudioError) as caught:
        house.layouts.use(*args)
    assert caught.value.key == key
    assert (house.scenes.state.scenes, set(house.bank.specs)) == before


def lay(*items, target="portrait", focus=None):
    source = "landscape" if target == "portrait" else "portrait"
    scene = arranged(
        Scene("x", items),
        source,
        target,
        SIZES,
        lambda name: (1200, 120) if name.startswith("t") else (1920, 1080),
        lambda name: name.startswith("t"),
        lambda name: focus,
    )
    return {item.source: item for item in scene.items}


def at(x, y, w, h, canvas="landscape"):
    return {canvas: Box(x, y, w, h)}


def test_from_landscape_to_portrait_panes_are_stacked_and_titles_stay_safe():
    made = lay(
        Item(1, "back", at(0, 0, 1, 1)),
        Item(2, "host", at(0.05, 0.1, 0.5, 0.8)),
        Item(3, "close", at(0.7, 0.1, 0.25, 0.3)),
        Item(4, "t1", at(0.1, 0.02, 0.3, 0.05)),
        Item(5, "t2", at(0.1, 0.03, 0.3, 0.05)),
    )
    boxes = {name: item.boxes["portrait"] for name, item in made.items()}
    assert boxes["back"] == Box()
    assert boxes["host"].w == boxes["close"].w == 1.0
    assert boxes["host"].h > boxes["close"].h
    assert boxes["close"].y >= boxes["host"].y + boxes["host"].h - 1e-6
    safe = SAFE["portrait"]
    for name in ("t1", "t2"):
        box = boxes[name]
        assert box.x >= safe.x - 1e-6
        assert box.x + box.w <= safe.x + safe.w + 1e-6
        shape = box.w * SIZES["portrait"][0] / (box.h * SIZES["portrait"][1])
        assert shape == pytest.approx(10, rel=0.01)
    assert boxes["t2"].y >= boxes["t1"].y + boxes["t1"].h


def test_a_camera_that_fills_keeps_the_face_in_view():
    made = lay(Item(1, "host", at(0, 0, 1, 1)), focus=(0.7, 0.4))
    assert (made["host"].focus_x, made["host"].focus_y) == (0.7, 0.4)
    assert made["host"].boxes["portrait"] == Box()


def test_back_to_landscape_panes_stand_side_by_side():
    made = lay(
        Item(1, "a", at(0, 0, 1, 0.5, "portrait")),
        Item(2, "b", at(0, 0.5, 1, 0.5, "portrait")),
        target="landscape",
    )
    left, right = made["a"].boxes["landscape"], made["b"].boxes["landscape"]
    assert (left.h, right.h) == (1.0, 1.0)
    assert right.x == pytest.approx(left.x + left.w)


def test_auto_layout_is_a_command_that_can_be_undone(house):
    scene = house.scenes.get("主播")
    done = house.layouts.auto_layout("主播", "portrait")
    assert house.scenes.get("主播") != scene
    house.layouts.put(msgspec.convert(done.undo[1]["scene"], Scene))
    assert house.scenes.get("主播") == scene
    house.scenes.add(Scene("empty"))
    with pytest.raises(StudioError) as caught:
        house.layouts.auto_layout("empty")
    assert caught.value.key == "show.nothing_to_lay"


def test_the_brand_is_worn_and_taken_off(house):
    done = house.brands.set_brand({"accent": "#00aa88", "top": "#102030", "bottom": "#000000"})
    assert house.worn[-1].accent == "#00aa88"
    dressed = house.brands.apply()
    assert house.bank.get("垫片底色").settings["top"] == "#102030"
    assert house.bank.get("垫片标题").settings["background"] == ""
    assert house.bank.get("标题").settings["background"] == "#0e1016"
    house.brands.restore(**dressed.undo[1])
    assert house.bank.get("垫片底色").settings["top"] == "#2b3350"
    house.brands.set_brand(**done.undo[1])
    assert house.brand.kit == BrandKit()


@pytest.mark.parametrize(
    ("kit", "key"),
    [
        ({"accent": "red"}, "show.brand_value"),
        ({"acent": "#ffffff"}, "show.brand_field"),
        ({"logo_size": 3}, "show.brand_value"),
    ],
)
def test_a_bad_brand_is_refused(house, kit, key):
    with pytest.raises(StudioError) as caught:
        house.brands.set_brand(kit)
    assert caught.value.key == key
    assert house.brand.kit == BrandKit()


def test_the_templates_file_names_known_roles_and_words():
    known = templates()
    words = known.categories["general"].words
    for template in known.purposes.values():
        for slot in template.slots:
            assert not slot.words or slot.words in words
    for kind in known.categories.values():
        assert set(kind.slots) <= set(known.purposes)
    assert (assets_dir() / "templates" / "templates.json").stat().st_size < 50_000
