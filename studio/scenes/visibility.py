"""What viewers see of a source: the visible, uncovered share of a canvas's programme."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.media.yuv import Rect
from studio.scenes.graph import Shown, find_scene
from studio.scenes.layout import place_item
from studio.scenes.model import Box, Canvas, Item, Scene, ScenesState

COLUMNS, ROWS = 64, 36
DEEPEST = 8
"""Scenes within scenes that are followed."""

Mask = NDArray[np.bool_]


class PictureFacts(NamedTuple):
    """What is known of a source's picture.

    Attributes:
        size: (width, height) in pixels of the picture that stands now; None while there is none.
        is_opaque: it hides what is behind it.
        is_still: by nature: a picture, words, a ground; viewers miss no movement of it.
        has_video: it gives pictures at all.
        shown: the scene or source it shows instead of a picture of its own.
    """

    size: tuple[int, int] | None = None
    is_opaque: bool = True
    is_still: bool = False
    has_video: bool = True
    shown: Shown = Shown()


def visible_share(
    source: str, state: ScenesState, canvas: Canvas, facts: Mapping[str, PictureFacts]
) -> float:
    """How much of a canvas's programme shows a source, 0..1.

    Items that stand in front of it and are opaque are taken off; an item whose opacity is a half
    counts half. What scenes and mirrors on the programme show of the source counts too.

    Args:
        facts: of every source; one that is not named has no picture.
    """
    scene = state.scene(state.programme.get(canvas.name, ""))
    return 0.0 if scene is None else _share(source, scene, state, canvas, facts, DEEPEST)


def _share(
    source: str,
    scene: Scene,
    state: ScenesState,
    canvas: Canvas,
    facts: Mapping[str, PictureFacts],
    deep: int,
) -> float:
    covered: Mask = np.zeros((ROWS, COLUMNS), np.bool_)
    total = 0.0
    for item in reversed(scene.items):
        box = item.boxes.get(canvas.name)
        if not item.is_enabled or box is None or item.opacity <= 0:
            continue
        known = facts.get(item.source, PictureFacts())
        cells = _cells(item, box, known.size, canvas)
        part = _part_of(source, item.source, known, state, canvas, facts, deep)
        if part:
            seen = float(np.count_nonzero(cells & ~covered)) / covered.size
            total += seen * part * item.opacity
        if item.opacity >= 1 and item.blend == "normal" and known.is_opaque and known.size:
            covered |= cells
    return min(1.0, total)


def _part_of(
    source: str,
    name: str,
    known: PictureFacts,
    state: ScenesState,
    canvas: Canvas,
    facts: Mapping[str, PictureFacts],
    deep: int,
) -> float:
    """How much of what the source ``name`` shows is ``source``, 0..1."""
    if name == source:
        return 1.0
    if deep <= 0:
        return 0.0
    if known.shown.source:
        inner = known.shown.source
        next_known = facts.get(inner, PictureFacts())
        return _part_of(source, inner, next_known, state, canvas, facts, deep - 1)
    nested = find_scene(state, known.shown.scene) if known.shown.scene else None
    return 0.0 if nested is None else _share(source, nested, state, canvas, facts, deep - 1)


def _cells(item: Item, box: Box, size: tuple[int, int] | None, canvas: Canvas) -> Mask:
    """The cells of the canvas whose middle lies in the item's picture."""
    whole = (canvas.width, canvas.height)
    rect = place_item(item, box, size, whole).rect if size else _box_rect(box, canvas)
    x = (np.arange(COLUMNS) + 0.5) * canvas.width / COLUMNS - (rect.x + rect.w / 2)
    y = (np.arange(ROWS) + 0.5)[:, None] * canvas.height / ROWS - (rect.y + rect.h / 2)
    turn = math.radians(item.rotation % 360)
    if turn:
        cos, sin = math.cos(turn), math.sin(turn)
        along, down = x * cos + y * sin, y * cos - x * sin
    else:
        along, down = x + 0 * y, y + 0 * x
    along = along - item.shear * down
    inside: Mask = (np.abs(along) <= rect.w / 2) & (np.abs(down) <= rect.h / 2)
    return inside & _within_outline(item, along / max(1, rect.w), down / max(1, rect.h))


def _within_outline(item: Item, x: NDArray[np.float64], y: NDArray[np.float64]) -> Mask:
    """Which places, in parts of the picture from its middle, lie in the part that is seen."""
    inside: Mask = np.ones(x.shape, np.bool_)
    if not item.outline:
        return inside
    x = 0.5 + (-x if item.is_mirrored else x)
    y = 0.5 + (-y if item.is_flipped else y)
    corners = item.outline
    middle = [sum(corner[axis] for corner in corners) / len(corners) for axis in (0, 1)]
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        own = (bx - ax) * (middle[1] - ay) - (by - ay) * (middle[0] - ax)
        inside &= side * own >= 0
    return inside


def _box_rect(box: Box, canvas: Canvas) -> Rect:
    return Rect(
        round(box.x * canvas.width),
        round(box.y * canvas.height),
        round(box.w * canvas.width),
        round(box.h * canvas.height),
    )
