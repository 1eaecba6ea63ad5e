"""Clients of other people, as they come: list, switch, make, change, remove, hear of it, stream."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.onair import nginx, peers
from tests.onair.studio import Studio

pytestmark = [
    pytest.mark.onair,
    pytest.mark.timeout(400),
    pytest.mark.skipif(not nginx.is_there(), reason="nginx with its rtmp module is not installed"),
]
PASSWORD = "a password"
SCRIPTS = Path(__file__).parents[1] / "peers"
KEY = "peer-stream"
# What each finds when it has made a scene with inputs of OBS's own kinds and worked on it.
WORK = {
    "input": ["color_source_v3", 0xFF00FF00],
    "words": [True, "Hello"],
    "items": True,
    "place": [64, 32, 10, "OBS_BOUNDS_SCALE_TO_HEIGHT", 9, 100, 50],
    "filters": [["cut", True], ["warmer", False]],
    "hue": 30,
    "media": "OBS_MEDIA_STATE_PAUSED",
    "db": -6,
    "muted": True,
    "left": True,
}
COMPANION = {
    "texts": ["Price", "title"],
    "images": ["Badge"],
    "media": ["clip"],
    "groups": ["Tag"],
    "failed": [],
    "beside": [],  # those of a group are in its own list alone
    "words": ["79", 52, 0xFF0000FF, True],
    "image": True,
    "looping": True,
    "place": [40, 30, 0.5, 0.25, 90],
    "shown": False,
    "filter": ["chroma_key_filter_v2", 300, 60],
    "lost": 703,  # nothing of it can be kept: refused, not left out in silence
}
"""What Companion's module finds and does, driven by the calls of its source."""


def _until(check: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _talk(command: list[str], server: nginx.Nginx) -> dict[str, Any]:
    """Runs a peer; while it is live the server's own page must show its stream."""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    lines: queue.Queue[str] = queue.Queue()
    output = process.stdout

    def read() -> None:
        for line in output:
            lines.put(line)
        lines.put("")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        first = lines.get(timeout=90)
        assert first, process.stderr.read() if process.stderr else ""
        assert json.loads(first) == {"live": True}
        _until(lambda: server.publishers() == 1)
        process.stdin.write("go on\n")
        process.stdin.flush()
        last = lines.get(timeout=90)
        assert last, process.stderr.read() if process.stderr else ""
        found: dict[str, Any] = json.loads(last)
        assert process.wait(20) == 0
        _until(lambda: server.publishers() == 0)
        return found
    finally:
        process.kill()
        process.wait()
        reader.join(5)
        for pipe in (process.stdin, process.stdout, process.stderr):
            assert pipe is not None
            pipe.close()


@pytest.mark.parametrize("peer", ["obsws_python", "simpleobsws", "obs_websocket_js"])
def test_an_unmodified_client_runs_the_show(tmp_path: Path, peer: str) -> None:
    is_node = peer == "obs_websocket_js"
    program = peers.node() if is_node else peers.python()
    script = SCRIPTS / f"{peer}_peer.{'mjs' if is_node else 'py'}"
    (tmp_path / "nginx").mkdir()
    with (
        nginx.Nginx(tmp_path / "nginx") as server,
        Studio(tmp_path, password=PASSWORD) as studio,
    ):
        port = studio.address.rpartition(":")[2]
        address = server.url(KEY).rpartition("/")[0]
        found = _talk([program, str(script), "127.0.0.1", port, PASSWORD, address, KEY], server)
        assert "Traceback" not in studio.log()
        assert KEY not in studio.log()
    assert found["scenes"] == ["Standby", "Two", "One"]  # as OBS lists them: the last one first
    assert found["heard"][0] == "Two"
    states = [word for word in found["heard"] if word.startswith("OBS_WEBSOCKET_OUTPUT_")]
    assert [word.rpartition("_")[2] for word in states] == [
        "STARTING",
        "STARTED",
        "STOPPING",
        "STOPPED",
    ]
    assert found["refused"] is True
    assert found["version"] == "5.7.3"
    assert found.get("codes", [100, 204]) in ([100, 204], [100, 100])
    assert found.get("missing", 600) == 600
    assert found["work"] == WORK
    if is_node:
        assert found["companion"] == COMPANION
