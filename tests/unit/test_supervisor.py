"""The supervisor keeps an engine running, whatever the engine does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import studio.supervisor
from studio.core import life
from studio.core.errors import StudioError
from studio.supervisor import EngineOptions, OneAtATime, Supervisor

STAND_IN = [sys.executable, str(Path(__file__).with_name("engine_stand_in.py"))]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SHOPCAST_RUNTIME", str(tmp_path / "run"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("STAND_IN", "[]")
    yield tmp_path / "run"
    note = life.read_note("engine")
    if note is not None and isinstance(note["pid"], int) and life.is_running(note["pid"]):
        os.kill(note["pid"], signal.SIGKILL)


class Session:
    """A supervisor in a thread, with the lines it said."""

    def __init__(self, faults: list[str], for_s: float | None = None, **more: Any) -> None:
        os.environ["STAND_IN"] = json.dumps(faults)
        self.lines: list[dict[str, Any]] = []
        self.came = threading.Condition()
        self.code: int | None = None
        self.supervisor = Supervisor(
            EngineOptions(for_s=for_s), self.say, engine_command=STAND_IN, **more
        )
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self) -> None:
        self.code = self.supervisor.run()
        with self.came:
            self.came.notify_all()

    def say(self, line: dict[str, Any]) -> None:
        with self.came:
            self.lines.append(line)
            self.came.notify_all()

    def events(self) -> list[str]:
        return [line["event"] for line in self.lines]

    def wait(self, event: str, seconds: float = 15) -> dict[str, Any]:
        with self.came:
            assert self.came.wait_for(lambda: event in self.events(), seconds), self.lines
            return next(line for line in self.lines if line["event"] == event)

    def end(self, seconds: float = 15) -> int:
        self.thread.join(seconds)
        assert not self.thread.is_alive(), self.lines
        assert self.code is not None
        return self.code

    def stop(self) -> int:
        self.supervisor.stop()
        return self.end()


@pytest.mark.usefixtures("runtime")
class TestEngine:
    def test_runs_to_its_end(self) -> None:
        session = Session([], for_s=0.2)
        assert session.end() == 0
        assert session.events() == ["on_air", "done"]
        assert session.lines[0]["pids"]["supervisor"] == os.getpid()
        assert session.lines[1]["restarts"] == 0
        assert life.read_note("engine") is None
        assert life.read_note("supervisor") is None

    def test_a_clean_stop_ends_it(self) -> None:
        session = Session([])
        session.wait("on_air")
        assert session.stop() == 0
        assert session.events()[-1] == "done"

    def test_a_killed_engine_is_back_at_once(self) -> None:
        session = Session(["crash", ""])
        back = session.wait("back_on_air", 5)
        assert back["options"]["restarts"] == 1
        assert back["options"]["safe_mode"] is False
        assert session.wait("engine_restart")["why"] == "signal 9"
        assert session.stop() == 0

    def test_the_second_crash_in_30_s_brings_safe_mode(self) -> None:
        session = Session(["crash", "crash", ""])
        with session.came:
            assert session.came.wait_for(lambda: session.events().count("back_on_air") == 2, 15)
        assert session.lines[-1]["options"]["safe_mode"] is True
        assert session.stop() == 0

    def test_a_hung_engine_is_killed_and_started_again(self) -> None:
        session = Session(["hang", ""], hang_s=0.6)
        assert session.wait("engine_hung")["silent_s"] >= 0.6
        session.wait("back_on_air")
        assert session.stop() == 0

    def test_one_that_starts_slowly_is_not_taken_for_hung(self) -> None:
        session = Session(["slow_start"], hang_s=0.3, for_s=0.2)
        assert session.end() == 0
        assert session.events() == ["on_air", "done"]

    def test_one_that_ends_slowly_is_not_taken_for_hung(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(studio.supervisor, "FIRST_BEAT_S", 0.1)
        session = Session(["slow_end"], for_s=0.5)
        assert session.end() == 0
        assert session.events() == ["on_air", "done"]

    def test_the_time_on_air_goes_on_over_a_restart(self) -> None:
        session = Session(["crash", ""], for_s=30)
        assert session.wait("back_on_air")["options"]["for_s"] < 30
        assert session.stop() == 0

    @pytest.mark.parametrize("code", [1, 2])
    def test_one_that_cannot_start_is_left_alone(self, code: int) -> None:
        session = Session([f"exit:{code}"])
        assert session.end() == code
        assert session.events() == []

    def test_one_that_dies_at_every_start_is_given_up(self) -> None:
        session = Session(["crash_early"] * 9)
        assert session.end() == 1
        assert session.events() == ["engine_restart", "engine_restart"]

    def test_a_deaf_engine_is_killed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("studio.supervisor.STOP_S", 0.5)
        session = Session(["deaf"])
        session.wait("on_air")
        assert session.stop() == 1

    def test_an_engine_that_is_missing_fails_in_words(self, tmp_path: Path) -> None:
        supervisor = Supervisor(
            EngineOptions(), lambda line: None, engine_command=[sys.executable, "-c", "exit(2)"]
        )
        assert supervisor.run() == 2


@pytest.mark.usefixtures("runtime")
class TestTogether:
    def test_a_second_supervisor_is_refused(self) -> None:
        session = Session([])
        session.wait("on_air")
        with pytest.raises(StudioError) as refused:
            Supervisor(EngineOptions(), print, engine_command=STAND_IN).run()
        assert refused.value.code == "conflict"
        assert session.stop() == 0

    def test_the_lock_is_free_after_release(self) -> None:
        first, second = OneAtATime(), OneAtATime()
        assert first.take()
        assert not second.take()
        first.release()
        assert second.take()
        second.release()

    def test_an_engine_outlives_its_supervisor_and_is_taken_over(self, runtime: Path) -> None:
        code = (
            "import sys\n"
            "from studio.supervisor import EngineOptions, Supervisor\n"
            f"Supervisor(EngineOptions(), print, engine_command={STAND_IN!r}).run()\n"
        )
        os.environ["STAND_IN"] = "[]"
        first = subprocess.Popen([sys.executable, "-c", code])
        deadline = time.monotonic() + 15
        while not (runtime / "started-0").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        note = life.read_note("engine")
        assert note is not None
        first.kill()
        first.wait()
        session = Session([])
        taken = session.wait("on_air")
        assert taken["adopted"] is True
        assert taken["pids"]["engine"] == note["pid"]
        assert not (runtime / "started-1").exists()
        assert session.stop() == 0

    def test_ctrl_c_ends_the_engine_cleanly(self, runtime: Path) -> None:
        code = (
            "import json\n"
            "from studio.supervisor import EngineOptions, Supervisor\n"
            "say = lambda line: print(json.dumps(line), flush=True)\n"
            f"supervisor = Supervisor(EngineOptions(), say, engine_command={STAND_IN!r})\n"
            "raise SystemExit(supervisor.run())\n"
        )
        os.environ["STAND_IN"] = "[]"
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "on_air"
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=15)
        assert json.loads(said)["event"] == "done"
        assert process.returncode == 0


@pytest.mark.usefixtures("runtime")
class TestDesk:
    def desk(self, code: str) -> list[str]:
        return [sys.executable, "-c", code]

    def test_a_closed_desk_ends_the_studio(self) -> None:
        session = Session([], with_desk=True, desk_command=self.desk("exit(0)"))
        assert session.end() == 0
        assert session.events()[-1] == "done"

    def test_a_desk_closed_on_air_leaves_the_stream(self) -> None:
        session = Session([], with_desk=True, desk_command=self.desk("exit(3)"), for_s=1.5)
        assert session.end() == 0
        assert session.events() == ["on_air", "desk", "desk", "done"]

    def test_a_crashing_desk_is_given_up_and_the_engine_never_notices(self) -> None:
        session = Session([], with_desk=True, desk_command=self.desk("exit(7)"))
        with session.came:
            assert session.came.wait_for(
                lambda: any(line.get("state") == "given_up" for line in session.lines), 15
            )
        assert [line["state"] for line in session.lines if line["event"] == "desk"] == [
            "open", "crashed", "open", "crashed", "open", "crashed", "open", "given_up",
        ]  # fmt: skip
        assert "engine_restart" not in session.events()
        assert session.stop() == 0
