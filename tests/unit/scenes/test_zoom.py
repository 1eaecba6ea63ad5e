"""Items zoomed far in: no more is made of them than can be seen."""

from __future__ import annotations

import numpy as np
import pytest

from studio.media.frame import blank, from_rgb, to_rgb
from studio.scenes.compositor import Compositor
from studio.scenes.layout import MOST, place_item
from studio.scenes.model import Box, Canvas, Crop, Item, Scene
from studio.sources.base import Source
from studio.sources.runner import Shot, SourceRunner

SIZE, CANVAS = (640, 360), (1920, 1080)


class Held(Source):
    """A source whose picture the test puts."""

    def run(self, feed):
        feed.stopping.wait()


@pytest.mark.parametrize("fit", ["cover", "contain", "stretch"])
@pytest.mark.parametrize(
    "box",
    [
        Box(-50, -50, 100, 100),
        Box(0, 0, 100, 100),
        Box(-99, -99, 100, 100),
        Box(-1, -40, 3, 80),
        Box(100, 100, 100, 100),
        Box(-100, 0.5, 100, 100),
    ],
)
def test_a_hundred_canvases_are_cut_to_what_is_seen(box, fit):
    part, rect = place_item(Item(1, "x", fit=fit), box, SIZE, CANVAS)
    assert rect.w * rect.h <= MOST
    assert part is None or (part.x >= 0 and part.x + part.w <= SIZE[0] and part.w > 0)
    assert part is None or (part.y >= 0 and part.y + part.h <= SIZE[1] and part.h > 0)


def test_a_turned_item_keeps_its_middle():
    part, rect = place_item(Item(1, "x", rotation=30.0), Box(-2, -2, 5, 5), SIZE, CANVAS)
    assert part is not None
    assert abs(rect.x + rect.w / 2 - 960) <= 8
    assert abs(rect.y + rect.h / 2 - 540) <= 8
    assert rect.w * rect.h < 25 * 1920 * 1080


@pytest.mark.parametrize("fields", [{}, {"is_mirrored": True}, {"is_flipped": True}])
@pytest.mark.parametrize("at", [-1.0, -2.5, -3.9])
def test_it_looks_as_if_it_were_not_cut(fields, at):
    y, x = np.mgrid[0:180, 0:320]
    rgb = np.stack([x * 255 // 320, y * 255 // 180, 0 * x], -1).astype(np.uint8)
    frame = from_rgb(rgb)
    box, canvas = Box(at, at, 5, 5), Canvas("landscape", 320, 180)
    item = Item(1, "s", boxes={"landscape": box}, **fields)
    runner = SourceRunner("s", Held(None, None))
    runner.slot.put(Shot(frame, 0))
    target = blank(320, 180)
    Compositor(canvas).draw_scene(target, Scene("a", (item,)), {"s": runner}, 0)
    seen = to_rgb(target).astype(int)
    for px, py in ((10, 10), (160, 90), (310, 170)):
        u, v = (px / 320 - at) / 5, (py / 180 - at) / 5
        u, v = (1 - u if item.is_mirrored else u), (1 - v if item.is_flipped else v)
        assert abs(seen[py, px, 0] - u * 255) < 8
        assert abs(seen[py, px, 1] - v * 255) < 8


def test_a_crop_and_a_zoom_together():
    part, rect = place_item(Item(1, "x", crop=Crop(0.5, 0.5)), Box(-0.5, -0.5, 5, 5), SIZE, CANVAS)
    assert part is not None
    assert part.x >= 320
    assert part.y >= 180
    assert rect.w < 5 * 1920
