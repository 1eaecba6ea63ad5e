"""Groups of scene items as OBS has them: an item of their own, known by a number and a UUID.

Here a group is a word that items share. A client sees it as one item more of the scene, with the
box around its items; its items stay in the scene's list, where they always were.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from studio.remote import transform
from studio.scenes.model import Box, Item, Scene

FIRST = 1 << 30
"""Numbers of groups begin here; those of items are far below."""


@dataclass(frozen=True, slots=True)
class SeenGroup:
    """A group on a scene.

    Attributes:
        items: from back to front.
    """

    scene: Scene
    name: str
    items: tuple[Item, ...]

    @property
    def id(self) -> int:
        """The number by which clients know it, made of its name."""
        return FIRST | (zlib.crc32(self.name.encode("utf-8", "replace")) & (FIRST - 1))

    @property
    def is_enabled(self) -> bool:
        """Is any of it shown?"""
        return any(item.is_enabled for item in self.items)

    @property
    def is_locked(self) -> bool:
        """Is all of it locked?"""
        return all(item.is_locked for item in self.items)

    @property
    def index(self) -> int:
        """The layer of the item that is farthest back."""
        return min(self.scene.items.index(item) for item in self.items)

    def box(self, canvas: str, size: tuple[int, int]) -> Box:
        """The box around its items on a canvas of ``size``."""
        corners = [
            corner
            for item in self.items
            if canvas in item.boxes
            for corner in _corners(item, item.boxes[canvas], size)
        ]
        if not corners:
            return Box(0, 0, 0, 0)
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        left, top = min(xs), min(ys)
        wide, high = max(xs) - left, max(ys) - top
        return Box(left / size[0], top / size[1], wide / size[0], high / size[1])

    def as_item(self, canvas: str, size: tuple[int, int]) -> Item:
        """An item in its place, which `studio.remote.transform` tells."""
        return Item(self.id, self.name, {canvas: self.box(canvas, size)}, fit="stretch")

    def pixels(self, canvas: str, size: tuple[int, int]) -> tuple[int, int]:
        """How large it is on a canvas, pixels."""
        box = self.box(canvas, size)
        return round(box.w * size[0]), round(box.h * size[1])

    def moved(self, canvas: str, size: tuple[int, int], given: dict[str, object]) -> dict[str, Box]:
        """The boxes of its items, by number, after a client's change of its place or size.

        Raises:
            RequestError: as `transform.apply`.
        """
        own = self.as_item(canvas, size)
        placed = transform.apply(own, canvas, size, self.pixels(canvas, size), given)
        old, new = own.boxes[canvas], placed.box
        across = new.w / old.w if old.w else 1.0
        down = new.h / old.h if old.h else 1.0
        return {
            str(item.id): Box(
                new.x + (box.x - old.x) * across,
                new.y + (box.y - old.y) * down,
                box.w * across,
                box.h * down,
            )
            for item in self.items
            if (box := item.boxes.get(canvas)) is not None
        }


def groups_of(scene: Scene) -> Iterator[SeenGroup]:
    """The groups of a scene in the order of their first items."""
    for name in dict.fromkeys(item.group for item in scene.items if item.group):
        yield SeenGroup(scene, name, tuple(item for item in scene.items if item.group == name))


def _corners(item: Item, box: Box, size: tuple[int, int]) -> Iterator[tuple[float, float]]:
    wide, high = box.w * size[0], box.h * size[1]
    x, y = box.x * size[0] + wide / 2, box.y * size[1] + high / 2
    angle = math.radians(item.rotation)
    cos, sin = math.cos(angle), math.sin(angle)
    for a, b in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        dx, dy = a * wide + item.shear * b * high, b * high
        yield x + cos * dx - sin * dy, y + sin * dx + cos * dy
