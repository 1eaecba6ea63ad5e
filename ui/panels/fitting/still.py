"""The host's still with the good on, as the engine drew it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.theme import tokens
from ui.widgets.paint import painting


class StillView(QWidget):
    """A picture that fills the widget as far as its shape allows, and a line of words on it."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(tokens.px(140), tokens.px(110))
        self.hint = ""
        self._image = QImage()
        self._words = ""

    def sizeHint(self) -> QSize:
        """As large as the anchors' board."""
        return QSize(tokens.px(300), tokens.px(220))

    @property
    def has_picture(self) -> bool:
        """Has one come?"""
        return not self._image.isNull()

    @property
    def words(self) -> str:
        """What is said on it."""
        return self._words

    def show_picture(self, image: QImage, words: str = "") -> None:
        """Another picture; ``words`` say what is wrong with it."""
        self._image, self._words = image, words
        self.update()

    def say(self, words: str) -> None:
        """No picture, but a reason."""
        self._words = words
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(tokens.RAISED))
        if not self._image.isNull():
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(
                (self.width() - size.width()) // 2, (self.height() - size.height()) // 2,
                size.width(), size.height(),
            )  # fmt: skip
            painter.drawImage(place, self._image)
        words = self._words or (self.hint if self._image.isNull() else "")
        if words:
            painter.setFont(tokens.font(12))
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
            inner = self.rect().adjusted(*(tokens.px(v) for v in (8, 8, -8, -6)))
            wraps = int(flags | Qt.TextFlag.TextWordWrap)
            plate = painter.boundingRect(inner, wraps, words).adjusted(-4, -2, 4, 2)
            painter.fillRect(plate, QColor(0, 0, 0, 190))
            painter.setPen(QColor(tokens.ATTENTION if self._words else tokens.MUTED))
            painter.drawText(inner, wraps, words)
