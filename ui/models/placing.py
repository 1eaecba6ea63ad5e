"""Where items stand while a hand moves them: hits, handles, snapping. Pure; no Qt.

Boxes are parts (0..1) of the canvas; ``size`` is the picture's size on the screen in pixels, so
that reaches and angles are what the eye sees.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from studio.scenes.model import Box, Crop

Point = tuple[float, float]
Size = tuple[float, float]
HANDLES: dict[str, Point] = {
    "nw": (0.0, 0.0),
    "n": (0.5, 0.0),
    "ne": (1.0, 0.0),
    "e": (1.0, 0.5),
    "se": (1.0, 1.0),
    "s": (0.5, 1.0),
    "sw": (0.0, 1.0),
    "w": (0.0, 0.5),
}
TURN = "turn"
TURN_OUT = 22.0
LEAST_PX = 8.0


class Lines(NamedTuple):
    """Guides to be drawn, as parts of the canvas."""

    xs: tuple[float, ...] = ()
    ys: tuple[float, ...] = ()


def _rotate(point: Point, degrees: float) -> Point:
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    return point[0] * cos - point[1] * sin, point[0] * sin + point[1] * cos


def middle(box: Box, size: Size) -> Point:
    """The middle of a box in pixels."""
    return (box.x + box.w / 2) * size[0], (box.y + box.h / 2) * size[1]


def place_of(handle: str, box: Box, size: Size, rotation: float) -> Point:
    """Where a handle is, in pixels."""
    centre = middle(box, size)
    if handle == TURN:
        away = (0.0, -box.h * size[1] / 2 - TURN_OUT)
    else:
        at = HANDLES[handle]
        away = ((at[0] - 0.5) * box.w * size[0], (at[1] - 0.5) * box.h * size[1])
    moved = _rotate(away, rotation)
    return centre[0] + moved[0], centre[1] + moved[1]


def corners(box: Box, size: Size, rotation: float) -> list[Point]:
    """The four corners in pixels, clockwise from the top left."""
    return [place_of(name, box, size, rotation) for name in ("nw", "ne", "se", "sw")]


def is_in(point: Point, box: Box, size: Size, rotation: float) -> bool:
    """Does a point in pixels lie in the turned box?"""
    centre = middle(box, size)
    x, y = _rotate((point[0] - centre[0], point[1] - centre[1]), -rotation)
    return abs(x) <= box.w * size[0] / 2 and abs(y) <= box.h * size[1] / 2


def handle_at(point: Point, box: Box, size: Size, rotation: float, reach: float = 9.0) -> str:
    """The handle under a point in pixels; "" for none."""
    near = [
        (math.dist(point, place_of(name, box, size, rotation)), name) for name in (*HANDLES, TURN)
    ]
    distance, name = min(near)
    return name if distance <= reach else ""


def moved(box: Box, by: Point, size: Size) -> Box:
    """A box shifted by pixels."""
    return Box(box.x + by[0] / size[0], box.y + by[1] / size[1], box.w, box.h)


def resized(
    box: Box,
    handle: str,
    by: Point,
    size: Size,
    rotation: float = 0.0,
    *,
    keeps_shape: bool = False,
    from_middle: bool = False,
) -> Box:
    """A box pulled at a handle by pixels; the side across from it stays where it is."""
    at = HANDLES[handle]
    pull = _rotate(by, -rotation)
    wide, high = box.w * size[0], box.h * size[1]
    side = (2 * at[0] - 1, 2 * at[1] - 1)
    both = 2 if from_middle else 1
    new_wide = max(LEAST_PX, wide + side[0] * pull[0] * both) if side[0] else wide
    new_high = max(LEAST_PX, high + side[1] * pull[1] * both) if side[1] else high
    if keeps_shape:
        if side[0] and side[1]:
            scale = max(new_wide / wide, new_high / high)
        else:
            scale = new_wide / wide if side[0] else new_high / high
        new_wide, new_high = max(LEAST_PX, wide * scale), max(LEAST_PX, high * scale)
    shift = (0.0, 0.0)
    if not from_middle:
        grow = ((new_wide - wide) / 2 * side[0], (new_high - high) / 2 * side[1])
        shift = _rotate(grow, rotation)
    centre = middle(box, size)
    x, y = centre[0] + shift[0] - new_wide / 2, centre[1] + shift[1] - new_high / 2
    return Box(x / size[0], y / size[1], new_wide / size[0], new_high / size[1])


def cropped(box: Box, crop: Crop, handle: str, by: Point, size: Size) -> tuple[Box, Crop]:
    """A side pulled with Alt: what is inside stays where it is, more or less of it is seen."""
    at = HANDLES[handle]
    left = crop.left + crop.right
    top = crop.top + crop.bottom
    across = (1 - left) / box.w / size[0]  # parts of the source a pixel of the screen shows
    down = (1 - top) / box.h / size[1]
    sides = {"left": crop.left, "top": crop.top, "right": crop.right, "bottom": crop.bottom}
    if at[0] == 0.0:
        sides["left"] = _within(crop.left + by[0] * across, 1 - crop.right - 0.02)
    elif at[0] == 1.0:
        sides["right"] = _within(crop.right - by[0] * across, 1 - crop.left - 0.02)
    if at[1] == 0.0:
        sides["top"] = _within(crop.top + by[1] * down, 1 - crop.bottom - 0.02)
    elif at[1] == 1.0:
        sides["bottom"] = _within(crop.bottom - by[1] * down, 1 - crop.top - 0.02)
    new = Crop(**sides)
    per_x, per_y = box.w / (1 - left), box.h / (1 - top)
    x, y = box.x + (new.left - crop.left) * per_x, box.y + (new.top - crop.top) * per_y
    w, h = (1 - new.left - new.right) * per_x, (1 - new.top - new.bottom) * per_y
    return Box(x, y, w, h), new


def _within(value: float, most: float) -> float:
    return min(max(0.0, value), most)


def angle_to(point: Point, box: Box, size: Size, *, in_steps: bool = False) -> float:
    """How far a box is turned when its turning handle is at a point; steps of 15 degrees."""
    centre = middle(box, size)
    degrees = math.degrees(math.atan2(point[0] - centre[0], centre[1] - point[1]))
    if in_steps:
        degrees = round(degrees / 15) * 15
    elif abs(degrees - round(degrees / 90) * 90) < 2:
        degrees = round(degrees / 90) * 90
    return degrees % 360


def lines_of(boxes: Iterable[Box], safe: Box | None = None) -> Lines:
    """What a moved box may snap to: the canvas, its middle, the safe area, other items."""
    xs, ys = {0.0, 0.5, 1.0}, {0.0, 0.5, 1.0}
    for box in (*boxes, *([safe] if safe else [])):
        xs |= {box.x, box.x + box.w / 2, box.x + box.w}
        ys |= {box.y, box.y + box.h / 2, box.y + box.h}
    return Lines(tuple(sorted(xs)), tuple(sorted(ys)))


def snap(box: Box, lines: Lines, size: Size, reach: float = 7.0) -> tuple[Box, Lines]:
    """A moved box drawn to the nearest line on each axis; and the lines it lies on."""
    dx, on_x = _nearest((box.x, box.x + box.w / 2, box.x + box.w), lines.xs, reach / size[0])
    dy, on_y = _nearest((box.y, box.y + box.h / 2, box.y + box.h), lines.ys, reach / size[1])
    return Box(box.x + dx, box.y + dy, box.w, box.h), Lines(on_x, on_y)


def snap_side(
    box: Box, handle: str, lines: Lines, size: Size, reach: float = 7.0
) -> tuple[Box, Lines]:
    """A resized (unturned) box whose pulled sides are drawn to lines."""
    at = HANDLES[handle]
    x0, x1, y0, y1 = box.x, box.x + box.w, box.y, box.y + box.h
    on_x: tuple[float, ...] = ()
    on_y: tuple[float, ...] = ()
    if at[0] != 0.5:
        dx, on_x = _nearest((x0 if at[0] == 0 else x1,), lines.xs, reach / size[0])
        x0, x1 = (x0 + dx, x1) if at[0] == 0 else (x0, x1 + dx)
    if at[1] != 0.5:
        dy, on_y = _nearest((y0 if at[1] == 0 else y1,), lines.ys, reach / size[1])
        y0, y1 = (y0 + dy, y1) if at[1] == 0 else (y0, y1 + dy)
    return Box(x0, y0, max(0.002, x1 - x0), max(0.002, y1 - y0)), Lines(on_x, on_y)


def _nearest(
    points: Sequence[float], lines: Sequence[float], reach: float
) -> tuple[float, tuple[float, ...]]:
    best = min(
        ((line - point, line) for point in points for line in lines),
        key=lambda pair: abs(pair[0]),
        default=(1.0, 0.0),
    )
    return (best[0], (best[1],)) if abs(best[0]) <= reach else (0.0, ())
