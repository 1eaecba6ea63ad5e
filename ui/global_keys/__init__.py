"""Hotkeys that work while another program has the keyboard, where the system lets them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

Pressed = Callable[[str], None]


class Grabber(Protocol):
    """What holds keys on one system; it has a thread of its own."""

    def hold(self, keys: dict[str, str]) -> None:
        """Holds these keys (as Qt writes them, each with a name) and no others."""

    def refused(self) -> set[str]:
        """Keys the system did not give: another program has them, or there is no such key."""

    def stop(self) -> None:
        """Lets go of everything."""


def why_not(environment: dict[str, str] | None = None, platform: str = sys.platform) -> str:
    """Why there can be no global keys here, as a text key; "" when there can."""
    around = os.environ if environment is None else environment
    if platform == "win32":
        return ""
    if platform == "darwin":
        return "hotkeys.no_macos"
    if around.get("WAYLAND_DISPLAY") and around.get("QT_QPA_PLATFORM", "wayland") != "xcb":
        return "hotkeys.no_wayland"
    if around.get("XDG_SESSION_TYPE") == "wayland":
        return "hotkeys.no_wayland"
    return "" if around.get("DISPLAY") else "hotkeys.no_display"


class GlobalKeys(QObject):
    """The global keys of a window; nothing is loaded before somebody wants one.

    Signals:
        pressed: (name) of the hotkey, in the window's thread.
        refused_changed: other keys are refused now.
    """

    pressed = Signal(str)
    refused_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._grabber: Grabber | None = None
        self._held: dict[str, str] = {}
        self.error = ""

    def hold(self, keys: dict[str, str]) -> None:
        """Holds these keys, names by key, and no others."""
        if keys == self._held:
            return
        self._held = dict(keys)
        if self._grabber is None and keys and not why_not():
            self._grabber = self._make()
        if self._grabber is not None:
            self._grabber.hold(self._held)

    def again(self) -> None:
        """Tries for the same keys once more: whoever had them has let go."""
        if self._grabber is not None:
            self._grabber.hold(self._held)

    def refused(self) -> set[str]:
        """Keys the system did not give."""
        if self._grabber is not None:
            return self._grabber.refused()
        return set(self._held)

    def _make(self) -> Grabber | None:
        try:
            if sys.platform == "win32":
                from ui.global_keys.windows import WindowsKeys

                return WindowsKeys(self.pressed.emit, self.refused_changed.emit)
            from ui.global_keys.x11 import X11Keys

            return X11Keys(self.pressed.emit, self.refused_changed.emit)
        except OSError as fault:
            self.error = str(fault)
            return None

    def stop(self) -> None:
        """Lets go of everything."""
        grabber, self._grabber = self._grabber, None
        if grabber is not None:
            grabber.stop()
