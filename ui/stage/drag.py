"""What the hand does on the stage: which pointer, what is held, what is sent."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt

from studio.scenes.model import Box, Crop, Item
from ui.models import placing

CURSORS = {
    "n": Qt.CursorShape.SizeVerCursor,
    "s": Qt.CursorShape.SizeVerCursor,
    "e": Qt.CursorShape.SizeHorCursor,
    "w": Qt.CursorShape.SizeHorCursor,
    "nw": Qt.CursorShape.SizeFDiagCursor,
    "se": Qt.CursorShape.SizeFDiagCursor,
    "ne": Qt.CursorShape.SizeBDiagCursor,
    "sw": Qt.CursorShape.SizeBDiagCursor,
    "turn": Qt.CursorShape.CrossCursor,
}
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Drag:
    """What the hand is doing: begun at a point, on items as they were then."""

    def __init__(
        self, handle: str, at: placing.Point, items: list[Item], canvas: str, scene: str
    ) -> None:
        self.handle, self.at = handle, at
        self.canvas, self.scene = canvas, scene
        self.before = {item.id: item for item in items}
        self.boxes = {item.id: item.boxes[canvas] for item in items}
        self.crop: Crop | None = None
        self.rotation: float | None = None
        self.has_moved = False


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box around several."""
    found = list(boxes)
    x0, y0 = min(b.x for b in found), min(b.y for b in found)
    x1, y1 = max(b.x + b.w for b in found), max(b.y + b.h for b in found)
    return Box(x0, y0, x1 - x0, y1 - y0)


def nudged(items: list[Item], canvas: str, step: placing.Point) -> dict[str, dict[str, float]]:
    """The boxes of items pushed by parts of the canvas, by their ids; locked ones stay."""
    found = {}
    for item in items:
        if not item.is_locked:
            box = item.boxes[canvas]
            found[str(item.id)] = plain(Box(box.x + step[0], box.y + step[1], box.w, box.h))
    return found


def plain(box: Box) -> dict[str, float]:
    """A box as a command takes it."""
    return {"x": box.x, "y": box.y, "w": box.w, "h": box.h}
