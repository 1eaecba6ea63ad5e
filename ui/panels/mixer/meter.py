"""Levels and faders of the mixer."""

from __future__ import annotations

import time

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import tokens as t
from ui.widgets.paint import painting

LOWEST_DB = -60.0
HOT_DB, CLIP_DB = -18.0, -6.0
FALL_DB_S = 24.0
HOLD_S = 1.2
UNITY = 0.75  # of the fader's way up
TOP_DB, BOTTOM_DB = 12.0, -60.0


def part_of(db: float) -> float:
    """Where a level stands on a meter, 0 at the bottom to 1 at 0 dBFS."""
    return max(0.0, min(1.0, 1.0 - db / LOWEST_DB))


def fader_part(db: float) -> float:
    """Where a gain stands on the fader: unity at three quarters, off at the bottom."""
    if db <= BOTTOM_DB:
        return 0.0
    if db >= 0:
        return min(1.0, UNITY + (1 - UNITY) * db / TOP_DB)
    return float(UNITY * (1 - db / BOTTOM_DB) ** 1.6)


def fader_db(part: float) -> float:
    """The gain of a place on the fader; inverse of `fader_part`."""
    if part <= 0.004:
        return -100.0
    if part >= UNITY:
        return round((part - UNITY) / (1 - UNITY) * TOP_DB, 1)
    return float(round(BOTTOM_DB * (1 - (part / UNITY) ** (1 / 1.6)), 1))


def _pale(ink: str) -> QColor:
    """A colour as it looks on an empty bar when it is half there: opaque fills cost least."""
    over, under, part = QColor(ink), QColor(t.RAISED), 110 / 255
    mixed = [round(a * part + b * (1 - part)) for a, b in zip(
        (over.red(), over.green(), over.blue()),
        (under.red(), under.green(), under.blue()), strict=True)]  # fmt: skip
    return QColor(*mixed)


GROUND, EMPTY, OVER, HELD = QColor(t.PANEL), QColor(t.RAISED), QColor(t.ATTENTION), QColor(t.TEXT)
ZONES = [
    (part_of(low), part_of(top), _pale(ink), QColor(ink))
    for low, top, ink in (
        (LOWEST_DB, HOT_DB, t.NEXT), (HOT_DB, CLIP_DB, "#7FB24A"), (CLIP_DB, 0.0, t.ATTENTION),
    )
]  # fmt: skip


class MeterBar(QWidget):
    """Two bars, left and right: full up to the RMS, pale up to the peak, a line at the held peak.

    Green, yellow-green from −18 dB, amber from −6 dB.
    """

    def __init__(self) -> None:
        super().__init__()
        self._levels = [LOWEST_DB, LOWEST_DB]
        self._rms = [LOWEST_DB, LOWEST_DB]
        self._peaks = [LOWEST_DB, LOWEST_DB]
        self._peak_at = [0.0, 0.0]
        self._at = time.monotonic()
        self._drawn: tuple[int, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(t.px(48))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def sizeHint(self) -> QSize:
        """Two bars wide."""
        return QSize(t.px(20), t.px(120))

    @property
    def peak_db(self) -> float:
        """The held peak of the louder side."""
        return max(self._peaks)

    def hear(
        self,
        peaks_db: tuple[float, float] | list[float],
        rms_db: tuple[float, float] | list[float] | None = None,
    ) -> None:
        """Takes in levels; bars fall slowly, so that the eye can follow."""
        rms_db = peaks_db if rms_db is None else rms_db
        now = time.monotonic()
        fall = (now - self._at) * FALL_DB_S
        self._at = now
        for side in (0, 1):
            level = float(peaks_db[side]) if side < len(peaks_db) else LOWEST_DB
            self._levels[side] = max(level, self._levels[side] - fall, LOWEST_DB)
            rms = float(rms_db[side]) if side < len(rms_db) else LOWEST_DB
            self._rms[side] = max(rms, self._rms[side] - fall, LOWEST_DB)
            if level >= self._peaks[side] or now - self._peak_at[side] > HOLD_S:
                self._peaks[side], self._peak_at[side] = max(level, LOWEST_DB), now
        all_db = (*self._levels, *self._rms, *self._peaks)
        seen = tuple(round(part_of(db) * self.height()) for db in all_db)
        if seen != self._drawn:
            self._drawn = seen
            self.update()

    def forget(self) -> None:
        """Nothing is known: empty at once."""
        for held in (self._levels, self._rms, self._peaks):
            held[:] = [LOWEST_DB, LOWEST_DB]
        self._drawn = ()
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws both bars."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), GROUND)
        gap = t.px(3)
        wide = (self.width() - gap) // 2
        for side in (0, 1):
            self._bar(painter, side * (wide + gap), wide, side)

    def _bar(self, painter: QPainter, x: int, wide: int, side: int) -> None:
        high = self.height()
        until, full = part_of(self._levels[side]), part_of(self._rms[side])
        painter.fillRect(x, 0, wide, high - round(high * until), EMPTY)
        for low, top, pale, strong in ZONES:
            foot = high - round(high * low)
            middle = high - round(high * max(low, min(full, top)))
            head = high - round(high * max(low, min(until, top)))
            if head < middle:
                painter.fillRect(x, head, wide, middle - head, pale)
            if middle < foot:
                painter.fillRect(x, middle, wide, foot - middle, strong)
        peak = part_of(self._peaks[side])
        if peak > 0:
            y = min(high - 2, round(high * (1 - peak)))
            ink = OVER if self._peaks[side] > -0.5 else HELD
            painter.fillRect(x, y, wide, max(1, t.px(1.5)), ink)


class Fader(QWidget):
    """A gain, drawn beside the meter; wheel and arrow keys too, double click is 0 dB.

    Signals:
        moved: (gain in dB) by the person, while it moves.
    """

    moved = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._db = 0.0
        self._is_held = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(t.px(48))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """A knob wide."""
        return QSize(t.px(22), t.px(120))

    @property
    def db(self) -> float:
        """The gain shown."""
        return self._db

    def set(self, db: float) -> None:
        """Shows a gain, unless the person holds the knob."""
        if not self._is_held and db != self._db:
            self._db = db
            self.update()

    def _travel(self) -> int:
        return max(1, self.height() - t.px(12))

    def _move(self, y: float) -> None:
        part = 1 - (y - t.px(6)) / self._travel()
        self._tell(fader_db(max(0.0, min(1.0, part))))

    def _tell(self, db: float) -> None:
        db = -100.0 if db < BOTTOM_DB else min(TOP_DB, round(db, 1))
        if db != self._db:
            self._db = db
            self.update()
            self.moved.emit(db)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes the knob."""
        self._is_held = True
        self._move(event.position().y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Moves the knob."""
        if self._is_held:
            self._move(event.position().y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lets go."""
        self._is_held = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to 0 dB."""
        self._tell(0.0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Half a decibel a notch."""
        self._tell(max(self._db, BOTTOM_DB) + (0.5 if event.angleDelta().y() > 0 else -0.5))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows by half a decibel, pages by three."""
        steps = {Qt.Key.Key_Up: 0.5, Qt.Key.Key_Down: -0.5, Qt.Key.Key_PageUp: 3.0,
                 Qt.Key.Key_PageDown: -3.0}  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._tell(max(self._db, BOTTOM_DB) + step)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the way and the knob."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, travel, edge = self.width() // 2, self._travel(), t.px(6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.BACKGROUND))
        slot = QRect(middle - t.px(2), edge, t.px(4), travel)
        painter.drawRoundedRect(slot, t.px(2), t.px(2))
        unity = edge + round(travel * (1 - UNITY))
        painter.fillRect(t.px(3), unity, self.width() - t.px(6), 1, QColor(t.FAINT))
        y = edge + round(travel * (1 - fader_part(self._db)))
        knob = QRect(t.px(2), y - t.px(5), self.width() - t.px(4), t.px(10))
        painter.setBrush(QColor("#C9CDD4" if self.isEnabled() else t.FAINT))
        if self.hasFocus():
            painter.setPen(QColor(t.ACCENT))
        painter.drawRoundedRect(knob, t.px(3), t.px(3))
        painter.fillRect(knob.adjusted(t.px(3), t.px(5), -t.px(3), -t.px(5) + 1), QColor(t.DARK))
