"""A live picture in the window, painted straight from shared memory."""

from __future__ import annotations

import time

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from ui.i18n import t as t_words
from ui.pictures import PictureFeed, PictureStreams
from ui.theme import tokens as t
from ui.widgets.paint import painting

GROUND = QColor("#0D0F12")
SHAPES = {"landscape": (16, 9), "portrait": (9, 16)}


def fitted(size: QSize, target: QRect) -> QRect:
    """Where a picture of this size stands in a place: never stretched to another shape."""
    own = size.scaled(target.size(), Qt.AspectRatioMode.KeepAspectRatio)
    spare = max(target.width() - own.width(), target.height() - own.height())
    if spare <= max(target.width(), target.height()) // 50:
        return target
    place = QRect(target.topLeft(), own)
    place.moveCenter(target.center())
    return place


class PictureView(QWidget):
    """One picture, as large as the widget allows, in the shape of its canvas.

    Args:
        pictures: where it comes from.
        what: "programme", "preview" or "scene".
        fps: pictures a second at most.
    """

    def __init__(self, pictures: PictureStreams, what: str, fps: float) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._pictures = pictures
        self._canvas, self._scene = "landscape", ""
        self._shape = SHAPES["landscape"]
        self.words = ""
        self._rect: QRect | None = None
        self.feed = PictureFeed(pictures, what, fps, self._new_picture, self._can_be_seen)
        self.setMinimumSize(t.px(48), t.px(27))

    def show_canvas(self, canvas: str, scene: str = "", shape: tuple[int, int] | None = None) -> (
        None
    ):  # fmt: skip
        """Another canvas or scene."""
        wanted = shape or SHAPES.get(canvas, (16, 9))
        if (canvas, scene, wanted) != (self._canvas, self._scene, self._shape):
            self._canvas, self._scene, self._shape = canvas, scene, wanted
            self._rect = None
            self._want()
            self.update()

    @property
    def has_picture(self) -> bool:
        """Whether a picture is there."""
        return self.feed.image is not None

    def drop(self) -> None:
        """Closes its feed for good."""
        self._pictures.drop(self.feed)

    def picture_rect(self) -> QRect:
        """Where the picture stands in the widget."""
        if self._rect is None:
            across, down = self._shape
            size = QSize(across, down).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            self._rect = QRect(0, 0, size.width(), size.height())
            self._rect.moveCenter(self.rect().center())
        return QRect(self._rect)

    def _can_be_seen(self) -> bool:
        """Not scrolled away, and its window is neither put aside nor on another desktop."""
        handle = self.window().windowHandle()
        if handle is not None and not handle.isExposed():
            return False
        return self.isVisible() and not self.visibleRegion().isEmpty()

    def _new_picture(self) -> None:
        self.update(self.picture_rect())

    def _want(self) -> None:
        if not self.isVisible():
            return
        ratio = self.devicePixelRatioF()
        size = self.picture_rect().size()
        wide, high = round(size.width() * ratio), round(size.height() * ratio)
        # Chroma rows come in pairs of lines: a height in fours is what every converter gets right.
        self.feed.want(QSize(wide - wide % 2, high - high % 4), self._canvas, self._scene)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Asks for pictures of the new size."""
        self._rect = None
        self._want()

    def showEvent(self, event: QShowEvent) -> None:
        """Begins to look."""
        self._want()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: costs nothing."""
        self.feed.want(QSize(), self._canvas, self._scene)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the newest picture."""
        began = time.perf_counter_ns()
        painter = QPainter(self)
        target, image = self.picture_rect(), self.feed.image
        if target != self.rect() and not target.contains(event.rect()):
            painter.fillRect(self.rect(), GROUND)
        if image is None:
            painter.fillRect(target, GROUND)
            words = t_words("picture.elsewhere") if self.feed.is_elsewhere else self.words
            if words:
                painter.setFont(t.font(12))
                painter.setPen(QColor(t.MUTED))
                painter.drawText(
                    self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words
                )
        else:
            ratio = self.devicePixelRatioF()
            spare_x = abs(image.width() - target.width() * ratio)
            spare_y = abs(image.height() - target.height() * ratio)
            if spare_x < 4 and spare_y < 5:
                image.setDevicePixelRatio(ratio)
                if spare_x or spare_y:  # the last columns and lines, which the picture leaves
                    edge = QRect(target.topLeft(), image.deviceIndependentSize().toSize())
                    painter.fillRect(target.adjusted(edge.width() - 1, 0, 0, 0), GROUND)
                    painter.fillRect(target.adjusted(0, edge.height() - 1, 0, 0), GROUND)
                painter.drawImage(target.topLeft(), image)
            else:
                place = fitted(image.size(), target)
                if place != target:  # still that of another canvas
                    painter.fillRect(self.rect(), GROUND)
                painter.drawImage(place, image)
        painter.end()
        self._pictures.measure.painted(time.perf_counter_ns() - began)
