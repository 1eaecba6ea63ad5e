"""Lanes under each other on one axis; a line where the hand is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.insight.strip.model import ShowStrip, StripShot
from ui.i18n import pick, t
from ui.theme import tokens
from ui.widgets.paint import painting

LANE, FOOT, NAMES, MARKS, SHOTS = 46, 20, 92, 18, 54
SAID_S = 6.0
"""What was said so near the hand is shown."""
INKS = {"card": tokens.ACCENT, "cut": tokens.MUTED, "alarm": tokens.ATTENTION}
Series = tuple[float | None, ...]


class LanesView(QWidget):
    """The show in full, the other in dashes; marks above."""

    def __init__(self) -> None:
        super().__init__()
        self.strip: ShowStrip | None = None
        self.at_s = 0.0
        self.shots: list[tuple[float, QPixmap]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def put(self, strip: ShowStrip) -> None:
        """Another show."""
        self.strip = strip
        self.put_shots(())
        self.move_to(0.0)

    def put_shots(self, shots: Sequence[StripShot]) -> None:
        """Its pictures; one that cannot be read is left out."""
        found = [(shot.at_s, QPixmap(shot.file)) for shot in shots]
        self.shots = [(at_s, picture) for at_s, picture in found if not picture.isNull()]
        lanes = len(self.strip.lanes) if self.strip is not None else 0
        self.setFixedHeight(self._top() + lanes * tokens.px(LANE) + tokens.px(FOOT))
        self.update()

    def _top(self) -> int:
        """Above the lanes."""
        return tokens.px(MARKS) + (tokens.px(SHOTS) if self.shots else 0)

    def said(self) -> str:
        """What the host said at the hand."""
        speech = self.strip.speech if self.strip is not None else ()
        lately = [line.text for line in speech if abs(self.at_s - line.at_s) <= SAID_S]
        return " ".join(lately[-2:])

    def move_to(self, at_s: float) -> None:
        """The hand is here."""
        self.at_s = at_s
        self.setAccessibleName(self.words())
        self.update()

    def words(self) -> str:
        """What is known of the minute under the hand, and of marks in it."""
        if self.strip is None:
            return ""
        minute = int(self.at_s // 60)
        parts = [t("strip.minute", n=minute)]
        for lane in self.strip.lanes:
            parts.append(f"{pick(lane.label)} {_shown(lane.values, minute, lane.unit)}")
            if lane.beside:
                parts[-1] += f" ({_shown(lane.beside, minute, lane.unit)})"
        parts += [
            f"{t(f'strip.{mark.kind}')} {mark.what}".strip()
            for mark in self.strip.marks if mark.at_s // 60 == minute
        ][:4]  # fmt: skip
        return " · ".join(parts)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        strip = self.strip
        if strip is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(tokens.font(11))
        left, top = tokens.px(NAMES), self._top()
        step = (self.width() - left - tokens.px(8.0)) / max(1, strip.minutes)
        foot = self.height() - tokens.px(FOOT)
        for part in (strip.opened_min, strip.closing_min):
            painter.setPen(QPen(tokens.colour(tokens.LINE), 1))
            painter.drawLine(QPointF(left + part * step, 0), QPointF(left + part * step, foot))
        for mark in strip.marks:
            painter.setPen(QPen(tokens.colour(INKS[mark.kind]), tokens.px(1.5)))
            x = left + mark.at_s / 60 * step
            painter.drawLine(QPointF(x, 2), QPointF(x, tokens.px(MARKS) - 4.0))
        self._pictures(painter, left, step)
        for number, lane in enumerate(strip.lanes):
            y, high = top + number * tokens.px(LANE), tokens.px(LANE) - 8.0
            most = max((value or 0.0 for value in (*lane.values, *lane.beside)), default=0) or 1.0
            painter.setPen(tokens.colour(tokens.MUTED))
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y, left - 8.0, high), middle, pick(lane.label))
            self._line(painter, lane.beside, QPointF(left, y), (step, high, most), is_other=True)
            self._line(painter, lane.values, QPointF(left, y), (step, high, most), is_other=False)
        every = max(10, -(-strip.minutes // 80) * 10)
        painter.setPen(tokens.colour(tokens.MUTED))
        for minute in range(0, strip.minutes, every):
            box = QRectF(left + minute * step - 4, foot, 60, tokens.px(FOOT))
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, f"{minute}'")
        painter.setPen(QPen(tokens.colour(tokens.TEXT), tokens.px(1)))
        x = left + self.at_s / 60 * step
        painter.drawLine(QPointF(x, 0), QPointF(x, foot))

    def _pictures(self, painter: QPainter, left: int, step: float) -> None:
        high = tokens.px(SHOTS) - 6
        until = float(left)
        for at_s, picture in self.shots:
            wide = high * picture.width() / max(1, picture.height())
            x = max(float(left), left + at_s / 60 * step - wide / 2)
            if x < until or x + wide > self.width():
                continue  # no room for all of them: none covers another
            box = QRectF(x, tokens.px(MARKS), wide, high)
            painter.drawPixmap(box, picture, QRectF(picture.rect()))
            until = x + wide + 2

    @staticmethod
    def _line(
        painter: QPainter, values: Series, origin: QPointF, scale: tuple[float, float, float],
        *, is_other: bool,
    ) -> None:  # fmt: skip
        step, high, most = scale
        style = Qt.PenStyle.DashLine if is_other else Qt.PenStyle.SolidLine
        ink = tokens.MUTED if is_other else tokens.ACCENT
        painter.setPen(QPen(tokens.colour(ink), tokens.px(1.2), style))
        part = QPolygonF()
        for minute, value in enumerate((*values, None)):
            if value is not None:
                y = origin.y() + high * (1 - value / most)
                part.append(QPointF(origin.x() + (minute + 0.5) * step, y))
            elif part.size():
                painter.drawPolyline(part)
                part = QPolygonF()


def _shown(values: Series, minute: int, unit: str) -> str:
    value = values[minute] if minute < len(values) else None
    if value is None:
        return "—"
    return f"{value / 100:,.0f}" if unit == "cents" else f"{value:,.0f}"
