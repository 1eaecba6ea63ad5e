"""The supervisor keeps an engine running, whatever the engine does."""

from __future__ import annotations

import contextlib
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

import studio.app.supervisor
from studio.app.supervisor import EngineOptions, OneAtATime, Supervisor
from studio.core import life, processes
from studio.core.errors import StudioError
from tests.waiting import until

STAND_IN = [sys.executable, str(Path(__file__).with_name("engine_stand_in.py"))]
ROOT = Path(__file__).parents[3]


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

    def test_one_that_says_it_is_busy_is_not_taken_for_hung(self) -> None:
        session = Session(["busy"], hang_s=0.3, for_s=0.2)
        assert session.end() == 0
        assert session.events() == ["on_air", "done"]

    def test_a_job_that_passes_its_bound_hangs_all_the_same(self) -> None:
        session = Session(["busy_for_ever", ""], hang_s=0.3)
        assert session.wait("engine_hung")["silent_s"] >= 1.0
        session.wait("back_on_air")
        assert session.stop() == 0

    def test_one_that_starts_slowly_is_not_taken_for_hung(self) -> None:
        session = Session(["slow_start"], hang_s=0.3, for_s=0.2)
        assert session.end() == 0
        assert session.events() == ["on_air", "done"]

    def test_one_that_ends_slowly_is_not_taken_for_hung(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(studio.app.supervisor, "FIRST_BEAT_S", 2.0)
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
        monkeypatch.setattr("studio.app.supervisor.STOP_S", 0.5)
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
            "from studio.app.supervisor import EngineOptions, Supervisor\n"
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
            "from studio.app.supervisor import EngineOptions, Supervisor\n"
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


def _note(runtime: Path, **facts: object) -> None:
    runtime.mkdir(exist_ok=True)
    (runtime / "engine.json").write_text(json.dumps(facts), encoding="utf-8")
    (runtime / "engine.beat").write_text(f"{facts.get('pid')} {1:020d}\n", encoding="ascii")


class TestForgedNotes:
    """A note is a hint: what it names is taken over, asked to end or killed only if it is ours."""

    @pytest.fixture
    def stranger(self) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        yield process
        process.kill()
        process.wait()

    def _is_ignored(self) -> None:
        session = Session([], hang_s=0.3)
        line = session.wait("on_air")
        assert "adopted" not in line
        assert line["options"]["restarts"] == 0, "an engine of our own was started"
        assert session.stop() == 0

    def test_a_strangers_process(self, runtime: Path, stranger: subprocess.Popen[bytes]) -> None:
        named = processes.identify(stranger.pid)
        assert named is not None
        _note(runtime, **named._asdict())
        self._is_ignored()
        assert stranger.poll() is None

    def test_the_engine_of_another_folder(
        self, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As the notes in a copied runtime folder name it."""
        call = [sys.executable, "-c", "import time; time.sleep(60)", "-m", "studio", "--runtime"]
        with subprocess.Popen([*call, str(tmp_path / "other")]) as other:
            try:
                named = processes.identify(other.pid)
                assert named is not None
                _note(runtime, **named._asdict())
                own = studio.app.supervisor.engine_command_line()
                # Its words stand in /proc a moment after it has begun.
                until(lambda: life.running("engine", ["-m", "studio"]), "its words", 10)
                assert life.running("engine", own[own.index("-m") :]) is None
            finally:
                other.kill()

    @pytest.mark.parametrize("pid", [-1, 0, 1, True, "1", None, 1 << 40, 1.5])
    def test_numbers_that_are_none(self, runtime: Path, pid: object) -> None:
        _note(runtime, pid=pid, started="1")
        self._is_ignored()

    @pytest.mark.parametrize(
        "text", [b"", b"null", b"[1]", b"{", b"\xff\xfe", b"[" * 100_000, b'"\\ud800"']
    )
    def test_notes_that_are_none(self, runtime: Path, text: bytes) -> None:
        runtime.mkdir()
        (runtime / "engine.json").write_bytes(text)
        self._is_ignored()

    def test_odd_words_of_a_true_engine(self, runtime: Path) -> None:
        with _engine(runtime) as engine:
            named = processes.identify(engine.pid)
            assert named is not None
            _note(runtime, **named._asdict(), on_air={"pids": [1], "event": "done", "scenes": 5})
            session = Session([])
            line = session.wait("on_air")
            assert line["adopted"] is True
            assert line["pids"]["engine"] == engine.pid
            assert session.stop() == 0
            engine.wait(10)

    def test_the_note_is_exchanged_while_it_is_watched(
        self,
        runtime: Path,
        stranger: subprocess.Popen[bytes],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """It names a stranger after the engine was taken over: the engine is ended, not that."""
        for name in ("STOP_S", "FIRST_BEAT_S"):
            monkeypatch.setattr(studio.app.supervisor, name, 0.5)
        with _engine(runtime) as engine:
            session = Session([], hang_s=0.4)
            assert session.wait("on_air")["adopted"] is True
            engine.send_signal(signal.SIGSTOP)
            named = processes.identify(stranger.pid)
            assert named is not None
            _note(runtime, **named._asdict())
            session.wait("back_on_air")
            engine.wait(10)
            assert stranger.poll() is None
            assert session.stop() == 0


@contextlib.contextmanager
def _engine(runtime: Path) -> Iterator[subprocess.Popen[str]]:
    """An engine whose supervisor has gone."""
    engine = subprocess.Popen(STAND_IN, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    assert engine.stdin is not None
    engine.stdin.write(json.dumps({"restarts": 0, "for_s": 60}) + "\n")
    engine.stdin.close()
    until(lambda: (runtime / "started-0").exists(), "the engine is on air")
    try:
        yield engine
    finally:
        engine.kill()
        engine.wait()


class TestClocks:
    """Silence is what the watcher itself lived through, by its own clock."""

    def test_the_wall_clock_is_stepped(self, runtime: Path) -> None:
        session = Session([], hang_s=0.6)
        session.wait("on_air")
        for step_s in (-3600, 3600, -1e9):
            for file in (runtime / "engine.json", runtime / "engine.beat"):
                at = time.time() + step_s
                os.utime(file, (at, at))
            seen = (runtime / "engine.beat").read_bytes()
            until(lambda seen=seen: (runtime / "engine.beat").read_bytes() != seen, "a beat")
        assert session.stop() == 0
        assert session.events() == ["on_air", "done"]

    def test_a_sleep_of_all_is_no_silence(self, runtime: Path) -> None:
        """Supervisor and engine are stopped for longer than the limit, then go on."""
        code = (
            "import json\n"
            "from studio.app.supervisor import EngineOptions, Supervisor\n"
            "say = lambda line: print(json.dumps(line), flush=True)\n"
            f"Supervisor(EngineOptions(for_s=6), say, engine_command={STAND_IN!r}, hang_s=1.5)"
            ".run()\n"
        )
        os.environ["STAND_IN"] = "[]"
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        on_air = json.loads(process.stdout.readline())
        engine = on_air["pids"]["engine"]
        asleep = threading.Event()
        for pid in (process.pid, engine):
            os.kill(pid, signal.SIGSTOP)
        asleep.wait(3.0)
        os.kill(process.pid, signal.SIGCONT)  # the watcher wakes first: the hardest order
        asleep.wait(0.7)
        os.kill(engine, signal.SIGCONT)
        said, _ = process.communicate(timeout=20)
        assert [json.loads(line)["event"] for line in said.splitlines()] == ["done"]

    def test_an_adopted_engine_that_hangs_is_found_without_any_clock_of_its(
        self, runtime: Path
    ) -> None:
        with _engine(runtime) as engine:
            engine.send_signal(signal.SIGSTOP)
            future = time.time() + 1e6
            os.utime(runtime / "engine.beat", (future, future))
            session = Session([""], hang_s=0.5)
            session.wait("engine_hung")
            assert engine.wait(10) == -signal.SIGKILL
            session.wait("back_on_air")
            assert session.stop() == 0


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

    def test_a_crashing_desk_is_never_given_up_and_the_engine_never_notices(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("studio.app.supervisor.DESK_PAUSE_S", 0.3)
        session = Session([], with_desk=True, desk_command=self.desk("exit(7)"))
        with session.came:
            assert session.came.wait_for(
                lambda: sum(line.get("state") == "waiting" for line in session.lines) >= 2, 20
            )
        states = [line["state"] for line in session.lines if line["event"] == "desk"]
        at_once = ["open", "crashed"] * 3
        assert states[:10] == [*at_once, "open", "waiting", "open", "waiting"]
        assert "engine_restart" not in session.events()
        assert session.stop() == 0
