"""The form of the standby: a picture or film of the brand's own, with music if one likes."""

from __future__ import annotations

import functools

from PySide6.QtWidgets import QFileDialog, QGridLayout, QLineEdit

from ui.desk import Desk
from ui.dialogs.form import Form
from ui.i18n import t
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, column


class StandbyForm(Form):
    """What viewers see while the engine is away."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        now = desk.store.air.standby
        self.picture, self.music = QLineEdit(now.picture), QLineEdit(now.music)
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.px(8))
        grid.setVerticalSpacing(tokens.px(6))
        for at, (key, field) in enumerate((("picture", self.picture), ("music", self.music))):
            label = TextLabel(t(f"standby_form.{key}"), size=12, tone="muted")
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
        self._note = TextLabel(
            "  ".join(filter(None, (t("standby_form.note"), state, now.why))),
            size=11, tone="muted", wraps=True,
        )  # fmt: skip
        layout = column(gap=8, margins=(12, 10, 12, 10))
        layout.addWidget(TextLabel(t("standby_form.title"), weight=600))
        layout.addLayout(grid)
        layout.addWidget(self._note)
        layout.addWidget(self.error)
        layout.addLayout(self._buttons())
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
