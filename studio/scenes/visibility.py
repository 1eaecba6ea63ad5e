"""What viewers see of a source: the visible, uncovered share of a canvas's programme."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.media.blend_modes import Blend
from studio.media.frame import Frame, yuv_of
from studio.media.yuv import Rect
from studio.scenes.graph import Shown, find_scene
from studio.scenes.layout import place_item
from studio.scenes.model import Box, Canvas, Item, Scene, ScenesState

COLUMNS, ROWS = 64, 36
DEEPEST = 8
"""Scenes within scenes that are followed."""

BLACK, SPAN = 16, 219
"""Luma of black, and from there to white."""

Mask = NDArray[np.bool_]
Cells = NDArray[np.uint8]
Light = NDArray[np.float64]
_ALL = np.ones((ROWS, COLUMNS))
_SOURCE = np.stack([0 * _ALL, _ALL])


class PictureFacts(NamedTuple):
    """What is known of a source's picture.

    Attributes:
        size: (width, height) in pixels of the picture that stands now; None while there is none.
        is_opaque: it hides what is behind it; where not, ``cover`` says how much.
        is_still: by nature: a picture, words, a ground; viewers miss no movement of it.
        has_video: it gives pictures at all.
        shown: the scene or source it shows instead of a picture of its own.
        cover: (n, m) uint8, how much it hides over its picture (see `cover_of`); None: nothing.
        light: (n, m) uint8 at the same places, how light it is (see `light_of`); None: half.
    """

    size: tuple[int, int] | None = None
    is_opaque: bool = True
    is_still: bool = False
    has_video: bool = True
    shown: Shown = Shown()
    cover: Cells | None = None
    light: Cells | None = None


def cover_of(alpha: Cells) -> Cells:
    """A picture's alpha at `ROWS` by `COLUMNS` places: some microseconds at any size."""
    high, wide = alpha.shape
    down = ((np.arange(ROWS) + 0.5) * high / ROWS).astype(int)
    across = ((np.arange(COLUMNS) + 0.5) * wide / COLUMNS).astype(int)
    return np.ascontiguousarray(alpha[down[:, None], across[None, :]])


def light_of(frame: Frame) -> Cells:
    """A picture's luma above black at the places of `cover_of`, 0..219, times its alpha."""
    light = cover_of(frame.y).astype(np.int16)
    black = BLACK if frame.alpha is None else cover_of(frame.alpha) * (BLACK / 255)
    return np.clip(light - black, 0, SPAN).astype(np.uint8)


def visible_share(
    source: str, state: ScenesState, canvas: Canvas, facts: Mapping[str, PictureFacts]
) -> float:
    """How much of a canvas's programme shows a source, 0..1.

    The programme's light is worked out twice, with the source black and white: how far the two
    are apart is what viewers see of it. So what stands in front takes off as much as it hides, by
    its opacity, its alpha and its blend mode (a white picture that is multiplied hides nothing, a
    white one that is added hides all), an item whose opacity is a half counts half, and what
    scenes and mirrors on the programme show of the source counts too.

    Args:
        facts: of every source; one that is not named has no picture.
    """
    scene = state.scene(state.programme.get(canvas.name, ""))
    if scene is None:
        return 0.0
    ground = yuv_of(*(int(scene.colour[at : at + 2], 16) for at in (1, 3, 5)))[0]
    look = _Look(source, state, canvas, facts)
    black, white = look.scene(scene, (ground - BLACK) / SPAN, DEEPEST)
    return float(np.abs(white - black).mean())


class _Look(NamedTuple):
    """Paints scenes in light alone, each twice: the source black, the source white."""

    source: str
    state: ScenesState
    canvas: Canvas
    facts: Mapping[str, PictureFacts]

    def scene(self, scene: Scene, ground: float, deep: int) -> Light:
        """(2, `ROWS`, `COLUMNS`), 0..1: its items from back to front."""
        below = np.full((2, ROWS, COLUMNS), ground)
        for item in scene.items:
            box = item.boxes.get(self.canvas.name)
            if not item.is_enabled or box is None or item.opacity <= 0:
                continue
            known = self.facts.get(item.source, PictureFacts())
            picture = self._picture(item.source, known, deep)
            if picture is None:
                continue
            light, cover = picture
            cells, places = _cells(item, box, known, self.canvas)
            opacity = min(1.0, item.opacity) * cells
            below = blended(
                below,
                light[:, places[0], places[1]] * opacity,
                cover[places[0], places[1]] * opacity,
                item.blend,
            )
        return below

    def _picture(self, name: str, known: PictureFacts, deep: int) -> tuple[Light, Light] | None:
        """The light and the cover of what a source shows; None: it shows nothing."""
        if name == self.source:
            return _SOURCE, _SOURCE[1]
        cover = _ALL * float(known.is_opaque)
        if not known.is_opaque and known.cover is not None:
            cover = known.cover / 255
        shown = self._shown(known, deep)
        if shown is not None and (known.size or (shown[0] != shown[1]).any()):
            return shown, cover if known.size else _ALL
        if not known.size:
            return None
        light = cover / 2 if known.light is None else known.light / SPAN
        return np.stack([light, light]), cover

    def _shown(self, known: PictureFacts, deep: int) -> Light | None:
        """The light of the scene or source that it shows."""
        if deep <= 0:
            return None
        if known.shown.source:
            inner = known.shown.source
            picture = self._picture(inner, self.facts.get(inner, PictureFacts()), deep - 1)
            return None if picture is None else picture[0]
        nested = find_scene(self.state, known.shown.scene) if known.shown.scene else None
        return None if nested is None else self.scene(nested, 0.0, deep - 1)


def blended(below: Light, light: Light, alpha: Light, mode: Blend) -> Light:
    """Light 0..1 with a picture over it, as `studio.media.blends` does it with luma.

    Args:
        below: what is there.
        light, alpha: of the picture, light times alpha.
    """
    made: Light
    if mode == "add":
        made = np.minimum(below + light, 1)
    elif mode == "subtract":
        made = np.maximum(below - light, 0)
    elif mode == "screen":
        made = below + light - below * light
    elif mode == "multiply":
        made = below * (1 - alpha) + below * light
    else:
        made = below * (1 - alpha) + light
        if mode == "lighten":
            made = np.maximum(below, made)
        elif mode == "darken":
            made = np.minimum(below, made)
    return made


def _cells(
    item: Item, box: Box, known: PictureFacts, canvas: Canvas
) -> tuple[Mask, tuple[NDArray[Any], NDArray[Any]]]:
    """The cells of the canvas whose middle lies in an item's picture; which place of it there."""
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
    size = known.size or (rect.w, rect.h)
    part_px = (place.part if place else None) or Rect(0, 0, *size)
    places = []
    for part, is_back, low, side, own, count in (
        (down, item.is_flipped, part_px.y, part_px.h, size[1], ROWS),
        (along, item.is_mirrored, part_px.x, part_px.w, size[0], COLUMNS),
    ):
        of_picture = (low + side * (0.5 + (-part if is_back else part))) / max(1, own)
        places.append(np.clip(of_picture * count, 0, count - 1).astype(int))
    return inside, (places[0], places[1])


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
