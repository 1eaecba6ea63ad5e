"""Where an item's picture goes: which part of the source, to which pixels of the canvas."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from studio.media.frame import even
from studio.media.yuv import Rect, even_rect
from studio.scenes.model import Box, Crop, Item

ZOOMED = 4  # canvases; an item larger than this is cut to what is seen of it
MOST = 64_000_000  # pixels of one item; only one turned about a place far outside has more


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
    width, height = size
    target = even_rect(box.x * canvas[0], box.y * canvas[1], box.w * canvas[0], box.h * canvas[1])
    part = cropped(item.crop, width, height)
    wide = part.w * target.h > target.w * part.h
    if item.fit == "contain":
        scale = min(target.w / part.w, target.h / part.h)
        w, h = part.w * scale, part.h * scale
        target = even_rect(target.x + (target.w - w) / 2, target.y + (target.h - h) / 2, w, h)
    elif item.fit == "cover" and wide:
        w = max(2, even(part.h * target.w / target.h))
        part = Rect(part.x + even((part.w - w) * item.focus_x), part.y, min(w, part.w), part.h)
    elif item.fit == "cover":
        h = max(2, even(part.w * target.h / target.w))
        part = Rect(part.x, part.y + even((part.h - h) * item.focus_y), part.w, min(h, part.h))
    part = _inside(part, width, height)
    if target.w * target.h > ZOOMED * canvas[0] * canvas[1]:
        part, target = _seen(item, part, target, canvas)
    return Placement(None if part == Rect(0, 0, width, height) else part, target)


def _seen(item: Item, part: Rect, target: Rect, canvas: tuple[int, int]) -> tuple[Rect, Rect]:
    """What of an item zoomed far in can be seen: a hundred canvases would not fit into memory.

    A turned item keeps its middle, which it is turned about.
    """
    left, top = -target.x, -target.y
    right, bottom = left + canvas[0], top + canvas[1]
    if item.rotation % 360:
        x, y = target.w / 2, target.h / 2
        far = math.hypot(max(abs(left - x), abs(right - x)), max(abs(top - y), abs(bottom - y)))
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
