"""The form of the standby: a picture or film of the brand's own, with music if one likes."""

from __future__ import annotations

import functools

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QGridLayout, QLineEdit

from ui.client import Reply
from ui.desk import Desk
from ui.i18n import pick, t
from ui.theme import tokens
from ui.widgets.basics import Button, Text, column, row


class StandbyForm(QFrame):
    """What viewers see while the engine is away.

    Signals:
        closed: saved or left.
    """

    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("form")
        self.desk = desk
        now = desk.store.air.standby
        self.picture, self.music = QLineEdit(now.picture), QLineEdit(now.music)
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.px(8))
        grid.setVerticalSpacing(tokens.px(6))
        for at, (key, field) in enumerate((("picture", self.picture), ("music", self.music))):
            label = Text(t(f"standby_form.{key}"), size=12, tone="muted")
            label.setFixedWidth(tokens.px(88))
            label.setBuddy(field)
            field.setMinimumWidth(tokens.px(80))
            field.setPlaceholderText(t(f"standby_form.{key}_none"))
            field.setAccessibleName(t(f"standby_form.{key}"))
            choose = Button("", icon="folder", clicked=functools.partial(self._choose, field))
            choose.name(t("form.choose_file"))
            for column_, part in enumerate((label, field, choose)):
                grid.addWidget(part, at, column_)
        state = t(f"standby_form.{now.state}") if now.state != "none" else ""
        self._note = Text(
            "  ".join(filter(None, (t("standby_form.note"), state, now.why))),
            size=11, tone="muted", wraps=True,
        )  # fmt: skip
        self._error = Text(size=12, tone="attention", wraps=True)
        self._error.hide()
        self.save = Button(t("form.save"), "primary", clicked=self._save)
        buttons = row(gap=8)
        buttons.addStretch(1)
        buttons.addWidget(Button(t("form.cancel"), clicked=self.closed.emit))
        buttons.addWidget(self.save)
        layout = column(gap=8, margins=(12, 10, 12, 10))
        layout.addWidget(Text(t("standby_form.title"), weight=600))
        layout.addLayout(grid)
        layout.addWidget(self._note)
        layout.addWidget(self._error)
        layout.addLayout(buttons)
        self.setLayout(layout)

    def begin(self) -> None:
        """Puts the hand where it starts."""
        self.picture.setFocus()

    def _choose(self, field: QLineEdit) -> None:
        dialog = QFileDialog(self.window())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(field.setText)
        dialog.setModal(False)
        dialog.show()

    def _save(self) -> None:
        self.save.setEnabled(False)
        args: dict[str, object] = {
            "path": self.picture.text().strip(),
            "music": self.music.text().strip(),
        }
        self.desk.actions.run("outputs.standby", args, origin=self.save, done=self._answered)

    def _answered(self, reply: Reply) -> None:
        self.save.setEnabled(True)
        if reply.ok:
            self.closed.emit()
            return
        self._error.setText(pick(reply.text))
        self._error.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter saves, Esc leaves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._save()
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
