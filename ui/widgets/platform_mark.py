"""A platform's mark: its initial on a plain coloured ground, drawn here; nobody's trademark."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.outputs.model import PlatformMark, PlatformProfile
from ui.i18n import pick
from ui.theme import tokens
from ui.widgets.paint import painting
from ui.widgets.plain import plain

SIZE = 20
NOBODY = PlatformMark("•", "•")


def draw_mark(painter: QPainter, rect: QRectF, mark: PlatformMark) -> None:
    """Draws a mark into a square."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(mark.colour))
    radius = rect.height() * 0.24
    painter.drawRoundedRect(rect, radius, radius)
    painter.setPen(QColor(tokens.WHITE))
    font = tokens.font(12, 600)
    font.setPixelSize(max(6, round(rect.height() * 0.62)))
    painter.setFont(font)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, pick({"zh": mark.zh, "en": mark.en}))


def mark_icon(platform: PlatformProfile | None, ratio: float = 2.0) -> QIcon:
    """A mark for a list or a button."""
    side = tokens.px(SIZE)
    made = QPixmap(round(side * ratio), round(side * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    draw_mark(painter, QRectF(0, 0, side, side), platform.mark if platform else NOBODY)
    painter.end()
    return QIcon(made)


class PlatformMarkView(QWidget):
    """A mark as a widget, with the platform's name for a screen reader."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = NOBODY
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(QSize(tokens.px(SIZE), tokens.px(SIZE)))

    def show_platform(self, platform: PlatformProfile | None) -> None:
        """Another platform; None for one that is not known."""
        self._mark = platform.mark if platform else NOBODY
        name = pick(platform.label) if platform else ""
        self.setAccessibleName(name)
        self.setToolTip(plain(name))
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        draw_mark(QPainter(self), QRectF(self.rect()), self._mark)
