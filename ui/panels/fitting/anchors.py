"""The asset with its anchors: dragged with the mouse, nudged with the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from ui.theme import tokens
from ui.widgets.paint import painting

REACH = 16
STEP, FAR_STEP = 0.002, 0.02
ENDINGS = (".png", ".webp", ".jpg", ".jpeg", ".svg", ".bmp")


class AnchorBoard(QWidget):
    """An asset on a chequered ground with its anchors; takes a photo that is dropped on it.

    Signals:
        moved: an anchor is elsewhere.
        dropped: (path) of a photo.
        picked: (name) the anchor that keys move now.
    """

    moved = Signal()
    dropped = Signal(str)
    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(tokens.px(140), tokens.px(110))
        self.spots: dict[str, tuple[float, float]] = {}
        self.labels: dict[str, str] = {}
        self.hint = ""
        self.current = ""
        self._image = QImage()
        self._held = ""

    def sizeHint(self) -> QSize:
        """Room enough to aim."""
        return QSize(tokens.px(260), tokens.px(220))

    def show_asset(
        self, image: QImage, spots: dict[str, tuple[float, float]], labels: dict[str, str]
    ) -> None:
        """Another asset, or another fit of it."""
        self._image, self.spots, self.labels = image, dict(spots), dict(labels)
        if self.current not in spots:
            self.current = next(iter(spots), "")
        self._held = ""
        self.update()

    @property
    def has_asset(self) -> bool:
        """Is there a picture to fit?"""
        return not self._image.isNull()

    def _place(self) -> QRectF:
        """Where the asset is drawn."""
        edge = tokens.px(14)
        room = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        wide, high = max(1, self._image.width()), max(1, self._image.height())
        scale = min(room.width() / wide, room.height() / high)
        size = (wide * scale, high * scale)
        return QRectF(
            room.center().x() - size[0] / 2, room.center().y() - size[1] / 2, size[0], size[1]
        )

    def spot_at(self, name: str) -> QPointF:
        """Where an anchor is on the widget."""
        place, (x, y) = self._place(), self.spots[name]
        return QPointF(place.x() + x * place.width(), place.y() + y * place.height())

    def put(self, name: str, x: float, y: float) -> None:
        """Moves an anchor by hand; it stays within reach of the asset."""
        self.spots[name] = (min(1.2, max(-0.2, x)), min(1.2, max(-0.2, y)))
        self.update()
        self.moved.emit()

    # -- hands ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes the nearest anchor."""
        near = [
            ((self.spot_at(name) - event.position()).manhattanLength(), name) for name in self.spots
        ]
        distance, name = min(near, default=(1e9, ""))
        if name and distance <= tokens.px(REACH) * 1.5:
            self._held = self.current = name
            self.picked.emit(name)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drags it."""
        if self._held:
            place = self._place()
            self.put(
                self._held,
                (event.position().x() - place.x()) / max(1.0, place.width()),
                (event.position().y() - place.y()) / max(1.0, place.height()),
            )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lets it go."""
        self._held = ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the anchor, Page up and Page down choose one; with Shift ten times as far."""
        names = list(self.spots)
        step = FAR_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        ways = {
            Qt.Key.Key_Left: (-step, 0.0),
            Qt.Key.Key_Right: (step, 0.0),
            Qt.Key.Key_Up: (0.0, -step),
            Qt.Key.Key_Down: (0.0, step),
        }
        key = Qt.Key(event.key())
        if key in ways and self.current in self.spots:
            x, y = self.spots[self.current]
            self.put(self.current, x + ways[key][0], y + ways[key][1])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and names:
            at = names.index(self.current) if self.current in names else 0
            self.current = names[(at + (1 if key == Qt.Key.Key_PageDown else -1)) % len(names)]
            self.picked.emit(self.current)
            self.update()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A photo may be dropped."""
        if _photo(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """It was."""
        path = _photo(event)
        if path:
            event.acceptProposedAction()
            self.dropped.emit(path)

    # -- looks ---------------------------------------------------------------------------------

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Chequers, the asset, its anchors with their names."""
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        painter.fillRect(self.rect(), QColor(tokens.RAISED))
        if self._image.isNull():
            painter.setPen(QColor(tokens.MUTED))
            painter.setFont(tokens.font(12))
            inner = self.rect().adjusted(tokens.px(12), 0, -tokens.px(12), 0)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(inner, int(flags), self.hint)
        else:
            place = self._place()
            painter.fillRect(place, QBrush(QColor(tokens.LINE), Qt.BrushStyle.Dense6Pattern))
            painter.drawImage(place, self._image)
            for name in self.spots:
                self._draw_spot(painter, name)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.ACCENT), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _draw_spot(self, painter: QPainter, name: str) -> None:
        at, is_current = self.spot_at(name), name == self.current
        radius = tokens.px(6 if is_current else 5)
        painter.setPen(QPen(QColor(tokens.DARK), 3))
        painter.setBrush(QColor(tokens.ACCENT if is_current else tokens.WHITE))
        painter.drawEllipse(at, radius, radius)
        words = self.labels.get(name, name)
        painter.setFont(tokens.font(11, 600 if is_current else 400))
        metrics = painter.fontMetrics()
        wide = metrics.horizontalAdvance(words) + tokens.px(8)
        left = min(max(0.0, at.x() - wide / 2), max(0.0, self.width() - wide))
        top = at.y() + radius + tokens.px(3)
        if top + metrics.height() > self.height():
            top = at.y() - radius - tokens.px(3) - metrics.height()
        plate = QRectF(left, top, wide, metrics.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 190))
        painter.drawRoundedRect(plate, tokens.px(3), tokens.px(3))
        painter.setPen(QColor(tokens.TEXT))
        painter.drawText(plate, int(Qt.AlignmentFlag.AlignCenter), words)


def _photo(event: QDropEvent) -> str:
    """The first picture file of what is dragged."""
    for url in event.mimeData().urls():
        path = url.toLocalFile()
        if path.lower().endswith(ENDINGS):
            return str(path)
    return ""
