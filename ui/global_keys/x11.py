"""Global keys under X11: passive grabs on the root window, through libX11."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import select
import threading
from collections.abc import Callable
from typing import Any

KEY_PRESS, KEY_RELEASE = 2, 3
GRAB_ASYNC = 1
MODIFIERS = {"Shift": 1, "Ctrl": 4, "Alt": 8, "Meta": 64}
LOCKS = (0, 2, 16, 18)
"""Caps Lock, Num Lock, both: a grab holds for one exact set of modifiers."""

NAMES = {
    "Return": "Return", "Enter": "Return", "Esc": "Escape", "Space": "space", "Tab": "Tab",
    "Backspace": "BackSpace", "Del": "Delete", "Ins": "Insert", "Home": "Home", "End": "End",
    "PgUp": "Prior", "PgDown": "Next", "Left": "Left", "Right": "Right", "Up": "Up",
    "Down": "Down", "Pause": "Pause", "Print": "Print", "ScrollLock": "Scroll_Lock",
    "Media Play": "XF86AudioPlay", "Media Next": "XF86AudioNext",
    "Media Previous": "XF86AudioPrev", "Media Stop": "XF86AudioStop",
    "-": "minus", "=": "equal", "+": "plus", ",": "comma", ".": "period", "/": "slash",
    ";": "semicolon", "'": "apostrophe", "[": "bracketleft", "]": "bracketright",
    "\\": "backslash", "`": "grave",
}  # fmt: skip
"""Qt's names of keys and X's, where they differ."""


class _KeyEvent(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("root", ctypes.c_ulong),
        ("subwindow", ctypes.c_ulong),
        ("time", ctypes.c_ulong),
        ("x", ctypes.c_int),
        ("y", ctypes.c_int),
        ("x_root", ctypes.c_int),
        ("y_root", ctypes.c_int),
        ("state", ctypes.c_uint),
        ("keycode", ctypes.c_uint),
        ("same_screen", ctypes.c_int),
    ]


class _Event(ctypes.Union):
    _fields_ = [("type", ctypes.c_int), ("key", _KeyEvent), ("pad", ctypes.c_long * 24)]


class _Error(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("resource", ctypes.c_ulong),
        ("serial", ctypes.c_ulong),
        ("code", ctypes.c_ubyte),
        ("request", ctypes.c_ubyte),
        ("minor", ctypes.c_ubyte),
    ]


_HANDLER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(_Error))


def _library() -> Any:
    lib = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    lib.XOpenDisplay.restype = ctypes.c_void_p
    lib.XOpenDisplay.argtypes = [ctypes.c_char_p]
    lib.XCloseDisplay.argtypes = [ctypes.c_void_p]
    lib.XDefaultRootWindow.restype = ctypes.c_ulong
    lib.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
    lib.XConnectionNumber.argtypes = [ctypes.c_void_p]
    lib.XStringToKeysym.restype = ctypes.c_ulong
    lib.XStringToKeysym.argtypes = [ctypes.c_char_p]
    lib.XKeysymToKeycode.restype = ctypes.c_ubyte
    lib.XKeysymToKeycode.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    key: list[Any] = [ctypes.c_void_p, ctypes.c_int, ctypes.c_uint, ctypes.c_ulong]
    lib.XGrabKey.argtypes = [*key, ctypes.c_int, ctypes.c_int, ctypes.c_int]
    lib.XUngrabKey.argtypes = key
    lib.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
    lib.XPending.argtypes = [ctypes.c_void_p]
    lib.XNextEvent.argtypes = [ctypes.c_void_p, ctypes.POINTER(_Event)]
    lib.XkbSetDetectableAutoRepeat.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
    lib.XSetErrorHandler.restype = ctypes.c_void_p
    lib.XSetErrorHandler.argtypes = [ctypes.c_void_p]
    return lib


class X11Keys:
    """Holds keys on a connection and a thread of its own.

    Args:
        pressed: told the name of a key that went down, in this object's thread.
        told: called when it is known which keys were refused.
        display: ":1"; None takes DISPLAY.

    Raises:
        OSError: no libX11, or the display cannot be opened.
    """

    def __init__(
        self,
        pressed: Callable[[str], None],
        told: Callable[[], None] = lambda: None,
        display: str | None = None,
    ) -> None:
        self._lib = _library()
        self._lib.XInitThreads()
        self._display = self._lib.XOpenDisplay(display.encode() if display else None)
        if not self._display:
            raise OSError(f"display {display or os.environ.get('DISPLAY', '')} cannot be opened")
        self._pressed, self._told = pressed, told
        self._wanted: dict[str, str] = {}
        self._refused: set[str] = set()
        self._names: dict[tuple[int, int], str] = {}
        self._is_ending = False
        self._wake_read, self._wake_write = os.pipe()
        self._thread = threading.Thread(target=self._run, name="global keys", daemon=True)
        self._thread.start()

    def hold(self, keys: dict[str, str]) -> None:
        """Holds these keys, names by key, and no others; returns at once."""
        self._wanted = dict(keys)
        os.write(self._wake_write, b"h")

    def refused(self) -> set[str]:
        """Keys another program has, or that this keyboard has not."""
        return set(self._refused)

    def stop(self) -> None:
        """Lets go of everything and ends the thread."""
        self._is_ending = True
        os.write(self._wake_write, b"e")
        self._thread.join(5)
        os.close(self._wake_write)
        os.close(self._wake_read)

    # -- the thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        lib, display = self._lib, self._display
        root = lib.XDefaultRootWindow(display)
        mine = lib.XConnectionNumber(display)
        event = _Event()
        down: set[int] = set()  # a key that is held down counts once
        lib.XkbSetDetectableAutoRepeat(display, 1, None)
        while not self._is_ending:
            while lib.XPending(display):
                lib.XNextEvent(display, ctypes.byref(event))
                if event.type == KEY_RELEASE:
                    down.discard(event.key.keycode)
                elif event.type == KEY_PRESS and event.key.keycode not in down:
                    down.add(event.key.keycode)
                    held = event.key.state & 0xFF & ~LOCKS[-1]
                    name = self._names.get((event.key.keycode, held))
                    if name:
                        self._pressed(name)
            ready, _, _ = select.select([mine, self._wake_read], [], [])
            if self._wake_read in ready:
                os.read(self._wake_read, 64)
                if not self._is_ending:
                    self._grab(root)
        self._let_go(root)
        lib.XCloseDisplay(display)

    def _let_go(self, root: int) -> None:
        for code, held in self._names:
            for lock in LOCKS:
                self._lib.XUngrabKey(self._display, code, held | lock, root)
        self._names.clear()
        self._lib.XSync(self._display, 0)

    def _grab(self, root: int) -> None:
        """Takes the wanted keys; X tells of a key that is taken through its error handler."""
        lib, display = self._lib, self._display
        self._let_go(root)
        failed: list[int] = []

        def note(_display: int, error: Any) -> int:
            failed.append(error.contents.code)
            return 0

        handler = _HANDLER(note)
        refused = set()
        before = lib.XSetErrorHandler(ctypes.cast(handler, ctypes.c_void_p))
        try:
            for keys, name in self._wanted.items():
                code, held = self._code(keys)
                if not code:
                    refused.add(keys)
                    continue
                failed.clear()
                for lock in LOCKS:
                    lib.XGrabKey(display, code, held | lock, root, 0, GRAB_ASYNC, GRAB_ASYNC)
                lib.XSync(display, 0)
                if failed:
                    refused.add(keys)
                    for lock in LOCKS:
                        lib.XUngrabKey(display, code, held | lock, root)
                    lib.XSync(display, 0)
                else:
                    self._names[code, held] = name
        finally:
            lib.XSetErrorHandler(before)
        self._refused = refused
        self._told()

    def _code(self, keys: str) -> tuple[int, int]:
        """Keycode and modifiers of a key as Qt writes it; code 0 when there is none."""
        *held, key = keys.replace("++", "+plus").split("+")
        words = "+" if key == "plus" else key
        name = NAMES.get(words, words.lower() if len(words) == 1 else words)
        symbol = self._lib.XStringToKeysym(name.encode())
        code = int(self._lib.XKeysymToKeycode(self._display, symbol)) if symbol else 0
        return code, sum(MODIFIERS.get(entry, 0) for entry in held)
