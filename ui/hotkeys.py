"""The keys of the window: what is done often is one key away, from everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
)

from ui.i18n import language, pick, t
from ui.layouts import NAMES

if TYPE_CHECKING:
    from ui.window import Window

TYPING = (QLineEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox)
KEY = Qt.Key


class Hotkeys(QObject):
    """Keys of the show, of the window, and those that commands bring.

    Args:
        window: it acts on; plain keys reach it through `press`.

    Attributes:
        commands: command id by key, of commands that need no arguments.
    """

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window, self._desk = window, window.desk
        self.commands: dict[str, str] = {}
        self._desk.store.changed.connect(self._take_commands)
        self._take_commands("commands")
        actions, panels = self._desk.actions, window.panels
        for keys, call in (
            ("Ctrl+K", window.palette_card.open),
            ("Ctrl+Z", actions.undo),
            ("Ctrl+Shift+Z", actions.redo),
            ("Ctrl+Y", actions.redo),
            ("F1", self.show_card),
            ("F6", lambda: window.next_panel(1)),
            ("Shift+F6", lambda: window.next_panel(-1)),
            ("F11", window.full_screen),
            ("Ctrl+Shift+M", window.open_multiview),
            ("Ctrl+L", self._other_language),
            *((f"Ctrl+{n}", lambda name=name: window.set_layout(name))
              for n, name in enumerate(NAMES, 1)),
            ("Ctrl+Shift+R", panels["outputs"].key_record),  # type: ignore[attr-defined]
            *((f"Ctrl+{sign}", lambda step=step: window.asked.emit("scale", step))
              for sign, step in (("+", "+"), ("=", "+"), ("-", "-"), ("0", "0"))),
        ):  # fmt: skip
            shortcut = QShortcut(QKeySequence(keys), window)
            shortcut.setContext(Qt.ShortcutContext.ApplicationShortcut)
            shortcut.activated.connect(call)
        products, mixer = panels["products"], panels["mixer"]
        none, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
        self._plain = {
            (KEY.Key_Return, none): self._take,
            (KEY.Key_Enter, none): self._take,
            (KEY.Key_Escape, none): self._escape,
            (KEY.Key_C, none): products.key_card,  # type: ignore[attr-defined]
            (KEY.Key_C, shift): products.key_card_off,  # type: ignore[attr-defined]
            (KEY.Key_T, none): products.key_try_on,  # type: ignore[attr-defined]
            (KEY.Key_N, none): products.key_next,  # type: ignore[attr-defined]
            (KEY.Key_E, none): window.monitors.toggle_edit,
            (KEY.Key_X, none): mixer.key_mute,  # type: ignore[attr-defined]
        }

    def press(self, event: QKeyEvent) -> None:
        """A key that no widget wanted; never while somebody types."""
        if isinstance(QApplication.focusWidget(), TYPING) or event.isAutoRepeat():
            event.ignore()
            return
        mods = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = Qt.Key(event.key())
        call = self._plain.get((key, mods))
        if call is not None:
            call()
        elif not mods and KEY.Key_1 <= key <= KEY.Key_9:
            self._window.scenes.preview_at(key - KEY.Key_0)
        elif id := self.commands.get(_sequence(event)):
            self._desk.actions.run(id)
        else:
            event.ignore()

    def show_card(self) -> None:
        """F1: the keys of the panel one is in, or away with them."""
        card = self._window.keys_card
        if card.isVisible():
            card.hide()
            return
        panel = self._window.focused_panel()
        known = self._desk.store.commands
        own = [
            (keys, pick(known[id].label))
            for keys, id in sorted(self.commands.items())
            if keys not in ("Return", "Esc")
        ]
        card.open(t(f"{panel.id}.title") if panel else "", panel.keys if panel else (), own)

    def _take_commands(self, part: str) -> None:
        if part == "commands":
            self.commands = {
                info.keys: info.id
                for info in self._desk.store.commands.values()
                if info.keys and not info.required and not info.needs_confirm
            }

    def _take(self) -> None:
        self._desk.actions.run("scenes.take", origin=self._window.scenes.take)

    def _escape(self) -> None:
        """What the person opened goes first; else it is the standby scene, notice or not."""
        for card in (self._window.keys_card, self._window.palette_card):
            if card.isVisible():
                card.hide()
                return
        self._window.notice.hide()
        self._desk.actions.run("scenes.standby", origin=self._window.scenes.standby)

    def _other_language(self) -> None:
        self._window.change("language", "en" if language.code == "zh" else "zh")


def _sequence(event: QKeyEvent) -> str:
    """A key as commands name it: "Ctrl+Shift+D"."""
    return QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText)
