"""A small form that pops up at a button and is gone with a click beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from ui.i18n import t
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, column, row, seen_at
from ui.widgets.schema_form import Choices, SchemaForm


class PopForm(QFrame):
    """Asks for a few values where they are wanted.

    Args:
        at: the widget it belongs to.
        save: gets what was typed; the form closes itself.
    """

    takes_keys = True

    def __init__(
        self,
        at: QWidget,
        title: str,
        schema: dict[str, Any],
        values: dict[str, Any],
        save: Callable[[dict[str, Any]], None],
        choices: Choices = lambda name: (),
    ) -> None:
        super().__init__(at.window(), Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("form")
        self._at, self._save = seen_at(at), save
        self.form = SchemaForm(schema, values, choices)
        self.form.edited.connect(self._done)
        self.done = Button(t("form.save"), "primary", clicked=self._done)
        layout = column(gap=8, margins=(12, 10, 12, 10))
        layout.addWidget(TextLabel(title.rstrip("…"), weight=600))
        layout.addWidget(self.form)
        buttons = row(gap=8)
        buttons.addStretch(1)
        buttons.addWidget(Button(t("form.cancel"), clicked=self.close))
        buttons.addWidget(self.done)
        layout.addLayout(buttons)
        self.setLayout(layout)
        self.setMinimumWidth(tokens.px(340))

    def open(self) -> None:
        """Shows it above or below its widget, inside the window."""
        self.adjustSize()
        window = self._at.window()
        at = self._at.mapToGlobal(QPoint(0, self._at.height() + tokens.px(4)))
        frame = window.geometry()
        if at.y() + self.height() > frame.bottom():
            at.setY(self._at.mapToGlobal(QPoint(0, 0)).y() - self.height() - tokens.px(4))
        at.setY(max(frame.top(), min(at.y(), frame.bottom() - self.height())))
        at.setX(max(frame.left(), min(at.x(), frame.right() - self.width())))
        self.move(at)
        self.show()
        self.form.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter saves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._done()
        else:
            super().keyPressEvent(event)

    def _done(self) -> None:
        values = self.form.values()
        self.close()
        self._save(values)
