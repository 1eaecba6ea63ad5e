"""What viewers see of a source: the visible, uncovered share of a canvas's programme."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

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
        is_opaque: it hides what is behind it; where not, ``cover`` says how much.
        is_still: by nature: a picture, words, a ground; viewers miss no movement of it.
        has_video: it gives pictures at all.
        shown: the scene or source it shows instead of a picture of its own.
        cover: (n, m) uint8, how much it hides over its picture (see `cover_of`); None: nothing.
    """

    size: tuple[int, int] | None = None
    is_opaque: bool = True
    is_still: bool = False
    has_video: bool = True
    shown: Shown = Shown()
    cover: NDArray[np.uint8] | None = None


def cover_of(alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture's alpha at `ROWS` by `COLUMNS` places: some microseconds at any size."""
    high, wide = alpha.shape
    down = ((np.arange(ROWS) + 0.5) * high / ROWS).astype(int)
    across = ((np.arange(COLUMNS) + 0.5) * wide / COLUMNS).astype(int)
    return np.ascontiguousarray(alpha[down[:, None], across[None, :]])


def visible_share(
    source: str, state: ScenesState, canvas: Canvas, facts: Mapping[str, PictureFacts]
) -> float:
    """How much of a canvas's programme shows a source, 0..1.

    What stands in front of it is taken off, as far as it hides: by its opacity and its alpha. An
    item whose opacity is a half counts half. What scenes and mirrors on the programme show of the
    source counts too.

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
    clear = np.ones((ROWS, COLUMNS))
    total = 0.0
    for item in reversed(scene.items):
        box = item.boxes.get(canvas.name)
        if not item.is_enabled or box is None or item.opacity <= 0:
            continue
        known = facts.get(item.source, PictureFacts())
        cells, hides = _cells(item, box, known, canvas)
        part = _part_of(source, item.source, known, state, canvas, facts, deep)
        if part:
            seen = float(clear[cells].sum()) / clear.size
            total += seen * part * item.opacity
        if item.blend == "normal" and known.size:
            clear -= clear * hides * min(1.0, item.opacity)
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


def _cells(item: Item, box: Box, known: PictureFacts, canvas: Canvas) -> tuple[Mask, NDArray[Any]]:
    """The cells of the canvas whose middle lies in an item's picture; what it hides there."""
    whole = (canvas.width, canvas.height)
    place = place_item(item, box, known.size, whole) if known.size else None
    rect = place.rect if place else _box_rect(box, canvas)
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
    along, down = along / max(1, rect.w), down / max(1, rect.h)
    inside &= _within_outline(item, along, down)
    if known.is_opaque or known.cover is None or place is None or known.size is None:
        return inside, inside * float(known.is_opaque)
    part_px = place.part or Rect(0, 0, *known.size)
    places = []
    for part, is_back, low, side, own, count in (
        (along, item.is_mirrored, part_px.x, part_px.w, known.size[0], COLUMNS),
        (down, item.is_flipped, part_px.y, part_px.h, known.size[1], ROWS),
    ):
        of_picture = (low + side * (0.5 + (-part if is_back else part))) / own
        places.append(np.clip(of_picture * count, 0, count - 1).astype(int))
    return inside, inside * (known.cover[places[1], places[0]] / 255)


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
