"""A small engine for tests: moving pictures and a tone through the real pipeline.

``python fake_engine.py RUNTIME URL SECONDS [KEY] [WxH] [kbps]``: one JSON line for each change.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from studio.core.clock import TickClock
from studio.encoding.model import AudioSettings, VideoSettings
from studio.outputs.destinations import settings_from_url
from studio.outputs.pipeline import OutputPipeline
from studio.sender.model import OutputStatus

FPS = 30


class Show:
    """Feeds a pipeline in real time from a thread of its own."""

    def __init__(self, pipeline: OutputPipeline, canvas: str, size: tuple[int, int]) -> None:
        self.pipeline = pipeline
        self.canvas = canvas
        width, height = size
        rng = np.random.default_rng(1)
        noise = rng.integers(0, 60, (height // 8, width // 8), dtype=np.uint8)
        self.base = np.full((height * 3 // 2, width), 128, np.uint8)
        self.base[:height] = np.kron(noise, np.ones((8, 8), np.uint8))[:height, :width] + 60
        self.height, self.width = height, width
        self.is_busy = False  # a picture that needs all of its bits
        self._rng = rng
        self.flashes = False  # a white flash and a beep at the same moment, once a second
        self.stopping = threading.Event()
        self.ticks = 0
        self.late_s = 0.0
        """The longest this thread was kept waiting outside the pipeline: the machine's part."""
        self.thread = threading.Thread(target=self.run, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.thread.join(5)

    def run(self) -> None:
        clock = TickClock(Fraction(FPS))
        position = 0
        gave = time.monotonic()
        while (tick := clock.wait(self.stopping)) >= 0:
            picture = self.base.copy()
            if self.is_busy:
                grain = self._rng.integers(0, 14, (self.height, self.width), dtype=np.uint8)
                picture[: self.height] += grain
            if self.flashes and tick % FPS < 3:
                picture[: self.height] = 235
            left = tick * 6 % (self.width - 80)
            picture[40:120, left : left + 80] = 220
            self.late_s = max(self.late_s, time.monotonic() - gave - 1 / FPS)
            self.pipeline.video(self.canvas, picture, tick)
            end = (tick + 1) * 48_000 // FPS
            at = np.arange(position, end)
            tone = (0.2 * np.sin(at * (2 * np.pi * 440 / 48_000))).astype(np.float32)
            if self.flashes:
                tone = (3 * tone * (at % 48_000 < 4800)).astype(np.float32)
            self.pipeline.sound(np.stack([tone, tone], 1), position)
            position = end
            self.ticks += 1
            gave = time.monotonic()


def main() -> int:
    runtime, url, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    size = tuple(int(x) for x in (sys.argv[4] if len(sys.argv) > 4 else "640x360").split("x"))
    kbps = int(sys.argv[5]) if len(sys.argv) > 5 else 1200

    def tell(status: OutputStatus) -> None:
        line = {
            "state": status.state.value,
            "reason": status.reason.key,
            "pid": status.pid,
            "url": status.shown_url,
        }
        print(json.dumps(line), flush=True)

    pipeline = OutputPipeline(
        {"landscape": VideoSettings(width=size[0], height=size[1], fps_num=FPS, bitrate_kbps=kbps)},
        AudioSettings(),
        runtime,
        on_change=tell,
        log=runtime,
    )
    settings, key = settings_from_url(url)
    pipeline.destinations.add(settings, key)
    pipeline.prepare("landscape")
    show = Show(pipeline, "landscape", (size[0], size[1]))
    show.flashes = "FAKE_ENGINE_FLASHES" in os.environ
    show.start()
    pipeline.start(settings.name)
    time.sleep(seconds)
    began = time.monotonic()
    status = pipeline.destinations.status(settings.name)
    pipeline.stop(settings.name)
    took = time.monotonic() - began
    show.stop()
    final = pipeline.destinations.status(settings.name)
    print(
        json.dumps(
            {
                "event": "done",
                "ticks": show.ticks,
                "stop_s": round(took, 3),
                "packets": final.packets,
                "bytes": final.bytes,
                "acked": final.acked_bytes,
                "gap_ms": status.gap_ms,
                "standby_ms": final.standby_ms,
                "queue_ms": status.queue_ms,
                "live_ms": status.live_ms,
                "state": final.state.value,
            }
        ),
        flush=True,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
