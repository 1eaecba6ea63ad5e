"""From one orientation to the other: where the items of a scene go by themselves.

What fills the canvas fills the other one. Pictures that stand beside each other are stacked
(portrait) or put side by side (landscape), the largest first. Titles keep their place in the
order of the picture and get as wide as the safe area allows.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from studio.scenes.model import Box, CanvasName, Item, Scene

Size = tuple[int, int]
FULL = 0.85
SLIM = 0.16
SAFE: dict[CanvasName, Box] = {
    "landscape": Box(0.04, 0.045, 0.92, 0.91),
    "portrait": Box(0.04, 0.12, 0.8, 0.62),
}
"""Clear of the platforms' own chrome; see `studio.graphics.placer.safe_area`."""


def arranged(
    scene: Scene,
    source: CanvasName,
    target: CanvasName,
    sizes: dict[CanvasName, Size],
    size_of: Callable[[str], Size],
    is_title: Callable[[str], bool],
    focus_of: Callable[[str], tuple[float, float] | None] = lambda name: None,
) -> Scene:
    """``scene`` with boxes on ``target`` made from those on ``source``.

    Args:
        sizes: of the canvases in pixels.
        size_of: of a source's picture in pixels, (0, 0) while it has none.
        is_title: does this source give text?
        focus_of: where a face is in a source's picture (0..1), None without one.
    """
    backs, panes, slims = [], [], []
    for item in scene.items:
        box = item.boxes.get(source)
        if box is None:
            continue
        if is_title(item.source) or box.h <= SLIM:
            slims.append(item)
        elif box.w * box.h >= FULL * FULL and min(box.w, box.h) >= FULL:
            backs.append(item)
        else:
            panes.append(item)
    boxes = {item.id: Box() for item in backs}
    boxes |= _panes(panes, source, target)
    boxes |= _slims(slims, source, target, sizes, size_of)
    items = []
    for item in scene.items:
        if item.id not in boxes:
            items.append(item)
            continue
        box = boxes[item.id]
        if item.fit == "native":  # its box is its picture: another shape would bend it
            box = _of_shape(item.boxes[source], box, sizes[source], sizes[target])
        moved = replace(item, boxes={**item.boxes, target: box})
        focus = focus_of(item.source)
        if focus is not None and item.fit == "cover":
            moved = replace(moved, focus_x=focus[0], focus_y=focus[1])
        items.append(moved)
    return replace(scene, items=tuple(items))


def _of_shape(own: Box, room: Box, from_size: Size, to_size: Size) -> Box:
    """The largest box in the middle of ``room`` that has the shape of ``own``."""
    wide, high = own.w * from_size[0], own.h * from_size[1]
    if wide <= 0 or high <= 0:
        return room
    scale = min(room.w * to_size[0] / wide, room.h * to_size[1] / high)
    w, h = wide * scale / to_size[0], high * scale / to_size[1]
    return Box(room.x + (room.w - w) / 2, room.y + (room.h - h) / 2, w, h)


def _panes(panes: list[Item], source: CanvasName, target: CanvasName) -> dict[int, Box]:
    """The largest gets the most room, in the order they had from the top left."""
    if not panes:
        return {}
    area = {pane.id: pane.boxes[source].w * pane.boxes[source].h for pane in panes}
    order = sorted(panes, key=lambda pane: -area[pane.id])
    weights = [max(0.35, area[entry.id] / max(area.values())) for entry in order]
    total = sum(weights)
    made: dict[int, Box] = {}
    # From below the platform's title in portrait; edge to edge across it.
    begin, length = (0.1, 0.86) if target == "portrait" else (0.0, 1.0)
    for picture, weight in zip(order, weights, strict=True):
        part = length * weight / total
        if target == "portrait":
            made[picture.id] = Box(0.0, begin, 1.0, part)
        else:
            made[picture.id] = Box(begin, 0.0, part, 1.0)
        begin += part
    return made


def _slims(
    slims: list[Item],
    source: CanvasName,
    target: CanvasName,
    sizes: dict[CanvasName, Size],
    size_of: Callable[[str], Size],
) -> dict[int, Box]:
    """Titles and bands: as wide as is safe, their shape kept, no two over each other."""
    safe, made = SAFE[target], {}
    low = 0.0
    for other_slim in sorted(slims, key=lambda slim: slim.boxes[source].y):
        box = other_slim.boxes[source]
        width, height = size_of(other_slim.source)
        if not (width and height):
            width = round(box.w * sizes[source][0])
            height = max(1, round(box.h * sizes[source][1]))
        grown = sizes[source][0] / sizes[target][0]
        w = min(safe.w, max(box.w, box.w * min(grown, 1.6)))
        h = w * sizes[target][0] * height / width / sizes[target][1]
        middle = (box.x + box.w / 2, box.y + box.h / 2)
        x = min(max(middle[0] - w / 2, safe.x), safe.x + safe.w - w)
        y = min(max(middle[1] - h / 2, safe.y, low), safe.y + safe.h - h)
        made[other_slim.id] = Box(x, max(0.0, y), w, h)
        low = y + h + 0.01
    return made
