"""A level as a horizontal bar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.i18n import t as words
from ui.theme import tokens
from ui.widgets.paint import painting

HOT = 0.9


class LevelBar(QWidget):
    """Green while there is sound, amber where it is too loud."""

    def __init__(self) -> None:
        super().__init__()
        self.part = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(words("first.level"))

    def sizeHint(self) -> QSize:
        """A thin bar."""
        return QSize(tokens.px(120), tokens.px(10))

    def show_part(self, part: float) -> None:
        """0 is silence, 1 full scale."""
        if abs(part - self.part) > 0.004:
            self.part = part
            self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        painter.setBrush(QColor(tokens.RAISED))
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        if self.part > 0:
            painter.setBrush(QColor(tokens.ATTENTION if self.part > HOT else tokens.NEXT))
            wide = max(float(self.height()), self.width() * self.part)
            painter.drawRoundedRect(QRectF(0, 0, wide, self.height()), radius, radius)
