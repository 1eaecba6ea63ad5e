"""A line of the settings: what it is, what it means, and the widget that changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QFileDialog, QFrame, QWidget

from studio.api import translate
from ui.desk import Desk
from ui.i18n import t
from ui.theme import tokens
from ui.widgets.basics import Button, Segments, TextLabel, calm, column, row
from ui.widgets.plain import plain

WIDE = 240


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One line.

    Attributes:
        id: its words are ``ui.settings.ID`` and ``ui.settings.ID_help``.
        widget: what the person works with; None where there are words alone.
        words: instead of the help, where they are of the moment.
        below: something large that stands under the line.
    """

    id: str
    widget: QWidget | None = None
    words: str = ""
    below: QWidget | None = None

    def fits(self, typed: list[str]) -> bool:
        """Whether all words that were typed are in its texts, in either language."""
        keys = (f"ui.settings.{self.id}", f"ui.settings.{self.id}_help")
        known = " ".join(translate(key, code) for key in keys for code in ("zh", "en"))
        return all(word in f"{known} {self.words}".lower() for word in typed)


class RowView(QFrame):
    """A line as it is shown."""

    def __init__(self, setting: SettingRow) -> None:
        super().__init__()
        self.setting = setting
        name, words = t(f"settings.{setting.id}"), setting.words or t(f"settings.{setting.id}_help")
        self.name = TextLabel(name, weight=600, wraps=True)
        self.help = TextLabel(words, size=12, tone="muted", wraps=True)
        texts = column(self.name, self.help, gap=1)
        layout = row(gap=16)
        layout.addLayout(texts, 1)
        if setting.widget is not None:
            layout.addWidget(setting.widget)
            if not setting.widget.accessibleName():
                setting.widget.setAccessibleName(name)
        whole = column(gap=6, margins=(0, 6, 0, 6))
        whole.addLayout(layout)
        if setting.below is not None:
            whole.addWidget(setting.below)
        self.setLayout(whole)
        self.setAccessibleName(name)


def choice(choices: list[tuple[str, str]], now: str, chosen: Callable[[str], object]) -> Segments:
    """A few choices side by side."""
    made = Segments(gap=2)
    made.offer(choices)
    made.set(now)
    made.chosen.connect(chosen)
    return made


def box(choices: list[tuple[str, str]], now: str, chosen: Callable[[str], object]) -> QComboBox:
    """Many choices behind one field."""
    made = QComboBox()
    calm(made)
    made.setFixedWidth(tokens.px(WIDE))
    for value, words in choices:
        made.addItem(words, value)
    made.setCurrentIndex(max(0, made.findData(now)))
    made.activated.connect(lambda _=0: chosen(str(made.currentData())))
    return made


def button(words: str, clicked: Callable[[], object], kind: str = "") -> Button:
    """Does something at once."""
    made = Button(words, kind, clicked=clicked)
    made.name(words)
    return made


def open_folder(desk: Desk, folder: Path) -> Button:
    """Opens a folder in the system's own window."""

    def go() -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            desk.say(made, t("settings.no_opener", folder=str(folder)), "attention")

    made = button(t("settings.open_folder"), go)
    made.setToolTip(plain(str(folder)))
    return made


def ask_folder(desk: Desk, at: QWidget, now: str, chosen: Callable[[str], object]) -> QFileDialog:
    """Another folder, in a window beside the desk."""
    dialog = QFileDialog(at.window(), t("settings.choose_folder"), now)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
    dialog.setModal(False)
    dialog.fileSelected.connect(partial(_chose, chosen))
    dialog.show()
    return dialog


def _chose(chosen: Callable[[str], object], folder: str) -> None:
    chosen(folder)
