"""Where prompter windows are opened: displays by serial number, the button, requests of remotes."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QMenu

from studio.api import config_dir, logger, write_whole
from ui.desk import Desk
from ui.i18n import t
from ui.projector import fill
from ui.prompter import PrompterWindow
from ui.widgets.basics import Button, below

_log = logger(__name__)


def screen_key(screen: QScreen) -> str:
    """What a display is known by: its serial number, else its name."""
    return screen.serialNumber() or screen.name()


def screen_named(name: str) -> QScreen | None:
    """The display of this serial number or name, wherever it is plugged in."""
    screens = QGuiApplication.screens()
    by_serial = next((screen for screen in screens if screen.serialNumber() == name), None)
    return by_serial or next((screen for screen in screens if screen.name() == name), None)


def open_prompter(desk: Desk, screen: str = "", mirror: str = "") -> PrompterWindow:
    """Opens a window, full screen on the display that is named.

    The display is looked for by its serial number, not by where it stands or which one the desk
    is on; one that is not there is said, and the window opens here.
    """
    window = PrompterWindow(desk, mirror)
    there = screen_named(screen) if screen else None
    if there is not None:
        fill(window, there)
    else:
        window.show()
        if screen:
            desk.say(None, t("prompter.no_screen", name=screen), "attention")
    _keep(screen, mirror)
    return window


def _kept_file() -> Path:
    return config_dir() / "prompter.json"


def last_place() -> tuple[str, str]:
    """Display and mirror of the window that was opened last."""
    try:
        found = json.loads(_kept_file().read_text(encoding="utf-8"))
        return str(found.get("screen", "")), str(found.get("mirror", ""))
    except (OSError, ValueError, AttributeError):
        return "", ""


def _keep(screen: str, mirror: str) -> None:
    try:
        write_whole(_kept_file(), json.dumps({"screen": screen, "mirror": mirror}))
    except OSError as fault:
        _log.warning("prompter.json cannot be written: %s", fault)


def prompter_button(desk: Desk) -> Button:
    """Offers where the prompter may be opened, the last place first."""
    button = Button("", icon="screen")

    def choose() -> None:
        menu = QMenu(button)
        for words, screen, mirror in _choices():
            menu.addAction(words).triggered.connect(
                lambda _=False, s=screen, m=mirror: open_prompter(desk, s, m)
            )
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(below(button))

    button.clicked.connect(choose)
    return button


def name_button(button: Button) -> None:
    """Puts the words in, in the present language."""
    button.setText(t("prompter.open"))
    button.name(t("prompter.open"), t("prompter.open_tip"))


def _choices() -> list[tuple[str, str, str]]:
    found = [
        (t("prompter.window"), "", ""),
        (t("prompter.window_mirrored"), "", "h"),
    ]
    for screen in QGuiApplication.screens():
        name, key = f"{screen.model() or screen.name()}", screen_key(screen)
        found.append((t("prompter.screen", name=name), key, ""))
        found.append((t("prompter.screen_mirrored", name=name), key, "h"))
    last = last_place()
    found.sort(key=lambda choice: choice[1:] != last)
    return found


class Prompters(QObject):
    """Opens what a remote, a key or a plan asks for."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self.desk = desk
        desk.store.happened.connect(self._happened)

    def _happened(self, name: str, data: object) -> None:
        if name != "prompter.wanted" or not isinstance(data, dict):
            return
        screen, mirror = str(data.get("screen", "")), str(data.get("mirror", ""))
        if screen and screen_named(screen) is None:
            return  # another desk has that display
        open_prompter(self.desk, screen, "".join(side for side in "hv" if side in mirror))
