"""Where an item's picture goes: which part of the source, to which pixels of the canvas."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

from msgspec.structs import replace

from studio.media.frame import even
from studio.media.yuv import Rect, even_rect
from studio.scenes.model import Box, Crop, Item

ZOOMED = 4  # canvases; an item larger than this is cut to what is seen of it
MOST = 64_000_000  # pixels of one item; only one turned about a place far outside has more


CUTTING = ("cover", "width", "height")
"""Fits whose picture may reach over its box."""


class Area(NamedTuple):
    """A rectangle of the canvas in pixels and parts of them."""

    x: float
    y: float
    w: float
    h: float


class Placement(NamedTuple):
    """``part`` of the source's picture (None: all of it) scaled to ``rect`` of the canvas."""

    part: Rect | None
    rect: Rect


def cropped(crop: Crop, width: int, height: int) -> Rect:
    """The rest of a picture after a crop, at least 2×2, even."""
    x0, y0 = even(crop.left * width), even(crop.top * height)
    x1, y1 = even(width - crop.right * width), even(height - crop.bottom * height)
    x0, y0 = min(x0, width - 2), min(y0, height - 2)
    return Rect(x0, y0, max(2, min(x1, width) - x0), max(2, min(y1, height) - y0))


def place_item(item: Item, box: Box, size: tuple[int, int], canvas: tuple[int, int]) -> Placement:
    """Places a source picture of ``size`` on a ``canvas`` (both width, height in pixels)."""
    return place_item_exact(item, box, size, canvas)[0]


def place_item_exact(
    item: Item, box: Box, size: tuple[int, int], canvas: tuple[int, int]
) -> tuple[Placement, Area]:
    """The same, with the place before it was brought to even pixels: a turned picture takes it."""
    width, height = size
    bounds = Area(box.x * canvas[0], box.y * canvas[1], box.w * canvas[0], box.h * canvas[1])
    part = cropped(item.crop, width, height)
    area = bounds
    if item.fit != "stretch":
        area = _in_bounds(item, bounds, drawn_size(item, bounds, size))
    if item.is_cut and item.fit in CUTTING:
        # What is left of a picture is judged by the even pixels there are, not by the exact ones.
        target = even_rect(*bounds)
        kept = (part.h * target.w / target.h, part.w * target.h / target.w)
        if item.unit[0]:  # its own scale bends it
            kept = (part.w * bounds.w / area.w, part.h * bounds.h / area.h)
        left = _cut(item, Area(*part), area, bounds, kept, even)
        part, area = Rect(*(int(side) for side in left[0])), left[1]
    area = _about_pivot(item, area, bounds)
    part, target = _inside(part, width, height), even_rect(*area)
    if target.w * target.h > ZOOMED * canvas[0] * canvas[1] and not item.outline:
        part, target = _seen(item, part, target, canvas)
        area = Area(*target)
    return Placement(None if part == Rect(0, 0, width, height) else part, target), area


def seen_size(crop: Crop, size: tuple[float, float]) -> tuple[float, float]:
    """A picture's size in its own pixels after a crop, at least 2×2."""
    return (
        max(2.0, size[0] * (1 - crop.left - crop.right)),
        max(2.0, size[1] * (1 - crop.top - crop.bottom)),
    )


def scales(item: Item, bounds: Area) -> tuple[float, float]:
    """Pixels of the canvas a pixel of the source, before the picture is fitted into its box."""
    unit = seen_size(item.crop, item.unit)
    return (
        bounds.w / unit[0] if item.unit[0] > 0 else 1.0,
        bounds.h / unit[1] if item.unit[1] > 0 else 1.0,
    )


def drawn_size(item: Item, bounds: Area, size: tuple[float, float]) -> tuple[float, float]:
    """How large all that the crop leaves of a picture of ``size`` becomes, in canvas pixels."""
    if item.fit == "stretch":
        return bounds.w, bounds.h
    x, y = scales(item, bounds)
    wide, high = seen_size(item.crop, size)
    wide, high = wide * x, high * y
    if item.fit == "native" or (item.fit == "shrink" and wide <= bounds.w and high <= bounds.h):
        return wide, high
    across, down = bounds.w / wide, bounds.h / high
    ratio = {"cover": max(across, down), "width": across, "height": down}.get(
        item.fit, min(across, down)
    )
    return wide * ratio, high * ratio


def truly_sized(item: Item, size: tuple[int, int]) -> Item:
    """An item whose picture's size was guessed, now that it is known: its crop in pixels stays."""
    crop = item.crop
    near = [part * side for part, side in zip((crop.left, crop.top), item.guessed, strict=True)]
    far = [part * side for part, side in zip((crop.right, crop.bottom), item.guessed, strict=True)]
    for n, side in enumerate(size):  # of what is cropped away altogether two pixels are left
        near[n] = min(near[n], side - 2.0)
        far[n] = min(far[n], side - 2.0 - near[n])
    new = Crop(near[0] / size[0], near[1] / size[1], far[0] / size[0], far[1] / size[1])
    before, after = seen_size(crop, (1e6, 1e6)), seen_size(new, (1e6, 1e6))
    unit = (item.unit[0] * before[0] / after[0], item.unit[1] * before[1] / after[1])
    return replace(item, crop=new, unit=unit, guessed=(0.0, 0.0))


def native_box(item: Item, size: tuple[int, int], canvases: dict[str, tuple[int, int]]) -> Item:
    """A native item whose boxes are as large as its picture of ``size``; it looks the same.

    Args:
        canvases: their sizes by name.
    """
    boxes = dict(item.boxes)
    for name, box in item.boxes.items():
        wide, high = canvases[name]
        bounds = Area(box.x * wide, box.y * high, box.w * wide, box.h * high)
        grown = _in_bounds(item, bounds, drawn_size(item, bounds, size))
        x, y, w, h = _about_pivot(item, grown, bounds)
        boxes[name] = Box(x / wide, y / high, w / wide, h / high)
    return replace(item, boxes=boxes, unit=(float(size[0]), float(size[1])))


def _in_bounds(item: Item, bounds: Area, drawn: tuple[float, float]) -> Area:
    """A picture of the size ``drawn`` where it stands in its box, or grows from its anchor."""
    across, down = item.focus_x, item.focus_y
    if item.fit == "native":
        across, down = item.anchor_x, item.anchor_y
    if item.fit == "native" or (item.is_cut and item.fit in CUTTING):  # a place in the picture
        across = 1 - across if item.is_mirrored else across
        down = 1 - down if item.is_flipped else down
    return Area(
        bounds.x + (bounds.w - drawn[0]) * across,
        bounds.y + (bounds.h - drawn[1]) * down,
        *drawn,
    )


def _cut(
    item: Item,
    part: Area,
    area: Area,
    bounds: Area,
    kept: tuple[float, float],
    tidy: Callable[[float], float],
) -> tuple[Area, Area]:
    """What of ``part`` stays when all that reaches over the box is cut off, and where.

    Args:
        kept: how wide, how high of the part is left where it is cut.
        tidy: brings a number of pixels to an even one.
    """
    x, y, w, h = area
    px, py, pw, ph = part
    if w > bounds.w + 1e-6:
        wide = min(pw, max(2, tidy(kept[0])))
        px, pw = px + tidy((pw - wide) * item.focus_x), wide
        x, w = bounds.x, bounds.w
    if h > bounds.h + 1e-6:
        high = min(ph, max(2, tidy(kept[1])))
        py, ph = py + tidy((ph - high) * item.focus_y), high
        y, h = bounds.y, bounds.h
    return Area(px, py, pw, ph), Area(x, y, w, h)


def place_exactly(item: Item, bounds: Area, size: tuple[float, float]) -> tuple[Area, Area]:
    """Which part of a picture of ``size`` goes where, in pixels and parts of them.

    Args:
        bounds: the item's box in pixels.
    """
    seen = seen_size(item.crop, size)
    part = Area(item.crop.left * size[0], item.crop.top * size[1], *seen)
    area = bounds
    if item.fit != "stretch":
        area = _in_bounds(item, bounds, drawn_size(item, bounds, size))
    if item.is_cut and item.fit in CUTTING:
        kept = (seen[0] * bounds.w / area.w, seen[1] * bounds.h / area.h)
        part, area = _cut(item, part, area, bounds, kept, float)
    return part, _about_pivot(item, area, bounds)


def _about_pivot(item: Item, area: Area, bounds: Area) -> Area:
    """A picture beside the middle of its box, moved to where the box's turn brings it."""
    dx = area.x + area.w / 2 - bounds.x - bounds.w / 2
    dy = area.y + area.h / 2 - bounds.y - bounds.h / 2
    if not item.is_turned or (abs(dx) < 1e-9 and abs(dy) < 1e-9):
        return area
    angle = math.radians(item.rotation)
    cos, sin, lean = math.cos(angle), math.sin(angle), dx + item.shear * dy
    return area._replace(
        x=area.x + cos * lean - sin * dy - dx, y=area.y + sin * lean + cos * dy - dy
    )


def _seen(item: Item, part: Rect, target: Rect, canvas: tuple[int, int]) -> tuple[Rect, Rect]:
    """What of an item zoomed far in can be seen: a hundred canvases would not fit into memory.

    A turned item keeps its middle, which it is turned about.
    """
    left, top = -target.x, -target.y
    right, bottom = left + canvas[0], top + canvas[1]
    if item.is_turned:
        x, y = target.w / 2, target.h / 2
        far = math.hypot(max(abs(left - x), abs(right - x)), max(abs(top - y), abs(bottom - y)))
        far *= 1 + abs(item.shear)
        left, right, top, bottom = (
            math.floor(x - far),
            math.ceil(x + far),
            math.floor(y - far),
            math.ceil(y + far),
        )
    across = _stretch(left, right, part.w, target.w, item.is_mirrored)
    down = _stretch(top, bottom, part.h, target.h, item.is_flipped)
    return (
        Rect(part.x + across.start, part.y + down.start, across.size, down.size),
        Rect(target.x + across.to, target.y + down.to, across.to_size, down.to_size),
    )


class _Stretch(NamedTuple):
    start: int
    size: int
    to: int
    to_size: int


def _stretch(low: float, high: float, length: int, wide: int, is_back: bool) -> _Stretch:
    """Which of ``length`` pixels, spread over ``wide``, show between ``low`` and ``high``."""
    scale = wide / length
    first = min(max(0, even(math.floor(low / scale) - 2)), length - 2)
    last = max(first + 2, min(length, even(math.ceil(high / scale)) + 2))
    to, end = even(first * scale), wide if last >= length else even(last * scale)
    start = length - last if is_back else first
    return _Stretch(start, last - first, to, max(2, end - to))


def _inside(part: Rect, width: int, height: int) -> Rect:
    x, y = min(max(0, part.x), width - 2), min(max(0, part.y), height - 2)
    return Rect(x, y, min(part.w, width - x), min(part.h, height - y))


def map_rect(placement: Placement, size: tuple[int, int], box: Rect) -> Rect:
    """Where ``box``, in pixels of a source of ``size``, comes to lie on the canvas."""
    part = placement.part or Rect(0, 0, *size)
    sx, sy = placement.rect.w / part.w, placement.rect.h / part.h
    return even_rect(
        placement.rect.x + (box.x - part.x) * sx,
        placement.rect.y + (box.y - part.y) * sy,
        box.w * sx,
        box.h * sy,
    )


Align = Literal[
    "fill",
    "fit",
    "centre",
    "left",
    "right",
    "top",
    "bottom",
    "top_left",
    "top_right",
    "bottom_left",
    "bottom_right",
]


def aligned(box: Box, to: Align, margin: float = 0.0) -> Box:
    """``box`` filling the canvas, in its middle, or at a side or corner of it.

    Args:
        margin: left free at the sides, as a part of the canvas.
    """
    if to in ("fill", "fit"):
        return Box()
    x, y = (1 - box.w) / 2, (1 - box.h) / 2
    if to == "centre":
        return Box(x, y, box.w, box.h)
    words = to.split("_")
    x = margin if "left" in words else 1 - box.w - margin if "right" in words else box.x
    y = margin if "top" in words else 1 - box.h - margin if "bottom" in words else box.y
    return Box(x, y, box.w, box.h)
