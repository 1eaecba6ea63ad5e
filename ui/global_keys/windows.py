"""Global keys on Windows: RegisterHotKey, in a thread with a message loop of its own."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any

WM_HOTKEY, WM_APP, WM_QUIT = 0x0312, 0x8000, 0x0012
PM_NOREMOVE = 0
NO_REPEAT = 0x4000
MODIFIERS = {"Alt": 1, "Ctrl": 2, "Shift": 4, "Meta": 8}
CODES = {
    "Return": 0x0D, "Enter": 0x0D, "Esc": 0x1B, "Space": 0x20, "Tab": 0x09, "Backspace": 0x08,
    "Del": 0x2E, "Ins": 0x2D, "Home": 0x24, "End": 0x23, "PgUp": 0x21, "PgDown": 0x22,
    "Left": 0x25, "Up": 0x26, "Right": 0x27, "Down": 0x28, "Pause": 0x13, "Print": 0x2C,
    "ScrollLock": 0x91, "Media Next": 0xB0, "Media Previous": 0xB1, "Media Stop": 0xB2,
    "Media Play": 0xB3, ";": 0xBA, "=": 0xBB, "+": 0xBB, ",": 0xBC, "-": 0xBD, ".": 0xBE,
    "/": 0xBF, "`": 0xC0, "[": 0xDB, "\\": 0xDC, "]": 0xDD, "'": 0xDE,
}  # fmt: skip
"""Virtual-key codes by Qt's names (winuser.h); letters and digits are their own."""


class _Message(ctypes.Structure):
    _fields_ = [
        ("window", ctypes.c_void_p),
        ("message", ctypes.c_uint),
        ("wparam", ctypes.c_size_t),
        ("lparam", ctypes.c_ssize_t),
        ("time", ctypes.c_uint),
        ("x", ctypes.c_long),
        ("y", ctypes.c_long),
        ("private", ctypes.c_uint),
    ]


def code_of(keys: str) -> tuple[int, int]:
    """Virtual-key code and modifiers of a key as Qt writes it; code 0 when there is none."""
    *held, key = keys.replace("++", "+plus").split("+")
    key = "+" if key == "plus" else key
    if len(key) == 1 and key.isalnum() and key.isascii():
        code = ord(key.upper())
    elif key[:1] == "F" and key[1:].isdecimal() and 1 <= int(key[1:]) <= 24:
        code = 0x6F + int(key[1:])
    else:
        code = CODES.get(key, 0)
    return code, sum(MODIFIERS.get(entry, 0) for entry in held)


class WindowsKeys:
    """Holds keys; see `ui.global_keys.Grabber`.

    Args:
        pressed: told the name of a key that went down, in this object's thread.
        told: called when it is known which keys were refused.
    """

    def __init__(
        self, pressed: Callable[[str], None], told: Callable[[], None] = lambda: None
    ) -> None:
        windll: Any = ctypes.windll  # type: ignore[attr-defined,unused-ignore]
        self._user, self._kernel = windll.user32, windll.kernel32
        self._pressed, self._told = pressed, told
        self._wanted: dict[str, str] = {}
        self._refused: set[str] = set()
        self._id = 0
        self._is_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="global keys", daemon=True)
        self._thread.start()
        self._is_up.wait(5)

    def hold(self, keys: dict[str, str]) -> None:
        """Holds these keys, names by key, and no others; returns at once."""
        self._wanted = dict(keys)
        self._user.PostThreadMessageW(self._id, WM_APP, 0, 0)

    def refused(self) -> set[str]:
        """Keys another program has, or that there are not."""
        return set(self._refused)

    def stop(self) -> None:
        """Lets go of everything and ends the thread."""
        self._user.PostThreadMessageW(self._id, WM_QUIT, 0, 0)
        self._thread.join(5)

    def _run(self) -> None:
        self._id = self._kernel.GetCurrentThreadId()
        message = _Message()
        at = ctypes.byref(message)
        self._user.PeekMessageW(at, None, WM_APP, WM_APP, PM_NOREMOVE)  # makes the queue
        self._is_up.set()
        names: list[str] = []
        while self._user.GetMessageW(at, None, 0, 0) > 0:
            if message.message == WM_APP:
                names = self._register(len(names))
            elif message.message == WM_HOTKEY and message.wparam < len(names):
                self._pressed(names[message.wparam])
        for number in range(len(names)):
            self._user.UnregisterHotKey(None, number)

    def _register(self, before: int) -> list[str]:
        for number in range(before):
            self._user.UnregisterHotKey(None, number)
        names: list[str] = []
        refused: set[str] = set()
        for keys, name in self._wanted.items():
            code, held = code_of(keys)
            if code and self._user.RegisterHotKey(None, len(names), held | NO_REPEAT, code):
                names.append(name)
            else:
                refused.add(keys)
        self._refused = refused
        self._told()
        return names
