"""Comments that cross the picture, in rows, from right to left: none meets another, a face, a card.

All go at one speed, a whole even number of pixels a picture: so nobody catches up with the one
before, and the text runs evenly. Where something stands in a row, a comment passes behind it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from studio.core.clock import NS
from studio.core.personal import mask_text
from studio.graphics import qt
from studio.graphics.deck import PlacedOverlay
from studio.graphics.model import PLAIN, CrawlSettings, Style
from studio.media.frame import Frame, even
from studio.media.yuv import Layer, Rect, layer

GAP = 1.2
"""Between two comments of a row, in heights of a row."""
MOST_WAITING = 40
"""So many wait for a free row; of more the oldest are left out."""
PATIENCE_NS = 20 * NS
"""Who has waited so long for a free row is left out: it would be an answer to nothing."""
LEAST_PIECE = 8
MOST_COVERED = 3
"""A row of which so many quarters are covered lets nobody in: there is nothing to read."""
ASKED_NS = 2 * NS
"""A canvas that was not asked for so long is switched off."""
WIDEST = 0.7
"""Part of the canvas's width; longer texts end with an ellipsis."""


def crawl_unit(width: int, height: int, settings: CrawlSettings) -> float:
    """The height of the text on a canvas, pixels."""
    return min(width, height) * 0.032 * settings.size


def row_height(width: int, height: int, settings: CrawlSettings) -> int:
    """Of a row and the gap to the next, pixels."""
    return even(crawl_unit(width, height, settings) * 2.3)


def draw_crawl(
    author: str, text: str, unit: float, most_width: float, style: Style = PLAIN
) -> Layer:
    """One line on a dark ground: author, then text; ``unit`` is the text's height, pixels."""
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QColor, QFontMetricsF

    author, text = (qt.printable(mask_text(" ".join(words.split()))) for words in (author, text))
    name_font, font = qt.font(unit * 0.8, 500, style.family), qt.font(unit, 600, style.family)
    names, metrics = QFontMetricsF(name_font), QFontMetricsF(font)
    pad = unit * 0.7
    inner = most_width - 2 * pad
    author = names.elidedText(author, Qt.TextElideMode.ElideRight, inner * 0.3)
    head = names.horizontalAdvance(author) + unit * 0.5 if author else 0.0
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner - head)
    width, height = head + metrics.horizontalAdvance(text) + 2 * pad, unit * 1.9
    image = qt.canvas(round(width), round(height))
    painter = qt.painter_on(image)
    painter.setPen(Qt.PenStyle.NoPen)
    ground = QColor(style.plate)
    ground.setAlpha(150)
    painter.setBrush(ground)
    painter.drawRoundedRect(QRectF(0, 0, width, height), height / 2, height / 2)
    baseline = round((height + metrics.ascent() - metrics.descent()) / 2)
    soft = QColor(style.plate_ink)
    soft.setAlpha(190)
    painter.setFont(name_font)
    painter.setPen(soft)
    painter.drawText(round(pad), baseline, author)
    painter.setFont(font)
    painter.setPen(QColor(style.plate_ink))
    painter.drawText(round(pad + head), baseline, text)
    painter.end()
    return layer(qt.to_frame(image))


class CrawlText(NamedTuple):
    """A comment on its way: drawn for each canvas, by name."""

    id: str
    layers: dict[str, Layer]


@dataclass(slots=True)
class _Flight:
    """A comment that crosses a canvas: its row, and the picture with which it came in."""

    text: CrawlText
    row: int
    since: int


@dataclass(slots=True)
class _Waiting:
    """A comment that waits for a free row, since when."""

    text: CrawlText
    since_ns: int


@dataclass(slots=True)
class _Lane:
    """One canvas: who crosses it, who waits, and when it was last asked for."""

    asked_ns: int
    flights: list[_Flight] = field(default_factory=list)
    waiting: deque[_Waiting] = field(default_factory=deque)


class CommentCrawl:
    """What crosses the pictures; told by the engine loop, read by the picture thread.

    Args:
        fps: pictures a second.

    Attributes:
        settings: how they cross.
    """

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self.settings = CrawlSettings()
        # In the order of what was said: a text that is to cross, an id that goes, None for all.
        self._told: deque[CrawlText | str | None] = deque()
        self._lanes: dict[str, _Lane] = {}
        self._began_ns = -1
        self._left_out: set[str] = set()
        self._ids: frozenset[str] = frozenset()

    @property
    def crossing(self) -> frozenset[str]:
        """Ids of what is on a picture or waits for a row; at most a picture old."""
        coming = (told.id for told in tuple(self._told) if isinstance(told, CrawlText))
        return self._ids.union(coming)

    def send(self, text: CrawlText) -> None:
        """Lets a comment cross as soon as a row is free."""
        self._told.append(text)

    def drop(self, id: str) -> None:
        """Takes a comment off every canvas: from the next picture on."""
        self._told.append(id)

    def clear(self) -> None:
        """Takes everything off: from the next picture on."""
        self._told.append(None)

    def take_left_out(self) -> int:
        """How many found no row in time since this was last asked."""
        left, self._left_out = self._left_out, set()
        return len(left)

    def at(
        self, canvas: str, size: tuple[int, int], area: Rect, avoid: Sequence[Rect], at_ns: int
    ) -> list[PlacedOverlay]:
        """What crosses a canvas at a tick; on the picture thread alone.

        Args:
            size: of the canvas.
            area: where graphics may stand; a ticker runs below it.
            avoid: faces and other graphics: what passes there passes behind them.
        """
        lane = self._lanes.get(canvas)
        if lane is None:
            lane = self._lanes[canvas] = _Lane(at_ns)
        lane.asked_ns = at_ns
        if at_ns != self._began_ns:
            self._began_ns = at_ns
            self._begin(at_ns)
            lane = self._lanes[canvas]
        if not (lane.flights or lane.waiting):
            return []
        width, height = size
        tick = round(at_ns * self._fps / NS)
        step = max(2, even(width / (self.settings.seconds * self._fps)))
        high = row_height(width, height, self.settings)
        tops = self._rows(area, high)
        lane.flights = [
            flight
            for flight in lane.flights
            if flight.row < len(tops)
            and tick >= flight.since
            and width - (tick - flight.since) * step > -flight.text.layers[canvas].width
        ]

        def tail(row: int) -> int:
            ends = (
                width - (tick - f.since) * step + f.text.layers[canvas].width
                for f in lane.flights if f.row == row
            )  # fmt: skip
            return max(ends, default=-width)

        while lane.waiting:
            if at_ns - lane.waiting[0].since_ns > PATIENCE_NS:
                self._left_out.add(lane.waiting.popleft().text.id)
                continue
            free = [
                (_covered(Rect(0, top, width, high), avoid), row)
                for row, top in enumerate(tops)
                if tail(row) <= width - high * GAP
            ]
            free = [(covered, row) for covered, row in free if covered < MOST_COVERED]
            if not free:
                break
            lane.flights.append(_Flight(lane.waiting.popleft().text, min(free)[1], tick))
        placed: list[PlacedOverlay] = []
        for flight in lane.flights:
            x = width - (tick - flight.since) * step
            placed += _pieces(flight.text.layers[canvas], x, tops[flight.row], width, avoid)
        return placed

    def _begin(self, at_ns: int) -> None:
        """Takes up what was told since the last picture."""
        for canvas in [c for c, lane in self._lanes.items() if at_ns - lane.asked_ns > ASKED_NS]:
            del self._lanes[canvas]  # it is switched off
        for _ in range(len(self._told)):
            told = self._told.popleft()
            for canvas, lane in self._lanes.items():
                if told is None:
                    lane.flights, lane.waiting = [], deque()
                elif isinstance(told, str):
                    lane.flights = [f for f in lane.flights if f.text.id != told]
                    lane.waiting = deque(w for w in lane.waiting if w.text.id != told)
                elif canvas in told.layers:
                    lane.waiting.append(_Waiting(told, at_ns))
                    if len(lane.waiting) > MOST_WAITING:
                        self._left_out.add(lane.waiting.popleft().text.id)
        flights = (flight.text.id for lane in self._lanes.values() for flight in lane.flights)
        self._ids = frozenset(flights).union(
            waiting.text.id for lane in self._lanes.values() for waiting in lane.waiting
        )

    def _rows(self, area: Rect, high: int) -> list[int]:
        """The tops of the rows, the first one first."""
        if self.settings.kind == "ticker":
            return [area.y + area.h + even(high * 0.15)]
        count = max(1, min(self.settings.lines, area.h // max(2, high)))
        return [area.y + row * high for row in range(count)]


def _covered(strip: Rect, avoid: Sequence[Rect]) -> int:
    """How much of a row is covered: in quarters of its width."""
    return 4 * sum(box.clipped(strip.w, 1 << 20).w for box in avoid if strip.meets(box)) // strip.w


def _pieces(drawn: Layer, x: int, y: int, width: int, avoid: Sequence[Rect]) -> list[PlacedOverlay]:
    """What is to be seen of a comment: all but what lies behind something."""
    left, right = max(0, x), min(width, x + drawn.width)
    hidden = sorted(
        (max(left, box.x - 2), min(right, box.x + box.w + 2))
        for box in avoid
        if Rect(x, y, drawn.width, drawn.height).meets(box)
    )
    if not hidden:
        return [PlacedOverlay(drawn, x, y)]
    pieces: list[PlacedOverlay] = []
    for begin, end in [*hidden, (right, right)]:
        if begin - left >= LEAST_PIECE:
            first, last = even(left - x + 1), even(begin - x)
            if last - first >= LEAST_PIECE:
                pieces.append(PlacedOverlay(_cut(drawn, first, last), x + first, y))
        left = max(left, end)
    return pieces


def _cut(drawn: Layer, first: int, last: int) -> Layer:
    """The columns from ``first`` to ``last`` (even) of a graphic; nothing is copied."""
    luma, chroma = slice(first, last), slice(first // 2, last // 2)
    frame = drawn.frame
    part = Frame(
        frame.y[:, luma], frame.u[:, chroma], frame.v[:, chroma], frame.pts_ns,
        None if frame.alpha is None else frame.alpha[:, luma],
        None if frame.alpha_uv is None else frame.alpha_uv[:, chroma],
    )  # fmt: skip
    return Layer(part, drawn.inverse[:, luma], drawn.inverse_uv[:, chroma])
