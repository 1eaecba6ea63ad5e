"""A network stream nobody sees costs next to nothing, is still judged, and is fresh at a cut."""

from __future__ import annotations

import socket
import subprocess
import time

import numpy as np
import pytest

import studio.sources.kinds as folder
from studio.core.clock import now_ns
from studio.core.registry import discover
from studio.sources.base import Source
from tests.unit.sources.media import film, runner_of, served, state, until

pytestmark = pytest.mark.onair
KINDS = discover(folder, Source)
GROUP = 60


@pytest.fixture
def stream(tmp_path):
    """A stream of a film whose keyframes lie two seconds apart, by FFmpeg."""
    servers, runners = [], []

    def start(draw=None, **settings):
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
        runner = runner_of(KINDS, "stream", {"url": address, **settings}, tmp_path)
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


def test_slides_that_are_sent_are_no_fault(stream):
    """Packets that arrive are its sign of life, seen or not."""
    runner = stream(lambda number: np.full((90, 160, 3), 120, np.uint8))
    states, _, _ = watched(runner, 2.5)
    assert states == {"ok"}


def test_a_picture_that_stands_is_told_unseen_too(stream):
    """Of a stream that is known to be a camera."""
    runner = stream(lambda number: np.full((90, 160, 3), 120, np.uint8), watch_frozen=True)
    assert until(lambda: state(runner) == "frozen", 10), runner.health(now_ns())


def watched(runner, seconds):
    """States, pictures, and blocks of sound that were silent, in a while."""
    states, silent = set(), 0
    before, end = runner.slot.count, time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        runner.look(now_ns())
        states.add(state(runner))
        silent += not np.abs(runner.ring.take(960, now_ns() - 80_000_000)).max() > 0.01
        time.sleep(max(0.0, 0.02 - (time.monotonic() - now)))
    return states, runner.slot.count - before, silent


@pytest.mark.parametrize("what", ["playlist", "film"])
def test_what_comes_in_pieces_plays_evenly(tmp_path, what):
    made = film(tmp_path / "a.mp4", 12.0 if what == "playlist" else 2.5, sound=(44_100, "stereo"))
    url = "a.mp4"
    if what == "playlist":  # as of a live stream: with no end, and its last segments count
        url = "a.m3u8"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-i", str(made), "-c", "copy", "-f", "hls", "-hls_time",
             "2", "-hls_list_size", "0", "-hls_flags", "omit_endlist", str(tmp_path / url)],
            check=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    with served(tmp_path) as address:
        runner = runner_of(KINDS, "stream", {"url": f"{address}/{url}"}, tmp_path)
        runner.start()
        try:
            assert until(lambda: runner.slot.count > 15, 10), runner.error
            states, count, silent = watched(runner, 3.5)
            assert states == {"ok"}, "no hole of 0.7 s either"
            assert count > 75
            assert silent < 50, "the film began again once, and its sound with it"
        finally:
            runner.stop()


def test_a_silent_server_holds_up_no_edit(tmp_path):
    """Whoever gives the stream another address does not wait for the call to the old one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"rtmp://127.0.0.1:{server.getsockname()[1]}/live/a"
        runner = runner_of(KINDS, "stream", {"url": address}, tmp_path)
        runner.start()
        held, _ = server.accept()
        with held:
            began = time.monotonic()
            runner.stop()
            assert time.monotonic() - began < 1
        assert runner.error is None
