"""Composes a canvas at one tick: scene items, transition, downstream graphics. Reads downwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from studio.media.frame import Frame, blank, yuv_of
from studio.media.yuv import Layer, Rect, Scratch, blend, crop, layer, place
from studio.scenes.layout import lay
from studio.scenes.model import Canvas, Item, Scene
from studio.scenes.transitions.base import Transition
from studio.sources.runner import SourceRunner, Want

Sources = dict[str, SourceRunner]


class Overlay(NamedTuple):
    """A downstream graphic at even (x, y) of the canvas; survives cuts."""

    layer: Layer
    x: int
    y: int


class Downstream(Protocol):
    """Gives the graphics for a tick."""

    def __call__(self, canvas: Canvas, at_ns: int) -> Sequence[Overlay]: ...


@dataclass(frozen=True, slots=True)
class Change:
    """A transition under way."""

    transition: Transition
    before: Scene
    start_ns: int
    duration_ns: int

    def progress(self, at_ns: int) -> float:
        """0..1."""
        return min(1.0, max(0.0, (at_ns - self.start_ns) / max(1, self.duration_ns)))


def _is_opaque(item: Item, picture: Frame) -> bool:
    return picture.alpha is None and item.opacity >= 1.0


def seen(rect: Rect, above: Sequence[Rect]) -> list[Rect]:
    """What is left of ``rect`` beside those above that cut it through from edge to edge."""
    pieces = [rect]
    for over in above:
        left: list[Rect] = []
        for one in pieces:
            x0, x1 = max(one.x, over.x), min(one.x + one.w, over.x + over.w)
            y0, y1 = max(one.y, over.y), min(one.y + one.h, over.y + over.h)
            is_tall = y0 <= one.y and y1 >= one.y + one.h
            is_wide = x0 <= one.x and x1 >= one.x + one.w
            if x0 >= x1 or y0 >= y1 or not (is_tall or is_wide):
                left.append(one)
            elif is_tall:
                left.append(Rect(one.x, one.y, x0 - one.x, one.h))
                left.append(Rect(x1, one.y, one.x + one.w - x1, one.h))
            else:
                left.append(Rect(one.x, one.y, one.w, y0 - one.y))
                left.append(Rect(one.x, y1, one.w, one.y + one.h - y1))
        pieces = [one for one in left if one.w > 0 and one.h > 0]
    return pieces


@dataclass(slots=True)
class Compositor:
    """Composes pictures of one size. One instance a canvas and thread: it owns its buffers."""

    canvas: Canvas
    _scratch: Scratch = field(default_factory=Scratch)
    _layers: dict[tuple[str, int], tuple[Frame, float, Layer]] = field(default_factory=dict)
    _before: Frame | None = None
    _after: Frame | None = None

    def compose(
        self,
        target: Frame,
        scene: Scene,
        sources: Sources,
        at_ns: int,
        change: Change | None = None,
        graphics: Sequence[Overlay] = (),
    ) -> None:
        """Writes the picture of ``scene`` at ``at_ns`` into ``target`` (of the canvas's size)."""
        if change is None or change.progress(at_ns) >= 1.0:
            self.draw_scene(target, scene, sources, at_ns)
        else:
            spare = self._pair()
            before = self._scene_picture(spare[0], change.before, sources, at_ns)
            after = self._scene_picture(spare[1], scene, sources, at_ns)
            change.transition.mix(target, before, after, change.progress(at_ns))
        for overlay in graphics:
            blend(target, overlay.layer, overlay.x, overlay.y, self._scratch)

    def draw_scene(self, target: Frame, scene: Scene, sources: Sources, at_ns: int) -> None:
        """The scene's items from back to front."""
        items = [one for one in scene.items if one.is_enabled and self.canvas.name in one.boxes]
        if not (items and self._covers(items[0], sources)):
            self._fill(target, scene.colour)
        laid = [found for one in items if (found := self._laid(one, sources, at_ns))]
        hidden = [rect for item, picture, rect in laid if _is_opaque(item, picture)]
        for item, picture, rect in laid:
            if not _is_opaque(item, picture):
                over = self._layer(item, picture)
                blend(target, over, rect.x, rect.y, self._scratch)
                continue
            hidden.pop(0)
            # What a later item hides anyway is not copied: half of a background behind a host.
            for piece in seen(rect, hidden):
                part = crop(picture, Rect(piece.x - rect.x, piece.y - rect.y, piece.w, piece.h))
                place(target, part, piece.x, piece.y)

    def _scene_picture(self, spare: Frame, scene: Scene, sources: Sources, at_ns: int) -> Frame:
        """The scene's picture: a source's own where it alone fills the canvas, else drawn."""
        items = [one for one in scene.items if one.is_enabled and self.canvas.name in one.boxes]
        if len(items) == 1 and self._covers(items[0], sources):
            runner = sources[items[0].source]
            shot = runner.latest
            if shot is not None:
                size = (shot.frame.width, shot.frame.height)
                box, canvas = items[0].boxes[self.canvas.name], (spare.width, spare.height)
                part, rect = lay(items[0], box, size, canvas)
                picture = runner.shot(Want(part, rect.w, rect.h), at_ns)
                if rect == (0, 0, *canvas) and picture is not None:
                    return picture
        self.draw_scene(spare, scene, sources, at_ns)
        return spare

    def _laid(self, item: Item, sources: Sources, at_ns: int) -> tuple[Item, Frame, Rect] | None:
        """An item's picture at its size, and where it goes; None when there is nothing."""
        runner = sources.get(item.source)
        shot = runner.latest if runner else None
        if runner is None or shot is None or item.opacity <= 0.0:
            return None
        size = (shot.frame.width, shot.frame.height)
        canvas = (self.canvas.width, self.canvas.height)
        part, rect = lay(item, item.boxes[self.canvas.name], size, canvas)
        picture = runner.shot(Want(part, rect.w, rect.h), at_ns)
        if picture is None or (picture.width, picture.height) != (rect.w, rect.h):
            return None
        return item, picture, rect

    def _layer(self, item: Item, picture: Frame) -> Layer:
        key = (item.source, item.id)
        kept = self._layers.get(key)
        if kept is None or kept[0] is not picture or kept[1] != item.opacity:
            if len(self._layers) > 64:
                self._layers.clear()
            kept = self._layers[key] = (picture, item.opacity, layer(picture, item.opacity))
        return kept[2]

    def _covers(self, item: Item, sources: Sources) -> bool:
        """Does the back item hide the whole canvas, so that filling can be left out?"""
        runner = sources.get(item.source)
        shot = runner.latest if runner else None
        if shot is None or shot.frame.alpha is not None or item.opacity < 1.0:
            return False
        whole = Rect(0, 0, self.canvas.width, self.canvas.height)
        size = (shot.frame.width, shot.frame.height)
        rect = lay(item, item.boxes[self.canvas.name], size, whole[2:]).rect
        return rect.clipped(whole.w, whole.h) == whole

    def _fill(self, target: Frame, colour: str) -> None:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        for plane, value in zip(target.planes, yuv_of(red, green, blue), strict=True):
            plane.fill(value)

    def _pair(self) -> tuple[Frame, Frame]:
        if self._before is None or self._after is None:
            self._before = blank(self.canvas.width, self.canvas.height)
            self._after = blank(self.canvas.width, self.canvas.height)
        return self._before, self._after
