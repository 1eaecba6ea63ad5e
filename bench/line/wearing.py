"""Try-on in the running engine: what it adds to the picture's way, to memory, and under strain."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.line.ask import ask
from bench.line.chain import BenchChain
from bench.places import own_places
from studio.core.paths import assets_dir
from studio.core.streams import child_environment

FRAMES = 300
BITS = 9
BLOCK = 32
SIZE = (1280, 720)
BUSY = "while True: pass"


@dataclass(slots=True)
class WearingResult:
    """What was seen.

    Attributes:
        added_frames: how many frames later the programme shows a source that wears something.
        age_p95_ms: of the landmarks.
        dropped: programme frames dropped or missed while starved.
        quality: the lowest rate of finding while starved.
        memory_mb: of the engine over one without try-on.
    """

    added_frames: float
    age_p95_ms: float
    dropped: int
    quality: str
    memory_mb: float


def write_clip(file: Path) -> None:
    """The demo host at 720p and 30 a second; each frame bears its number in black and white."""
    import av

    from studio.media.cv import cv2
    from studio.media.frame import from_rgb, to_av, to_rgb
    from studio.tryon.cli import frames

    host = frames(assets_dir() / "demo" / "demo.show" / "media" / "host.mp4")
    with av.open(str(file), "w") as out:
        video = out.add_stream("libx264", rate=30, options={"preset": "veryfast", "crf": "23"})
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        for number, frame in enumerate(host):
            if number == FRAMES:
                break
            big = cv2.resize(to_rgb(frame), (SIZE[0], SIZE[0] * 3 // 4))
            made = from_rgb(np.ascontiguousarray(big[120 : 120 + SIZE[1]]))
            for bit in range(BITS):
                x = BLOCK * (bit + 1)
                value = 235 if number >> bit & 1 else 16
                made.y[SIZE[1] - 2 * BLOCK : SIZE[1] - BLOCK, x : x + BLOCK] = value
            picture = to_av(made.copy().keep)
            picture.pts = number
            out.mux(video.encode(picture))
        out.mux(video.encode(None))


def write_show(folder: Path, clip: Path, *, wears: bool) -> Path:
    """A show of that clip alone, with or without sunglasses on the host."""
    folder.mkdir(parents=True)
    source: dict[str, Any] = {
        "name": "host", "kind": "clip",
        "settings": {"path": str(clip), "watch_frozen": False},
    }  # fmt: skip
    shop: dict[str, Any] = {"products": []}
    if wears:
        source["filters"] = [{"name": "try-on", "kind": "tryon"}]
        asset = str(assets_dir() / "demo" / "tryon" / "sunglasses-amber.png")
        product = {
            "id": "sunglasses", "number": 1, "name": "Sunglasses", "price_cents": 19900,
            "try_on": {"garment": "sunglasses", "asset": asset},
        }  # fmt: skip
        shop = {"products": [product], "trying": "sunglasses"}
    show = {
        "schema": 1, "name": "wearing", "language": "en", "fps": "30",
        "canvases": {"landscape": [*SIZE], "portrait": [*SIZE[::-1]], "on": ["landscape"]},
        "sources": [source],
        "scenes": {
            "scenes": [{"name": "Host", "items": [{"id": 1, "source": "host"}]}],
            "programme": {"landscape": "Host", "portrait": "Host"},
            "preview": {"landscape": "Host", "portrait": "Host"},
        },
        "shop": shop, "outputs": [], "plans": {"enabled": []},
    }  # fmt: skip
    (folder / "show.json").write_text(json.dumps(show), encoding="utf-8")
    return folder


def _start(root: Path, show: Path, record: Path) -> BenchChain:
    return BenchChain(
        "run", str(show), "--record", str(record), "--port", "0", "--password", "",
        environment=own_places(root),
    )  # fmt: skip


def _until(check: Callable[[], bool], limit_s: float) -> bool:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.1)
    return False


def numbers(recording: Path) -> list[int]:
    """The number that each frame of a recording bears."""
    import av

    found = []
    with av.open(str(recording)) as media:
        for picture in media.decode(video=0):
            plane = np.frombuffer(memoryview(picture.planes[0]), np.uint8)
            luma = plane.reshape(-1, picture.planes[0].line_size)
            row = SIZE[1] - BLOCK - BLOCK // 2
            bits = (int(luma[row, BLOCK * (b + 1) + BLOCK // 2] > 128) << b for b in range(BITS))
            found.append(sum(bits))
    return found


def _lag(numbers: list[int], begin_s: float, end_s: float) -> float:
    """By how many frames the picture is behind a clock that ticks with the recording."""
    part = range(int(begin_s * 30), min(int(end_s * 30), len(numbers)))
    offsets = [(index - numbers[index]) % FRAMES for index in part]
    base = offsets[0]
    around = [(offset - base + FRAMES // 2) % FRAMES - FRAMES // 2 for offset in offsets]
    return base + statistics.median(around)


def measure(root: Path) -> WearingResult:
    """Runs two engines, about 50 s. Needs two cores to itself for its figures to mean much."""
    clip = root / "host.mp4"
    write_clip(clip)
    record = root / "a.mkv"
    with_it = _start(root / "with", write_show(root / "with.show", clip, wears=True), record)
    busy: list[subprocess.Popen[bytes]] = []
    try:
        remote = str(with_it.event("on_air")["remote"])
        began = with_it.flows("record")

        def worn() -> dict[str, Any]:
            return dict(ask(remote, "state.get", parts=["tryon"])["tryon"]["host"])

        _until(lambda: bool(worn()["is_worn"]), 15)
        time.sleep(7)
        age = float(worn()["age_p95_ms"])
        memory = float(ask(remote, "stats.get")["memory_mb"])
        off = time.monotonic() - began
        ask(remote, "tryon.bypass", is_on=True)
        time.sleep(5)
        on = time.monotonic() - began
        ask(remote, "tryon.bypass", is_on=False)
        _until(lambda: bool(worn()["is_worn"]), 5)
        before = ask(remote, "stats.get")
        busy = [
            subprocess.Popen([sys.executable, "-c", BUSY], env=child_environment())
            for _ in range(2)
        ]
        lowest = "full"

        def has_stepped_down() -> bool:
            nonlocal lowest
            lowest = max(lowest, str(worn()["quality"]), key=("full", "half", "third").index)
            return lowest != "full"

        began_busy = time.monotonic()
        _until(has_stepped_down, 12)
        time.sleep(max(0.0, 10 - (time.monotonic() - began_busy)))
        after = ask(remote, "stats.get")
    finally:
        for entry in busy:
            entry.kill()
            entry.wait()
        with_it.close()
    dropped = sum(int(after[key]) - int(before[key]) for key in ("dropped", "missed"))
    seen = numbers(record)
    # Close to the moment of the change: a machine that is busy drifts over longer times.
    added = _lag(seen, off - 3, off - 1) - _lag(seen, off + 1.5, min(on, off + 3.5))
    added = (added + FRAMES / 2) % FRAMES - FRAMES / 2
    without = _start(
        root / "without", write_show(root / "without.show", clip, wears=False), root / "b.mkv"
    )
    try:
        remote = str(without.event("on_air")["remote"])
        without.flows("record")
        time.sleep(7)
        memory -= float(ask(remote, "stats.get")["memory_mb"])
    finally:
        without.close()
    return WearingResult(added, age, dropped, lowest, memory)
