"""A button that wants to be held: for what cannot be undone. No dialog, no accident."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent

from ui.i18n import t as words
from ui.theme import tokens as t
from ui.widgets.basics import Button
from ui.widgets.paint import painting

HOLD_MS = 800


class HoldButton(Button):
    """Works only when held for `HOLD_MS`, by mouse, touch or the space bar.

    Signals:
        held: it was held long enough.
        let_go: it was let go too early; say that it wants to be held.
    """

    held = Signal()
    let_go = Signal()

    def __init__(
        self,
        text: str = "",
        kind: str = "",
        *,
        held: Callable[[], object] | None = None,
        dense: bool = True,
        icon: str = "",
    ) -> None:
        super().__init__(text, kind, dense=dense, icon=icon)
        self._since = QElapsedTimer()
        self._tick = QTimer(self)
        self._tick.setInterval(16)
        self._tick.timeout.connect(self._grow)
        self._part = 0.0
        self.pressed.connect(self._begin)
        self.released.connect(self._end)
        if held is not None:
            self.held.connect(lambda: held())

    def name(self, text: str, tip: str = "") -> None:
        """Says that it wants to be held."""
        super().name(words("hold.name", what=text), tip or words("hold.tip", what=text))

    def _begin(self) -> None:
        self._since.start()
        self._tick.start()

    def _grow(self) -> None:
        self._part = min(1.0, self._since.elapsed() / HOLD_MS)
        self.update()
        if self._part >= 1.0:
            self._tick.stop()
            self._part = 0.0
            self.setDown(False)
            self.update()
            self.held.emit()

    def _end(self) -> None:
        if self._tick.isActive():
            self._tick.stop()
            self._part = 0.0
            self.update()
            self.let_go.emit()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, filling up while it is held."""
        super().paintEvent(event)
        if self._part <= 0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), t.px(5), t.px(5))
        painter.setClipPath(path)
        fill = QColor(t.ATTENTION)
        fill.setAlpha(110)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(0, 0, round(self.width() * self._part), self.height(), fill)
