"""A real engine on a small show, as a process with folders of its own, for tests of the door."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

from tests.engines import start_engine

ROOT = Path(__file__).parents[2]
CLIP = "tests/data/person_fullbody.mp4"
SMALL: dict[str, Any] = {"size": [640, 360], "fps": 12}
"""For tests of the demo show to which its size is nothing: at its own pace it takes a core."""


def small_show(folder: Path) -> Path:
    """A show of small pictures: three scenes, sources of every door the protocol knows."""
    box = {"x": 0.5, "y": 0.25, "w": 0.25, "h": 0.25}
    show = {
        "schema": 1,
        "name": "Small",
        "language": "en",
        "fps": "10",
        "canvases": {"landscape": [320, 180], "portrait": [180, 320], "on": ["landscape"]},
        "sources": [
            {"name": "backdrop", "kind": "colour", "settings": {"top": "#204060"}},
            {"name": "clip", "kind": "clip", "settings": {"path": str(ROOT / CLIP)}},
            {"name": "title", "kind": "text", "settings": {"text": "Hello", "size": 24}},
            {"name": "tone", "kind": "tone", "settings": {}, "filters": []},
        ],
        "scenes": {
            "scenes": [
                {"name": "One", "items": [{"id": 1, "source": "backdrop"}]},
                {
                    "name": "Two",
                    "items": [
                        {"id": 1, "source": "backdrop"},
                        {"id": 2, "source": "clip", "boxes": {"landscape": box}},
                        {"id": 3, "source": "title", "fit": "contain"},
                    ],
                },
                {"name": "Standby", "purpose": "standby", "items": [{"id": 1, "source": "title"}]},
            ],
            "programme": {"landscape": "One", "portrait": "One"},
            "preview": {"landscape": "Two", "portrait": "Two"},
        },
        "shop": {
            "products": [{"id": "hat", "number": 1, "name": "Hat", "price_cents": 9900}],
        },
        "audience": {"sentences": False},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "show.json").write_text(json.dumps(show), encoding="utf-8")
    return folder


class Studio:
    """``python -m studio`` with its own folders. Use as a context manager.

    Attributes:
        address: of its door.
        environment: for programs that are to find it.
    """

    def __init__(self, root: Path, **options: Any) -> None:
        self.root = root
        self.options = {
            "show": str(small_show(root / "small.show")),
            "port": 0,
            "password": "",
            **options,
        }
        self.address = ""
        self.lines: list[dict[str, Any]] = []
        self._came = threading.Condition()
        runtime = root / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        self.environment = {
            **os.environ,
            "SHOPCAST_CONFIG": str(root / "config"),
            "SHOPCAST_DATA": str(root / "data"),
            "SHOPCAST_RUNTIME": str(runtime),
            "SHOPCAST_KEYRING": "0",
            "SHOPCAST_LANG": "en",
        }

    def __enter__(self) -> Studio:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def key(self) -> str:
        """The key of this run, as the desk and the command line read it."""
        note = json.loads((self.root / "run" / "remote.json").read_text(encoding="utf-8"))
        return str(note["key"])

    def start(self) -> None:
        """Starts the engine and waits until it is on air."""
        self.lines = []
        self.process = start_engine(self.environment)
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(self.options) + "\n")
        self.process.stdin.close()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.address = self.wait("on_air")["remote"]

    def wait(self, event: str, seconds: float = 60) -> dict[str, Any]:
        """The first line of this event."""

        def found() -> dict[str, Any] | None:
            return next((line for line in self.lines if line["event"] == event), None)

        with self._came:
            is_there = self._came.wait_for(
                lambda: found() is not None or self.process.poll() is not None, seconds
            )
            line = found()
        assert is_there, self.log()
        assert line is not None, self.log()
        return line

    def log(self) -> str:
        """The engine's log so far."""
        path = self.root / "data" / "logs" / "engine.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""

    def kill(self) -> None:
        """SIGKILL: it has no time to tidy up."""
        self.process.send_signal(signal.SIGKILL)
        self._end()

    def stop(self) -> None:
        """A clean end."""
        if self.process.poll() is None:
            self.process.terminate()
        self._end()

    def _end(self) -> None:
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._came:
                self.lines.append(json.loads(line))
                self._came.notify_all()
        with self._came:
            self._came.notify_all()
