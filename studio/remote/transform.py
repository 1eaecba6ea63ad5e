"""A scene item's place in OBS's words: pixels, bounds, scale and crop, from our box and back.

Our items stand in a box, given in parts of the canvas. OBS calls that bounds, and has no bounds
where the picture is as large as its own pixels times a scale: our native. OBS turns an item about
the point that its alignment names, we about the middle of its box; a negative scale mirrors, about
that point where there are no bounds and in its place where there are.

Source: obs-websocket protocol.md, "GetSceneItemTransform"; obs.h, enum obs_bounds_type and
OBS_ALIGN_*; libobs/obs-scene.c, update_item_transform.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote.arguments import maybe, number, whole
from studio.scenes.layout import CUTTING, Area, drawn_size, scales, seen_size
from studio.scenes.model import Box, Crop, Fit, Item

LEFT, RIGHT, TOP, BOTTOM = 1, 2, 4, 8
BOUNDS: dict[str, Fit] = {
    "OBS_BOUNDS_SCALE_OUTER": "cover",
    "OBS_BOUNDS_SCALE_INNER": "contain",
    "OBS_BOUNDS_STRETCH": "stretch",
    "OBS_BOUNDS_NONE": "native",
    "OBS_BOUNDS_SCALE_TO_WIDTH": "width",
    "OBS_BOUNDS_SCALE_TO_HEIGHT": "height",
    "OBS_BOUNDS_MAX_ONLY": "shrink",
}
TYPE_OF: dict[Fit, str] = {fit: name for name, fit in BOUNDS.items()}
FARTHEST = 90_001.0
MOST_CROP = 100_000
NOMINAL = (100, 100)
"""Stands for the size of a picture that is not there yet; its scale is the same."""

Size = tuple[int, int]


class PlacedItem(NamedTuple):
    """What `items.set` takes."""

    box: Box
    crop: Crop
    fit: Fit
    rotation: float = 0.0
    is_mirrored: bool = False
    is_flipped: bool = False
    focus: tuple[float, float] = (0.5, 0.5)
    anchor: tuple[float, float] = (0.0, 0.0)
    is_cut: bool = True
    unit: tuple[float, float] = (0.0, 0.0)


def describe(item: Item, canvas: str, size: Size, source: Size) -> Data:
    """An item on a canvas as OBS tells it.

    Args:
        size: of the canvas, pixels.
        source: of the source's picture, pixels; (0, 0) while it has none.
    """
    box = item.boxes.get(canvas, Box(0, 0, 0, 0))
    bounds = Area(box.x * size[0], box.y * size[1], box.w * size[0], box.h * size[1])
    crop = _crop_px(item.crop, source)
    scale_x, scale_y, width, height = _scale(item, bounds, source, crop)
    across, down = _anchor(item)
    corner = _turned((across - 0.5) * bounds.w, (down - 0.5) * bounds.h, item.rotation)
    return {
        "sourceWidth": float(source[0]),
        "sourceHeight": float(source[1]),
        "positionX": round(bounds.x + bounds.w / 2 + corner[0], 3),
        "positionY": round(bounds.y + bounds.h / 2 + corner[1], 3),
        "rotation": item.rotation,
        "scaleX": -scale_x if item.is_mirrored else scale_x,
        "scaleY": -scale_y if item.is_flipped else scale_y,
        "width": width,
        "height": height,
        "alignment": _bits(item.anchor_x, item.anchor_y),
        "boundsType": TYPE_OF[item.fit],
        "boundsAlignment": _bits(*_focus(item.focus_x, item.focus_y, item)),
        "boundsWidth": round(bounds.w, 3),
        "boundsHeight": round(bounds.h, 3),
        "cropLeft": crop[0],
        "cropTop": crop[1],
        "cropRight": crop[2],
        "cropBottom": crop[3],
        "cropToBounds": item.is_cut,
    }


def _scale(
    item: Item, bounds: Area, source: Size, crop: tuple[int, int, int, int]
) -> tuple[float, float, float, float]:
    """Scale across and down, and the size of the picture on the canvas."""
    seen = (source[0] - crop[0] - crop[2], source[1] - crop[1] - crop[3])
    if not (seen[0] > 0 < seen[1]):
        across, down = scales(item, bounds) if item.fit in ("native", "shrink") else (1.0, 1.0)
        return across, down, seen[0] * across, seen[1] * down
    wide, high = drawn_size(item, bounds, source)
    if item.fit in ("native", "shrink") or item.unit[0]:
        return *scales(item, bounds), wide, high
    return wide / seen[0], high / seen[1], wide, high


def _anchor(item: Item) -> tuple[float, float]:
    """The named point as parts of the box: that of a mirrored native picture lies across."""
    across, down = item.anchor_x, item.anchor_y
    if item.fit == "native":
        across = 1 - across if item.is_mirrored else across
        down = 1 - down if item.is_flipped else down
    return across, down


def _focus(x: float, y: float, item: Item) -> tuple[float, float]:
    """Where in its box a picture stands, from what of it stays in view; and back."""
    if item.fit in CUTTING and item.is_cut:
        return 1 - x if item.is_mirrored else x, 1 - y if item.is_flipped else y
    return x, y


def apply(item: Item, canvas: str, size: Size, source: Size, given: Data) -> PlacedItem:
    """Where ``item`` stands after a client's SetSceneItemTransform; only what is given changes.

    Raises:
        RequestError: 400, 401 and 402 for a field, 604 and 703 for what cannot be done now.
    """
    now = describe(item, canvas, size, source)
    rotation = number(given, "rotation", -360, 360, item.rotation)
    mirrored, flipped = item.is_mirrored, item.is_flipped
    fit = item.fit
    bounds = maybe(given, "boundsType")
    if bounds is not None:
        if bounds not in BOUNDS:
            raise RequestError(RequestStatus.INVALID_FIELD, f"There is no `boundsType` {bounds}.")
        fit = BOUNDS[bounds]
    crop = item.crop
    if any(given.get(name) is not None for name in _CROPS):
        crop = _crop_parts(given, now, source)
    width = number(given, "boundsWidth", 1, FARTHEST, now["boundsWidth"])
    height = number(given, "boundsHeight", 1, FARTHEST, now["boundsHeight"])
    across = number(given, "scaleX", -FARTHEST, FARTHEST, now["scaleX"])
    down = number(given, "scaleY", -FARTHEST, FARTHEST, now["scaleY"])
    unit = item.unit
    wants_scale = any(given.get(name) is not None for name in ("scaleX", "scaleY"))
    is_told = wants_scale and given.get("scaleX", now["scaleX"]) == now["scaleX"]
    is_told = is_told and given.get("scaleY", now["scaleY"]) == now["scaleY"]
    if wants_scale:
        mirrored, flipped = across < 0, down < 0
    if fit == "native" and (wants_scale or crop != item.crop or item.fit != fit):
        width, height, unit = _native(across, down, crop, source if all(source) else NOMINAL)
    elif fit == "native":
        width, height = now["boundsWidth"], now["boundsHeight"]
    elif fit == "shrink" or (
        (item.unit[0] or bounds) and wants_scale and (bounds or fit != "stretch")
    ):
        unit = _unit((width, height), (across, down), crop)
    elif wants_scale and bounds is None and not is_told:
        fit, unit = "stretch", (0.0, 0.0)
        if not all(source):
            raise RequestError(
                RequestStatus.INVALID_STATE, "The source has no picture to scale yet."
            )
        width, height, _ = _native(across, down, crop, source)
    after = _Aligned(item, given, now)
    made = Item(
        item.id,
        item.source,
        fit=fit,
        is_cut=maybe(given, "cropToBounds", bool, item.is_cut),
        is_mirrored=mirrored,
        is_flipped=flipped,
        anchor_x=after.anchor[0],
        anchor_y=after.anchor[1],
    )
    x, y = _corner(given, now, made, width, height, rotation)
    box = Box(x / size[0], y / size[1], width / size[0], height / size[1])
    focus = _focus(*after.focus, made)
    return PlacedItem(
        box, crop, fit, rotation, mirrored, flipped, focus, after.anchor, made.is_cut, unit
    )


class _Aligned:
    """The two alignments after a change: of the item, and of its picture in the bounds."""

    def __init__(self, item: Item, given: Data, now: Data) -> None:
        self.anchor = (item.anchor_x, item.anchor_y)
        self.focus = _focus(item.focus_x, item.focus_y, item)
        if given.get("alignment") is not None:
            self.anchor = _parts(whole(given, "alignment", 0, 15), self.anchor)
        if given.get("boundsAlignment") is not None:
            self.focus = _parts(whole(given, "boundsAlignment", 0, 15), self.focus)


def _parts(alignment: int, now: tuple[float, float]) -> tuple[float, float]:
    """An alignment as parts; one that was told of other parts than 0, ½ and 1 changes nothing."""
    if alignment == _bits(*now):
        return now
    return _share(alignment, LEFT, RIGHT), _share(alignment, TOP, BOTTOM)


def _bits(across: float, down: float) -> int:
    """Parts of a side as the nearest alignment."""
    horizontal = LEFT if across < 0.25 else RIGHT if across > 0.75 else 0
    vertical = TOP if down < 0.25 else BOTTOM if down > 0.75 else 0
    return horizontal | vertical


def _native(
    across: float, down: float, crop: Crop, source: Size
) -> tuple[float, float, tuple[float, float]]:
    """Size on the canvas, and unit, of a picture that is drawn at a scale.

    Raises:
        RequestError: 402 for a scale at which nothing could be seen.
    """
    seen = seen_size(crop, source)
    sides = []
    for name, scale, length in zip(("scaleX", "scaleY"), (across, down), seen, strict=True):
        side = abs(scale) * length
        if not math.isfinite(side) or not 1 <= side <= FARTHEST:
            raise RequestError(
                RequestStatus.OUT_OF_RANGE, f"`{name}` leaves no size that can be shown."
            )
        sides.append(side)
    return sides[0], sides[1], (float(source[0]), float(source[1]))


def _unit(box: tuple[float, float], scale: tuple[float, float], crop: Crop) -> tuple[float, float]:
    """How many pixels of a source, before the crop, are as large as a box at a scale."""
    left = (1 - crop.left - crop.right, 1 - crop.top - crop.bottom)
    wide, high = (
        min(1e6, side / max(1e-6, abs(length) * part))
        for side, length, part in zip(box, scale, left, strict=True)
    )
    return wide, high


def _turned(x: float, y: float, degrees: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    return cos * x - sin * y, sin * x + cos * y


_CROPS = ("cropLeft", "cropTop", "cropRight", "cropBottom")


def _crop_px(crop: Crop, source: Size) -> tuple[int, int, int, int]:
    return (
        round(crop.left * source[0]),
        round(crop.top * source[1]),
        round(crop.right * source[0]),
        round(crop.bottom * source[1]),
    )


def _crop_parts(given: Data, now: Data, source: Size) -> Crop:
    px = [whole(given, name, 0, MOST_CROP, now[name]) for name in _CROPS]
    if not all(source):
        raise RequestError(RequestStatus.INVALID_STATE, "The source has no picture to crop yet.")
    if px[0] + px[2] >= source[0] or px[1] + px[3] >= source[1]:
        raise RequestError(RequestStatus.OUT_OF_RANGE, "Nothing of the picture would be left.")
    return Crop(px[0] / source[0], px[1] / source[1], px[2] / source[0], px[3] / source[1])


def _corner(
    given: Data, now: Data, made: Item, width: float, height: float, rotation: float
) -> tuple[float, float]:
    """The top left corner of the upright box, from the point that the alignment names."""
    x = number(given, "positionX", -FARTHEST, FARTHEST, now["positionX"])
    y = number(given, "positionY", -FARTHEST, FARTHEST, now["positionY"])
    across, down = _anchor(made)
    # The position stays where it is when the item turns about it; from it to the middle.
    middle = _turned((0.5 - across) * width, (0.5 - down) * height, rotation)
    return x + middle[0] - width / 2, y + middle[1] - height / 2


def _share(alignment: int, near: int, far: int) -> float:
    if alignment & near:
        return 0.0
    return 1.0 if alignment & far else 0.5
