"""The desk dies while live, again and again: not one frame is missing at the server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest

from studio.core.paths import runtime_dir
from tests.engines import start_engine
from tests.onair.door import Door
from tests.onair.nginx import Nginx, is_there

pytestmark = [
    pytest.mark.onair,
    pytest.mark.skipif(
        os.name == "nt" or not is_there(), reason="needs nginx with its rtmp module"
    ),
]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nginx]:
    with Nginx(tmp_path / "nginx") as one:
        yield one


def views() -> list[Path]:
    """The pictures that somebody looks at now."""
    return list(runtime_dir().glob("*.pic"))


def until(check: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.05)
    return False


def test_a_desk_that_is_killed_costs_no_frame(server: Nginx) -> None:
    options = {
        "port": 0,
        "password": "",
        "canvas": "landscape",
        "size": [640, 360],
        "push": [server.url("desk")],
    }
    engine = start_engine()
    try:
        assert engine.stdin is not None
        assert engine.stdout is not None
        engine.stdin.write(json.dumps(options) + "\n")
        engine.stdin.close()
        lines = (json.loads(line) for line in engine.stdout)
        remote = next(line["remote"] for line in lines if line["event"] == "on_air")
        with Door(remote) as door:
            for _ in range(3):
                desk = subprocess.Popen(
                    [sys.executable, "-m", "ui", "--port", remote.rpartition(":")[2],
                     "--password", ""],
                    cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )  # fmt: skip
                assert until(lambda: len(views()) >= 4), "the desk shows nothing"
                desk.kill()
                desk.wait()
                assert until(lambda: not views()), "the engine keeps what nobody sees"
            assert door.run("state.get", parts=["outputs"])["outputs"][0]["state"] == "live"
        engine.terminate()
        done = [line for line in lines if line["event"] == "done"]
        assert engine.wait(15) == 0
    finally:
        engine.kill()
        engine.wait()
        assert engine.stdout is not None
        engine.stdout.close()
    server.finish()
    (recording,) = server.files()
    with av.open(str(recording)) as media:
        stream = media.streams.video[0]
        times = [p.dts * p.time_base for p in media.demux(stream) if p.dts is not None]
    steps = [float(b - a) for a, b in zip(times, times[1:], strict=False)]
    skipped = done[0]["missed"] + done[0]["dropped"]
    missing = sum(round(step * 30) - 1 for step in steps)
    # What the clock itself skipped on a crowded machine is counted by the engine; nothing else may
    # be missing, and nothing goes back.
    assert missing <= skipped
    assert min(steps) > 0
