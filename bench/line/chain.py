"""The whole program as a person starts it, under the hands of somebody who breaks it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from studio.core import processes
from studio.core.paths import project_dir

Line = dict[str, Any]


def write_clip(file: Path, size: tuple[int, int] = (640, 360), seconds: int = 4) -> None:
    """A film with a white flash of 100 ms and a beep at the start of every second."""
    import av

    width, height = size
    rng = np.random.default_rng(3)
    grain = np.kron(
        rng.integers(0, 50, (height // 8, width // 8), np.uint8), np.ones((8, 8), np.uint8)
    )
    with av.open(str(file), "w") as out:
        video = out.add_stream("libx264", rate=30, options={"preset": "veryfast", "crf": "26"})
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        sound = out.add_stream("aac", rate=48_000, layout="stereo")
        for number in range(30 * seconds):
            picture = np.full((height * 3 // 2, width), 128, np.uint8)
            if number % 30 < 3:
                picture[:height] = 235
            else:
                picture[: len(grain), : grain.shape[1]] = np.roll(grain, number * 4, 1) + 40
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts = number
            out.mux(video.encode(frame))
        at = np.arange(48_000 * seconds)
        tone = np.where(at % 48_000 < 4800, 0.6 * np.sin(at * 2 * np.pi * 1000 / 48_000), 0)
        for start in range(0, len(at), 1024):
            block = tone[start : start + 1024].astype(np.float32)
            piece = av.AudioFrame.from_ndarray(np.stack([block, block]), "fltp", "stereo")
            piece.sample_rate, piece.pts = 48_000, start
            out.mux(sound.encode(piece))
        out.mux(video.encode(None))
        out.mux(sound.encode(None))


def write_show(folder: Path, size: tuple[int, int] = (640, 360)) -> Path:
    """A small show on that film: two scenes, a standby scene, a product with a card."""
    folder.mkdir(parents=True, exist_ok=True)
    write_clip(folder / "film.mp4", size)
    width, height = size
    scenes = [
        {"name": "Host", "items": [{"id": 1, "source": "film"}]},
        {"name": "Close-up", "items": [{"id": 1, "source": "film"}]},
        {"name": "Back soon", "purpose": "standby", "items": [{"id": 1, "source": "slate"}]},
    ]
    raw = {
        "schema": 1,
        "name": "line",
        "language": "en",
        "fps": "30",
        "canvases": {
            "landscape": [width, height],
            "portrait": [height, width],
            "on": ["landscape"],
        },
        "sources": [
            {
                "name": "film",
                "kind": "clip",
                "settings": {"path": "film.mp4", "watch_frozen": False},
            },
            {
                "name": "slate",
                "kind": "colour",
                "settings": {"top": "#203050", "bottom": "#101820"},
            },
        ],
        "scenes": {
            "scenes": scenes,
            "programme": {"landscape": "Host", "portrait": "Host"},
            "preview": {"landscape": "Close-up", "portrait": "Close-up"},
        },
        "sound": {"strips": [{"source": "film", "follows_scene": False}]},
        "shop": {
            "products": [
                {"id": "p1", "number": 1, "name": "Mug", "price_cents": 1900, "stock": 5},
                {"id": "p2", "number": 2, "name": "Scarf", "price_cents": 8900, "stock": 9},
            ]
        },
        "outputs": [],
        "plans": {"enabled": []},
    }
    (folder / "show.json").write_text(json.dumps(raw), encoding="utf-8")
    return folder


class BenchChain:
    """``shopcast run …`` as a process of its own; its lines as they come.

    Args:
        arguments: of ``shopcast``.
        environment: SHOPCAST_RUNTIME and others, so that two studios do not meet.
        alone: ``environment`` is all there is, and nothing of this process' own.
    """

    def __init__(
        self, *arguments: str, environment: Mapping[str, str], alone: bool = False
    ) -> None:
        self.environment = {**({} if alone else os.environ), **environment}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "studio.app.cli", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=sys.stderr if "SHOPCAST_LINE_LOUD" in os.environ else subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            cwd=project_dir(),
            env=self.environment,
        )
        self.lines: list[tuple[float, Line]] = []
        self._came = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for text in self.process.stdout:
            with self._came:
                self.lines.append((time.monotonic(), json.loads(text)))
                self._came.notify_all()

    def wait(
        self, is_it: Callable[[Line], bool], limit_s: float = 40, *, after: int = 0
    ) -> tuple[float, Line]:
        """The first line from number ``after`` on that is the one, and when it came.

        Raises:
            TimeoutError: it did not come; with the last lines.
        """
        deadline = time.monotonic() + limit_s
        with self._came:
            while True:
                for at, line in self.lines[after:]:
                    if is_it(line):
                        return at, line
                left = deadline - time.monotonic()
                if self.process.poll() is not None:
                    left = min(left, 0.0 if not self._reader.is_alive() else 0.5)
                if left <= 0:
                    raise TimeoutError(f"not in {limit_s} s: {[x for _, x in self.lines[-8:]]}")
                self._came.wait(min(left, 0.5))

    def event(self, name: str, limit_s: float = 40, *, after: int = 0) -> Line:
        """The first line of this event."""
        return self.wait(lambda line: line["event"] == name, limit_s, after=after)[1]

    def flows(self, output: str, limit_s: float = 20, *, after: int = 0) -> float:
        """When ``output`` was live (or recording) with the engine's own picture."""
        good = ("live", "recording")
        return self.wait(
            lambda line: (
                line["event"] == "output" and line["name"] == output and line["state"] in good
            ),
            limit_s,
            after=after,
        )[0]

    def pid(self, of: str = "engine") -> int:
        """Process id of the newest engine (or the supervisor)."""
        for _, line in reversed(self.lines):
            if line["event"] in ("on_air", "back_on_air"):
                return int(line["pids"][of])
        raise LookupError(of)

    def kill(self, pid: int) -> None:
        """SIGKILL, if it is one of ours."""
        found = processes.identify(pid)
        if found is not None:
            for words in (["-m", "studio"], ["-m", "studio.sender"], ["studio.app.cli"]):
                processes.end(found, words)

    def stop(self, limit_s: float = 20) -> int:
        """Ends it as a person does with Ctrl-C; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self._reader.join(3)
        return code

    def close(self) -> None:
        """Whatever happened, nothing stays."""
        self.stop()
        assert self.process.stdout is not None
        self.process.stdout.close()
        runtime = Path(self.environment["SHOPCAST_RUNTIME"])
        for note in [*runtime.glob("engine.json"), *runtime.glob("sender-*.json")]:
            try:
                found = processes.identity_in(json.loads(note.read_text(encoding="utf-8")))
            except (OSError, ValueError):
                continue
            if found is not None and processes.identify(found.pid) == found:
                self.kill(found.pid)
