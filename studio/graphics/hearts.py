"""Hearts that rise along the right edge while the room likes: never over a face, card or price."""

from __future__ import annotations

import contextlib
import math
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from studio.core.clock import NS
from studio.graphics import qt
from studio.graphics.deck import PlacedOverlay
from studio.graphics.model import PLAIN, Style
from studio.media.frame import even
from studio.media.yuv import Layer, Rect, layer

MOST_RISING = 10
MOST_WAITING = 20
"""So many likes wait for their turn; of more nobody could tell them apart."""
APART_NS = NS // 5
RISE_NS = 2_400_000_000
HEIGHT = 0.45
"""How high they rise, as a part of the area."""
SIZES = (1.0, 0.75, 1.25)
FADED = 0.7
"""From this part of the way on they are half seen through."""


class HeartLayers(NamedTuple):
    """The hearts of a canvas: of each size as they are, and half seen through."""

    whole: tuple[Layer, ...]
    faded: tuple[Layer, ...]


def draw_hearts(unit: float, style: Style = PLAIN) -> HeartLayers:
    """Hearts in the brand's accent; ``unit`` is the height of a usual one, pixels."""
    return HeartLayers(
        tuple(_heart(unit * size, 235, style) for size in SIZES),
        tuple(_heart(unit * size, 110, style) for size in SIZES),
    )


def _heart(high: float, alpha: int, style: Style) -> Layer:
    from PySide6.QtCore import QPointF, Qt
    from PySide6.QtGui import QColor, QPainterPath, QPen

    image = qt.canvas(max(8, round(high * 1.1)), max(8, round(high)))
    wide, tall = float(image.width()), float(image.height())
    foot, notch = QPointF(wide / 2, tall * 0.95), QPointF(wide / 2, tall * 0.26)
    path = QPainterPath(foot)
    path.cubicTo(QPointF(-wide * 0.25, tall * 0.45), QPointF(wide * 0.12, -tall * 0.12), notch)
    path.cubicTo(QPointF(wide * 0.88, -tall * 0.12), QPointF(wide * 1.25, tall * 0.45), foot)
    painter = qt.painter_on(image)
    fill, edge = QColor(style.accent), QColor(255, 255, 255)
    fill.setAlpha(alpha)
    edge.setAlpha(alpha)
    painter.setBrush(fill)
    painter.setPen(QPen(edge, max(1.0, high * 0.06), Qt.PenStyle.SolidLine))
    painter.drawPath(path)
    painter.end()
    return layer(qt.to_frame(image))


class _Rising(NamedTuple):
    number: int
    since_ns: int


class HeartShower:
    """Told by the engine loop, read by the picture thread; the canvases show the same hearts.

    Attributes:
        layers: drawn hearts by canvas name; a canvas without has none.
    """

    def __init__(self) -> None:
        self.layers: dict[str, HeartLayers] = {}
        self._waiting: deque[int] = deque(maxlen=MOST_WAITING)
        self._rising: tuple[_Rising, ...] = ()
        self._number = self._cleared = 0
        self._turn_ns = -1

    def send(self, count: int) -> None:
        """Lets so many rise, one after the other; what is too many is left out."""
        for _ in range(min(count, MOST_WAITING)):
            self._number += 1
            self._waiting.append(self._number)

    def clear(self) -> None:
        """None is on the picture from the next one on."""
        self._cleared = self._number  # the picture thread may be at it just now
        self._waiting.clear()
        self._rising = ()

    @property
    def is_idle(self) -> bool:
        """Is there nothing to show?"""
        return not self._waiting and not self._rising

    def at(
        self, canvas: str, size: tuple[int, int], area: Rect, avoid: Sequence[Rect], at_ns: int
    ) -> list[PlacedOverlay]:
        """The hearts of a canvas at a tick; on the picture thread alone.

        Args:
            size: of the canvas.
            area: where graphics may stand.
            avoid: faces and other graphics: a heart that would touch one is not drawn.
        """
        if at_ns != self._turn_ns:
            self._turn_ns = at_ns
            self._go_on(at_ns)
        drawn = self.layers.get(canvas)
        if drawn is None:
            return []
        placed = []
        for heart in self._rising:
            if heart.number <= self._cleared:
                continue
            way = (at_ns - heart.since_ns) / RISE_NS
            kind = heart.number % len(SIZES)
            picture = (drawn.faded if way > FADED else drawn.whole)[kind]
            sway = math.sin(6.28 * way + heart.number) * picture.width * 0.6
            lane = (heart.number * 7 % 5) * picture.width * 0.3
            x = even(area.x + area.w - 2.6 * picture.width + sway + lane - picture.width * 0.6)
            y = even(area.y + area.h - picture.height - way * area.h * HEIGHT)
            box = Rect(x, y, picture.width, picture.height)
            is_inside = 0 <= x <= size[0] - box.w and 0 <= y <= size[1] - box.h
            if is_inside and not any(box.meets(other) for other in avoid):
                placed.append(PlacedOverlay(picture, x, y))
        return placed

    def _go_on(self, at_ns: int) -> None:
        rising = [
            heart for heart in self._rising
            if heart.number > self._cleared and 0 <= at_ns - heart.since_ns < RISE_NS
        ]  # fmt: skip
        is_due = not rising or at_ns - rising[-1].since_ns >= APART_NS
        if is_due and len(rising) < MOST_RISING:
            with contextlib.suppress(IndexError):  # nothing waits, or not any more
                rising.append(_Rising(self._waiting.popleft(), at_ns))
        self._rising = tuple(rising)
