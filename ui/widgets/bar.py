"""A part of a whole as a horizontal bar."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.i18n import t as words
from ui.theme import tokens
from ui.widgets.paint import painting

HOT = 0.9


class PartBar(QWidget):
    """A rounded ground that a colour fills from the left.

    Class attributes:
        size_px: width it likes and its height, at scale 1.
        ground: its colour where nothing fills it.
        least: a smaller change is not drawn.
    """

    size_px: ClassVar[tuple[int, int]] = (80, 8)
    ground: ClassVar[str] = tokens.LINE
    least: ClassVar[float] = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.part = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A thin bar."""
        return QSize(*(tokens.px(side) for side in self.size_px))

    def show_part(self, part: float) -> None:
        """0 is empty, 1 full."""
        if abs(part - self.part) > self.least:
            self.part = part
            self.update()

    def tone(self) -> str:
        """Colour of the filled part."""
        return tokens.ATTENTION

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        painter.setBrush(QColor(self.ground))
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        if self.part > 0:
            painter.setBrush(QColor(self.tone()))
            wide = max(float(self.height()), self.width() * self.part)
            painter.drawRoundedRect(QRectF(0, 0, wide, self.height()), radius, radius)


class LevelBar(PartBar):
    """Green while there is sound, amber where it is too loud."""

    size_px = (120, 10)
    ground = tokens.RAISED
    least = 0.004

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(words("first.level"))

    def tone(self) -> str:
        """By how loud it is."""
        return tokens.ATTENTION if self.part > HOT else tokens.NEXT
