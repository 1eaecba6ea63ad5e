"""Composes a canvas at one tick: scene items, transition, downstream graphics. Reads downwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from studio.graphics.ai_label import ai_label
from studio.media.blends import Ink, blend_as, ink
from studio.media.frame import Frame, blank, yuv_of
from studio.media.turn import mirrored, outlined, turned
from studio.media.yuv import Layer, Rect, Scratch, blend, layer, place
from studio.scenes.layout import MOST, Area, place_item, place_item_exact
from studio.scenes.model import Canvas, Item, Scene
from studio.scenes.transitions.base import Transition
from studio.sources.runner import PictureWant, SourceRunner

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
    held: float | None = None
    """Where a hand on the T-bar holds it, 0..1."""

    def progress(self, at_ns: int) -> float:
        """0..1."""
        if self.held is not None:
            return self.held
        return min(1.0, max(0.0, (at_ns - self.start_ns) / max(1, self.duration_ns)))


class Drawn(NamedTuple):
    """A layer made of an item's picture, kept while neither changes."""

    picture: Frame
    item: Item
    rect: Rect
    layer: Layer
    ink: Ink | None


@dataclass(slots=True)
class Compositor:
    """Composes pictures of one size. One instance a canvas and thread: it owns its buffers."""

    canvas: Canvas
    _scratch: Scratch = field(default_factory=Scratch)
    _layers: dict[int, Drawn] = field(default_factory=dict)
    _tiled: dict[tuple[Rect, ...], bool] = field(default_factory=dict)
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
        *,
        is_labelled: bool = False,
    ) -> None:
        """Writes the picture of ``scene`` at ``at_ns`` into ``target`` (of the canvas's size).

        Args:
            is_labelled: the label of generated content lies over everything else.
        """
        label = ai_label(target.width, target.height) if is_labelled else None
        if change is None or change.progress(at_ns) >= 1.0:
            self.draw_scene(target, scene, sources, at_ns)
        else:
            spare = self._pair()
            before = self._scene_picture(spare[0], change.before, sources, at_ns)
            after = self._scene_picture(spare[1], scene, sources, at_ns)
            change.transition.mix(target, before, after, change.progress(at_ns))
        for overlay in graphics:
            blend(target, overlay.layer, overlay.x, overlay.y, self._scratch)
        if label is not None:
            blend(target, *label, self._scratch)

    def draw_scene(self, target: Frame, scene: Scene, sources: Sources, at_ns: int) -> None:
        """The scene's items from back to front."""
        items = [rect for rect in scene.items if rect.is_enabled and self.canvas.name in rect.boxes]
        if not (items and self._is_tiled(items, sources)):
            self._fill(target, scene.colour)
        for item in items:
            runner = sources.get(item.source)
            if runner is not None:
                self._draw_item(target, item, runner, at_ns)

    def _scene_picture(self, spare: Frame, scene: Scene, sources: Sources, at_ns: int) -> Frame:
        """The scene's picture: a source's own where it alone fills the canvas, else drawn."""
        items = [item for item in scene.items if item.is_enabled and self.canvas.name in item.boxes]
        if len(items) == 1 and self._covers(items[0], sources):
            runner = sources[items[0].source]
            shot = runner.latest
            if shot is not None:
                size = (shot.frame.width, shot.frame.height)
                box, canvas = items[0].boxes[self.canvas.name], (spare.width, spare.height)
                part, rect = place_item(items[0], box, size, canvas)
                picture = runner.shot(
                    PictureWant(part, rect.w, rect.h, not items[0].has_try_on), at_ns
                )
                if rect == (0, 0, *canvas) and picture is not None:
                    return picture
        self.draw_scene(spare, scene, sources, at_ns)
        return spare

    def _draw_item(self, target: Frame, item: Item, runner: SourceRunner, at_ns: int) -> None:
        shot = runner.latest
        if shot is None:
            return
        canvas = (self.canvas.width, self.canvas.height)
        (part, rect), area = place_item_exact(
            item, item.boxes[self.canvas.name], (shot.frame.width, shot.frame.height), canvas
        )
        if rect.w * rect.h > MOST:
            return
        picture = runner.shot(PictureWant(part, rect.w, rect.h, not item.has_try_on), at_ns)
        if picture is None or (picture.width, picture.height) != (rect.w, rect.h):
            return
        if picture.alpha is None and is_plain(item):
            place(target, picture, rect.x, rect.y)
        elif item.opacity > 0.0:
            made = self._drawn(item, picture, rect, area)
            if made.ink is not None:
                blend_as(target, made.ink, item.blend, made.rect.x, made.rect.y)
            else:
                blend(target, made.layer, made.rect.x, made.rect.y, self._scratch)

    def _drawn(self, item: Item, picture: Frame, rect: Rect, area: Area) -> Drawn:
        """The item's picture mirrored, turned and thinned; a still one is made once."""
        key = id(item)  # items are immutable, and kept here as long as their layer
        kept = self._layers.get(key)
        if kept is None or kept.picture is not picture or kept.item is not item:
            if len(self._layers) > 64:
                self._layers.clear()
            whole = outlined(picture, item.outline) if item.outline else picture
            frame = mirrored(whole, is_left_right=item.is_mirrored, is_upside_down=item.is_flipped)
            around = rect
            if item.is_turned or item.outline:
                frame, around = turned(frame, area, item.rotation, item.shear)
            over = layer(frame, item.opacity)
            made = ink(over) if item.blend != "normal" else None
            kept = self._layers[key] = Drawn(picture, item, around, over, made)
        return kept

    def _covers(self, item: Item, sources: Sources) -> bool:
        """Does the item alone hide the whole canvas?"""
        rect = self._hidden(item, sources)
        return rect == Rect(0, 0, self.canvas.width, self.canvas.height)

    def _is_tiled(self, items: list[Item], sources: Sources) -> bool:
        """Do the items hide the whole canvas together, so that filling can be left out?"""
        if self._covers(items[0], sources):
            return True
        rects = [rect for item in items if (rect := self._hidden(item, sources)) is not None]
        if sum(rect.w * rect.h for rect in rects) < self.canvas.width * self.canvas.height:
            return False
        key = tuple(rects)
        if key not in self._tiled:
            if len(self._tiled) > 32:
                self._tiled.clear()
            self._tiled[key] = is_tiled(rects, self.canvas.width, self.canvas.height)
        return self._tiled[key]

    def _hidden(self, item: Item, sources: Sources) -> Rect | None:
        """What an opaque item hides of the canvas; None when something shines through."""
        runner = sources.get(item.source)
        shot = runner.latest if runner else None
        if shot is None or shot.frame.alpha is not None or not is_plain(item):
            return None
        canvas = (self.canvas.width, self.canvas.height)
        size = (shot.frame.width, shot.frame.height)
        return place_item(item, item.boxes[self.canvas.name], size, canvas).rect.clipped(*canvas)

    def _fill(self, target: Frame, colour: str) -> None:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        for plane, value in zip(target.planes, yuv_of(red, green, blue), strict=True):
            plane.fill(value)

    def _pair(self) -> tuple[Frame, Frame]:
        if self._before is None or self._after is None:
            self._before = blank(self.canvas.width, self.canvas.height)
            self._after = blank(self.canvas.width, self.canvas.height)
        return self._before, self._after


def is_tiled(rects: Sequence[Rect], width: int, height: int) -> bool:
    """Do rectangles inside a canvas leave nothing of it open?"""
    xs = sorted({0, width, *(r.x for r in rects), *(r.x + r.w for r in rects)})
    ys = sorted({0, height, *(r.y for r in rects), *(r.y + r.h for r in rects)})
    return all(
        any(r.x <= x < r.x + r.w and r.y <= y < r.y + r.h for r in rects)
        for x in xs[:-1]
        for y in ys[:-1]
    )


def is_plain(item: Item) -> bool:
    """Is the item's picture copied as it is: opaque, upright, not mirrored, not blended?"""
    return (
        item.opacity >= 1.0
        and not item.is_turned
        and not item.outline
        and item.blend == "normal"
        and not item.is_mirrored
        and not item.is_flipped
    )
