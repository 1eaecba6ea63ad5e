"""What lies over the picture on the stage: guides, safe area, what is picked, snapping lines."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from studio.scenes.model import Box
from ui.models import placing
from ui.theme import tokens as t


def draw_guides(painter: QPainter, size: placing.Size, safe: Box | None) -> None:
    """Thirds; what lies outside the safe area is shaded."""
    painter.setPen(QPen(QColor(255, 255, 255, 70), 1))
    for part in (1 / 3, 2 / 3):
        painter.drawLine(QPointF(part * size[0], 0), QPointF(part * size[0], size[1]))
        painter.drawLine(QPointF(0, part * size[1]), QPointF(size[0], part * size[1]))
    if safe is None:
        return
    inside = QRectF(safe.x * size[0], safe.y * size[1], safe.w * size[0], safe.h * size[1])
    shade = QPainterPath()
    shade.setFillRule(Qt.FillRule.OddEvenFill)
    shade.addRect(QRectF(0, 0, *size))
    shade.addRect(inside)
    painter.fillPath(shade, QColor(0, 0, 0, 90))
    painter.setPen(QPen(QColor(t.ATTENTION), 1, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(inside)


def draw_item(
    painter: QPainter,
    size: placing.Size,
    box: Box,
    rotation: float,
    is_locked: bool,
    has_handles: bool,
) -> None:
    """The frame of what is picked, with its handles where it can be moved alone."""
    shape = QPolygonF([QPointF(*at) for at in placing.corners(box, size, rotation)])
    colour = QColor(t.MUTED if is_locked else t.ACCENT)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, wide in ((QColor(0, 0, 0, 160), 3.0), (colour, 1.5)):
        painter.setPen(QPen(ink, wide))
        painter.drawPolygon(shape)
    if not has_handles:
        return
    top = QPointF(*placing.place_of("n", box, size, rotation))
    turn = QPointF(*placing.place_of(placing.TURN, box, size, rotation))
    painter.drawLine(top, turn)
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(QColor(t.WHITE))
    painter.drawEllipse(turn, t.px(4), t.px(4))
    half = t.px(4)
    for name in placing.HANDLES:
        at = placing.place_of(name, box, size, rotation)
        painter.drawRect(QRectF(at[0] - half, at[1] - half, 2 * half, 2 * half))


def draw_lines(painter: QPainter, size: placing.Size, lines: placing.Lines) -> None:
    """Where a drag snapped to."""
    painter.setPen(QPen(QColor(t.NEXT), 1))
    for x in lines.xs:
        painter.drawLine(QPointF(x * size[0], 0), QPointF(x * size[0], size[1]))
    for y in lines.ys:
        painter.drawLine(QPointF(0, y * size[1]), QPointF(size[0], y * size[1]))
