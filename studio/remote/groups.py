"""Groups of scene items as OBS has them: an item of their own, known by a number and a UUID.

Here a group is a word that items share. A client sees it as one item of the scene, with the box
around its items, in the place of the one that is farthest back; its items are in its own list.
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
        """Its layer on the scene, 0 at the back."""
        return layers_of(self.scene).index(self)

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


def layers_of(scene: Scene) -> list[Item | SeenGroup]:
    """What a client sees on a scene, from back to front: items in no group, and groups."""
    groups = {group.name: group for group in groups_of(scene)}
    found = (groups.pop(item.group, None) if item.group else item for item in scene.items)
    return [layer for layer in found if layer is not None]


def layer_of(scene: Scene, item: Item) -> int:
    """The layer of an item on its scene, or within its group."""
    if item.group:
        return [row.id for row in scene.items if row.group == item.group].index(item.id)
    return layers_of(scene).index(item)


def below_of(scene: Scene, moved: Item | SeenGroup, index: int) -> Iterator[int]:
    """Numbers of the items that stand just below ``moved`` when it is moved to a layer."""
    if isinstance(moved, Item) and moved.group:
        others: list[Item | SeenGroup] = [row for row in scene.items if row.group == moved.group]
    else:
        others = layers_of(scene)
    rest = [layer for layer in others if layer.id != moved.id]
    for layer in rest[max(0, min(index, len(rest)) - 1) : min(index, len(rest))]:
        yield from (item.id for item in (layer.items if isinstance(layer, SeenGroup) else (layer,)))


def is_beside(item: Item, other: Item) -> bool:
    """Is it another item of the same group?"""
    return item.group == other.group and item.id != other.id


def orders_of(scene: Scene) -> Iterator[tuple[str, list[int]]]:
    """What stands above what: the scene's own layers under "", and those of each group."""
    yield "", [layer.id for layer in layers_of(scene)]
    for group in groups_of(scene):
        yield group.name, [item.id for item in group.items]


def _corners(item: Item, box: Box, size: tuple[int, int]) -> Iterator[tuple[float, float]]:
    wide, high = box.w * size[0], box.h * size[1]
    x, y = box.x * size[0] + wide / 2, box.y * size[1] + high / 2
    angle = math.radians(item.rotation)
    cos, sin = math.cos(angle), math.sin(angle)
    for a, b in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        dx, dy = a * wide + item.shear * b * high, b * high
        yield x + cos * dx - sin * dy, y + sin * dx + cos * dy
