"""Items: turned, mirrored, blended, grouped, aligned, locked."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

import studio.scenes.transitions as folder
from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.core.registry import discover
from studio.media.blends import blend_as, ink
from studio.media.frame import blank, from_rgb, to_rgb
from studio.media.turn import bounds
from studio.media.yuv import Rect, layer
from studio.scenes.commands import SceneCommands
from studio.scenes.compositor import Compositor
from studio.scenes.item_commands import ItemCommands
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import Box, Canvas, Crop, Item, Scene, ScenesState
from studio.scenes.transitions.base import Transition
from studio.sources.base import Source
from studio.sources.runner import Shot, SourceRunner

KINDS = discover(folder, Transition)


class Held(Source):
    def run(self, feed):
        feed.stopping.wait()


def halves(left, right, size=(64, 48)):
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    picture[:, : size[0] // 2] = left
    picture[:, size[0] // 2 :] = right
    runner = SourceRunner("x", Held(None, None))
    runner.slot.put(Shot(from_rgb(picture), 0))
    return runner


def compose(item, canvas=None, **sources):
    canvas = canvas or Canvas("landscape", 128, 96)
    target = blank(canvas.width, canvas.height)
    sources = sources or {"a": halves((200, 0, 0), (0, 0, 200))}
    scene = Scene(name="x", items=(item,), colour="#404040")
    Compositor(canvas).compose(target, scene, sources, now_ns())
    return to_rgb(target).astype(int)


def near(pixel, rgb, slack=8):
    return np.abs(pixel - np.array(rgb)).max() <= slack


@pytest.fixture
def scenes():
    keeper = SceneRepository(KINDS, lambda event: None)
    three = tuple(Item(n, name) for n, name in enumerate("abc", 1))
    keeper.load(ScenesState(scenes=(Scene(name="s", items=three), Scene(name="t"))))
    return keeper


@pytest.fixture
def items(scenes):
    return ItemCommands(scenes, lambda event: None, lambda source: source in "abcd")


def test_an_item_turns_about_its_middle():
    upright = compose(Item(1, "a"))
    assert near(upright[48, 20], (200, 0, 0))
    half_turn = compose(Item(1, "a", rotation=180))
    assert near(half_turn[48, 20], (0, 0, 200))
    quarter = compose(Item(1, "a", rotation=90, boxes={"landscape": Box(0.25, 0.25, 0.5, 0.5)}))
    assert near(quarter[30, 64], (200, 0, 0))  # clockwise: what was left is on top
    assert near(quarter[66, 64], (0, 0, 200))
    assert near(quarter[48, 4], (64, 64, 64))


def test_a_turned_box_grows_to_what_it_covers():
    around = bounds(Rect(100, 100, 200, 100), 45)
    assert around.w >= 300 / 2**0.5
    assert abs((around.x + around.w / 2) - 200) <= 2


def test_mirroring_swaps_the_sides():
    assert near(compose(Item(1, "a", is_mirrored=True))[48, 20], (0, 0, 200))
    assert near(compose(Item(1, "a", is_flipped=True))[48, 20], (200, 0, 0))


@pytest.mark.parametrize(
    ("mode", "below", "above", "wanted"),
    [
        ("add", (60, 40, 20), (100, 100, 100), (160, 140, 120)),
        ("subtract", (160, 140, 120), (60, 60, 60), (100, 80, 60)),
        ("multiply", (200, 100, 50), (128, 128, 128), (100, 50, 25)),
        ("screen", (200, 100, 50), (128, 128, 128), (228, 178, 153)),
        ("screen", (255, 255, 255), (255, 255, 255), (255, 255, 255)),
        ("screen", (200, 200, 200), (220, 220, 220), (247, 247, 247)),
        ("add", (200, 200, 200), (220, 220, 220), (255, 255, 255)),
        ("lighten", (250, 250, 250), (220, 220, 220), (250, 250, 250)),
        ("lighten", (40, 40, 40), (120, 90, 60), (120, 90, 60)),
        ("darken", (40, 40, 40), (120, 90, 60), (40, 40, 40)),
    ],
)
def test_blend_modes_are_the_usual_ones(mode, below, above, wanted):
    target = from_rgb(np.full((32, 32, 3), below, np.uint8))
    over = layer(from_rgb(np.full((32, 32, 3), above, np.uint8)))
    blend_as(target, ink(over), mode, 0, 0)
    assert near(to_rgb(target).astype(int)[10, 10], wanted, 10)


@pytest.mark.parametrize("mode", ["add", "subtract", "multiply", "screen", "lighten", "darken"])
def test_nothing_blended_changes_nothing(mode):
    target = from_rgb(np.full((32, 32, 3), (90, 120, 200), np.uint8))
    before = to_rgb(target).astype(int)
    clear = from_rgb(np.full((16, 16, 3), 255, np.uint8), np.zeros((16, 16), np.uint8))
    blend_as(target, ink(layer(clear)), mode, 20, -4)  # half of it off the picture
    assert np.abs(to_rgb(target).astype(int) - before).max() <= 3


def test_a_locked_item_stays_where_it_is(scenes, items):
    items.set_item("s", "a", locked=True)
    with pytest.raises(StudioError) as caught:
        items.set_item("s", "a", box=Box(0, 0, 0.5, 0.5))
    assert caught.value.key == "scenes.locked"
    with pytest.raises(StudioError):
        items.place_items("s", {"1": Box(), "2": Box(0, 0, 0.5, 0.5)})
    assert scenes.item("s", "b")[1].boxes["landscape"] == Box()  # all or nothing
    items.set_item("s", "a", opacity=0.5)
    items.set_item("s", "a", locked=False, rotation=10)
    assert scenes.item("s", "a")[1].rotation == 10


def test_items_of_a_group_go_together_and_come_back(scenes, items):
    done = items.group_items("s", ["a", 2], "促销")
    items.enable_group("s", "促销", on=False)
    assert [i.is_enabled for i in scenes.get("s").items] == [False, False, True]
    name, args = done.undo
    assert name == "items.regroup"
    items.regroup_items(**args)
    assert {i.group for i in scenes.get("s").items} == {""}
    with pytest.raises(StudioError):
        items.enable_group("s", "促销", on=True)


def test_several_items_are_placed_at_once_and_undone_at_once(scenes, items):
    done = items.place_items("s", {"1": Box(0, 0, 0.5, 0.5), "2": Box(0.5, 0, 0.5, 0.5)})
    boxes = {k: msgspec.convert(v, Box) for k, v in done.undo[1]["boxes"].items()}
    items.place_items("s", boxes)
    assert [i.boxes["landscape"] for i in scenes.get("s").items] == [Box()] * 3


def test_an_item_goes_to_a_corner(scenes, items):
    items.set_item("s", "a", box=Box(0.2, 0.2, 0.3, 0.2))
    items.align_item("s", "a", "bottom_right", margin=0.05)
    box = scenes.item("s", "a")[1].boxes["portrait"]
    assert (round(box.x, 3), round(box.y, 3)) == (0.65, 0.75)
    items.align_item("s", "a", "fill", "portrait")
    one = scenes.item("s", "a")[1]
    assert one.boxes["portrait"] == Box()
    assert one.boxes["landscape"].w == 0.3


def test_an_item_can_leave_a_canvas(scenes, items):
    done = items.show_on("s", "a", "portrait", on=False)
    assert set(scenes.item("s", "a")[1].boxes) == {"landscape"}
    items.restore_item("s", msgspec.convert(done.undo[1]["item"], Item))
    assert set(scenes.item("s", "a")[1].boxes) == {"landscape", "portrait"}


@pytest.mark.parametrize("crop", [Crop(0.5, 0, 0.5), Crop(-0.1), Crop(float("nan"))])
def test_a_crop_that_leaves_nothing_is_refused(items, crop):
    with pytest.raises(StudioError) as caught:
        items.set_item("s", "a", crop=crop)
    assert caught.value.key == "scenes.bad_crop"


@pytest.mark.parametrize(
    "fields",
    [
        {"opacity": 9.0},
        {"rotation": 1e9},
        {"crop": Crop(0.9, 0, 0.9)},
        {"boxes": {"landscape": Box(0, 0, -1, 1)}},
        {"boxes": {"moon": Box()}},
        {"source": "nosuch"},
    ],
)
def test_a_whole_item_from_outside_is_checked_too(scenes, items, fields):
    one = scenes.item("s", "a")[1]
    bad = msgspec.structs.replace(one, **fields)
    with pytest.raises(StudioError):
        items.restore_item("s", bad)
    with pytest.raises(StudioError):
        items.put_item("s", msgspec.structs.replace(bad, id=77), 0)
    assert scenes.item("s", "a")[1] == one


def test_a_whole_scene_from_outside_is_checked_too(scenes):
    commands = SceneCommands(scenes, lambda event: None)
    old = scenes.get("s")
    for bad in (
        Scene(name="r", colour="zzz"),
        Scene(name="r", items=(Item(1, "a"), Item(1, "b"))),
        Scene(name="r", id=old.id),
    ):
        with pytest.raises(StudioError):
            commands.restore(bad)
    assert scenes.state.scene("r") is None
