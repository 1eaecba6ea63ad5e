"""A phone pushes to the engine's own port: let in by its key, lost, back; strangers sent away."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest

import studio.sources.kinds as folder
from studio.core.clock import now_ns
from studio.core.registry import discover
from studio.media.frame import to_rgb
from studio.show.file import demo_show
from studio.sources.base import Source
from studio.sources.kinds.ingest import Ingest, key_of
from tests.golden.kept import compare
from tests.unit.sources.media import runner_of, state, until

pytestmark = pytest.mark.onair
KINDS = discover(folder, Source)
GOLDEN = Path(__file__).parents[1] / "golden" / "sources"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


@pytest.fixture
def waiting(tmp_path, monkeypatch):
    """An ingest at work, and its address with and without the key."""
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    port = free_port()
    runner = runner_of(KINDS, "ingest", {"port": port}, tmp_path)
    runner.start()
    assert until(lambda: runner.error is not None)
    source: Ingest = runner.source
    yield runner, f"{source.address()[0]}/", source.key()
    runner.stop()


def push(url, seconds=60, picture=None):
    """What a phone does: FFmpeg's own RTMP client."""
    shown = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=30"]
    if picture:
        shown = ["-loop", "1", "-r", "30", "-i", str(picture)]
    return subprocess.Popen(
        ["ffmpeg", "-v", "error", "-re", *shown,
         "-f", "lavfi", "-i", "sine=440:r=44100", "-t", str(seconds), "-s", "320x180",
         "-pix_fmt", "yuv420p",
         "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "30",
         "-c:a", "aac", "-f", "flv", url],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def test_a_phone_comes_goes_and_comes_back(waiting):
    runner, server, key = waiting
    assert runner.error.key == "sources.ingest_waiting"
    assert key not in str(runner.error.params)
    phone = push(server + key)
    try:
        assert until(lambda: state(runner) == "ok", 20), runner.health(now_ns())
        assert until(lambda: len(runner.ring) > 0)
        assert (runner.latest.frame.width, runner.latest.frame.height) == (320, 180)
        phone.kill()
        phone.wait()
        assert until(lambda: state(runner) == "lost")
        assert until(lambda: runner.error and runner.error.key == "sources.ingest_lost")
        phone = push(server + key)
        assert until(lambda: state(runner) == "ok", 20)
    finally:
        phone.kill()
        phone.wait()


def test_who_has_no_key_is_sent_away(waiting):
    runner, server, key = waiting
    stranger = push(server + key[:-1] + "x", 5)
    assert stranger.wait(20) != 0
    assert runner.latest is None
    phone = push(server + key, picture=demo_show() / "media" / "shop.jpg")
    try:
        assert until(lambda: runner.slot.count > 20, 20)
        picture = to_rgb(runner.latest.frame)[..., ::-1]
        compare(GOLDEN / "ingest.webp", np.ascontiguousarray(picture))
    finally:
        phone.kill()
        phone.wait()


def test_a_second_call_with_the_key_takes_over(waiting):
    runner, server, key = waiting
    first = push(server + key)
    try:
        assert until(lambda: state(runner) == "ok", 20)
        second = push(server + key)
        try:
            assert first.wait(20) is not None
            number = runner.slot.count
            assert until(lambda: runner.slot.count > number + 30, 20)
        finally:
            second.kill()
            second.wait()
    finally:
        first.kill()
        first.wait()


@pytest.mark.parametrize(
    "noise", [b"", b"GET / HTTP/1.1\r\n\r\n" * 200, b"\x03" + bytes(1536) + os.urandom(60_000)]
)
def test_silent_and_mad_callers_disturb_nobody(waiting, noise):
    runner, server, key = waiting
    port = runner.source.settings.port
    callers = [socket.create_connection(("127.0.0.1", port)) for _ in range(6)]
    try:
        for caller in callers:
            caller.settimeout(5)
            with_fault = noise
            try:
                caller.sendall(with_fault)
            except OSError:
                continue
        phone = push(server + key)
        try:
            assert until(lambda: state(runner) == "ok", 20)
        finally:
            phone.kill()
            phone.wait()
    finally:
        for caller in callers:
            caller.close()


def test_two_sources_share_a_port_and_not_a_key(waiting, tmp_path):
    runner, _, _ = waiting
    port = runner.source.settings.port
    other = runner_of(KINDS, "ingest", {"port": port, "stream": "cam2"}, tmp_path)
    same = runner_of(KINDS, "ingest", {"port": port}, tmp_path)
    other.start()
    same.start()
    try:
        assert until(lambda: same.error is not None)
        assert same.error.key == "sources.ingest_taken"
        assert until(lambda: other.error is not None)
        assert other.error.key == "sources.ingest_waiting"
        assert key_of("cam2") != key_of("phone")
    finally:
        other.stop()
        same.stop()


def test_it_stops_at_once_and_frees_its_port(waiting):
    runner, _, _ = waiting
    port = runner.source.settings.port
    began = now_ns()
    runner.stop()
    assert now_ns() - began < 2e9
    assert until(lambda: _is_free(port))
    assert until(lambda: not [t for t in threading.enumerate() if t.name.startswith("ingest")])


def _is_free(port):
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def sing(url, hz=440):
    """An encoder that sends sound alone."""
    return subprocess.Popen(
        ["ffmpeg", "-v", "error", "-re", "-f", "lavfi", "-i", f"sine={hz}:r=44100", "-t", "60",
         "-c:a", "aac", "-f", "flv", url],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def test_a_caller_with_sound_alone_is_heard_and_well(waiting):
    """Also after one with a picture, which comes back as it was."""
    runner, server, key = waiting
    for call, wanted in ((sing, "sound"), (push, "ok"), (sing, "sound")):
        caller = call(server + key)
        try:
            assert until(lambda wanted=wanted: state(runner) == wanted, 20), runner.health(now_ns())
            assert until(lambda: len(runner.ring) > 0)
            assert runner.error is None
        finally:
            caller.kill()
            caller.wait()
        assert until(lambda: state(runner) == "lost")
