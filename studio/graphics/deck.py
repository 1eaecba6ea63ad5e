"""The downstream graphics of the programme: what is up, where, and how it moves in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from studio.graphics.placer import CORNERS, Corner, find_place, safe_area
from studio.media.frame import even
from studio.media.yuv import Layer, Rect

SLIDE_NS = 250_000_000
MOVE_NS = 400_000_000
DWELL_NS = 700_000_000
FOREMOST = "mark"


class Placed(NamedTuple):
    """A layer at even (x, y)."""

    layer: Layer
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Up:
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
    """Where a graphic sits on one canvas, and the move it is making."""

    corner: Corner
    since_ns: int
    rect: Rect
    was: Rect
    moved_ns: int = 0
    crowded_ns: int = 0


class Deck:
    """Holds the graphics; written by the engine loop, read by the picture thread.

    The set of graphics is one immutable tuple that is swapped; seats belong to the picture
    thread alone.

    Args:
        faces: gives the face boxes on a canvas, in its pixels, at a moment.
    """

    def __init__(self, faces: Callable[[str], Sequence[Rect]] | None = None) -> None:
        self._ups: tuple[Up, ...] = ()
        self._faces = faces or (lambda canvas: ())
        self._seats: dict[tuple[str, str], _Seat] = {}

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
        self._ups = (*kept, Up(name, layers, order, shown))

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

    def at(self, canvas: str, width: int, height: int, at_ns: int) -> list[Placed]:
        """The graphics for a tick, placed and moved; called on the picture thread only."""
        area = safe_area(width, height)
        taken: list[Rect] = list(self._faces(canvas)) if self._ups else []
        placed: list[Placed] = []
        foremost: list[Placed] = []
        # What the law wants on the picture is seated first and drawn last: nothing covers it.
        for up in sorted(self._ups, key=lambda up: up.name != FOREMOST):
            layer = up.layers.get(canvas)
            if layer is None or up.is_over(at_ns):
                self._seats.pop((canvas, up.name), None)
                continue
            seat = self._seat(canvas, up, layer, area, taken, at_ns)
            taken.append(seat.rect)
            x, y = _slide(_moved(seat, at_ns), seat.corner, up, width, at_ns)
            place = Placed(layer, x, y)
            if up.name == FOREMOST:
                foremost.append(place)
            else:
                placed.append(place)
        return placed + foremost

    def _seat(
        self, canvas: str, up: Up, layer: Layer, area: Rect, taken: list[Rect], at_ns: int
    ) -> _Seat:
        key, size = (canvas, up.name), (layer.width, layer.height)
        seat = self._seats.get(key)
        if seat is None or seat.since_ns != up.shown_ns:
            corner, rect = find_place(size, area, taken, order=up.order)
            seat = self._seats[key] = _Seat(corner, up.shown_ns, rect, rect)
            return seat
        corner, rect = find_place(size, area, taken, seat.corner, up.order)
        if corner == seat.corner:
            seat.rect, seat.crowded_ns = rect, 0
        elif not seat.crowded_ns:
            seat.crowded_ns = at_ns
        elif at_ns - seat.crowded_ns > DWELL_NS:
            # Only a face that stays there moves a card: a nod must not.
            seat.was, seat.moved_ns = seat.rect, at_ns
            seat.corner, seat.rect, seat.crowded_ns = corner, rect, 0
        return seat


def _ease(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return 1 - (1 - part) ** 3


def _moved(seat: _Seat, at_ns: int) -> tuple[float, float]:
    part = _ease((at_ns - seat.moved_ns) / MOVE_NS) if seat.moved_ns else 1.0
    return (
        seat.was.x + (seat.rect.x - seat.was.x) * part,
        seat.was.y + (seat.rect.y - seat.was.y) * part,
    )


def _slide(
    at: tuple[float, float], corner: Corner, up: Up, width: int, at_ns: int
) -> tuple[int, int]:
    part = _ease((at_ns - up.shown_ns) / SLIDE_NS)
    if up.hidden_ns:
        part = 1 - _ease((at_ns - up.hidden_ns) / SLIDE_NS)
    layer_width = max(layer.width for layer in up.layers.values())
    out = -layer_width if "left" in corner else width
    return even(out + (at[0] - out) * part), even(at[1])
