"""Where OBS draws the items of a scene and of its groups, as items of ours.

Source: obs-studio ``libobs/obs-scene.c`` (update_item_transform, calculate_bounds_data). There an
item's position is that of the point which its alignment names; it is turned about it, and a
negative scale mirrors about it, unless it has bounds: then the picture stays in their box. A group
is a picture of its own that is placed in the same way; here its items stand on the scene itself,
moved, turned and leant as the group would have them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from studio.core.foreign import number
from studio.filters.kinds.crop import far_cut
from studio.media.picture_file import MAX_SIDE
from studio.scenes.layout import CUTTING, Area, drawn_size, place_exactly
from studio.scenes.model import Box, Crop, Fit, Item
from studio.show.obs_values import FARTHEST_PX, Json, Size, pair, scale_of, within
from studio.sources.model import FilterSpec

LEFT, RIGHT, TOP, BOTTOM = 1, 2, 4, 8
BOUNDS: dict[int, Fit] = {
    1: "stretch",
    2: "contain",
    3: "cover",
    4: "width",
    5: "height",
    6: "shrink",
}
"""Of enum obs_bounds_type; without bounds, 0, a picture has its own size."""
LEAST_PX = 1.0
Linear = tuple[float, float, float, float]
"""A matrix of two rows: xx, xy, yx, yy."""


class Picture(NamedTuple):
    """What is known of a source's picture.

    Attributes:
        size: as OBS has it, pixels.
        frame: as our source delivers it, pixels.
        edge: what of our frame lies outside of OBS's picture, parts of each side.
        is_guessed: nothing is known of it before it comes.
    """

    size: Size
    frame: Size
    edge: Crop = Crop()
    is_guessed: bool = False


class Laid(NamedTuple):
    """An item in the pixels of its scene or group: fit, flips and alignments are the item's.

    Attributes:
        bounds: its box before the turn.
    """

    item: Item
    bounds: Area


class Window(NamedTuple):
    """The canvas of OBS on one of ours.

    Attributes:
        scale: pixels of ours for one of OBS's.
        left, top: where its corner stands, in our pixels.
        size: of our canvas.
    """

    scale: float
    left: float
    top: float
    size: tuple[int, int]


def window(base: Size, canvas: tuple[int, int]) -> Window:
    """OBS's canvas as large as it goes in the middle of ours; its shape is kept."""
    scale = min(canvas[0] / base[0], canvas[1] / base[1])
    left, top = ((ours - theirs * scale) / 2 for ours, theirs in zip(canvas, base, strict=True))
    return Window(scale, left, top, canvas)


def on_canvas(laid: Laid, windows: dict[str, Window]) -> Item:
    """The item with a box for each canvas."""
    boxes = {}
    for name, view in windows.items():
        wide, high = view.size
        boxes[name] = Box(
            (view.left + laid.bounds.x * view.scale) / wide,
            (view.top + laid.bounds.y * view.scale) / high,
            laid.bounds.w * view.scale / wide,
            laid.bounds.h * view.scale / high,
        )
    return replace(laid.item, boxes=boxes)


def lay_item(item: Item, entry: Json, picture: Picture, canvas: Size) -> Laid:
    """An item where OBS puts it, with its crop, fit, flips and turn."""
    kind = int(within(number(entry.get("bounds_type"), 0), 99))
    fit: Fit = BOUNDS.get(kind, "native")
    across, down = _scale(entry, canvas)
    seen = seen_px(entry, picture.size)
    flips = (across < 0, down < 0)
    anchor = _parts(int(within(number(entry.get("align"), LEFT | TOP), 99)))
    focus = _parts(int(within(number(entry.get("bounds_align"), 0), 99)))
    scale = (max(1e-6, abs(across)), max(1e-6, abs(down)))
    wide, high = (_side(side * part) for side, part in zip(seen, scale, strict=True))
    unit = picture.frame
    if fit != "native":
        wide, high = (_side(side) for side in _bounds(entry, (wide, high), canvas))
        unit = (
            min(1e6, wide * unit[0] / (scale[0] * seen[0])),
            min(1e6, high * unit[1] / (scale[1] * seen[1])),
        )
        if fit != "shrink" and abs(scale[0] - scale[1]) <= 1e-6 * scale[0]:
            unit = (0.0, 0.0)  # it keeps its own shape
    is_cut = entry.get("bounds_crop") is True and fit in CUTTING
    if is_cut:  # where in its box, as what of the picture stays in view
        focus = _across(focus, flips)
    made = replace(
        item,
        fit=fit,
        crop=crop_of(entry, picture),
        rotation=number(entry.get("rot"), 0.0) % 360,
        is_mirrored=flips[0],
        is_flipped=flips[1],
        anchor_x=anchor[0],
        anchor_y=anchor[1],
        focus_x=focus[0],
        focus_y=focus[1],
        is_cut=is_cut,
        unit=unit,
        guessed=picture.frame if picture.is_guessed and any(_cuts(entry)) else (0.0, 0.0),
    )
    x, y = _position(entry, canvas)
    offsets = [
        side / 2 - _whole(part, side) for part, side in zip(anchor, (wide, high), strict=True)
    ]
    if fit == "native":  # a negative scale mirrors about the named point, not in its place
        offsets = [
            -filter_row if is_back else filter_row
            for filter_row, is_back in zip(offsets, flips, strict=True)
        ]
    dx, dy = _turn(made.rotation, *offsets)
    laid = Laid(made, Area(x + dx - wide / 2, y + dy - high / 2, wide, high))
    if fit in ("native", "stretch") or picture.is_guessed:  # of a guess no pixels are counted
        return laid
    cut = _cut_in_whole_pixels(laid, entry, picture) if is_cut else None
    return cut or _in_whole_pixels(laid, picture)


def _in_whole_pixels(laid: Laid, picture: Picture) -> Laid:
    """The picture stands in its box where OBS, which reckons in whole pixels there, puts it."""
    drawn = drawn_size(laid.item, laid.bounds, picture.frame)
    item = laid.item
    flips = (item.is_cut and item.is_mirrored, item.is_cut and item.is_flipped)
    places = _across((item.focus_x, item.focus_y), flips)
    found = []
    for part, side, own in zip(places, laid.bounds[2:], drawn, strict=True):
        left = side - own
        whole = math.copysign(_whole(part, abs(left)), left)
        found.append(part if abs(left) < 1 or (item.is_cut and left < 0) else whole / left)
    focus = _across((found[0], found[1]), flips)
    return replace_item(laid, focus_x=within(focus[0], 1.0), focus_y=within(focus[1], 1.0))


def _cut_in_whole_pixels(laid: Laid, entry: Json, picture: Picture) -> Laid | None:
    """A picture that is cut to its box, cut where OBS does: at its own whole pixels.

    Its box is then larger or smaller by a part of such a pixel, or moved by one of the canvas.
    None where that cannot be seen, or nothing is cut.
    """
    item, bounds = laid
    drawn = drawn_size(item, bounds, picture.frame)
    over = [own - side for own, side in zip(drawn, bounds[2:], strict=True)]
    axis = 0 if over[0] > 0.1 else 1
    seen = seen_px(entry, picture.size)[axis]
    scale = drawn[axis] / seen
    is_back = (item.is_mirrored, item.is_flipped)[axis]
    if over[axis] <= 0.1 or (scale <= 1.0 and not is_back):
        return None
    place = _parts(int(within(number(entry.get("bounds_align"), 0), 99)))[axis]
    first = place * over[axis] / scale
    rest = over[axis] / scale - first
    near, far = (math.floor(side + 0.5) for side in ((rest, first) if is_back else (first, rest)))
    if not near + far:
        return None
    side, old = (seen - near - far) * scale, bounds[2 + axis]
    start = 0.0
    if is_back:  # it hangs on the other edge
        whole = int(over[axis])
        origin = over[axis] if place == 0 else whole if place == 1 else 2 * (whole // 2)
        start = old + over[axis] - origin - side
    moved = start + (side - old) / 2
    dx, dy = _turn(item.rotation, *((moved, 0.0) if axis == 0 else (0.0, moved)))
    middle = (bounds.x + bounds.w / 2 + dx, bounds.y + bounds.h / 2 + dy)
    wide, high = (_side(side), bounds.h) if axis == 0 else (bounds.w, _side(side))
    box = Area(middle[0] - wide / 2, middle[1] - high / 2, wide, high)
    focus = {("focus_x", "focus_y")[axis]: near / (near + far)}
    return replace_item(Laid(item, box), **focus)


def corners(laid: Laid) -> list[Size]:
    """The corners of an item's box, turned."""
    x, y, w, h = laid.bounds
    middle = (x + w / 2, y + h / 2)
    turned = (_turn(laid.item.rotation, w * a / 2, h * b / 2) for a in (-1, 1) for b in (-1, 1))
    return [(middle[0] + dx, middle[1] + dy) for dx, dy in turned]


def frame_size(kind: str, size: Size) -> Size:
    """The size of our frame of a picture of ``size``: even sides; a large photo is made smaller."""
    most = max(size)
    if kind == "image" and most > MAX_SIDE:
        size = (max(2, round(size[0] * MAX_SIDE / most)), max(2, round(size[1] * MAX_SIDE / most)))
    return float(int(size[0]) & ~1), float(int(size[1]) & ~1)


def filtered(filters: Sequence[FilterSpec], picture: Picture) -> Picture:
    """A picture behind its filters: those that crop change its size."""
    size, frame = picture.size, picture.frame
    for filter_row in filters:
        if filter_row.kind == "crop" and filter_row.is_enabled:
            sides = [number(filter_row.settings.get(side), 0) for side in CROPPED]
            size = (_kept(size[0], *sides[:3]), _kept(size[1], *sides[3:]))
            even_sides = [2.0 * round(side / 2) for side in sides]
            frame = (_kept(frame[0], *even_sides[:3]), _kept(frame[1], *even_sides[3:]))
    return Picture(size, frame, picture.edge, picture.is_guessed)


CROPPED = ("left", "right", "width", "top", "bottom", "height")


def _kept(side: float, near: float, far: float, kept: float) -> float:
    """What a crop filter leaves of a side, as `studio.filters.kinds.crop` has it."""
    return max(16.0, side - near - (far_cut(side, near, kept) if kept > 0 else far))


class Group:
    """A group as it stands on its scene.

    Args:
        entry: its item on the scene.
        size: of its own picture, pixels.
        canvas: of OBS.
    """

    def __init__(self, entry: Json, size: Size, canvas: Size) -> None:
        laid = lay_item(Item(0, ""), entry, Picture(size, size), canvas)
        item, part, area = laid.item, *place_exactly(laid.item, laid.bounds, size)
        flip = (-1.0 if item.is_mirrored else 1.0, -1.0 if item.is_flipped else 1.0)
        sx, sy = flip[0] * area.w / part.w, flip[1] * area.h / part.h
        cos, sin = _unit(item.rotation)
        self._linear: Linear = (cos * sx, -sin * sy, sin * sx, cos * sy)
        self._middle = (area.x + area.w / 2, area.y + area.h / 2)
        self._from = (part.x + part.w / 2, part.y + part.h / 2)
        self._is_even = abs(abs(sx) - abs(sy)) <= 1e-9 * abs(sx)
        whole = Area(0, 0, *size)
        self._clip = (
            None if all(abs(a - b) < 1e-6 for a, b in zip(part, whole, strict=True)) else part
        )

    @property
    def is_bent(self) -> bool:
        """Is what is in it cut or stretched as a whole? Then its size has to be known."""
        return self._clip is not None or not self._is_even

    def place(self, laid: Laid, picture: Picture) -> Laid:
        """An item of the group, where the group puts it."""
        if self.is_bent:
            laid = _settled(laid, picture)
        if self._clip is not None:
            laid = replace_item(laid, **_outline(laid, self._clip))
        item, bounds = laid
        cos, sin = _unit(item.rotation)
        xx, xy, yx, yy = self._linear
        first = (xx * cos + xy * sin, yx * cos + yy * sin)
        second = (-xx * sin + xy * cos, -yx * sin + yy * cos)
        is_turned_over = first[0] * second[1] - first[1] * second[0] < 0
        if is_turned_over:
            first = (-first[0], -first[1])
        long = max(1e-9, math.hypot(*first))
        angle = math.atan2(first[1], first[0])
        across = math.cos(angle) * second[0] + math.sin(angle) * second[1]
        down = max(1e-9, math.cos(angle) * second[1] - math.sin(angle) * second[0])
        wide, high = _side(bounds.w * long), _side(bounds.h * down)
        middle = self._at(bounds.x + bounds.w / 2, bounds.y + bounds.h / 2)
        shear = across / down if abs(across / down) > 1e-9 else 0.0
        if is_turned_over:
            item = _mirrored(item)
        item = replace(
            item, rotation=round(math.degrees(angle), 9) % 360, shear=within(shear, 1000.0)
        )
        return Laid(item, Area(middle[0] - wide / 2, middle[1] - high / 2, wide, high))

    def _at(self, x: float, y: float) -> Size:
        dx, dy = x - self._from[0], y - self._from[1]
        xx, xy, yx, yy = self._linear
        return self._middle[0] + xx * dx + xy * dy, self._middle[1] + yx * dx + yy * dy


def replace_item(laid: Laid, **fields: object) -> Laid:
    """The same place of a changed item."""
    return laid._replace(item=replace(laid.item, **fields))


def _settled(laid: Laid, picture: Picture) -> Laid:
    """The same picture in a box that it fills: what a group bends, it bends as a whole."""
    item, bounds = laid
    if item.fit == "stretch":
        return laid
    frame = picture.frame
    part, area = place_exactly(item, bounds, frame)
    crop = Crop(
        part.x / frame[0],
        part.y / frame[1],
        max(0.0, 1 - (part.x + part.w) / frame[0]),
        max(0.0, 1 - (part.y + part.h) / frame[1]),
    )
    if item.fit == "native":
        return laid
    return Laid(replace(item, fit="stretch", crop=crop, guessed=(0.0, 0.0)), area)


def _outline(laid: Laid, clip: Area) -> dict[str, object]:
    """What of an item's picture is left by its group's crop, as parts of the picture."""
    item, area = laid
    cos, sin = _unit(item.rotation)
    corners = []
    for x, y in (
        (clip.x, clip.y),
        (clip.x + clip.w, clip.y),
        (clip.x + clip.w, clip.y + clip.h),
        (clip.x, clip.y + clip.h),
    ):
        dx, dy = x - area.x - area.w / 2, y - area.y - area.h / 2
        along, down = (cos * dx + sin * dy) / area.w, (cos * dy - sin * dx) / area.h
        corners.append(
            (
                0.5 + (-along if item.is_mirrored else along),
                0.5 + (-down if item.is_flipped else down),
            )
        )
    if item.rotation % 180 == 0:
        xs, ys = sorted(x for x, _ in corners), sorted(y for _, y in corners)
        if xs[0] <= 0 and xs[-1] >= 1 and ys[0] <= 0 and ys[-1] >= 1:
            return {}
    return {"outline": tuple((within(x, 1e3), within(y, 1e3)) for x, y in corners)}


def _mirrored(item: Item) -> Item:
    """An item whose box is seen from behind."""
    fields: dict[str, object] = {"is_mirrored": not item.is_mirrored}
    if not (item.is_cut and item.fit in CUTTING):
        fields["focus_x"] = 1 - item.focus_x
    if item.fit != "native":
        fields["anchor_x"] = 1 - item.anchor_x
    return replace(item, **fields)


def seen_px(entry: Json, size: Size) -> Size:
    """A picture's size after an item's crop; of one that is cropped away OBS leaves 2 pixels."""
    left, top, right, bottom = _cuts(entry)
    wide, high = size[0] - left - right, size[1] - top - bottom
    return (wide if wide > 0 else 2.0, high if high > 0 else 2.0)


def crop_of(entry: Json, picture: Picture) -> Crop:
    """An item's crop as parts of our source's frame."""
    cuts = _cuts(entry)
    seen = seen_px(entry, picture.size)
    inner = (
        1 - picture.edge.left - picture.edge.right,
        1 - picture.edge.top - picture.edge.bottom,
    )
    near = [min(cuts[n], max(0.0, picture.size[n] - seen[n])) / picture.size[n] for n in (0, 1)]
    far = [max(0.0, 1 - near[n] - seen[n] / picture.size[n]) for n in (0, 1)]
    return Crop(
        picture.edge.left + near[0] * inner[0],
        picture.edge.top + near[1] * inner[1],
        picture.edge.right + far[0] * inner[0],
        picture.edge.bottom + far[1] * inner[1],
    )


def _cuts(entry: Json) -> list[float]:
    return [
        min(FARTHEST_PX, max(0.0, number(entry.get(f"crop_{side}"), 0.0)))
        for side in ("left", "top", "right", "bottom")
    ]


def _parts(alignment: int) -> Size:
    """An alignment as parts of a side."""
    across = 0.0 if alignment & LEFT else 1.0 if alignment & RIGHT else 0.5
    return across, 0.0 if alignment & TOP else 1.0 if alignment & BOTTOM else 0.5


def _whole(part: float, side: float) -> float:
    """A part of a side as OBS reckons it: in whole pixels."""
    return part * int(side) if part in (0.0, 1.0) else int(side) // 2


def _across(place: Size, flips: tuple[bool, bool]) -> Size:
    """A place in parts, seen in a mirror."""
    return 1 - place[0] if flips[0] else place[0], 1 - place[1] if flips[1] else place[1]


def _side(value: float) -> float:
    return min(FARTHEST_PX, max(LEAST_PX, abs(value)))


def _unit(degrees: float) -> Size:
    angle = math.radians(degrees)
    return math.cos(angle), math.sin(angle)


def _turn(degrees: float, x: float, y: float) -> Size:
    cos, sin = _unit(degrees)
    return cos * x - sin * y, sin * x + cos * y


def _scale(entry: Json, canvas: Size) -> Size:
    """Since OBS 31 there are values relative to the canvas beside the pixels; pixels are read."""
    if "scale" in entry or "scale_rel" not in entry:
        return scale_of(entry)
    reference = pair(entry.get("scale_ref"), canvas)
    factor = canvas[1] / reference[1] if reference[1] > 0 else 1.0
    x, y = scale_of({"scale": entry["scale_rel"]})
    return x * factor, y * factor


def _position(entry: Json, canvas: Size) -> Size:
    if "pos" in entry or "pos_rel" not in entry:
        x, y = pair(entry.get("pos"), (0.0, 0.0))
    else:
        x, y = pair(entry["pos_rel"], (0.0, 0.0))
        x, y = (x * canvas[1] + canvas[0]) / 2, (y * canvas[1] + canvas[1]) / 2
    return within(x, FARTHEST_PX), within(y, FARTHEST_PX)


def _bounds(entry: Json, default: Size, canvas: Size) -> Size:
    if "bounds" in entry or "bounds_rel" not in entry:
        return pair(entry.get("bounds"), default)
    x, y = pair(entry["bounds_rel"], (0.0, 0.0))
    return x * canvas[1] / 2, y * canvas[1] / 2
