"""A code that a phone's camera reads, drawn black on white with the quiet zone it needs."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import tokens
from ui.widgets.paint import painting

QUIET = 4
SIDE = 220


class QrView(QWidget):
    """A QR code; "" draws nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[list[bool]] = []
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A square that a phone reads from a metre."""
        return QSize(tokens.px(SIDE), tokens.px(SIDE))

    def show_text(self, text: str) -> None:
        """Another text; its secret stands nowhere but in the squares."""
        self._rows = []
        if text:
            import segno

            code = segno.make(text, error="m", micro=False)
            self._rows = [[bool(cell) for cell in line] for line in code.matrix]
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws whole pixels, so that no edge is blurred."""
        if not self._rows:
            return
        painter = QPainter(self)
        count = len(self._rows) + 2 * QUIET
        cell = max(1, min(self.width(), self.height()) // count)
        left = (self.width() - cell * count) // 2
        painter.fillRect(QRectF(left, 0, cell * count, cell * count), Qt.GlobalColor.white)
        ink = QColor(Qt.GlobalColor.black)
        for y, line in enumerate(self._rows, QUIET):
            for x, is_dark in enumerate(line, QUIET):
                if is_dark:
                    painter.fillRect(left + x * cell, y * cell, cell, cell, ink)
