"""The form of a destination; a key that was entered is never shown again."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLineEdit, QWidget

from studio.outputs.model import OutputStatus
from ui.client import Reply
from ui.desk import Desk
from ui.i18n import pick, t
from ui.theme import tokens
from ui.widgets.basics import Button, Segments, Text, column, row

HIDDEN = "/••••"


class OutputForm(QFrame):
    """Adds a destination, or changes one that is not running.

    Signals:
        closed: saved or left.
    """

    closed = Signal()

    def __init__(self, desk: Desk, status: OutputStatus | None) -> None:
        super().__init__()
        self.setObjectName("form")
        self.desk, self.status = desk, status
        self.name = QLineEdit(status.name if status else "")
        self.name.setEnabled(status is None)
        self.platform = QComboBox()
        self.platform.addItem(t("output_form.no_platform"), "")
        for one in desk.store.platforms:
            self.platform.addItem(pick(one.label), one.id)
        self.platform.activated.connect(self._use_platform)
        self.url = QLineEdit(status.shown_url.removesuffix(HIDDEN) if status else "")
        self.url.setPlaceholderText("rtmp://…")
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText(t("output_form.key_kept") if status else "")
        self.backup = QLineEdit()
        self.backup.setPlaceholderText(t("output_form.optional"))
        self.canvas = Segments()
        self.canvas.offer([(n, t(f"canvas.{n}")) for n in ("landscape", "portrait")])
        self.canvas.set(status.canvas if status else "landscape")
        self._error = Text(size=12, tone="attention", wraps=True)
        self._error.hide()
        self.save = Button(t("form.save"), "primary", clicked=self._save)
        self.leave = Button(t("form.cancel"), clicked=self.closed.emit)
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.px(10))
        grid.setVerticalSpacing(tokens.px(6))
        fields: tuple[tuple[str, QWidget], ...] = (
            ("platform", self.platform),
            ("name", self.name),
            ("url", self.url),
            ("key", self.key),
            ("backup", self.backup),
            ("canvas", self.canvas),
        )
        for at, (key, field) in enumerate(fields):
            label = Text(t(f"output_form.{key}"), size=12, tone="muted")
            label.setBuddy(field)
            field.setAccessibleName(t(f"output_form.{key}"))
            grid.addWidget(label, at, 0)
            grid.addWidget(field, at, 1)
        where = t(f"output_form.kept_in_{desk.store.engine.secrets_in or 'file'}")
        note = Text(where, size=11, tone="muted", wraps=True)
        layout = column(gap=8, margins=(12, 10, 12, 10))
        title = "output_form.edit" if status else "output_form.new"
        layout.addWidget(Text(t(title), weight=600))
        layout.addLayout(grid)
        layout.addWidget(note)
        layout.addWidget(self._error)
        buttons = row(gap=8)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.save)
        layout.addLayout(buttons)
        self.setLayout(layout)

    def begin(self) -> None:
        """Puts the hand where it starts."""
        (self.url if self.status else self.name).setFocus()

    def _use_platform(self) -> None:
        """A platform brings its name and the canvas it is watched on."""
        id = self.platform.currentData()
        found = next((p for p in self.desk.store.platforms if p.id == id), None)
        if found is None:
            return
        if self.status is None and not self.name.text():
            self.name.setText(pick(found.label))
        if len(found.orientations) == 1:
            self.canvas.set(found.orientations[0])

    def _save(self) -> None:
        args: dict[str, object] = {"name": self.name.text().strip()}
        url = self.url.text().strip()
        if self.status is None or url != self.status.shown_url.removesuffix(HIDDEN):
            args["url"] = url
        if self.key.text() or self.status is None:
            args["key"] = self.key.text().strip()
        if self.backup.text().strip():
            args["backup_url"] = self.backup.text().strip()
        if self.platform.currentData():
            args["platform"] = self.platform.currentData()
        args["canvas"] = self.canvas.value or "landscape"
        command = "outputs.edit" if self.status else "outputs.add"
        if not args["name"]:
            self._complain(t("output_form.no_name"))
            self.name.setFocus()
            return
        self.save.setEnabled(False)
        self.desk.actions.run(command, args, origin=self.save, done=self._answered)

    def _answered(self, reply: Reply) -> None:
        self.save.setEnabled(True)
        if reply.ok:
            self.key.clear()
            self.closed.emit()
        else:
            self._complain(pick(reply.text))

    def _complain(self, text: str) -> None:
        self._error.setText(text)
        self._error.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter saves, Esc leaves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._save()
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
