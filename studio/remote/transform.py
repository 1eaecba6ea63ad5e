"""A scene item's place in OBS's words: pixels, bounds, scale and crop, from our box and back.

Our items stand in a box, given in parts of the canvas, that their picture covers, fits into or is
stretched to. OBS calls that bounds: SCALE_OUTER (cropped to them), SCALE_INNER, STRETCH. A client
that sets a scale instead gets a stretched box of that size; a negative scale mirrors. OBS turns an
item about the point that its alignment names, we about the middle of its box.

Source: obs-websocket protocol.md, "GetSceneItemTransform"; obs.h, enum obs_bounds_type and
OBS_ALIGN_*.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote.arguments import maybe, number, whole
from studio.scenes.model import Box, Crop, Fit, Item

LEFT, RIGHT, TOP, BOTTOM = 1, 2, 4, 8
BOUNDS: dict[str, Fit] = {
    "OBS_BOUNDS_SCALE_OUTER": "cover",
    "OBS_BOUNDS_SCALE_INNER": "contain",
    "OBS_BOUNDS_STRETCH": "stretch",
    "OBS_BOUNDS_NONE": "stretch",
    "OBS_BOUNDS_SCALE_TO_WIDTH": "contain",
    "OBS_BOUNDS_SCALE_TO_HEIGHT": "contain",
    "OBS_BOUNDS_MAX_ONLY": "contain",
}
TYPE_OF = {
    "cover": "OBS_BOUNDS_SCALE_OUTER",
    "contain": "OBS_BOUNDS_SCALE_INNER",
    "stretch": "OBS_BOUNDS_STRETCH",
}
FARTHEST = 90_001.0
MOST_CROP = 100_000

Size = tuple[int, int]


class PlacedItem(NamedTuple):
    """What `items.set` takes."""

    box: Box
    crop: Crop
    fit: Fit
    rotation: float = 0.0
    is_mirrored: bool = False
    is_flipped: bool = False


def describe(item: Item, canvas: str, size: Size, source: Size) -> Data:
    """An item on a canvas as OBS tells it.

    Args:
        size: of the canvas, pixels.
        source: of the source's picture, pixels; (0, 0) while it has none.
    """
    box = item.boxes.get(canvas, Box(0, 0, 0, 0))
    width, height = box.w * size[0], box.h * size[1]
    crop = _crop_px(item.crop, source)
    seen = (source[0] - crop[0] - crop[2], source[1] - crop[1] - crop[3])
    scale_x, scale_y = (width / seen[0], height / seen[1]) if seen[0] > 0 < seen[1] else (1.0, 1.0)
    if item.fit == "cover":
        scale_x = scale_y = max(scale_x, scale_y)
    elif item.fit == "contain":
        scale_x = scale_y = min(scale_x, scale_y)
    corner = _turned(-width / 2, -height / 2, item.rotation)
    x = box.x * size[0] + width / 2 + corner[0]
    y = box.y * size[1] + height / 2 + corner[1]
    return {
        "sourceWidth": float(source[0]),
        "sourceHeight": float(source[1]),
        "positionX": round(x, 3),
        "positionY": round(y, 3),
        "rotation": item.rotation,
        "scaleX": -scale_x if item.is_mirrored else scale_x,
        "scaleY": -scale_y if item.is_flipped else scale_y,
        "width": seen[0] * scale_x,
        "height": seen[1] * scale_y,
        "alignment": LEFT | TOP,
        "boundsType": TYPE_OF[item.fit],
        "boundsAlignment": 0,
        "boundsWidth": round(width, 3),
        "boundsHeight": round(height, 3),
        "cropLeft": crop[0],
        "cropTop": crop[1],
        "cropRight": crop[2],
        "cropBottom": crop[3],
        "cropToBounds": item.fit == "cover",
    }


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
    wants_scale = any(given.get(name) is not None for name in ("scaleX", "scaleY"))
    if wants_scale and bounds in (None, "OBS_BOUNDS_NONE"):
        fit = "stretch"
        width, height = _scaled(given, now, crop, source)
        mirrored, flipped = width < 0, height < 0
        width, height = abs(width), abs(height)
    x, y = _corner(given, now, width, height, rotation)
    box = Box(x / size[0], y / size[1], width / size[0], height / size[1])
    return PlacedItem(box, crop, fit, rotation, mirrored, flipped)


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


def _scaled(given: Data, now: Data, crop: Crop, source: Size) -> tuple[float, float]:
    """The size on the canvas after a scale."""
    if not all(source):
        raise RequestError(RequestStatus.INVALID_STATE, "The source has no picture to scale yet.")
    sides = []
    cut = (crop.left + crop.right, crop.top + crop.bottom)
    for name, length, part in zip(("scaleX", "scaleY"), source, cut, strict=True):
        scale = number(given, name, -FARTHEST, FARTHEST, now[name])
        side = scale * length * (1 - part)
        if not math.isfinite(side) or not 1 <= abs(side) <= FARTHEST:
            raise RequestError(
                RequestStatus.OUT_OF_RANGE, f"`{name}` leaves no size that can be shown."
            )
        sides.append(side)
    return sides[0], sides[1]


def _corner(
    given: Data, now: Data, width: float, height: float, rotation: float
) -> tuple[float, float]:
    """The top left corner of the upright box, from the point that the alignment names."""
    alignment = whole(given, "alignment", 0, 15, LEFT | TOP)
    x = number(given, "positionX", -FARTHEST, FARTHEST, now["positionX"])
    y = number(given, "positionY", -FARTHEST, FARTHEST, now["positionY"])
    across = _share(alignment, LEFT, RIGHT) if given.get("positionX") is not None else 0.0
    down = _share(alignment, TOP, BOTTOM) if given.get("positionY") is not None else 0.0
    # The position stays where it is when the item turns about it; from it to the middle.
    middle = _turned((0.5 - across) * width, (0.5 - down) * height, rotation)
    return x + middle[0] - width / 2, y + middle[1] - height / 2


def _share(alignment: int, near: int, far: int) -> float:
    if alignment & near:
        return 0.0
    return 1.0 if alignment & far else 0.5
