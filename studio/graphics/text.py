"""Draws a text to a frame with alpha: any font, outline, shadow, wrapped, upright or vertical."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.graphics import qt
from studio.media.frame import Frame

if TYPE_CHECKING:
    from PySide6.QtGui import QFontMetricsF

MAX_WIDTH = 3840
MAX_HEIGHT = 4096
GENERIC = ("sans serif", "sans-serif", "sans", "serif", "monospace")
_WORDS = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef]+\s*|\s+|.", re.DOTALL)


def draw_text(text: str, style: dict[str, Any]) -> Frame:
    """A frame just large enough for ``text``.

    Args:
        text: may have several lines.
        style: size (pixels), weight, colour, shadow (bool), background ("" or "#rrggbb"), font
            (family), font_file (path), outline (pixels), outline_colour, align ("left", "centre",
            "right"), wrap (pixels, 0: never), is_vertical (from right to left), is_steady (as wide
            as its digits can get).

    Raises:
        StudioError: not_found, invalid (font file).
    """
    from PySide6.QtCore import QPointF, QRectF, Qt
    from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainterPath, QPen

    size = int(style.get("size", 64))
    family = str(style.get("font", ""))
    if style.get("font_file"):
        family = qt.add_font(Path(str(style["font_file"])))
    font = qt.font(size, int(style.get("weight", 700)), family)
    metrics = QFontMetricsF(font)
    outline = float(style.get("outline", 0))
    pad = size * 0.3 + outline
    lines = _lines(text, metrics, float(style.get("wrap", 0)))
    spots: list[tuple[QPointF, str]] = []
    if style.get("is_vertical"):
        width, height = _columns(lines, metrics, size, pad, spots)
    else:
        wide = [_advance(line, metrics, bool(style.get("is_steady"))) for line in lines]
        inner = max(wide)
        width = min(MAX_WIDTH, inner + 2 * pad)
        height = metrics.lineSpacing() * len(lines) + pad
        part = {"centre": 0.5, "right": 1.0}.get(str(style.get("align", "left")), 0.0)
        for index, line in enumerate(lines):
            left = pad + (inner - wide[index]) * part
            top = pad / 2 + metrics.ascent() + index * metrics.lineSpacing()
            spots.append((QPointF(left, top), line))
    image = qt.canvas(round(width), min(MAX_HEIGHT, round(height)))
    painter = qt.painter_on(image)
    painter.setFont(font)
    if style.get("background"):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(str(style["background"])))
        painter.drawRoundedRect(QRectF(image.rect()), size * 0.18, size * 0.18)
    colour = QColor(str(style.get("colour", "#ffffff")))
    for at, line in spots:
        if style.get("shadow", True):
            painter.setPen(QColor(0, 0, 0, 130))
            painter.drawText(at + QPointF(size * 0.03, size * 0.05), line)
        if outline > 0:
            path = QPainterPath()
            path.addText(at, font, line)
            edge = QColor(str(style.get("outline_colour") or "#000000"))
            pen = QPen(QBrush(edge), 2 * outline)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.strokePath(path, pen)
            painter.fillPath(path, QBrush(colour))
        else:
            painter.setPen(colour)
            painter.drawText(at, line)
    painter.end()
    return qt.to_frame(image)


def _advance(line: str, metrics: QFontMetricsF, is_steady: bool) -> float:
    return metrics.horizontalAdvance(re.sub(r"\d", "0", line) if is_steady else line)


def _lines(text: str, metrics: QFontMetricsF, wrap: float) -> list[str]:
    """Lines no wider than ``wrap``: broken between words, and between Chinese signs."""
    given = text.split("\n") or [""]
    if wrap <= 0:
        return given
    made = []
    for line in given:
        now = ""
        for word in _WORDS.findall(line):
            if now and metrics.horizontalAdvance((now + word).rstrip()) > wrap:
                made.append(now.rstrip())
                now = ""
            now += word if now or not word.isspace() else ""
        made.append(now.rstrip())
    return made


def _columns(
    lines: list[str], metrics: QFontMetricsF, size: int, pad: float, spots: list[Any]
) -> tuple[float, float]:
    """Signs one below the other, columns from right to left; (width, height)."""
    from PySide6.QtCore import QPointF

    step, column = size * 1.12, size * 1.35
    width = column * len(lines) + 2 * pad - (column - size)
    for index, line in enumerate(lines):
        middle = width - pad - size / 2 - index * column
        for row, sign in enumerate(line):
            left = middle - metrics.horizontalAdvance(sign) / 2
            spots.append((QPointF(left, pad + row * step + metrics.ascent() - size * 0.1), sign))
    longest = max((len(line) for line in lines), default=1)
    return width, step * max(1, longest) + 2 * pad


class TextDrawer:
    """What sources get to draw text with (`studio.sources.base.Drawer`)."""

    def text(self, text: str, style: dict[str, Any]) -> Frame:
        """See `draw_text`."""
        return draw_text(text, style)

    def has_font(self, family: str) -> bool:
        """Asked of the system; the names that stand for whatever it has count as there."""
        from PySide6.QtGui import QFontDatabase

        qt.ready()
        return family.lower() in GENERIC or QFontDatabase.hasFamily(family)
