"""The keys of the window: what is done often is one key away, from everywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QSpinBox, QWidget
from shiboken6 import isValid

from studio.api import Hotkey, load_settings, settings_path
from ui.bars.show_menu import ask_save_as, save
from ui.dialogs.card import Card
from ui.global_keys import GlobalKeys
from ui.i18n import language, t
from ui.key_owner import FIELDS, NOTHING_OPEN, KeyOwner, KeyRouter
from ui.layouts import LIVE, NAMES, PAGES
from ui.models import hotkeys as model
from ui.models.hotkeys import Bound

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from ui.bars.topbar import TopBar
    from ui.desk import Desk
    from ui.dialogs.keys import KeysCard
    from ui.dialogs.palette import Palette
    from ui.pages import Pages
    from ui.panels.base import Panel
    from ui.stage.monitors import Monitors
    from ui.stage.scenes import ScenesPanel
    from ui.widgets.notice import Notice

KEY = Qt.Key
WATCH_MS = 150


class KeyedWindow(Protocol):
    """What keys act on: the window's parts, and what only the window can do."""

    desk: Desk
    topbar: TopBar
    monitors: Monitors
    scenes: ScenesPanel
    panels: dict[str, Panel]
    pages: Pages
    notice: Notice
    keys_card: KeysCard
    palette_card: Palette

    @property
    def asked(self) -> SignalInstance: ...
    def cards(self) -> list[QWidget]: ...
    def focused_panel(self) -> Panel | None: ...
    def next_panel(self, step: int) -> None: ...
    def enlarge(self, panel: Panel | None = None) -> None: ...
    def full_screen(self) -> None: ...
    def set_page(self, name: str) -> None: ...
    def set_layout(self, name: str) -> None: ...
    def open_multiview(self) -> None: ...
    def open_hotkeys(self) -> None: ...
    def change(self, what: str, value: str) -> None: ...


class Hotkeys(QObject):
    """Keys of the show, of the window, those that commands bring and the person's own.

    Args:
        window: it acts on; plain keys reach it through `press`.
        parent: the same, as what has the keyboard.

    Attributes:
        commands: command id by key, of commands that need no arguments.
        lines: everything a key can be given to.
        router: knows whether a key is the show's.

    Signals:
        changed: other keys hold now.
    """

    changed = Signal()

    def __init__(self, window: KeyedWindow, parent: QWidget) -> None:
        super().__init__(parent)
        self._window, self._widget, self._desk = window, parent, window.desk
        self.commands: dict[str, str] = {}
        self.lines: list[Bound] = []
        self._keys: dict[str, Bound] = {}
        self.router = KeyRouter(self, self._is_editing, self._is_away)
        self.router.held.connect(self._standby)
        panels = window.panels
        for keys, call in (
            ("Ctrl+K", window.palette_card.open),
            ("Ctrl+Shift+K", window.open_hotkeys),
            ("Ctrl+Z", self._undo),
            ("Ctrl+Shift+Z", self._redo),
            ("Ctrl+Y", self._redo),
            ("F1", self.show_card),
            ("F6", lambda: window.next_panel(1)),
            ("Shift+F6", lambda: window.next_panel(-1)),
            ("Shift+F11", window.enlarge),
            ("F11", window.full_screen),
            ("Ctrl+F1", partial(window.change, "help", "")),
            ("Ctrl+,", partial(window.change, "open_settings", "")),
            ("Ctrl+L", self._other_language),
            *((f"Ctrl+{n}", lambda name=name: window.set_layout(name))
              for n, name in enumerate(NAMES, 1)),
            *((f"Ctrl+{sign}", lambda step=step: window.asked.emit("scale", step))
              for sign, step in (("+", "+"), ("=", "+"), ("-", "-"), ("0", "0"))),
        ):  # fmt: skip
            shortcut = QShortcut(QKeySequence(keys), parent)
            shortcut.setContext(Qt.ShortcutContext.ApplicationShortcut)
            shortcut.activated.connect(call)
        products, mixer, outputs = panels["products"], panels["mixer"], panels["outputs"]
        self._calls: dict[str, Callable[[], object]] = {
            "scenes.take": self._take,
            "scenes.standby": self._standby,
            "desk.card": products.key_card,  # type: ignore[attr-defined]
            "shop.card_off": products.key_card_off,  # type: ignore[attr-defined]
            "desk.try_on": products.key_try_on,  # type: ignore[attr-defined]
            "desk.next_product": products.key_next,  # type: ignore[attr-defined]
            "desk.edit": window.monitors.toggle_edit,
            "desk.mute": mixer.key_mute,  # type: ignore[attr-defined]
            "desk.record": outputs.key_record,  # type: ignore[attr-defined]
            "desk.snapshot": lambda: window.monitors.snapshot("programme"),
            "desk.snapshot_preview": lambda: window.monitors.snapshot("preview"),
            "desk.multiview": window.open_multiview,
            **{f"desk.page_{page}": partial(window.set_page, page) for page in PAGES},
            "show.save": lambda: save(self._desk, window.topbar.show_button),
            "desk.save_as": lambda: ask_save_as(self._desk, window.topbar.show_button),
        }
        self.globals = GlobalKeys(self)
        self.globals.pressed.connect(self._pressed_far)
        self._desk.store.changed.connect(self._take_commands)
        self._files = QFileSystemWatcher([str(settings_path().parent)], self)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._read_again)
        self._files.directoryChanged.connect(lambda _: self._later.start(WATCH_MS))
        self._build()

    # -- what holds ----------------------------------------------------------------------------

    def _is_editing(self) -> bool:
        """Items are being placed, and the keys go to the window where they are.

        A projector or the multiview on another screen is looked at, not edited: what is pressed
        there is the show's.
        """
        return self._window.monitors.stage.is_editing and not self._is_elsewhere()

    def _is_away(self) -> bool:
        """Another page than Live is shown, and no projector or multiview has the keys, which shows
        what they would air; a panel that floats does not."""
        is_beside = QApplication.activeWindow() in self._desk.windows
        return self._window.pages.page != LIVE and not is_beside

    def _is_elsewhere(self) -> bool:
        if not isValid(self._widget):  # it is being closed, and its focus goes somewhere
            return True
        active = QApplication.activeWindow()
        return active is not None and active is not self._widget.window()

    def put(self, own: dict[str, Hotkey]) -> None:
        """Other keys of the person: they work at once and are kept."""
        self._desk.settings.hotkeys = own
        self._desk.change("settings", "")
        self._build()

    def _read_again(self) -> None:
        """Keys that a command has changed in the file."""
        own = load_settings().hotkeys
        if own != self._desk.settings.hotkeys:
            self._desk.settings.hotkeys = own
            self._build()

    def _take_commands(self, part: str) -> None:
        if part == "commands":
            self._build()

    def _build(self) -> None:
        known = self._desk.store.commands
        self.lines = model.table(known, self._desk.settings.hotkeys)
        self._keys = model.by_keys(self.lines)
        self.commands = {
            keys: hotkey.command for keys, hotkey in self._keys.items() if hotkey.command in known
        }
        self.globals.hold(
            {line.keys: line.name for line in self.lines if line.is_global and line.keys}
        )
        self.changed.emit()

    def label(self, line: Bound) -> str:
        """What a line does, in the present language."""
        if line.words:
            return t(line.words)
        return self._desk.actions.describe(line.command, line.args)

    # -- keys ----------------------------------------------------------------------------------

    def press(self, event: QKeyEvent) -> None:
        """A key that no widget wanted; it is the show's unless what has the focus takes keys."""
        mods = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = Qt.Key(event.key())
        if event.isAutoRepeat():
            event.ignore()
            return
        if key == KEY.Key_Escape:
            self._escape()
            return
        line = self._keys.get(sequence_of(event))
        leaves_edit = line is not None and line.name == "desk.edit"
        if not self.router.may_act(event, leaves_edit=leaves_edit):
            event.ignore()
            return
        if line is not None:
            self._run(line)
        elif not mods and KEY.Key_1 <= key <= KEY.Key_9:
            self._window.scenes.preview_at(key - KEY.Key_0)
        else:
            event.ignore()

    def _run(self, line: Bound) -> None:
        call = self._calls.get(line.name)
        if call is not None:
            call()
        elif line.command in self._desk.store.commands:
            self._desk.actions.run(line.command, dict(line.args))
        else:
            self._desk.say(None, t("hotkeys.gone", name=line.name), "attention")

    def _pressed_far(self, name: str) -> None:
        """A global key; the system hands it to nobody else, this window included."""
        line = next((line for line in self.lines if line.name == name), None)
        if line is not None:
            self._run(line)

    def show_card(self) -> None:
        """F1: the keys of the panel one is in, or away with them."""
        card = self._window.keys_card
        if card.isVisible():
            card.hide()
            return
        panel = self._window.focused_panel()
        own = [(line.keys, self.label(line)) for _, line in sorted(self._keys.items())]
        card.open(panel.title() if panel else "", panel.keys if panel else (), own)

    def _take(self) -> None:
        self._desk.actions.run("scenes.take", origin=self._window.scenes.take)

    def _undo(self) -> None:
        if self.router.owner() in NOTHING_OPEN:
            self._desk.actions.undo()

    def _redo(self) -> None:
        if self.router.owner() in NOTHING_OPEN:
            self._desk.actions.redo()

    def _escape(self) -> None:
        """Esc closes one thing, the innermost, and airs nothing; held with nothing open, it does.

        Standby must be in reach of a hand that finds no other key, so Esc that stays down for
        `HOLD_MS` is standby; each press that closed something does not count.
        """
        focus, stage = QApplication.focusWidget(), self._window.monitors.stage
        if QApplication.activePopupWidget() is not None:
            return
        if self.router.let_go() or self.close_card():
            return
        if isinstance(focus, FIELDS):
            if isinstance(focus, (QSpinBox, QDoubleSpinBox)):
                focus.setValue(focus.value())  # type: ignore[arg-type]  # what was typed is dropped
            self._widget.setFocus()
        elif self.router.owner() is KeyOwner.FORM:
            self._widget.setFocus()
        elif stage.is_editing:
            self._window.monitors.toggle_edit()
        else:
            self._window.notice.say(self._window.scenes.standby, t("keys.hold"), "off")
            self.router.begin_hold()

    def close_card(self) -> bool:
        """What the person opened goes first."""
        for card in (self._window.keys_card, self._window.palette_card, *self._window.cards()):
            if card.isVisible():
                if isinstance(card, Card):
                    card.close_card()
                else:
                    card.hide()
                return True
        return False

    def _standby(self) -> None:
        self._window.notice.hide()
        self._desk.actions.run("scenes.standby", origin=self._window.scenes.standby)

    def _other_language(self) -> None:
        self._window.change("language", "en" if language.code == "zh" else "zh")


def sequence_of(event: QKeyEvent) -> str:
    """A key as commands name it: "Ctrl+Shift+D"; both Enters are one."""
    mods = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = KEY.Key_Return if event.key() == KEY.Key_Enter else Qt.Key(event.key())
    if key == KEY.Key_Backtab:
        key = KEY.Key_Tab
    return QKeySequence(mods.value | key.value).toString(QKeySequence.SequenceFormat.PortableText)


def shown(keys: str) -> str:
    """A key as this system writes it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) if keys else "—"
