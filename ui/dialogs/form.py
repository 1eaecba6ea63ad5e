"""What the forms of a panel share: Enter saves, Esc leaves, a refusal is said inside."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit

from ui.client import Reply
from ui.desk import Desk
from ui.i18n import pick, t
from ui.widgets.basics import Button, TextLabel, row


class Form(QFrame):
    """A form with its buttons; the panel puts it where there is room.

    Signals:
        closed: saved or left.
    """

    takes_keys = True

    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("form")
        self.desk = desk
        self.error = TextLabel(size=12, tone="attention", wraps=True)
        self.error.hide()
        self.save = Button(t("form.save"), "primary", clicked=self._save)
        self.leave = Button(t("form.cancel"), clicked=self.closed.emit)

    def begin(self) -> None:
        """Puts the hand where it starts."""

    def _save(self) -> None:
        """Sends what was typed."""

    def _saved(self) -> None:
        """The engine took it; before the form closes."""

    def _buttons(self) -> QHBoxLayout:
        buttons = row(gap=8)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.save)
        return buttons

    def _answered(self, reply: Reply) -> None:
        self.save.setEnabled(True)
        if reply.ok:
            self._saved()
            self.closed.emit()
        else:
            self._complain(pick(reply.text))

    def _complain(self, text: str) -> None:
        self.error.setText(text)
        self.error.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter saves, in a text of several lines it breaks one; Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.save.isEnabled() and not isinstance(self.focusWidget(), QPlainTextEdit):
                self._save()
        else:
            super().keyPressEvent(event)
