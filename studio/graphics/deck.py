"""The downstream graphics of the programme: what is up, where, and how it moves in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from studio.graphics.arranger import OverlayWant, arrange, hull, is_free, ranked, scaled
from studio.graphics.placer import CORNERS, Corner, safe_area
from studio.media.frame import even
from studio.media.yuv import Layer, Rect, resize_layer

SLIDE_NS = 250_000_000
MOVE_NS = 400_000_000
DWELL_NS = 700_000_000
ROOMIER_NS = 3_000_000_000
"""So often what was made smaller or left out is given another chance."""
MOST_SCALED = 24


class PlacedOverlay(NamedTuple):
    """A layer at even (x, y)."""

    layer: Layer
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class OverlayState:
    """A graphic that is up, or on its way in or out.

    Attributes:
        layers: drawn per canvas.
        order: preferred corners.
        shown_ns: when it began to slide in.
        hidden_ns: when it began to slide out; 0 while it stays.
    """

    name: str
    layers: dict[str, Layer]
    order: tuple[Corner, ...]
    shown_ns: int
    hidden_ns: int = 0

    def is_over(self, at_ns: int) -> bool:
        """Has it left the picture?"""
        return bool(self.hidden_ns) and at_ns - self.hidden_ns > SLIDE_NS


@dataclass(slots=True)
class _Seat:
    """Where a graphic is on one canvas, and the move it is making.

    Attributes:
        since_ns: when it was shown; another `show` is another graphic.
        slides: it comes in from the side; not where something lies on that way.
    """

    rect: Rect
    scale: float
    since_ns: int
    was: Rect
    moved_ns: int = 0
    slides: bool = True
    leaves: bool | None = None


@dataclass(slots=True)
class _Layout:
    """One canvas: the seats, and what they were made for."""

    seats: dict[str, _Seat] = field(default_factory=dict)
    made_for: object = None
    crowded_ns: int = 0
    tried_ns: int = 0


class OverlayScene(Protocol):
    """Which scene a canvas shows now, whatever tells one from another."""

    def __call__(self, canvas: str) -> object: ...


class Area(Protocol):
    """Where graphics may stand on a canvas."""

    def __call__(self, canvas: str, width: int, height: int) -> Rect: ...


def _usual_area(canvas: str, width: int, height: int) -> Rect:
    return safe_area(width, height)


class SparedRows(Protocol):
    """How many pixels along the lower edge of the area belong to somebody else (a ticker)."""

    def __call__(self, width: int, height: int) -> int: ...


class OverlayStack:
    """Holds the graphics; written by the engine loop, read by the picture thread.

    The set of graphics is one immutable tuple that is swapped; seats belong to the picture
    thread alone.

    Args:
        faces: gives the face boxes on a canvas, in its pixels, at a moment.
        scene: gives what the canvas shows; after a cut nothing waits on a face.
        area: gives where graphics may stand.

    Attributes:
        spared: what of the area's lower edge is left free.
    """

    def __init__(
        self,
        faces: Callable[[str], Sequence[Rect]] | None = None,
        scene: OverlayScene = lambda canvas: None,
        area: Area = _usual_area,
    ) -> None:
        self._ups: tuple[OverlayState, ...] = ()
        self._faces = faces or (lambda canvas: ())
        self._scene, self._whole_area = scene, area
        self.spared: SparedRows = lambda width, height: 0
        self._layouts: dict[str, _Layout] = {}
        self._scaled: dict[tuple[int, float], tuple[Layer, Layer]] = {}

    def area(self, canvas: str, width: int, height: int) -> Rect:
        """Where graphics may stand now."""
        area, spared = self._whole_area(canvas, width, height), self.spared(width, height)
        return area._replace(h=max(area.h // 2, area.h - spared)) if spared else area

    def faces(self, canvas: str) -> Sequence[Rect]:
        """The face boxes on a canvas now, in its pixels."""
        return self._faces(canvas)

    @property
    def names(self) -> list[str]:
        """What is up; not what is leaving or has left."""
        return [up.name for up in self._ups if not up.hidden_ns]

    def show(
        self,
        name: str,
        layers: dict[str, Layer],
        at_ns: int,
        order: tuple[Corner, ...] = CORNERS,
    ) -> None:
        """Slides a graphic in; one of the same name that is up changes in place."""
        old = next((up for up in self._ups if up.name == name and not up.hidden_ns), None)
        shown = old.shown_ns if old else at_ns
        kept = tuple(up for up in self._ups if up.name != name and not up.is_over(at_ns))
        self._ups = (*kept, OverlayState(name, layers, order, shown))

    def drop(self, name: str) -> None:
        """Takes it off at once, also one that is sliding out: from the next picture on."""
        self._ups = tuple(up for up in self._ups if up.name != name)

    def hide(self, name: str, at_ns: int) -> bool:
        """Slides it out; False when it was not up."""
        is_up = any(up.name == name and not up.hidden_ns for up in self._ups)
        self._ups = tuple(
            replace(up, hidden_ns=at_ns) if up.name == name and not up.hidden_ns else up
            for up in self._ups
            if not up.is_over(at_ns)
        )
        return is_up

    def clear(self) -> None:
        """Takes everything off at once."""
        self._ups = ()

    def at(self, canvas: str, width: int, height: int, at_ns: int) -> list[PlacedOverlay]:
        """The graphics for a tick, placed and moved; called on the picture thread only.

        What the law wants on the picture is drawn last: nothing covers it.
        """
        ups = {up.name: up for up in self._ups if canvas in up.layers and not up.is_over(at_ns)}
        layout = self._layouts.setdefault(canvas, _Layout())
        if not ups:
            layout.seats.clear()
            return []
        self._settle(layout, ups, canvas, (width, height), at_ns)
        placed = []
        for name in reversed(ranked(ups)):
            seat, up = layout.seats.get(name), ups[name]
            if seat is not None:
                x, y = _slide(seat, up, width, at_ns)
                placed.append(PlacedOverlay(self._sized(up.layers[canvas], seat.scale), x, y))
        return placed

    def over(
        self, canvas: str, width: int, height: int, faces: Sequence[Rect], at_ns: int
    ) -> list[PlacedOverlay]:
        """Where the graphics will be when another scene with these faces is taken; any thread."""
        ups = {up.name: up for up in self._ups if canvas in up.layers and not up.hidden_ns}
        layout = self._layouts.get(canvas, _Layout())
        wants = _wants(ups, canvas, dict(layout.seats))
        spots = arrange(wants, self.area(canvas, width, height), (width, height), faces)
        return [
            PlacedOverlay(
                self._sized(ups[name].layers[canvas], spots[name].scale), *spots[name].rect[:2]
            )
            for name in reversed(ranked(spots))
        ]

    def _settle(
        self,
        layout: _Layout,
        ups: dict[str, OverlayState],
        canvas: str,
        size: tuple[int, int],
        at_ns: int,
    ) -> None:
        """Sees to it that every graphic has a place: at once, but for a face that only nods."""
        seats = layout.seats
        for name in [n for n, s in seats.items() if n not in ups or ups[n].shown_ns != s.since_ns]:
            del seats[name]
        stay = {name: up for name, up in ups.items() if not up.hidden_ns}
        faces = [*self._faces(canvas)]
        area = self.area(canvas, *size)
        made_for = (
            self._scene(canvas),
            area,
            tuple((name, up.layers[canvas].width, up.layers[canvas].height, up.shown_ns)
                  for name, up in stay.items()),
        )  # fmt: skip
        is_crowded = any(not is_free(seats[n].rect, faces) for n in stay if n in seats)
        layout.crowded_ns = (layout.crowded_ns or at_ns) if is_crowded else 0
        dwelt = is_crowded and at_ns - layout.crowded_ns > DWELL_NS
        waits = any(n not in seats for n in stay) and at_ns - layout.tried_ns > DWELL_NS
        tight = any(s.scale < 1 for s in seats.values()) and at_ns - layout.tried_ns > ROOMIER_NS
        if made_for == layout.made_for and not (dwelt or waits or tight):
            self._leave(seats, ups, faces, size[0])
            return
        is_same = layout.made_for is not None and made_for[0] == layout.made_for[0]  # type: ignore[index]
        layout.made_for, layout.tried_ns, layout.crowded_ns = made_for, at_ns, 0
        leaving = [s.rect for n, s in seats.items() if n not in stay]
        wants = _wants(stay, canvas, seats, forgets_small=tight)
        spots = arrange(wants, area, size, [*faces, *leaving])
        for name in [n for n in seats if n in stay and n not in spots]:
            del seats[name]
        rects = {name: spot.rect for name, spot in spots.items()}
        for name, spot in spots.items():
            others = [*(r for n, r in rects.items() if n != name), *leaving, *faces]
            seat = seats.get(name)
            if seat is None:
                way = hull(spot.rect, _outside(spot.rect, size[0]))
                seats[name] = _Seat(
                    spot.rect, spot.scale, stay[name].shown_ns, spot.rect,
                    slides=is_free(way, others),
                )  # fmt: skip
            elif seat.rect != spot.rect:
                moves = is_same and seat.scale == spot.scale
                moves = moves and seat.rect[2:] == spot.rect[2:]
                moves = moves and is_free(hull(seat.rect, spot.rect), others)
                seat.was, seat.moved_ns = seat.rect, at_ns if moves else 0
                seat.rect, seat.scale = spot.rect, spot.scale
            elif seat.moved_ns and not is_free(hull(seat.was, seat.rect), others):
                seat.moved_ns = 0  # somebody needs the room it was crossing
        for name, seat in seats.items():
            way = hull(seat.rect, _outside(seat.rect, size[0]))
            seat.slides = seat.slides and is_free(way, [r for n, r in rects.items() if n != name])
        self._leave(seats, ups, faces, size[0])

    def _leave(
        self,
        seats: dict[str, _Seat],
        ups: dict[str, OverlayState],
        faces: Sequence[Rect],
        width: int,
    ) -> None:
        """Decides for those that begin to leave whether their way out is free."""
        for name, seat in seats.items():
            if ups[name].hidden_ns and seat.leaves is None:
                way = hull(seat.rect, _outside(seat.rect, width))
                others = [other.rect for n, other in seats.items() if n != name]
                seat.leaves = is_free(way, [*others, *faces])

    def _sized(self, layer: Layer, scale: float) -> Layer:
        if scale == 1.0:
            return layer
        key = (id(layer), scale)
        kept = self._scaled.get(key)
        if kept is None or kept[0] is not layer:
            if len(self._scaled) > MOST_SCALED:
                self._scaled.clear()
            size = scaled((layer.width, layer.height), scale)
            kept = self._scaled[key] = (layer, resize_layer(layer, *size))
        return kept[1]


def _wants(
    ups: dict[str, OverlayState],
    canvas: str,
    seats: dict[str, _Seat],
    *,
    forgets_small: bool = False,
) -> list[OverlayWant]:
    """What is to be placed; ``forgets_small`` gives what was made smaller a new chance."""
    found = []
    for name, up in ups.items():
        layer, seat = up.layers[canvas], seats.get(name)
        if seat is not None and forgets_small and seat.scale < 1:
            seat = None
        found.append(
            OverlayWant(
                name,
                (layer.width, layer.height),
                up.order,
                seat.rect if seat else None,
                seat.scale if seat else 1.0,
            )
        )
    return found


def _outside(rect: Rect, width: int) -> Rect:
    """Where it comes from and goes to: beyond the nearer side."""
    is_left = rect.x + rect.w / 2 <= width / 2
    return Rect(-rect.w if is_left else width, rect.y, rect.w, rect.h)


def _ease(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return 1 - (1 - part) ** 3


def _moved(seat: _Seat, at_ns: int) -> tuple[float, float]:
    part = _ease((at_ns - seat.moved_ns) / MOVE_NS) if seat.moved_ns else 1.0
    return (
        seat.was.x + (seat.rect.x - seat.was.x) * part,
        seat.was.y + (seat.rect.y - seat.was.y) * part,
    )


def _slide(seat: _Seat, up: OverlayState, width: int, at_ns: int) -> tuple[int, int]:
    x, y = _moved(seat, at_ns)
    part = _ease((at_ns - up.shown_ns) / SLIDE_NS) if seat.slides else 1.0
    out = _outside(seat.rect, width).x
    if up.hidden_ns:
        part = 1 - _ease((at_ns - up.hidden_ns) / SLIDE_NS) if seat.leaves else 0.0
    return even(out + (x - out) * part), even(y)
