"""A layout that goes on in the next line where the panel is too narrow."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from ui.theme import tokens


class Flow(QLayout):
    """Widgets side by side, wrapped; what is hidden takes no room.

    Args:
        parts: widgets, in order.
        gap: pixels between them, both ways.
    """

    def __init__(self, *parts: QWidget, gap: int = 6) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._gap = tokens.px(gap)
        self.setContentsMargins(0, 0, 0, 0)
        for part in parts:
            self.addWidget(part)

    def addItem(self, item: QLayoutItem) -> None:
        """One more at the end."""
        self._items.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The one at ``index``."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Takes the one at ``index`` out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It wants no more room than its lines need."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """All lines together."""
        return self._lay(QRect(0, 0, width, 0), is_done=False)

    def sizeHint(self) -> QSize:
        """All in one line."""
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(entry.width() for entry in shown) + self._gap * max(0, len(shown) - 1)
        return QSize(width, max((entry.height() for entry in shown), default=0))

    def minimumSize(self) -> QSize:
        """The widest one alone."""
        shown = [item.minimumSize() for item in self._items if not item.isEmpty()]
        return QSize(
            max((entry.width() for entry in shown), default=0),
            max((entry.height() for entry in shown), default=0),
        )

    def setGeometry(self, rect: QRect) -> None:
        """Puts everything in its place."""
        super().setGeometry(rect)
        self._lay(rect, is_done=True)

    def _lay(self, rect: QRect, *, is_done: bool) -> int:
        x, y, line = rect.x(), rect.y(), self.sizeHint().height()
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            size.setWidth(min(size.width(), max(rect.width(), item.minimumSize().width())))
            if x > rect.x() and x + size.width() > rect.x() + rect.width():
                x, y = rect.x(), y + line + self._gap
            if is_done:
                middle = y + (line - size.height()) // 2
                item.setGeometry(QRect(QPoint(x, middle), size))
            x += size.width() + self._gap
        return y + line - rect.y()
