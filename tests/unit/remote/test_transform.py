"""A client's pixels and our parts of the canvas are the same place."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest

from studio.protocols.obs_ws import RequestError
from studio.remote.transform import TYPE_OF, apply, describe
from studio.scenes.layout import place_item
from studio.scenes.model import Box, Crop, Item

CANVAS, SOURCE = (1920, 1080), (640, 480)


def item(**more: Any) -> Item:
    box = Box(0.25, 0.5, 0.5, 0.25)
    return Item(1, "x", {"landscape": box}, **more)


@pytest.mark.parametrize("fit", ["cover", "contain", "stretch"])
def test_what_was_told_may_be_set_again_and_changes_nothing(fit: Any) -> None:
    one = item(fit=fit, crop=Crop(0.25, 0.0, 0.25, 0.5))
    told = describe(one, "landscape", CANVAS, SOURCE)
    told = {key: value for key, value in told.items() if not key.startswith(("scale", "source"))}
    placed = apply(one, "landscape", CANVAS, SOURCE, told)
    assert placed.fit == fit
    assert placed.crop == one.crop
    assert placed.box == one.boxes["landscape"]


@pytest.mark.parametrize("fit", ["contain", "stretch"])
def test_the_told_size_is_what_the_compositor_draws(fit: Any) -> None:
    one = item(fit=fit)
    told = describe(one, "landscape", CANVAS, SOURCE)
    drawn = place_item(one, one.boxes["landscape"], SOURCE, CANVAS).rect
    assert abs(told["width"] - drawn.w) <= 2
    assert abs(told["height"] - drawn.h) <= 2


def test_bounds_and_position_are_the_box_in_pixels() -> None:
    told = describe(item(), "landscape", CANVAS, SOURCE)
    assert (told["positionX"], told["positionY"]) == (480, 540)
    assert (told["boundsWidth"], told["boundsHeight"]) == (960, 270)
    assert told["boundsType"] == "OBS_BOUNDS_SCALE_OUTER"
    assert told["alignment"] == 5
    assert told["cropToBounds"] is True


def test_a_scale_gives_a_box_of_that_size() -> None:
    placed = apply(item(), "landscape", CANVAS, SOURCE, {"scaleX": 0.5, "scaleY": 0.25})
    assert placed.fit == "stretch"
    assert placed.box == pytest.approx(Box(0.25, 0.5, 320 / 1920, 120 / 1080))


def test_a_position_may_name_another_corner() -> None:
    given = {"positionX": 1920, "positionY": 1080, "alignment": 2 | 8}
    placed = apply(item(), "landscape", CANVAS, SOURCE, given)
    assert placed.box == pytest.approx(Box(0.5, 0.75, 0.5, 0.25))
    centred = apply(item(), "landscape", CANVAS, SOURCE, {**given, "alignment": 0})
    assert centred.box.x == pytest.approx(1 - 0.25)


def test_a_crop_is_in_the_sources_pixels() -> None:
    placed = apply(item(), "landscape", CANVAS, SOURCE, {"cropLeft": 64, "cropBottom": 120})
    assert placed.crop == Crop(0.1, 0.0, 0.0, 0.25)
    assert placed.box == item().boxes["landscape"]


def test_an_item_that_a_canvas_does_not_show_has_no_size() -> None:
    told = describe(item(), "portrait", (1080, 1920), SOURCE)
    assert (told["boundsWidth"], told["boundsHeight"]) == (0, 0)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"rotation": 720}, 402),
        ({"scaleX": 0}, 402),
        ({"scaleX": 1e300}, 402),
        ({"scaleX": float("nan")}, 402),
        ({"positionX": float("inf")}, 402),
        ({"boundsType": "OBS_BOUNDS_LOST"}, 400),
        ({"boundsType": 5}, 401),
        ({"boundsWidth": 0}, 402),
        ({"cropLeft": 640}, 402),
        ({"cropLeft": 400, "cropRight": 300}, 402),
        ({"cropLeft": -1}, 402),
        ({"alignment": 99}, 402),
        ({"positionX": True}, 401),
    ],
)
def test_what_cannot_be_is_told(given: dict[str, Any], code: int) -> None:
    with pytest.raises(RequestError) as refused:
        apply(item(), "landscape", CANVAS, SOURCE, given)
    assert refused.value.status == code


def test_a_turned_item_keeps_the_point_it_turns_about() -> None:
    """OBS turns about the corner; the corner of our turned box must lie where it says."""
    for rotation in (30.0, 90.0, -45.0, 180.0):
        placed = apply(item(), "landscape", CANVAS, SOURCE, {"rotation": rotation})
        assert placed.rotation == rotation
        one = Item(1, "x", {"landscape": placed.box}, rotation=rotation)
        told = describe(one, "landscape", CANVAS, SOURCE)
        assert (told["positionX"], told["positionY"]) == pytest.approx((480, 540), abs=0.01)
        again = apply(one, "landscape", CANVAS, SOURCE, told)
        assert again.box == pytest.approx(placed.box)


def test_a_negative_scale_mirrors() -> None:
    placed = apply(item(), "landscape", CANVAS, SOURCE, {"scaleX": -0.5, "scaleY": 0.5})
    assert (placed.is_mirrored, placed.is_flipped) == (True, False)
    one = Item(1, "x", {"landscape": placed.box}, fit="stretch", is_mirrored=True)
    assert describe(one, "landscape", CANVAS, SOURCE)["scaleX"] == pytest.approx(-0.5)


def test_without_a_picture_there_is_nothing_to_crop() -> None:
    with pytest.raises(RequestError) as refused:
        apply(item(), "landscape", CANVAS, (0, 0), {"cropLeft": 1})
    assert refused.value.status == 604
    moved = apply(item(), "landscape", CANVAS, (0, 0), {"positionX": 0})
    assert moved.box.x == 0


@pytest.mark.parametrize("seed", range(200))
def test_whatever_was_told_may_be_set_again_and_changes_nothing(seed: int) -> None:
    """Every fit, anchor, turn, mirror, crop, cut and scale, on either canvas."""
    chance = random.Random(seed)
    canvas, size = chance.choice([("landscape", (1920, 1080)), ("portrait", (1080, 1920))])
    fit = chance.choice(list(TYPE_OF))
    has_unit = fit in ("native", "shrink") or chance.random() < 0.3
    whole = Item(
        1, "x", {canvas: Box(chance.random(), chance.random(), chance.random() + 0.1, 0.3)},
        fit=fit,
        crop=Crop(0.25, 0.0, chance.choice([0.0, 0.25]), 0.5),
        rotation=chance.choice([0.0, 90.0, 33.0, -120.0]),
        is_mirrored=chance.random() < 0.5,
        is_flipped=chance.random() < 0.5,
        is_cut=chance.random() < 0.5,
        anchor_x=chance.choice([0.0, 0.5, 1.0]),
        anchor_y=chance.choice([0.0, 0.5, 1.0]),
        focus_x=chance.choice([0.0, 0.5, 1.0]),
        focus_y=chance.choice([0.0, 0.5, 1.0]),
        unit=(640.0, 480.0) if has_unit and fit != "stretch" else (0.0, 0.0),
    )  # fmt: skip
    told = describe(whole, canvas, size, SOURCE)
    told = {key: value for key, value in told.items() if not key.startswith("source")}
    placed = apply(whole, canvas, size, SOURCE, told)
    after = msgspec.structs.replace(
        whole, boxes={canvas: placed.box}, fit=placed.fit, crop=placed.crop,
        rotation=placed.rotation, is_mirrored=placed.is_mirrored, is_flipped=placed.is_flipped,
        is_cut=placed.is_cut, unit=placed.unit, anchor_x=placed.anchor[0],
        anchor_y=placed.anchor[1], focus_x=placed.focus[0], focus_y=placed.focus[1],
    )  # fmt: skip
    assert (after.fit, after.is_mirrored, after.is_flipped) == (
        whole.fit, whole.is_mirrored, whole.is_flipped,
    )  # fmt: skip
    before, now = (place_item(item, item.boxes[canvas], SOURCE, size) for item in (whole, after))
    assert all(abs(a - b) <= 2 for a, b in zip(before.rect, now.rect, strict=True))
    seen = (place.part or (0, 0, *SOURCE) for place in (before, now))
    assert all(abs(a - b) <= 2 for a, b in zip(*seen, strict=True))
    again = describe(after, canvas, size, SOURCE)
    for name, value in told.items():
        assert again[name] == pytest.approx(value, abs=0.01), name


@pytest.mark.parametrize("kind", [name for name in TYPE_OF.values() if name != "OBS_BOUNDS_NONE"])
@pytest.mark.parametrize("seed", range(5))
def test_every_field_of_a_place_in_bounds_reads_back_as_it_was_set(kind: str, seed: int) -> None:
    chance = random.Random(seed)
    given: dict[str, Any] = {
        "positionX": chance.uniform(-500, 1500), "positionY": chance.uniform(-500, 900),
        "rotation": chance.choice([0.0, 90.0, chance.uniform(-180, 180)]),
        "alignment": chance.choice([0, 1, 2, 4, 5, 6, 8, 9, 10]), "boundsType": kind,
        "boundsAlignment": chance.choice([0, 1, 2, 4, 5, 6, 8, 9, 10]),
        "boundsWidth": chance.uniform(20, 900), "boundsHeight": chance.uniform(20, 900),
        "scaleX": chance.choice([1, -1]) * chance.uniform(0.1, 3), "scaleY": chance.uniform(0.1, 3),
        "cropLeft": chance.randrange(100), "cropTop": chance.randrange(60),
        "cropRight": chance.randrange(100), "cropBottom": chance.randrange(60),
        "cropToBounds": chance.random() < 0.5,
    }  # fmt: skip
    placed = apply(item(), "landscape", CANVAS, SOURCE, given)
    stands = Item(
        1, "x", {"landscape": placed.box}, fit=placed.fit, crop=placed.crop,
        rotation=placed.rotation, is_mirrored=placed.is_mirrored, is_flipped=placed.is_flipped,
        focus_x=placed.focus[0], focus_y=placed.focus[1], anchor_x=placed.anchor[0],
        anchor_y=placed.anchor[1], is_cut=placed.is_cut, unit=placed.unit,
    )  # fmt: skip
    told = describe(stands, "landscape", CANVAS, SOURCE)
    for name, value in given.items():
        near = pytest.approx(value, abs=0.01) if isinstance(value, float) else value
        assert told[name] == near, name


def test_a_scale_alone_makes_a_stretched_box_anew() -> None:
    """What was said of a scale before does not bend the one that is said now."""
    one = item(fit="stretch", unit=(100.0, 50.0))
    placed = apply(one, "landscape", CANVAS, SOURCE, {"scaleX": 0.5, "scaleY": 0.25})
    assert placed.box == pytest.approx(Box(0.25, 0.5, 320 / 1920, 120 / 1080))
    stands = Item(1, "x", {"landscape": placed.box}, fit="stretch", unit=placed.unit)
    told = describe(stands, "landscape", CANVAS, SOURCE)
    assert (told["scaleX"], told["scaleY"]) == pytest.approx((0.5, 0.25), abs=0.01)
