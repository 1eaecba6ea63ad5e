"""A picture at its own size: where it stands, how it grows, and what an automatic layout does."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from studio.scenes.auto_layout import arranged
from studio.scenes.layout import native_box, place_item
from studio.scenes.model import Box, Crop, Item, Scene

CANVAS, SIZE = (1920, 1080), (200, 100)
SIZES = {"landscape": CANVAS, "portrait": (1080, 1920)}


def native(x: float, y: float, w: float, h: float, **more: object) -> Item:
    box = Box(x / 1920, y / 1080, w / 1920, h / 1080)
    fields = {"fit": "native", "unit": (200.0, 100.0), **more}
    return replace(Item(1, "x", {"landscape": box}), **fields)


def test_without_a_unit_it_is_a_pixel_a_pixel_from_its_anchor() -> None:
    item = Item(1, "x", fit="native")
    assert place_item(item, Box(), SIZE, CANVAS).rect == (0, 0, 200, 100)
    item = replace(item, anchor_x=1.0, anchor_y=1.0)
    assert place_item(item, Box(), SIZE, CANVAS).rect == (1720, 980, 200, 100)


@pytest.mark.parametrize(
    ("anchor", "wanted"),
    [((0.0, 0.0), (100, 100, 400, 200)), ((1.0, 1.0), (-100, 0, 400, 200)),
     ((0.5, 0.5), (0, 50, 400, 200))],
)  # fmt: skip
def test_it_grows_with_its_picture_about_its_anchor(
    anchor: tuple[float, float], wanted: tuple[int, ...]
) -> None:
    item = native(100, 100, 200, 100, anchor_x=anchor[0], anchor_y=anchor[1])
    box = item.boxes["landscape"]
    assert place_item(item, box, (400, 200), CANVAS).rect == wanted
    settled = native_box(item, (400, 200), SIZES)
    assert settled.unit == (400, 200)
    assert place_item(settled, settled.boxes["landscape"], (400, 200), CANVAS).rect == wanted


@pytest.mark.parametrize("rotation", [0.0, 30.0, 90.0, 200.0])
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_its_box_may_follow_the_picture_and_nothing_moves(
    rotation: float, is_mirrored: bool
) -> None:
    item = native(
        300, 200, 100, 70, rotation=rotation, is_mirrored=is_mirrored, anchor_x=1.0, anchor_y=0.5,
        crop=Crop(0.1, 0.0, 0.2, 0.0), shear=0.3,
    )  # fmt: skip
    before = place_item(item, item.boxes["landscape"], (420, 300), CANVAS)
    settled = native_box(item, (420, 300), SIZES)
    assert place_item(settled, settled.boxes["landscape"], (420, 300), CANVAS) == before


def test_a_layout_of_the_other_canvas_does_not_bend_it() -> None:
    item = native(200, 100, 1200, 600)
    scene = Scene("A", (item,))
    made = arranged(
        scene, "landscape", "portrait", SIZES, lambda name: SIZE, lambda name: False
    ).items[0]
    box = made.boxes["portrait"]
    assert box.w * 1080 / (box.h * 1920) == pytest.approx(2.0)
    assert place_item(made, box, SIZE, SIZES["portrait"]).rect.w <= 1080


@pytest.mark.parametrize(
    ("fit", "cut", "wanted"),
    [
        ("width", False, (0, 230, 1920, 960)), ("width", True, (0, 230, 1920, 960)),
        ("height", False, (-960, 0, 3840, 1920)), ("height", True, (0, 0, 1920, 1920)),
    ],
)  # fmt: skip
def test_one_side_of_the_box_is_taken(fit: str, cut: bool, wanted: tuple[int, ...]) -> None:
    box = Box(0, 0, 1, 1420 / 1080 if fit == "width" else 1920 / 1080)
    item = replace(Item(1, "x"), fit=fit, is_cut=cut)
    placed = place_item(item, box, SIZE, CANVAS)
    assert placed.rect == wanted
    assert (placed.part is not None) == (fit == "height" and cut)


def test_shrink_makes_smaller_and_never_larger() -> None:
    item = replace(Item(1, "x"), fit="shrink", unit=(480.0, 270.0))
    box = Box(0.0, 0.0, 0.25, 0.25)
    assert place_item(item, box, (200, 100), CANVAS).rect == (140, 84, 200, 100)
    assert place_item(item, box, (960, 270), CANVAS).rect == (0, 68, 480, 134)
