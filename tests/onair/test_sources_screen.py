"""The screen: a real X display is grabbed, lost, and comes back; a window by its title."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

import studio.sources.kinds as folder
from studio.core.clock import now_ns
from studio.core.registry import discover
from studio.media.frame import to_rgb
from studio.sources.base import Source
from studio.sources.x11 import windows
from tests.golden.kept import compare
from tests.unit.sources.media import runner_of, state, until

pytestmark = [pytest.mark.onair, pytest.mark.skipif(not sys.platform.startswith("linux"),
                                                     reason="X11")]  # fmt: skip
KINDS = discover(folder, Source)
GOLDEN = Path(__file__).parents[1] / "golden" / "sources"
WINDOW = """
import ctypes, ctypes.util, sys, time
x = ctypes.CDLL(ctypes.util.find_library("X11"))
x.XOpenDisplay.restype = ctypes.c_void_p
x.XDefaultRootWindow.restype = x.XCreateSimpleWindow.restype = ctypes.c_ulong
display = None
while not display:
    display = x.XOpenDisplay(sys.argv[1].encode())
    time.sleep(0.05)
d, number = ctypes.c_void_p(display), ctypes.c_ulong
root = number(x.XDefaultRootWindow(d))
window = number(x.XCreateSimpleWindow(d, root, 100, 60, 200, 120, 0, number(0), number(0xC01010)))
x.XStoreName(d, window, b"Goods list")
x.XMapWindow(d, window)
x.XFlush(d)
time.sleep(600)
"""


class Display:
    """An Xvfb of our own."""

    def __init__(self, number: int) -> None:
        self.name = f":{number}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["Xvfb", self.name, "-screen", "0", "640x360x24", "-nolisten", "tcp",
             "-noreset"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        socket = Path(f"/tmp/.X11-unix/X{self.name[1:]}")
        assert until(socket.exists)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        for left in (f"/tmp/.X{self.name[1:]}-lock", f"/tmp/.X11-unix/X{self.name[1:]}"):
            Path(left).unlink(missing_ok=True)


# Its own for every test: a server that ends takes the socket of its number along, whose ever it is.
_NUMBERS = itertools.cycle(range(200 + os.getpid() % 400 * 20, 220 + os.getpid() % 400 * 20))


@pytest.fixture
def display():
    number = next(n for n in _NUMBERS if not Path(f"/tmp/.X{n}-lock").exists())
    one = Display(number)
    one.start()
    yield one
    one.stop()


@pytest.fixture
def run(tmp_path):
    runners = []

    def start(sleepy=False, **settings):
        runner = runner_of(KINDS, "screen", settings, tmp_path)
        runner.is_sleepy = sleepy
        runners.append(runner)
        runner.start()
        return runner

    yield start
    for runner in runners:
        runner.stop()


@pytest.fixture
def goods(display, tmp_path):
    """A window with a title on the display."""
    with tempfile.TemporaryFile() as said:
        program = subprocess.Popen(
            [sys.executable, "-c", WINDOW, display.name], stdout=said, stderr=said
        )
        if not until(lambda: any(w.title == "Goods list" for w in windows(display.name)), 20):
            program.kill()
            program.wait()
            said.seek(0)
            pytest.fail(said.read().decode())
        yield
        program.kill()
        program.wait()


def test_the_screen_is_lost_and_comes_back_by_itself(display, run):
    runner = run(display=display.name)
    assert until(lambda: state(runner) == "black" or runner.slot.count > 5), runner.error
    assert (runner.latest.frame.width, runner.latest.frame.height) == (640, 360)
    display.stop()
    assert until(lambda: state(runner) == "lost")
    assert runner.error is not None
    number = runner.slot.count
    display.start()
    assert until(lambda: runner.slot.count > number + 3, 30), runner.error


def test_a_window_by_its_title_and_a_region(display, goods, run):
    runner = run(display=display.name, what="window", window="goods")
    assert until(lambda: runner.latest is not None), runner.error
    assert until(lambda: to_rgb(runner.latest.frame)[60, 100, 0] > 150)
    assert runner.latest.frame.width == 200
    whole = run(display=display.name)
    assert until(lambda: whole.latest is not None), whole.error
    assert until(lambda: to_rgb(whole.latest.frame)[120, 200, 0] > 150)
    compare(GOLDEN / "screen.webp", np.ascontiguousarray(to_rgb(whole.latest.frame)[..., ::-1]))
    region = run(display=display.name, what="region", x=100, y=60, width=100, height=50)
    assert until(lambda: region.latest is not None), region.error
    assert (region.latest.frame.width, region.latest.frame.height) == (100, 50)


def test_unseen_it_is_not_grabbed_and_seen_again_it_is_fresh(display, run):
    runner = run(sleepy=True, display=display.name)
    assert until(lambda: runner.health(now_ns()).is_resting, 20)
    number = runner.slot.count
    time.sleep(0.5)
    assert runner.slot.count == number
    asked = now_ns()
    runner.look(asked)
    assert until(lambda: runner.slot.count > number, 3)
    assert now_ns() - asked < 1e9


@pytest.mark.parametrize(
    ("variables", "settings", "key"),
    [
        ({"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0"}, {}, "sources.wayland"),
        ({}, {}, "sources.no_display"),
        ({}, {"what": "window", "window": "none", "display": "*"}, "sources.no_window"),
        ({}, {"display": ":199"}, "sources.cannot_open"),
    ],
)
def test_what_cannot_be_grabbed_is_said(display, run, monkeypatch, variables, settings, key):
    for name in ("XDG_SESSION_TYPE", "WAYLAND_DISPLAY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings = {k: display.name if v == "*" else v for k, v in settings.items()}
    runner = run(**settings)
    assert until(lambda: runner.error is not None)
    assert runner.error.key == key


def test_a_test_signal_goes_the_same_way(tmp_path):
    runner = runner_of(KINDS, "test_signal", {"width": 160, "height": 90}, tmp_path)
    runner.start()
    try:
        assert until(lambda: state(runner) == "ok")
        assert np.ptp(runner.latest.frame.y) > 100
    finally:
        runner.stop()
