"""A network stream nobody sees costs next to nothing, is still judged, and is fresh at a cut."""

from __future__ import annotations

import socket
import subprocess
import time

import numpy as np
import pytest

import studio.sources as folder
from studio.core.clock import now_ns
from studio.core.registry import discover
from studio.sources.base import Source
from tests.unit.sources.media import film, runner_of, state, until

pytestmark = pytest.mark.onair
KINDS = discover(folder, Source)
GROUP = 60


@pytest.fixture
def stream(tmp_path):
    """A stream of a film whose keyframes lie two seconds apart, by FFmpeg."""
    servers, runners = [], []

    def start(draw=None):
        path = film(tmp_path / "a.mp4", 4.0, gop=GROUP, draw=draw, options={"tune": "zerolatency"})
        with socket.create_server(("127.0.0.1", 0)) as one:
            port = one.getsockname()[1]
        address = f"tcp://127.0.0.1:{port}"
        servers.append(
            subprocess.Popen(
                ["ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(path),
                 "-c", "copy", "-f", "mpegts", f"{address}?listen=1"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
        )  # fmt: skip
        runner = runner_of(KINDS, "stream", {"url": address}, tmp_path)
        runners.append(runner)
        runner.is_sleepy, runner.is_heard = True, False
        runner.start()
        assert until(lambda: runner.latest is not None, 20), runner.error
        return runner

    yield start
    for runner in runners:
        runner.stop()
    for server in servers:
        server.kill()
        server.wait()


def test_unseen_only_keyframes_are_decoded_and_a_cut_is_fresh(stream):
    runner = stream()
    assert until(lambda: runner.health(now_ns()).fps > 20)
    before, end = runner.slot.count, time.monotonic() + 2.2
    states = set()
    while time.monotonic() < end:
        states.add(state(runner))
        time.sleep(0.05)
    assert runner.slot.count - before <= 5, "pictures nobody sees are decoded"
    assert states == {"ok"}
    runner.look(now_ns())

    def fresh():
        shot = runner.look(now_ns())
        return shot is not None and now_ns() - shot.frame.pts_ns < 150_000_000

    assert until(fresh, 1.0)
    count = runner.slot.count

    def moves():
        runner.look(now_ns())
        return runner.slot.count > count + 20

    assert until(moves, 3.0)


def test_a_picture_that_stands_is_told_unseen_too(stream):
    runner = stream(lambda number: np.full((90, 160, 3), 120, np.uint8))
    assert until(lambda: state(runner) == "frozen", 10), runner.health(now_ns())
