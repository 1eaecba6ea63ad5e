"""A flood of comments is bounded, counted, and never reaches the picture's clock."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tests.onair.door import Door

pytestmark = pytest.mark.onair
ROOT = Path(__file__).parents[2]


def flood(socket: ServerConnection) -> None:
    number = 0
    try:
        while True:
            lines = []
            for _ in range(40):
                number += 1
                lines.append(json.dumps({"id": str(number), "text": f"{number} 号多少钱 加微信"}))
            socket.send("\n".join([*lines, "garbage"]))
            time.sleep(0.05)
    except ConnectionClosed:
        return


def test_eight_hundred_comments_a_second() -> None:
    engine = subprocess.Popen(
        [sys.executable, "-m", "studio"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    server = serve(flood, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    assert engine.stdin is not None
    assert engine.stdout is not None
    try:
        options = {"port": 0, "password": "", "canvas": "landscape", "size": [640, 360]}
        engine.stdin.write(json.dumps(options) + "\n")
        engine.stdin.close()
        on_air = json.loads(engine.stdout.readline())
        url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        with Door(on_air["remote"]) as door:
            door.run("feeds.add", name="flood", kind="websocket", settings={"url": url})
            end = time.monotonic() + 30
            counts: dict[str, int] = {}
            while counts.get("dropped", 0) < 500 and time.monotonic() < end:
                counts = door.run("state.get", parts=["comments"])["comments"]["counts"]
                time.sleep(0.1)
            assert counts["dropped"] >= 500, counts
            assert counts["blocked"] > 300
            at = time.monotonic()
            door.run("shop.card", product="2")
            assert time.monotonic() - at < 1.0
        engine.terminate()
        done = json.loads(engine.stdout.readlines()[-1])
        assert engine.wait(15) == 0
        assert done["missed"] <= done["frames"] * 0.05
    finally:
        engine.kill()
        engine.wait()
        engine.stdout.close()
        server.shutdown()
        thread.join(5)
