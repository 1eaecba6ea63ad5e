"""A source on programme dies for real, and the show is saved in time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import start_engine
from tests.onair.door import Door

pytestmark = [pytest.mark.onair, pytest.mark.skipif(os.name == "nt", reason="POSIX signals")]
ROOT = Path(__file__).parents[2]

# A camera over the network: an HTTP stream that its own process serves, and can stop serving.
CAMERA = """
import av, sys, time
out = av.open(sys.argv[1] + "?listen=1", "w", format="mpegts")
stream = out.add_stream("libx264", rate=25, options={"tune": "zerolatency", "g": "12"})
stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
import numpy as np
began, number = time.monotonic(), 0
while True:
    picture = np.random.default_rng(number).integers(0, 255, (240, 320, 3), np.uint8)
    frame = av.VideoFrame.from_ndarray(picture, "rgb24")
    frame.pts = number
    out.mux(stream.encode(frame))
    number += 1
    time.sleep(max(0, began + number / 25 - time.monotonic()))
"""


def camera(port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", CAMERA, f"tcp://127.0.0.1:{port}"],
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def port(unused_port: int) -> int:
    return unused_port


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def show(tmp_path: Path, port: int) -> Path:
    folder = tmp_path / "plan.show"
    folder.mkdir()
    raw = {
        "schema": 1,
        "name": "plan",
        "canvases": {"landscape": [640, 360], "portrait": [360, 640], "on": ["landscape"]},
        "sources": [
            {"name": "cam", "kind": "stream", "settings": {"url": f"tcp://127.0.0.1:{port}"}},
            {"name": "slate", "kind": "colour", "settings": {"top": "#303848"}},
        ],
        "scenes": {
            "scenes": [
                {"name": "host", "items": [{"id": 1, "source": "cam"}]},
                {"name": "other", "items": [{"id": 1, "source": "slate"}]},
                {
                    "name": "standby",
                    "purpose": "standby",
                    "items": [{"id": 1, "source": "slate"}],
                },
            ]
        },
    }
    (folder / "show.json").write_text(json.dumps(raw), encoding="utf-8")
    return folder


@pytest.fixture
def engine(show: Path) -> Iterator[subprocess.Popen[str]]:
    process = start_engine()
    assert process.stdin is not None
    process.stdin.write(json.dumps({"show": str(show), "port": 0, "password": ""}) + "\n")
    process.stdin.close()
    yield process
    process.terminate()
    assert process.wait(15) == 0
    assert process.stdout is not None
    process.stdout.close()


def on_air(engine: subprocess.Popen[str]) -> str:
    assert engine.stdout is not None
    for line in engine.stdout:
        said = json.loads(line)
        if said["event"] == "on_air":
            return str(said["remote"])
    raise AssertionError("the engine ended")


def until_ok(door: Door) -> None:
    """The camera may have been well before the door was open."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        cam = door.run("state.get", parts=["sources"])["sources"][0]
        if cam["health"]["state"] == "ok":
            return
        time.sleep(0.05)
    raise AssertionError(cam)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "silent"])
def test_a_dead_camera_is_replaced_by_standby_and_comes_back(show, port, how, engine):
    eye = camera(port)
    try:
        with Door(on_air(engine)) as door:
            until_ok(door)
            at = time.monotonic()
            eye.send_signal(how)
            taken, _ = door.wait("scenes.taken", lambda d: d["scene"] == "standby", since=at)
            assert taken - at < 2.0
            door.wait("roles.told", lambda d: d["role"] == "streamer", since=at)
            if how == signal.SIGSTOP:
                eye.send_signal(signal.SIGCONT)
            else:
                eye.wait()
                eye = camera(port)
            door.wait("scenes.taken", lambda d: d["scene"] == "host", since=taken, seconds=30)
            _, ended = door.wait("plans.ended", since=taken)
            assert ended["state"] == "saved"
            incident = door.run("plans.incidents")["result"][0]
            assert len(incident["timeline"]) >= 6
            assert incident["plan"] == "source_lost"
    finally:
        eye.kill()
        eye.wait()


def test_a_controller_who_took_another_scene_is_not_overruled(show, port, engine):
    eye = camera(port)
    try:
        with Door(on_air(engine)) as door:
            until_ok(door)
            door.run("sources.fault", name="cam", fault="frozen")
            door.wait("scenes.taken", lambda d: d["scene"] == "standby")
            door.run("scenes.take", scene="other")
            door.run("sources.fault", name="cam", fault="none")
            door.wait("plans.ended")
            programme = door.run("state.get", parts=["scenes"])["scenes"]["programme"]
            assert programme["landscape"] == "other"
    finally:
        eye.kill()
        eye.wait()


def test_a_plan_can_be_run_by_hand(show, port, engine):
    with Door(on_air(engine)) as door:
        door.run("plans.run", plan="public_opinion")
        _, ended = door.wait("plans.ended", lambda d: d["plan"] == "public_opinion")
        assert ended["state"] == "saved"
        assert door.run("state.get", parts=["comments"])["comments"]["is_slow"]
        answer = door.request(
            "CallVendorRequest",
            {
                "vendorName": "shopcast",
                "requestType": "plans.run",
                "requestData": {"plan": "spoken_violation"},
            },
        )
        assert answer["responseData"]["responseData"]["error"]["code"] == "confirm"
