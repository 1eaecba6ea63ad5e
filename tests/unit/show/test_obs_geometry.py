"""Imported items and groups stand where OBS draws them, to a pixel, on both canvases.

The reference below is written from ``libobs/obs-scene.c`` (update_item_transform,
calculate_bounds_data) on its own: a matrix from the pixels of a picture to those of the canvas.
"""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

import studio.sources.kinds as source_folder
from studio.core.registry import discover
from studio.filters.kinds.crop import CropFilter, CropSettings
from studio.graphics.text import TextDrawer
from studio.media.frame import blank, from_rgb
from studio.scenes.compositor import Compositor
from studio.scenes.layout import truly_sized
from studio.scenes.model import Canvas, Scene
from studio.show.obs_import import read_collection
from studio.sources.base import Source, SourceContext
from studio.sources.runner import Shot, SourceRunner
from tests.unit.show.test_obs_import import item, scene, source

KINDS = discover(source_folder, Source)
SHAPES = {"landscape": (640, 360), "portrait": (360, 640)}
LEVELS = ((255, 70), (150, 200))
"""Of the quarters of the picture, so that every mirror image of it is another one."""


WHITE = ((255, 255), (255, 255))


class Seen(NamedTuple):
    """Where OBS draws a picture: ``part`` (x0, y0, x1, y1) of it, by a matrix, within clips."""

    part: tuple[float, float, float, float]
    matrix: np.ndarray


def shift(x: float, y: float) -> np.ndarray:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])


def scaling(x: float, y: float) -> np.ndarray:
    return np.diag([x, y, 1.0])


def turning(degrees: float) -> np.ndarray:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])


def aligned(align: int, cx: int, cy: int) -> tuple[float, float]:
    x = cx if align & 2 else 0 if align & 1 else int(cx / 2)
    y = cy if align & 8 else 0 if align & 4 else int(cy / 2)
    return x, y


def obs_draws(entry: dict[str, Any], size: tuple[float, float]) -> Seen:
    """update_item_transform of libobs/obs-scene.c."""
    left, top, right, bottom = (entry[f"crop_{s}"] for s in ("left", "top", "right", "bottom"))
    cx, cy = size[0] - left - right, size[1] - top - bottom
    sx, sy = entry["scale"]["x"], entry["scale"]["y"]
    bw, bh = entry["bounds"]["x"], entry["bounds"]["y"]
    kind, ox, oy = entry["bounds_type"], 0.0, 0.0
    if kind == 0:
        dx, dy = aligned(entry["align"], int(cx * sx), int(cy * sy))
    else:
        width, height = cx * abs(sx), cy * abs(sy)
        like = kind
        if kind == 6 and (width > bw or height > bh):
            like = 2
        if like in (2, 3):
            by_width = bw / bh < width / height
            if like == 3:
                by_width = not by_width
            factor = bw / width if by_width else bh / height
            sx, sy = sx * factor, sy * factor
        elif like == 4:
            sx, sy = sx * bw / width, sy * bw / width
        elif like == 5:
            sx, sy = sx * bh / height, sy * bh / height
        elif like == 1:
            sx, sy = math.copysign(bw / cx, sx), math.copysign(bh / cy, sy)
        width, height = cx * sx, cy * sy
        wd, hd = bw - abs(width), bh - abs(height)
        ox, oy = aligned(entry["bounds_align"], int(-wd), int(-hd))
        if entry.get("bounds_crop") and kind in (3, 4, 5) and (wd < -0.1 or hd < -0.1):
            is_wide = wd < -0.1
            near, far = (1, 2) if is_wide else (4, 8)
            over = abs((wd if is_wide else hd) / (sx if is_wide else sy))
            its = entry["bounds_align"]
            first = 0.0 if its & near else over if its & far else over / 2
            is_back = (width if is_wide else height) < 0
            start = 0.0
            if is_back:
                start = ox if is_wide else oy
                start = start - (wd if is_wide else hd) if its & near else start
                start = start if its & (near | far) else 2 * start
            two = (over - first, first) if is_back else (first, over - first)
            before, after = (math.floor(side + 0.5) for side in two)  # whole pixels of the picture
            if is_wide:
                left, right, ox = left + before, right + after, start
            else:
                top, bottom, oy = top + before, bottom + after, start
        ox += min(width, 0.0)
        oy += min(height, 0.0)
        dx, dy = aligned(entry["align"], int(bw), int(bh))
    matrix = (
        shift(entry["pos"]["x"], entry["pos"]["y"])
        @ turning(entry["rot"])
        @ shift(-ox - dx, -oy - dy)
        @ scaling(sx, sy)
        @ shift(-left, -top)
    )
    return Seen((left, top, size[0] - right, size[1] - bottom), matrix)


def cropped_by_filter(settings: dict[str, Any], size: tuple[int, int]) -> tuple[int, ...]:
    """calc_crop_dimensions of plugins/obs-filters/crop-filter.c: corner, size, size with margin."""
    x, y = settings["left"], settings["top"]
    if settings.get("relative", True):
        wide, high = size[0] - x - settings["right"], size[1] - y - settings["bottom"]
        return x, y, wide, high, wide, high
    cx, cy = settings["cx"], settings["cy"]
    wide, high = min(x + cx, size[0]) - x, min(y + cy, size[1]) - y
    return x, y, wide, high, wide + max(0, cx - size[0]), high + max(0, cy - size[1])


def random_crop(chance: random.Random) -> dict[str, Any]:
    """Settings of a crop filter in even pixels, as our frames have them."""
    x, y = 2 * chance.randrange(25), 2 * chance.randrange(20)
    if chance.random() < 0.5:
        return {
            "left": x,
            "top": y,
            "right": 2 * chance.randrange(20),
            "bottom": 2 * chance.randrange(10),
        }
    cx, cy = 2 * chance.randrange(40, 115), 2 * chance.randrange(40, 85)
    return {"relative": False, "left": x, "top": y, "cx": cx, "cy": cy}


def random_item(chance: random.Random, name: str, number: int, size: Any, at: Any) -> Any:
    """An item anywhere near the place ``at``, with any of what OBS knows."""
    turn = chance.choice([0.0, 0.0, 90.0, 180.0, 270.0, chance.uniform(-360, 360)])
    crop = [chance.randrange(0, 40) * chance.randrange(2) for _ in range(4)]
    scales = [chance.uniform(0.3, 1.6) * chance.choice([1, 1, -1]) for _ in range(2)]
    more = {"bounds_crop": chance.random() < 0.5} if chance.random() < 0.7 else {}
    return item(
        name,
        number,
        pos={"x": at[0] + chance.uniform(-60, 60), "y": at[1] + chance.uniform(-60, 60)},
        rot=turn,
        scale=dict(zip("xy", scales, strict=True)),
        align=chance.choice([0, 1, 2, 4, 5, 6, 8, 9, 10]),
        bounds_type=chance.choice([0, 0, 1, 2, 3, 4, 5, 6]),
        bounds_align=chance.choice([0, 1, 2, 4, 5, 6, 8, 9, 10]),
        bounds={"x": chance.uniform(40, 220), "y": chance.uniform(40, 220)},
        **dict(zip(("crop_left", "crop_top", "crop_right", "crop_bottom"), crop, strict=True)),
        **more,
    )


def depth(seen: Seen, shape: tuple[int, int]) -> np.ndarray:
    """How far inside of the drawn part each pixel of the canvas lies, pixels; below 0 outside."""
    x0, y0, x1, y1 = seen.part
    corners = [seen.matrix @ (x, y, 1) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
    middle = np.mean(corners, axis=0)
    x, y = np.meshgrid(np.arange(shape[0]) + 0.5, np.arange(shape[1]) + 0.5)
    found = np.full(x.shape, np.inf)
    for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
        along = (b - a)[:2] / np.hypot(*(b - a)[:2])
        normal = np.array([-along[1], along[0]])
        if normal @ (middle - a)[:2] < 0:
            normal = -normal
        found = np.minimum(found, (x - a[0]) * normal[0] + (y - a[1]) * normal[1])
    return found


def drawn(
    found: Scene,
    shape: tuple[int, int],
    canvas: str,
    size: Any,
    levels: Any = LEVELS,
    crop: dict[str, Any] | None = None,
) -> np.ndarray:
    """The luma of a scene whose one source has quarters of different levels, behind a crop."""
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    for row in (0, 1):
        for column in (0, 1):
            half = (size[1] // 2, size[0] // 2)
            part = picture[row * half[0] :, column * half[1] :]
            part[:] = levels[row][column]
    context = SourceContext(Path("/"), TextDrawer(), 30.0, *shape)
    runner = SourceRunner("red", KINDS.get("colour")(None, context))
    frame = from_rgb(picture)
    if crop is not None:
        frame = CropFilter(msgspec.convert(crop, CropSettings)).apply(frame)
    runner.slot.put(Shot(frame, 0))
    target = blank(*shape)
    Compositor(Canvas(canvas, *shape)).compose(target, found, {"red": runner}, 1)
    return target.y.astype(float)


def edge_faults(luma: np.ndarray, inside: np.ndarray, near: float = 1.05) -> list[str]:
    """What of a white picture does not reach as far as in OBS, or farther, by over a pixel."""
    told = []
    if (missing := int((luma[inside > near] < 125).sum())) > 0:
        told.append(f"{missing} pixels missing")
    if (extra := int((luma[inside < -near] > 125).sum())) > 0:
        told.append(f"{extra} pixels too many")
    return told


def part_faults(luma: np.ndarray, seen: Seen, inside: np.ndarray, size: Any) -> list[str]:
    """Is each quarter of the picture where OBS draws it?"""
    told: list[str] = []
    back = np.linalg.inv(seen.matrix)
    ys, xs = np.where(inside > 3)
    if len(xs):
        places = back @ np.array([xs + 0.5, ys + 0.5, np.ones(len(xs))])
        column, row = places[0] >= size[0] / 2, places[1] >= size[1] / 2
        scale = max(1.0, *np.abs(back[:2, :2]).sum(axis=1))
        far = np.minimum(abs(places[0] - size[0] / 2), abs(places[1] - size[1] / 2)) > 4 + 4 * scale
        levels = 16 + np.array(LEVELS)[row.astype(int), column.astype(int)] * 219 / 255
        if far.any() and np.abs(luma[ys, xs] - levels)[far].max() > 25:
            told.append("another part of the picture")
    return told


@pytest.mark.parametrize("canvas", ["landscape", "portrait"])
@pytest.mark.parametrize("part", range(5))
def test_random_items_and_groups_stand_where_obs_draws_them(
    tmp_path: Path, canvas: str, part: int
) -> None:
    chance, shape, size = random.Random(100 * part + len(canvas)), SHAPES[canvas], (200, 140)
    entries, groups, wanted = [], [], []
    for number in range(50):
        middle = (shape[0] / 2, shape[1] / 2)
        if number % 2:
            entry = random_item(chance, "red", 1, size, middle)
            entries.append(scene(f"s{number}", entry))
            seen = obs_draws(entry, size)
            wanted.append((seen, depth(seen, shape)))
            continue
        inner = random_item(chance, "red", 1, size, (120, 90))
        own = (chance.randrange(180, 300), chance.randrange(140, 260))
        outer = random_item(chance, f"g{number}", 1, own, middle)
        groups.append(source(f"g{number}", "group", {"cx": own[0], "cy": own[1], "items": [inner]}))
        entries.append(scene(f"s{number}", outer))
        of_group, of_item = obs_draws(outer, own), obs_draws(inner, size)
        seen = Seen(of_item.part, of_group.matrix @ of_item.matrix)
        inside = depth(seen, shape)
        if of_group.part != (0, 0, *own):  # a group that is cropped is a picture with edges
            inside = np.minimum(inside, depth(of_group, shape))
        wanted.append((seen, inside))
    red = source("red", "color_source_v3", {"width": size[0], "height": size[1]})
    resolution = {"x": shape[0], "y": shape[1]}
    data = {"sources": [red, *entries], "groups": groups, "resolution": resolution,
            "scene_order": [{"name": one["name"]} for one in entries]}  # fmt: skip
    path = tmp_path / "many.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    canvases = [Canvas(name, *its) for name, its in SHAPES.items()]
    found = read_collection(path, (1920, 1080), lambda spec: (0.0, 0.0), canvases)
    bad = []
    for number, (one, expected) in enumerate(zip(found.scenes, wanted, strict=True)):
        seen, inside = expected
        found_faults = edge_faults(drawn(one, shape, canvas, size, WHITE), inside)
        found_faults += part_faults(drawn(one, shape, canvas, size), seen, inside, size)
        for fault in found_faults:
            bad.append(f"{one.name}: {fault}: {data['sources'][1 + number]}"[:700])
    assert not bad, f"{len(bad)} of {len(wanted)}\n" + "\n".join(bad[:3])


@pytest.mark.parametrize("canvas", ["landscape", "portrait"])
def test_items_behind_a_crop_filter_stand_where_obs_draws_them(tmp_path: Path, canvas: str) -> None:
    """By sides and by a size, which ends with the picture and adds a margin beyond it."""
    chance, shape, size = random.Random(len(canvas)), SHAPES[canvas], (200, 140)
    sources, entries, wanted = [], [], []
    for number in range(40):
        settings = random_crop(chance)
        x, y, wide, high, *whole = cropped_by_filter(settings, size)
        crop = [{"id": "crop_filter", "name": "Cut", "settings": settings}]
        name = f"red{number}"
        its = {"width": size[0], "height": size[1]}
        sources.append(source(name, "color_source_v3", its, filters=crop))
        entry = random_item(chance, name, 1, whole, (shape[0] / 2, shape[1] / 2))
        entries.append(scene(f"s{number}", entry))
        seen = obs_draws(entry, (whole[0], whole[1]))
        inside = np.minimum(depth(seen, shape), depth(Seen((0, 0, wide, high), seen.matrix), shape))
        part = tuple(side + (x, y)[at % 2] for at, side in enumerate(seen.part))
        back = Seen((part[0], part[1], part[2], part[3]), seen.matrix @ shift(-x, -y))
        wanted.append((back, inside))
    data = {"sources": [*sources, *entries], "resolution": {"x": shape[0], "y": shape[1]},
            "scene_order": [{"name": entry["name"]} for entry in entries]}  # fmt: skip
    path = tmp_path / "many.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    canvases = [Canvas(name, *its) for name, its in SHAPES.items()]
    found = read_collection(path, (1920, 1080), lambda spec: (0.0, 0.0), canvases)
    crops = {spec.name: spec.filters[0].settings for spec in found.sources}
    bad = []
    for made, (seen, inside) in zip(found.scenes, wanted, strict=True):
        name = made.items[0].source
        white = drawn_of(made, shape, canvas, size, crops[name], WHITE)
        faults = edge_faults(white, inside)
        quarters = drawn_of(made, shape, canvas, size, crops[name], LEVELS)
        faults += part_faults(quarters, seen, inside, size)
        bad += [f"{made.name}: {fault}: {crops[name]} {made.items[0]}"[:700] for fault in faults]
    assert not bad, f"{len(bad)}\n" + "\n".join(bad[:3])


def drawn_of(
    made: Scene, shape: tuple[int, int], canvas: str, size: Any, crop: Any, levels: Any
) -> np.ndarray:
    """A scene of one source of any name, whose picture stands behind a crop filter."""
    item_ = replace(made.items[0], source="red")
    return drawn(replace(made, items=(item_,)), shape, canvas, size, levels, crop)


@pytest.mark.parametrize("canvas", ["landscape", "portrait"])
def test_a_camera_that_was_not_there_stands_right_once_its_first_picture_comes(
    tmp_path: Path, canvas: str
) -> None:
    """Imported without its size: crops are in pixels until it is known, and nothing is told."""
    chance, shape, size = random.Random(77 + len(canvas)), SHAPES[canvas], (200, 140)
    entries, wanted = [], []
    for number in range(50):
        entry = random_item(chance, "red", 1, size, (shape[0] / 2, shape[1] / 2))
        entries.append(scene(f"s{number}", entry))
        seen = obs_draws(entry, size)
        wanted.append((entry, depth(seen, shape)))
    cam = source("red", "v4l2_input", {"device_id": "/dev/video9"})
    data = {"sources": [cam, *entries], "resolution": {"x": shape[0], "y": shape[1]},
            "scene_order": [{"name": one["name"]} for one in entries]}  # fmt: skip
    path = tmp_path / "many.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    canvases = [Canvas(name, *its) for name, its in SHAPES.items()]
    found = read_collection(path, (1920, 1080), lambda spec: (0.0, 0.0), canvases)
    assert "size" not in {line.why for line in found.unmatched}
    bad = []
    for one, (entry, inside) in zip(found.scenes, wanted, strict=True):
        item_ = one.items[0]
        cropped = any(entry[f"crop_{side}"] for side in ("left", "top", "right", "bottom"))
        assert bool(item_.guessed[0]) == cropped
        true = truly_sized(item_, size) if cropped else item_
        # In boxes OBS reckons in whole pixels, which of a guess cannot be counted.
        near = 1.05 if entry["bounds_type"] in (0, 1) else 2.05
        if entry.get("bounds_crop"):  # and cuts at whole pixels of the picture
            near += 0.5 * float(np.hypot(*obs_draws(entry, size).matrix[:2, 0]))
        luma = drawn(replace(one, items=(true,)), shape, canvas, size, WHITE)
        bad += [f"{one.name}: {fault}: {entry}" for fault in edge_faults(luma, inside, near)]
    assert not bad, "\n".join(bad[:3])
