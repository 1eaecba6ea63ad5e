"""How long it takes to find and to draw, on a 720p picture with one person in it."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from studio.core.paths import assets_dir
from studio.media.cv import cv2
from studio.media.frame import Frame, from_rgb
from studio.tryon import follow, motion, wardrobe
from studio.tryon.detect.mask import MaskFinder
from studio.tryon.presence import Presence
from studio.tryon.tracker import Finder

LIMITS_MS = {"face": 6.0, "hand": 14.0, "pose": 12.0, "mask": 5.0}
"""What the room promises, processor milliseconds a frame."""
BLOCKS = 10


def _ms(work: Callable[[], Any], times: int) -> tuple[float, float]:
    """Median processor and wall milliseconds of the quietest block.

    Other work on the machine takes caches and clock away; the quietest of ten blocks tells what
    the work itself costs.
    """
    blocks = []
    for _ in range(BLOCKS):
        used, took = [], []
        for _ in range(max(1, times // BLOCKS)):
            wall, cpu = time.perf_counter(), time.thread_time()
            work()
            used.append(time.thread_time() - cpu)
            took.append(time.perf_counter() - wall)
        blocks.append((float(np.median(used)) * 1e3, float(np.median(took)) * 1e3))
    return min(blocks)


def picture(clip: Path | None = None, at: int = 1170, width: int = 1280) -> Frame:
    """A frame of the demo host with a hand in it, at 720p."""
    from studio.media.frame import to_rgb
    from studio.tryon.cli import frames

    clip = clip or assets_dir() / "demo" / "demo.show" / "media" / "host.mp4"
    last = None
    for number, frame in enumerate(frames(clip)):
        last = frame
        if number >= at:
            break
    assert last is not None
    rgb = to_rgb(last)
    size = (width, width * 9 // 16)
    ratio = max(size[0] / last.width, size[1] / last.height)
    big = cv2.resize(rgb, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_LINEAR)
    top = big.shape[0] - size[1]
    return from_rgb(np.ascontiguousarray(big[top : top + size[1], : size[0]]))


def run(times: int = 150, frame: Frame | None = None) -> dict[str, Any]:
    """Measures; one entry a job: ``cpu_ms``, ``wall_ms``, ``limit_ms`` where there is one."""
    frame = frame or picture()
    jobs: dict[str, Callable[[], Any]] = {}
    follower: Any
    for what, follower in (
        ("face", follow.faces(1)), ("hand", follow.hands(1)), ("pose", follow.poses(1)),
    ):  # fmt: skip
        if not follower.step(frame):
            continue
        jobs[what] = functools.partial(follower.step, frame)
    masker = MaskFinder()
    jobs["mask"] = lambda: masker.find(frame)
    found = Finder({"face"}).find(frame)
    if found.faces:
        patch = motion.patch(frame, found.faces[0].points[:100:4])
        assert patch is not None
        jobs["flow"] = lambda: motion.moved(patch, frame)
        glasses = wardrobe.make(
            "sunglasses", assets_dir() / "demo" / "tryon" / "sunglasses-amber.png"
        )
        person = Presence().at(frame, found)[0]
        canvas = frame.copy()
        jobs["draw glasses"] = lambda: glasses.draw(canvas, person)
    out: dict[str, Any] = {}
    for name, job in jobs.items():
        job()
        cpu_ms, wall_ms = _ms(job, times)
        out[name] = {"cpu_ms": round(cpu_ms, 2), "wall_ms": round(wall_ms, 2)}
        if name in LIMITS_MS:
            out[name]["limit_ms"] = LIMITS_MS[name]
    return out


if __name__ == "__main__":
    for name, result in run().items():
        print(name, result)
