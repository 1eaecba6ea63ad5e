"""Draws a text to a frame with alpha."""

from __future__ import annotations

from typing import Any

from studio.graphics import qt
from studio.media.frame import Frame

MAX_WIDTH = 3840


def draw_text(text: str, style: dict[str, Any]) -> Frame:
    """A frame just large enough for ``text``.

    Args:
        text: may have several lines.
        style: size (pixels), weight, colour, shadow (bool), background ("" or "#rrggbb").
    """
    from PySide6.QtCore import QPointF, QRectF, Qt
    from PySide6.QtGui import QColor, QFontMetricsF, QPainter

    size = int(style.get("size", 64))
    font = qt.font(size, int(style.get("weight", 700)))
    metrics = QFontMetricsF(font)
    lines = text.split("\n") or [""]
    pad = size * 0.3
    width = min(MAX_WIDTH, max(metrics.horizontalAdvance(line) for line in lines) + 2 * pad)
    height = metrics.lineSpacing() * len(lines) + pad
    image = qt.canvas(round(width), round(height))
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.setFont(font)
    if style.get("background"):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(str(style["background"])))
        painter.drawRoundedRect(QRectF(image.rect()), pad * 0.6, pad * 0.6)
    for index, line in enumerate(lines):
        at = QPointF(pad, pad / 2 + metrics.ascent() + index * metrics.lineSpacing())
        if style.get("shadow", True):
            painter.setPen(QColor(0, 0, 0, 130))
            painter.drawText(at + QPointF(size * 0.03, size * 0.05), line)
        painter.setPen(QColor(str(style.get("colour", "#ffffff"))))
        painter.drawText(at, line)
    painter.end()
    return qt.to_frame(image)


class TextDrawer:
    """What sources get to draw text with (`studio.sources.base.Drawer`)."""

    def text(self, text: str, style: dict[str, Any]) -> Frame:
        """See `draw_text`."""
        return draw_text(text, style)
