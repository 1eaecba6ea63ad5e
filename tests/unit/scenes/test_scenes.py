"""Scenes: taking, editing, layout, composing."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

import studio.scenes.transitions as folder
from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.core.registry import discover
from studio.media.frame import blank, from_rgb, to_rgb
from studio.media.yuv import Rect, layer
from studio.scenes.commands import SceneCommands
from studio.scenes.compositor import Change, Compositor, Overlay, is_tiled
from studio.scenes.events import SceneTaken
from studio.scenes.item_commands import ItemCommands
from studio.scenes.keeper import SceneRepository
from studio.scenes.layout import map_rect, place_item
from studio.scenes.model import Box, Canvas, Crop, Item, Scene, ScenesState
from studio.scenes.transitions.base import Transition
from studio.scenes.transitions.fade import Fade
from studio.sources.base import Source
from studio.sources.runner import Shot, SourceRunner

KINDS = discover(folder, Transition)


class Held(Source):
    """A source whose picture the test puts."""

    def run(self, feed):
        feed.stopping.wait()


def showing(rgb, size=(64, 48), alpha=None):
    runner = SourceRunner("x", Held(None, None))
    picture = np.full((size[1], size[0], 3), rgb, np.uint8)
    mask = None if alpha is None else np.full((size[1], size[0]), alpha, np.uint8)
    runner.slot.put(Shot(from_rgb(picture, mask), 0))
    return runner


@pytest.fixture
def told():
    return []


@pytest.fixture
def scenes(told):
    keeper = SceneRepository(KINDS, told.append)
    names = ("开场", "主播", "特写")
    keeper.load(
        ScenesState(
            scenes=(
                *(Scene(name=n, items=(Item(1, f"s-{n}"),)) for n in names),
                Scene(name="垫片", purpose="standby"),
            )
        )
    )
    return keeper


@pytest.fixture
def commands(scenes, told):
    return SceneCommands(scenes, told.append)


@pytest.fixture
def items(scenes, told):
    return ItemCommands(scenes, told.append, lambda source: True)


def test_a_take_swaps_preview_and_programme(scenes, told):
    assert scenes.state.programme["landscape"] == "开场"
    assert scenes.state.preview["landscape"] == "主播"
    scenes.take()
    assert scenes.state.programme == {"landscape": "主播", "portrait": "主播"}
    assert scenes.state.preview["landscape"] == "开场"
    assert [e.scene for e in told if isinstance(e, SceneTaken)] == ["主播"]


def test_a_canvas_that_goes_out_is_not_switched_off(scenes, told):
    commands = SceneCommands(scenes, told.append, lambda c: c == "landscape")
    with pytest.raises(StudioError) as caught:
        commands.canvas("landscape", on=False)
    assert caught.value.key == "scenes.canvas_sent"
    assert scenes.state.canvas("landscape").is_enabled
    commands.canvas("portrait", on=False)
    assert not scenes.state.canvas("portrait").is_enabled


@pytest.mark.parametrize("box", [Box(5, 0, -1, 1), Box(0, 0, 1, 0), Box(float("nan"), 0, 1, 1)])
def test_a_box_without_a_size_or_place_is_refused(scenes, items, box):
    before = scenes.state
    with pytest.raises(StudioError) as caught:
        items.set_item("主播", 1, "landscape", box=box)
    assert caught.value.key == "scenes.bad_box"
    assert scenes.state is before
    items.set_item("主播", 1, "landscape", box=Box(-0.5, -0.5, 2, 2))  # zoomed in


def test_one_canvas_can_be_taken_alone(scenes):
    scenes.take("特写", canvas="portrait")
    assert scenes.state.programme == {"landscape": "开场", "portrait": "特写"}


def test_a_scene_is_found_by_name_number_and_id(scenes):
    assert scenes.get("2").name == "主播"
    assert scenes.get(scenes.get("特写").id).name == "特写"
    with pytest.raises(StudioError, match="开场"):
        scenes.get("9")


def test_a_cut_changes_at_once_a_fade_takes_time(scenes):
    scenes.take("主播", kind="cut")
    assert not scenes.changes
    scenes.take("特写", kind="fade", duration_ms=500)
    change = scenes.changes["landscape"]
    assert change.before.name == "主播"
    assert change.progress(change.start_ns + 250_000_000) == pytest.approx(0.5)


def test_standby_is_one_call_and_can_be_undone(scenes, commands):
    scenes.take("特写", canvas="portrait")
    done = commands.standby()
    assert scenes.state.programme == {"landscape": "垫片", "portrait": "垫片"}
    name, args = done.undo
    assert name == "scenes.put_air"
    commands.put_air(**args)
    assert scenes.state.programme == {"landscape": "开场", "portrait": "特写"}


def test_a_scene_on_air_cannot_be_removed_another_can_and_comes_back(scenes, commands):
    with pytest.raises(StudioError) as caught:
        commands.remove("开场")
    assert caught.value.code == "conflict"
    done = commands.remove("特写")
    assert scenes.state.scene("特写") is None
    commands.restore(msgspec.convert(done.undo[1]["scene"], Scene))
    assert scenes.state.scene("特写").items[0].source == "s-特写"


def test_renaming_follows_programme_and_preview(scenes, commands):
    commands.rename("开场", "欢迎")
    assert scenes.state.programme["landscape"] == "欢迎"
    with pytest.raises(StudioError):
        commands.rename("欢迎", "主播")
    with pytest.raises(StudioError):
        commands.rename("欢迎", "  ")


@pytest.mark.parametrize("call", ["add", "copy"])
def test_names_are_unique(commands, call):
    with pytest.raises(StudioError):
        commands.add("主播") if call == "add" else commands.copy("主播", "特写")


def test_items_are_edited_and_every_edit_can_be_taken_back(scenes, items):
    added = items.add_item("主播", "logo").result
    items.set_item("主播", added["id"], box=Box(0.5, 0, 0.5, 0.5), opacity=0.4)
    back = items.enable_item("主播", "logo", False)
    assert back.undo[1]["on"] is True
    _, item = scenes.item("主播", "logo")
    assert (item.opacity, item.is_enabled, item.boxes["portrait"].x) == (0.4, False, 0.5)
    items.move_item("主播", "logo", 0)
    assert scenes.get("主播").items[0].source == "logo"
    gone = items.remove_item("主播", "logo")
    with pytest.raises(StudioError):
        scenes.item("主播", "logo")
    name, args = gone.undo
    assert name == "items.put"
    items.put_item(args["scene"], msgspec.convert(args["item"], Item), args["index"])
    assert scenes.get("主播").items[0] == item


def test_without_studio_mode_a_preview_goes_straight_on_air(scenes, commands):
    commands.studio_mode(False)
    commands.preview("3")
    assert scenes.state.programme["landscape"] == "特写"


@pytest.mark.parametrize(
    ("fit", "part", "rect"),
    [
        ("cover", Rect(0, 60, 320, 180), Rect(0, 0, 1920, 1080)),
        ("contain", None, Rect(420, 0, 1080, 1080)),
        ("stretch", None, Rect(0, 0, 1920, 1080)),
    ],
)
def test_how_a_picture_fits_its_box(fit, part, rect):
    size = (320, 320) if fit == "contain" else (320, 300)
    place = place_item(Item(1, "s", fit=fit), Box(), size, (1920, 1080))
    assert place.rect == rect
    assert place.part == part


def test_odd_sizes_and_crops_stay_inside():
    for width in (3, 17, 641):
        for crop in (Crop(), Crop(0.99, 0.99, 0.5, 0.5), Crop(left=0.33)):
            size = (width & ~1, (width * 2 // 3) & ~1 or 2)
            place = place_item(
                Item(1, "s", crop=crop), Box(0.1, 0.1, 0.013, 0.7), size, (1280, 720)
            )
            part = place.part or Rect(0, 0, *size)
            assert part.x + part.w <= size[0]
            assert part.y + part.h <= size[1]
            assert min(part.w, part.h, place.rect.w, place.rect.h) >= 2


def test_a_box_in_the_source_is_found_on_the_canvas():
    place = place_item(Item(1, "s"), Box(0.5, 0.0, 0.5, 0.5), (640, 360), (1920, 1080))
    assert map_rect(place, (640, 360), Rect(0, 0, 320, 180)) == Rect(960, 0, 480, 270)


def compose(scene, sources, canvas=None, change=None, graphics=()):
    canvas = canvas or Canvas("landscape", 128, 72)
    target = blank(canvas.width, canvas.height, (90, 90, 90))
    Compositor(canvas).compose(target, scene, sources, now_ns(), change, graphics)
    return to_rgb(target).astype(int)


def near(pixel, rgb, slack=6):
    return np.abs(pixel - np.array(rgb)).max() <= slack


def test_items_lie_on_each_other_in_order():
    sources = {"back": showing((200, 0, 0)), "front": showing((0, 0, 200))}
    box = {"landscape": Box(0.5, 0.5, 0.5, 0.5)}
    scene = Scene(name="x", items=(Item(1, "back"), Item(2, "front", boxes=box)))
    picture = compose(scene, sources)
    assert near(picture[4, 4], (200, 0, 0))
    assert near(picture[60, 100], (0, 0, 200))


def test_what_is_off_missing_or_of_another_canvas_is_not_drawn():
    sources = {"a": showing((200, 0, 0))}
    items = (
        Item(1, "a", is_enabled=False),
        Item(2, "gone"),
        Item(3, "a", boxes={"portrait": Box()}),
    )
    picture = compose(Scene(name="x", items=items, colour="#102030"), sources)
    assert near(picture[30, 30], (16, 32, 48))


def test_what_hides_the_canvas_together_leaves_no_hole():
    half = [Rect(0, 0, 64, 72), Rect(64, 0, 64, 72)]
    assert is_tiled(half, 128, 72)
    assert not is_tiled([half[0], Rect(66, 0, 62, 72)], 128, 72)
    assert not is_tiled([half[0], half[0]], 128, 72)
    sources = {"a": showing((200, 0, 0)), "b": showing((0, 0, 200))}
    left, right = {"landscape": Box(0, 0, 0.5, 1)}, {"landscape": Box(0.5, 0, 0.5, 1)}
    items = (Item(1, "a", boxes=left), Item(2, "b", boxes=right))
    picture = compose(Scene(name="x", items=items), sources)
    assert near(picture[36, 62], (200, 0, 0))
    assert near(picture[36, 66], (0, 0, 200))
    thin = replace(items[1], opacity=0.0)
    assert near(compose(Scene(name="x", items=(items[0], thin)), sources)[36, 100], (0, 0, 0))


def test_opacity_and_alpha_mix():
    sources = {"a": showing((200, 200, 200), alpha=128), "b": showing((200, 200, 200))}
    half = compose(Scene(name="x", items=(Item(1, "a"),)), sources)
    thin = compose(Scene(name="x", items=(Item(1, "b", opacity=0.5),)), sources)
    assert near(half[30, 30], (100, 100, 100))
    assert near(thin[30, 30], (100, 100, 100))


def test_a_fade_is_between_its_scenes():
    sources = {"a": showing((0, 0, 0)), "b": showing((200, 200, 200))}
    before = Scene(name="a", items=(Item(1, "a"),))
    after = Scene(name="b", items=(Item(1, "b"),))
    change = Change(Fade(), before, now_ns() - 500_000_000, 1_000_000_000)
    picture = compose(after, sources, change=change)
    assert 80 < picture[30, 30].mean() < 130


def test_graphics_lie_over_everything():
    over = layer(from_rgb(np.full((8, 8, 3), (0, 250, 0), np.uint8)))
    picture = compose(Scene(name="x"), {}, graphics=[Overlay(over, 20, 20)])
    assert near(picture[24, 24], (0, 250, 0))


def test_both_canvases_come_from_the_same_shot():
    sources = {"a": showing((10, 100, 200))}
    scene = Scene(name="x", items=(Item(1, "a"),))
    tall = compose(scene, sources, Canvas("portrait", 72, 128))
    wide = compose(scene, sources)
    assert tall.shape == (128, 72, 3)
    assert near(tall[60, 30], wide[30, 60])


def test_a_double_name_in_a_show_is_refused(scenes):
    twice = (Scene(name="a"), Scene(name="a"))
    with pytest.raises(StudioError):
        scenes.load(replace(scenes.state, scenes=twice))
