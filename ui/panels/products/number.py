"""A number of a product's line that is changed in place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget

from ui.theme import tokens
from ui.widgets.basics import TextLabel


class Number(QStackedWidget):
    """A number one can change in place: double click, type, Enter."""

    entered = Signal(str)

    def __init__(self, weight: int = 400) -> None:
        super().__init__()
        self.label = TextLabel(weight=weight)
        self.own = ""
        """What the field opens with where the label shows something else."""
        self.edit = QLineEdit()
        self.edit.setFont(tokens.font(13))
        self.addWidget(self.label)
        self.addWidget(self.edit)
        self.edit.returnPressed.connect(self._take)
        self.edit.editingFinished.connect(lambda: self.setCurrentIndex(0))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def setAccessibleName(self, name: str) -> None:
        """The field that is typed into is named as the number is."""
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)

    def open_editor(self) -> None:
        plain = "".join(c for c in self.own or self.label.text() if c.isdigit() or c == ".")
        self.edit.setText(plain)
        self.setCurrentIndex(1)
        self.edit.setFocus()
        self.edit.selectAll()

    def _take(self) -> None:
        text = self.edit.text()
        self._shut()
        self.entered.emit(text)

    def _shut(self) -> None:
        """The number stands again and keeps the focus: it must not land on another field."""
        self.setFocus()
        self.setCurrentIndex(0)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Opens the field."""
        self.open_editor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 or the space bar opens the field, Esc closes it."""
        if event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Space) and self.currentIndex() == 0:
            self.open_editor()
        elif event.key() == Qt.Key.Key_Escape and self.currentIndex() == 1:
            self._shut()
        elif self.currentIndex() == 0:
            super().keyPressEvent(event)
