"""What all cards are painted with: shadow, photo, lines of text."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.file_marks import Marks, marks
from studio.graphics.model import Style

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QFontMetricsF, QImage, QPainter

SOFT = "#7b8190"
PILL = "#fff1d6"
PILL_INK = "#8a5200"
PHOTO = "#f1ece4"
KEPT_PHOTOS = 32


def begin_card(image: QImage, card: QRectF, shadow: float, unit: float, style: Style) -> QPainter:
    """The ground of a card with its shadow; the painter goes on from there."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor, QPainter

    painter = QPainter(image)
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing
        | QPainter.RenderHint.TextAntialiasing
        | QPainter.RenderHint.SmoothPixmapTransform
    )
    painter.setPen(Qt.PenStyle.NoPen)
    draw_shadow(painter, card, shadow, unit * 0.1)
    ground = QColor(style.paper)
    ground.setAlpha(248)
    painter.setBrush(ground)
    painter.drawRoundedRect(card, unit * 0.1, unit * 0.1)
    return painter


def draw_framed_photo(painter: QPainter, path: str, box: QRectF, unit: float, inset: float) -> None:
    """A photo on its own ground with round corners."""
    from PySide6.QtGui import QColor, QPainterPath

    frame = QPainterPath()
    frame.addRoundedRect(box, unit * 0.07, unit * 0.07)
    painter.setBrush(QColor(PHOTO))
    painter.drawPath(frame)
    painter.save()
    painter.setClipPath(frame)
    draw_photo(painter, path, box, inset)
    painter.restore()


def draw_shadow(painter: QPainter, card: QRectF, reach: float, radius: float) -> None:
    from PySide6.QtGui import QColor

    steps = 8
    for step in range(steps, 0, -1):
        grow = reach * step / steps
        painter.setBrush(QColor(0, 0, 0, 7))
        box = card.adjusted(-grow, -grow * 0.6, grow, grow)
        painter.drawRoundedRect(box, radius + grow, radius + grow)


@lru_cache(maxsize=KEPT_PHOTOS)
def _scaled(path: str, mark: Marks, width: int, height: int) -> QImage:
    """A photo as large as the card shows it: a card with a clock is drawn anew each second."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImageReader

    reader = QImageReader(path)
    reader.setAutoTransform(True)  # a phone's photo lies as it was held
    return reader.read().scaled(
        width,
        height,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def draw_photo(painter: QPainter, path: str, box: QRectF, inset: float) -> None:
    from PySide6.QtCore import QRectF

    mark = marks((Path(path),))
    if not path or mark == (None,):
        return
    inner = box.adjusted(inset, inset, -inset, -inset)
    scaled = _scaled(path, mark, round(inner.width()), round(inner.height()))
    if scaled.isNull():
        return
    at = QRectF(0, 0, scaled.width(), scaled.height())
    at.moveCenter(inner.center())
    painter.drawImage(at.topLeft(), scaled)


def wrapped(text: str, metrics: QFontMetricsF, width: float, lines: int = 2) -> list[str]:
    """At most so many lines; what does not fit ends in …"""
    from PySide6.QtCore import Qt

    made: list[str] = []
    rest = text
    while metrics.horizontalAdvance(rest) > width and len(made) < lines - 1:
        cut = len(rest)
        while cut > 1 and metrics.horizontalAdvance(rest[:cut]) > width:
            cut -= 1
        space = rest.rfind(" ", 0, cut)
        is_in_word = rest[cut - 1 : cut + 1].isascii() and rest[cut - 1 : cut + 1].isalnum()
        if space > 0 and (is_in_word or space > cut * 0.6):
            cut = space
        made.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*made, metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)]
