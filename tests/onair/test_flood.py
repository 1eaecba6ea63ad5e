"""A flood of comments is bounded, counted, and never reaches the picture's clock."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tests.engines import start_engine
from tests.onair.door import Door
from tests.waiting import until

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


def clock(door: Door) -> tuple[int, int]:
    """The ticks of the picture's clock so far, and how many of them it skipped."""
    told = door.request("GetStats")["responseData"]
    return told["renderTotalFrames"], told["renderSkippedFrames"]


def missed_in(door: Door, ticks: int) -> int:
    """How many of the next ticks the picture's clock skips."""
    begun, before = clock(door)
    until(lambda: clock(door)[0] >= begun + ticks, f"{ticks} ticks of its clock", 30)
    return clock(door)[1] - before


def test_eight_hundred_comments_a_second() -> None:
    engine = start_engine()
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
            until(lambda: clock(door)[0] >= 25, "its start is over")
            calm = missed_in(door, 50)
            door.run("feeds.add", name="flood", kind="websocket", settings={"url": url})
            counts: dict[str, int] = {}

            def is_flooded() -> bool:
                counts.update(door.run("state.get", parts=["comments"])["comments"]["counts"])
                return counts["dropped"] >= 500 and counts["blocked"] > 300

            until(is_flooded, "comments are dropped and blocked", 60)
            at = time.monotonic()
            door.run("shop.card", product="2")
            assert time.monotonic() - at < 1.0
            # A twentieth, and what a machine that is busy with other things loses without a flood.
            assert missed_in(door, 100) <= 100 // 20 + 4 * calm
        engine.terminate()
        assert engine.wait(15) == 0
    finally:
        engine.kill()
        engine.wait()
        engine.stdout.close()
        server.shutdown()
        thread.join(5)
