"""The windows of an X display, by their titles: Xlib through ctypes, for that alone."""

from __future__ import annotations

import ctypes
import ctypes.util
from typing import Any, NamedTuple

MOST = 500


class X11Window(NamedTuple):
    """A window that is shown."""

    id: int
    title: str
    width: int
    height: int


class _Attributes(ctypes.Structure):
    # XWindowAttributes begins with these; the rest is left as room.
    _fields_ = (
        ("x", ctypes.c_int),
        ("y", ctypes.c_int),
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("border", ctypes.c_int),
        ("depth", ctypes.c_int),
        ("visual", ctypes.c_void_p),
        ("root", ctypes.c_ulong),
        ("class_", ctypes.c_int),
        ("bit_gravity", ctypes.c_int),
        ("win_gravity", ctypes.c_int),
        ("backing_store", ctypes.c_int),
        ("backing_planes", ctypes.c_ulong),
        ("backing_pixel", ctypes.c_ulong),
        ("save_under", ctypes.c_int),
        ("colormap", ctypes.c_ulong),
        ("map_installed", ctypes.c_int),
        ("map_state", ctypes.c_int),
        ("room", ctypes.c_byte * 64),
    )


_VIEWABLE = 2
_ERRORS: Any = None


def windows(display: str) -> list[X11Window]:
    """Windows with a title that are shown, outermost first; [] where X cannot be reached."""
    name = ctypes.util.find_library("X11")
    if name is None:
        return []
    try:
        x = ctypes.CDLL(name)
    except OSError:
        return []
    _declare(x)
    opened = x.XOpenDisplay(display.encode())
    if not opened:
        return []
    try:
        found: list[X11Window] = []
        _walk(x, opened, x.XDefaultRootWindow(opened), found, 0)
        return found
    finally:
        x.XCloseDisplay(opened)


def _declare(x: Any) -> None:
    global _ERRORS
    handle, number = ctypes.c_void_p, ctypes.c_ulong
    x.XOpenDisplay.restype, x.XOpenDisplay.argtypes = handle, [ctypes.c_char_p]
    x.XCloseDisplay.argtypes = [handle]
    x.XDefaultRootWindow.restype, x.XDefaultRootWindow.argtypes = number, [handle]
    x.XQueryTree.argtypes = [handle, number, *[ctypes.c_void_p] * 4]
    x.XFetchName.argtypes = [handle, number, ctypes.c_void_p]
    x.XGetWindowAttributes.argtypes = [handle, number, ctypes.c_void_p]
    x.XFree.argtypes = [ctypes.c_void_p]
    if _ERRORS is None:  # a window may close while it is asked; Xlib would end the process
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        _ERRORS = kind(lambda display, event: 0)
        x.XSetErrorHandler.argtypes = [kind]
        x.XSetErrorHandler(_ERRORS)


def _walk(x: Any, display: Any, window: int, found: list[X11Window], depth: int) -> None:
    title = ctypes.c_char_p()
    if x.XFetchName(display, window, ctypes.byref(title)) and title.value:
        seen = _Attributes()
        x.XGetWindowAttributes(display, window, ctypes.byref(seen))
        if seen.map_state == _VIEWABLE:
            text = title.value.decode("utf-8", "replace")
            found.append(X11Window(window, text, seen.width, seen.height))
        x.XFree(title)
    if depth > 4 or len(found) >= MOST:
        return
    root, parent = ctypes.c_ulong(), ctypes.c_ulong()
    children, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
    is_there = x.XQueryTree(
        display, window, ctypes.byref(root), ctypes.byref(parent), ctypes.byref(children),
        ctypes.byref(count),
    )  # fmt: skip
    if not is_there:
        return
    inside = [children[n] for n in range(count.value)]
    if inside:
        x.XFree(children)
    for entry in inside:
        _walk(x, display, entry, found, depth + 1)
