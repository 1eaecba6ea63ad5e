"""A message in the place where something was asked for; it goes by itself and blocks nothing."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget
from shiboken6 import isValid

from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.basics import TextLabel, row, seen_at

STAYS_MS = 9000
_EDGES = {"attention": t.ATTENTION, "good": t.NEXT, "off": t.LINE}


class Notice(QFrame):
    """One message, near the widget it is about.

    Args:
        window: it floats inside this widget, and never outside.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._around = window
        self._icon = TextLabel()
        self._text = TextLabel(wraps=True)
        self.setLayout(row(self._icon, self._text, gap=8, margins=(10, 8, 12, 8)))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    @property
    def text(self) -> str:
        """The message shown."""
        return self._text.text()

    def say(self, anchor: QWidget | None, text: str, tone: str = "attention") -> None:
        """Shows a message at ``anchor``, or at the foot of the window."""
        edge = _EDGES.get(tone, t.ATTENTION)
        self.setStyleSheet(
            f"Notice {{ background: {t.RAISED}; border: 1px solid {edge};"
            f" border-left: {t.px(3)}px solid {edge}; border-radius: {t.px(t.RADIUS)}px; }}"
        )
        self._icon.setPixmap(icons.pixmap("warning" if tone == "attention" else "check",
                                          t.px(18), edge, self.devicePixelRatioF()))  # fmt: skip
        self._text.setText(text)
        self._text.setMaximumWidth(t.px(380))
        self.setAccessibleName(text)
        metrics = self._text.fontMetrics()
        wide = min(t.px(380), metrics.horizontalAdvance(text) + t.px(8))
        self._text.setFixedSize(wide, self._text.heightForWidth(wide))
        self.adjustSize()
        self.move(self._place(anchor))
        self.show()
        self.raise_()
        self._timer.start(STAYS_MS)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _place(self, anchor: QWidget | None) -> QPoint:
        window = self._around
        # What was asked at may be gone by the time of the answer.
        anchor = seen_at(anchor) if anchor is not None and isValid(anchor) else None
        gap, edge = t.px(6), t.px(8)
        if anchor is None or not anchor.isVisible() or anchor.window() is not window.window():
            x = (window.width() - self.width()) // 2
            return QPoint(x, window.height() - self.height() - t.px(48))
        at = anchor.mapTo(window, QPoint(0, 0))
        y = at.y() + anchor.height() + gap
        if y + self.height() > window.height() - edge:
            y = at.y() - self.height() - gap
        x = min(max(edge, at.x()), window.width() - self.width() - edge)
        return QPoint(x, max(edge, y))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click sends it away."""
        self.hide()
