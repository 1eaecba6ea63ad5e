"""Keys: who answers one, what a person changes, what is taken; and global keys under X11."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from studio.api import Hotkey
from ui.global_keys import why_not
from ui.models import hotkeys as model
from ui.models.commands import CommandInfo

TEXT = {"type": "string"}
COMMANDS = {
    entry.id: entry
    for entry in (
        CommandInfo("show.save", keys="Ctrl+S"),
        CommandInfo("replay.save", keys="Ctrl+R"),
        CommandInfo("outputs.stop", needs_confirm=True),
        CommandInfo("scenes.take", keys="Return", args={"properties": {"scene": TEXT}}),
        CommandInfo(
            "plans.run", args={"properties": {"plan": TEXT}, "required": ["plan"]}
        ),
        CommandInfo(
            "items.put",
            args={"properties": {"item": {"type": "object"}}, "required": ["item"]},
        ),
    )
}  # fmt: skip


def names(own: dict[str, Hotkey]) -> dict[str, str]:
    found = model.by_keys(model.table(COMMANDS, own))
    return {keys: line.name for keys, line in found.items()}


def line(name: str, own: dict[str, Hotkey]) -> model.Bound:
    return next(entry for entry in model.table(COMMANDS, own) if entry.name == name)


def test_commands_and_the_desk_bring_keys() -> None:
    found = names({})
    assert found["Ctrl+S"] == "show.save"
    assert found["Return"] == "scenes.take"
    assert found["F9"] == "scenes.standby"
    assert "Esc" not in found  # it closes things and airs nothing
    assert "outputs.stop" not in found.values()


def test_a_person_gives_takes_away_and_goes_back() -> None:
    own = model.changed({}, line("show.save", {}), "F5", False)
    assert names(own)["F5"] == "show.save"
    assert "Ctrl+S" not in names(own)
    own = model.changed(own, line("show.save", own), "", False)
    assert "show.save" not in names(own).values()
    own = model.changed(own, line("show.save", own), "Ctrl+S", False)
    assert own == {}  # as usual: nothing is kept


def test_a_command_with_arguments_has_a_line_of_its_own() -> None:
    made = model.made_of("scenes.take", {"scene": "特写 2"})
    assert made.name == "scenes.take scene=特写 2"
    own = model.changed({}, made, "F6", False)
    assert own[made.name].args == {"scene": "特写 2"}
    assert line(made.name, own).args == {"scene": "特写 2"}
    assert names(model.changed(own, made, "F7", True))["F7"] == made.name
    assert names(own)["Return"] == "scenes.take"


def test_what_is_taken_is_told() -> None:
    lines = model.table(COMMANDS, {})
    holder = model.holder_of("Ctrl+R", lines, "show.save")
    assert holder is not None
    assert holder.name == "replay.save"
    assert model.holder_of("Ctrl+S", lines, "show.save") is None


def test_which_commands_can_be_filled_in_once_for_all() -> None:
    fitting = {id for id, info in COMMANDS.items() if model.can_have_args(info)}
    assert "plans.run" in fitting
    assert not {"items.put", "outputs.stop"} & fitting


@pytest.mark.parametrize(
    ("platform", "around", "why"),
    [
        ("win32", {}, ""),
        ("darwin", {}, "hotkeys.no_macos"),
        ("linux", {"DISPLAY": ":0"}, ""),
        ("linux", {}, "hotkeys.no_display"),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "hotkeys.no_wayland"),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "hotkeys.no_wayland"),
    ],
)
def test_where_global_keys_cannot_be_it_says_so(
    platform: str, around: dict[str, str], why: str
) -> None:
    assert why_not(around, platform) == why


def test_keys_have_their_codes_on_windows() -> None:
    from ui.global_keys.windows import code_of

    assert code_of("Ctrl+Alt+F5") == (0x74, 3)
    assert code_of("Shift+A") == (0x41, 4)
    assert code_of("Ctrl++") == (0xBB, 2)
    assert code_of("Meta+Return") == (0x0D, 8)
    assert code_of("Ctrl+é")[0] == 0


# -- X11 ---------------------------------------------------------------------------------------

PATIENCE_S = 15.0
HAS_X = sys.platform.startswith("linux") and shutil.which("Xvfb") is not None
HAS_X = HAS_X and bool(ctypes.util.find_library("Xtst"))


class Hand:
    """Presses keys on a display, as a person does, through XTest."""

    def __init__(self, display: str) -> None:
        self.x = ctypes.CDLL(ctypes.util.find_library("X11") or "")
        self.tst = ctypes.CDLL(ctypes.util.find_library("Xtst") or "")
        self.x.XOpenDisplay.restype = ctypes.c_void_p
        self.x.XStringToKeysym.restype = ctypes.c_ulong
        self.x.XKeysymToKeycode.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
        self.x.XKeysymToKeycode.restype = ctypes.c_ubyte
        self.x.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
        self.x.XCloseDisplay.argtypes = [ctypes.c_void_p]
        kinds = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_ulong]
        self.tst.XTestFakeKeyEvent.argtypes = kinds
        self.display = self.x.XOpenDisplay(display.encode())

    def press(self, *names: str) -> None:
        codes = [
            self.x.XKeysymToKeycode(self.display, self.x.XStringToKeysym(name.encode()))
            for name in names
        ]
        for code in codes:
            self.tst.XTestFakeKeyEvent(self.display, code, 1, 0)
        for code in reversed(codes):
            self.tst.XTestFakeKeyEvent(self.display, code, 0, 0)
        self.x.XSync(self.display, 0)

    def close(self) -> None:
        self.x.XCloseDisplay(self.display)


@pytest.fixture
def display() -> Iterator[str]:
    """A screen of its own."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(PATIENCE_S)


@pytest.mark.skipif(not HAS_X, reason="no Xvfb or no XTest here")
def test_a_global_key_is_heard_whoever_has_the_keyboard(display: str) -> None:
    from ui.global_keys.x11 import X11Keys

    heard: list[str] = []
    something, known = threading.Event(), threading.Event()

    def pressed(name: str) -> None:
        heard.append(name)
        something.set()

    mine, hand = X11Keys(pressed, known.set, display), Hand(display)
    known_too = threading.Event()
    other = X11Keys(lambda name: None, known_too.set, display)
    try:
        mine.hold({"Ctrl+Alt+P": "scenes.take", "F8": "scenes.standby", "Ctrl+Nothing": "x"})
        assert known.wait(PATIENCE_S)
        assert mine.refused() == {"Ctrl+Nothing"}
        hand.press("p")  # without its modifiers it is another key
        hand.press("Control_L", "Alt_L", "p")
        assert something.wait(PATIENCE_S)
        something.clear()
        hand.press("Num_Lock")  # locks do not matter
        hand.press("F8")
        assert something.wait(PATIENCE_S)
        assert heard == ["scenes.take", "scenes.standby"]

        other.hold({"F8": "theirs", "F9": "free"})
        assert known_too.wait(PATIENCE_S)
        assert other.refused() == {"F8"}  # the first one has it
        known.clear()
        mine.hold({})
        assert known.wait(PATIENCE_S)
        known_too.clear()
        other.hold({"F8": "theirs"})
        assert known_too.wait(PATIENCE_S)
        assert other.refused() == set()
    finally:  # Xlib ends the process when its server goes first
        mine.stop()
        other.stop()
        hand.close()
