"""The program as a person starts it: real supervisor, real engine, the demo show."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.core import life, settings

pytestmark = [pytest.mark.onair, pytest.mark.skipif(os.name == "nt", reason="POSIX signals")]
ROOT = Path(__file__).parents[2]


class Shopcast:
    """``shopcast ARGS`` as a process of its own; its lines as they come."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "studio.app.cli", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.lines: list[str] = []
        self._came = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._came:
                self.lines.append(line)
                self._came.notify_all()

    def wait(self, event: str, seconds: float = 40) -> dict[str, Any]:
        """The first line of this event."""

        def found() -> dict[str, Any] | None:
            lines = (json.loads(line) for line in self.lines)
            return next((line for line in lines if line["event"] == event), None)

        with self._came:
            assert self._came.wait_for(lambda: found() is not None, seconds), self.lines
            line = found()
        assert line is not None
        return line

    def end(self, seconds: float = 40) -> int:
        """Waits for the end; returns the exit code."""
        code = self.process.wait(seconds)
        self._reader.join(5)
        return code

    def close(self) -> None:
        """Whatever happened, nothing stays."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._reader.join(5)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()
        note = life.read_note("engine")
        if note is not None and isinstance(note["pid"], int) and life.is_running(note["pid"]):
            os.kill(note["pid"], signal.SIGKILL)


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("SHOPCAST_RUNTIME", str(tmp_path / "run"))
    started: list[Shopcast] = []

    def begin(*arguments: str) -> Shopcast:
        started.append(Shopcast(*arguments))
        return started[-1]

    yield begin
    for entry in started:
        entry.close()


def test_runs_the_demo_show_and_says_so(start: Any) -> None:
    shopcast = start("run", "--for", "2s", "--port", "0")
    assert shopcast.end() == 0
    lines = [json.loads(line) for line in shopcast.lines]
    assert [line["event"] for line in lines] == ["on_air", "done"]
    on_air, done = lines
    assert on_air["remote"].startswith("ws://127.0.0.1:")
    assert on_air["scenes"]
    assert on_air["pids"]["supervisor"] == shopcast.process.pid
    assert done["frames"] >= 45
    assert life.read_note("engine") is None


def test_a_killed_engine_is_back_on_the_same_scene(start: Any) -> None:
    shopcast = start("run", "--port", "0")
    on_air = shopcast.wait("on_air")
    os.kill(on_air["pids"]["engine"], signal.SIGKILL)
    back = shopcast.wait("back_on_air")
    assert back["scenes"] == on_air["scenes"]
    assert back["pids"]["engine"] != on_air["pids"]["engine"]
    shopcast.process.send_signal(signal.SIGINT)
    assert shopcast.end() == 0
    assert shopcast.wait("done")["restarts"] == 1


def test_a_frozen_engine_is_replaced(start: Any) -> None:
    shopcast = start("run", "--port", "0")
    on_air = shopcast.wait("on_air")
    os.kill(on_air["pids"]["engine"], signal.SIGSTOP)
    assert shopcast.wait("engine_hung")["silent_s"] >= 4
    shopcast.wait("back_on_air")
    shopcast.process.send_signal(signal.SIGTERM)
    assert shopcast.end() == 0


def test_records_to_a_file(start: Any, tmp_path: Path) -> None:
    target = tmp_path / "a.mkv"
    shopcast = start("run", "--for", "2s", "--port", "0", "--record", str(target))
    assert shopcast.end() == 0
    done = shopcast.wait("done")
    assert done["outputs"][0]["bytes"] > 100_000
    assert target.stat().st_size > 100_000
    states = [line for line in map(json.loads, shopcast.lines) if line["event"] == "output"]
    assert "recording" in [line["state"] for line in states]


@pytest.mark.parametrize(
    "arguments",
    [["run", "missing.show"], ["run", "--push", "gopher://x/y", "--for", "1s", "--port", "0"]],
)
def test_what_cannot_run_is_told_in_one_line(start: Any, arguments: list[str]) -> None:
    began = time.monotonic()
    shopcast = start(*arguments)
    assert shopcast.end() in (1, 2)
    assert time.monotonic() - began < 20
    assert shopcast.lines == []
    assert shopcast.process.stderr is not None
    said = [line for line in shopcast.process.stderr if not line.startswith("INFO:")]
    assert len(said) == 1, said


def test_opens_headless_and_writes_its_picture(start: Any, monkeypatch: Any) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:  # as by OBS, which has the same port
        port = taken.getsockname()[1]
        settings.save(settings.StudioSettings(remote_port=port))
        shopcast = start()
        code = shopcast.end(60)
        assert shopcast.process.stderr is not None
        assert code == 0, (shopcast.lines, shopcast.process.stderr.read())
    said = "".join(shopcast.lines)
    assert "On air. Scenes: " in said
    assert "Remote door: ws://127.0.0.1:" in said
    assert f"127.0.0.1:{port}" not in said
    picture = Path(said.partition("Its picture is in ")[2].splitlines()[0])
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
