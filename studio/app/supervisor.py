"""Keeps the engine running and the desk in reach; standard library only, so that it cannot crash.

What the engine (``python -m studio``) and the supervisor owe each other:

- The engine reads its options as one JSON line from stdin (a stream key in a ``--push`` address
  must not stand in a process list); the fields are those of `EngineOptions`.
- It writes JSON lines to stdout: ``on_air``, ``output``, ``picture``, ``done`` and what else it
  has to say. A line that cannot be written because nobody reads it must not harm it.
- It keeps its note ``engine.json`` in the runtime folder and beats beside it
  (`studio.core.life`). No beat for `HANG_S` of the time in which the supervisor itself ran means
  that it hangs: it is killed and started again.
- A note is a hint: a process is taken over or signalled only when the system says that it is an
  engine of this runtime folder, begun when the note says (`studio.core.processes`).
- SIGTERM (on Windows a stop file) ends it cleanly with code 0. Code 2: the call was wrong. An
  engine that ends before it was on air is not started again, unless a signal killed it.
- It runs in a session of its own: Ctrl-C reaches the supervisor, which passes it on.
- The desk (``python -m ui``) ends with 0 when the studio shall end with it, with 3 when the
  stream shall go on without a window.
- When the supervisor dies, the engine goes on; the next supervisor finds its note and takes over.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import IO, Any

from studio.app.options import EngineOptions
from studio.core import life, processes
from studio.core.errors import StudioError
from studio.core.paths import project_dir, runtime_dir
from studio.core.processes import ProcessIdentity
from studio.core.streams import child_environment

HANG_S = 4.0  # a heartbeat comes every 0.25 s; the senders hold the line meanwhile
FIRST_BEAT_S = 30.0  # silence that is allowed until it is on air: a cold disk, a large show
STOP_S = 8.0  # from the polite request to the kill
SAFE_MODE_WITHIN_S = 30.0
UP_S = 1.0  # an engine that died sooner after it came on air is in a crash loop
DESK_RESTARTS = 3
DESK_PAUSE_S = 15.0
DESK_DETACHED = 3  # exit code of a desk that was closed while the stream goes on
WINDOWS = sys.platform == "win32"

Line = dict[str, Any]


def python_module(module: str) -> list[str]:
    """Command that runs ``module`` with this Python, blind to the working folder."""
    return [sys.executable, "-P", "-m", module]


def engine_command_line() -> list[str]:
    """Command that runs the engine; it names the runtime folder, so that engines are told apart."""
    return [*python_module("studio"), "--runtime", str(runtime_dir().resolve())]


def own_session() -> dict[str, Any]:
    """Popen arguments that keep the terminal's Ctrl-C and hang-up from a child."""
    if WINDOWS:
        return {"creationflags": 0x00000200}  # CREATE_NEW_PROCESS_GROUP
    return {"start_new_session": True}


class OneAtATime:
    """The lock of the runtime folder; the system frees it when the process ends, however."""

    def __init__(self) -> None:
        self._file: IO[str] | None = None

    def take(self) -> bool:
        """Whether the lock is ours now."""
        file = (runtime_dir() / "supervisor.lock").open("a+", encoding="utf-8")
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Gives the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None


class Supervisor:
    """One engine, and a desk when asked.

    Args:
        options: how to start the engine.
        say: called with every line for who started the studio, in the caller's thread.
        with_desk: open the desk once the engine is on air.
        engine_command: the engine's program.
        desk_command: the desk's program.
        hang_s: silence after which the engine counts as hung.
    """

    def __init__(
        self,
        options: EngineOptions,
        say: Callable[[Line], None],
        *,
        with_desk: bool = False,
        engine_command: Sequence[str] | None = None,
        desk_command: Sequence[str] | None = None,
        hang_s: float = HANG_S,
    ) -> None:
        command = list(engine_command or engine_command_line())
        self._options = options
        self._say = say
        self._with_desk = with_desk
        self._engine_command = list(command)
        self._engine_words = command[command.index("-m") if "-m" in command else 1 :]
        self._desk_command = list(desk_command or python_module("ui"))
        self._hang_s = hang_s
        self._lock = OneAtATime()
        self._lines: queue.Queue[Line] = queue.Queue()
        self._engine: subprocess.Popen[str] | None = None
        self._engine_is: ProcessIdentity | None = None
        self._pump: threading.Thread | None = None
        self._desk: subprocess.Popen[bytes] | None = None
        self._desk_starts: list[float] = []
        self._desk_again_at: float | None = None
        self._started_at = 0.0  # of the present engine
        self._beat_at = -1.0  # when a heartbeat of it was last there
        self._awake = life.AwakeClock()
        self._beat = life.BeatWatch("engine", self._awake)
        self._first_on_air_at: float | None = None
        self._up_at = float("inf")  # when the present engine came on air
        self._crashes: list[float] = []
        self._start_again_at: float | None = None
        self._stop_asked_at: float | None = None
        self.is_done = False

    # --- from outside -----------------------------------------------------------------------

    def stop(self) -> None:
        """Ends the engine cleanly; `run` returns when it has ended. Safe in a signal handler."""
        if self._stop_asked_at is None:
            self._stop_asked_at = self._awake()
            engine = self._engine
            if engine is not None and not WINDOWS:
                engine.terminate()  # our own child: its number is its own until we counted it
            elif self._engine_is is not None:
                life.ask_to_stop("engine", self._engine_is, self._engine_words)

    def run(self) -> int:
        """Runs until the engine has ended for good.

        Returns:
            Exit code: 0 done, 1 it failed, 2 the call was wrong.

        Raises:
            StudioError: conflict, when another supervisor holds this runtime folder.
        """
        if not self._lock.take():
            other = life.read_note("supervisor") or {}
            raise StudioError("conflict", "supervisor.running", pid=other.get("pid", "?"))
        note = life.ProcessRecord("supervisor")
        old = self._take_signals()
        try:
            if not self._adopt():
                self._start_engine()
            while True:
                code = self._step()
                if code is not None:
                    return code
        finally:
            self._close_desk()
            for number, handler in old.items():
                signal.signal(number, handler)
            note.close()
            self._lock.release()

    # --- the loop ---------------------------------------------------------------------------

    def _take_signals(self) -> dict[signal.Signals, Any]:
        if threading.current_thread() is not threading.main_thread():
            return {}
        names = ("SIGINT", "SIGTERM", "SIGBREAK")
        numbers = [signal.Signals[name] for name in names if name in signal.Signals.__members__]
        return {number: signal.signal(number, lambda *_: self.stop()) for number in numbers}

    def _step(self) -> int | None:
        """Waits for a line or 0.1 s, then looks after everyone; an exit code ends the run."""
        try:
            self._hear(self._lines.get(timeout=0.1))
            return None
        except queue.Empty:
            pass
        now = self._awake()  # what we slept through, stopped or with the machine, is no silence
        if self._start_again_at is not None:
            if self._stop_asked_at is not None:
                return 0
            if now >= self._start_again_at:
                self._start_engine()
            return None
        self._look_after_desk()
        ended = self._engine_code()
        if ended is not None:
            return self._engine_ended(ended)
        if self._stop_asked_at is not None:
            if now - self._stop_asked_at > STOP_S:
                self._kill_engine()
        elif self._is_hung(now):
            silent_s = min(self._beat.silent_s(), now - self._started_at)
            self._say({"event": "engine_hung", "silent_s": round(silent_s, 1)})
            self._kill_engine()
        return None

    def _hear(self, line: Line) -> None:
        event = line.get("event")
        if event == "on_air":
            self._up_at = min(self._up_at, self._awake())
            told = line.get("pids")
            line["pids"] = {**(told if isinstance(told, dict) else {}), "supervisor": os.getpid()}
            if self._first_on_air_at is None:
                self._first_on_air_at = time.monotonic()
            else:
                line["event"] = "back_on_air"
        elif event == "done":
            self.is_done = True
            line["restarts"] = len(self._crashes)
        self._say(line)
        if event == "on_air" and self._with_desk and not self._desk_starts:
            self._open_desk()

    # --- the engine -------------------------------------------------------------------------

    def _adopt(self) -> bool:
        """Takes over an engine that outlived its supervisor."""
        note = life.running("engine", self._engine_words)
        found = processes.identity_in(note) if note is not None else None
        if note is None or found is None:
            return False
        self._engine_is = found
        self._beat.start_over(found.pid)
        self._started_at = self._awake()
        told = note.get("on_air")
        line: Line = dict(told) if isinstance(told, Mapping) else {}
        pids = line.get("pids")
        pids = {**(pids if isinstance(pids, dict) else {}), "engine": found.pid}
        self._hear({**line, "event": "on_air", "pids": pids, "adopted": True})
        return True

    def _start_engine(self) -> None:
        self._start_again_at = None
        self._up_at = float("inf")
        options = asdict(self._options)
        options["restarts"] = len(self._crashes)
        recent = [at for at in self._crashes if self._awake() - at < SAFE_MODE_WITHIN_S]
        options["safe_mode"] = self._options.safe_mode or len(recent) >= 2
        if self._options.for_s is not None and self._first_on_air_at is not None:
            gone_s = time.monotonic() - self._first_on_air_at
            options["for_s"] = max(0.0, self._options.for_s - gone_s)
        life.note_path("engine").unlink(missing_ok=True)  # what is there is another's
        self._engine = subprocess.Popen(
            self._engine_command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            cwd=project_dir(),
            env=self._engine_environment(),
            **own_session(),
        )
        self._engine_is = processes.identify(self._engine.pid)
        self._beat.start_over(self._engine.pid)
        self._started_at = self._awake()
        assert self._engine.stdin is not None
        assert self._engine.stdout is not None
        try:
            with self._engine.stdin as pipe:
                pipe.write(json.dumps(options) + "\n")
        except OSError:
            pass  # it died already: its exit code says why
        self._pump = threading.Thread(
            target=self._read_lines, args=(self._engine.stdout,), name="engine-lines", daemon=True
        )
        self._pump.start()

    def _read_lines(self, pipe: IO[str]) -> None:
        with pipe:
            for text in pipe:
                try:
                    line = json.loads(text)
                except ValueError:
                    continue  # a native library spoke on stdout
                if isinstance(line, dict):
                    self._lines.put(line)

    def _engine_code(self) -> int | None:
        """Exit code of the engine, None while it runs; an adopted one tells none: 0 or 1."""
        if self._engine is not None:
            return self._engine.poll()
        if self._engine_is is not None and processes.is_program(
            self._engine_is, self._engine_words
        ):
            return None
        return 0 if life.read_note("engine") is None else 1

    def _engine_ended(self, code: int) -> int | None:
        if self._pump is not None:
            self._pump.join(timeout=2)
            self._pump = None
        while not self._lines.empty():
            self._hear(self._lines.get_nowait())
        self._engine, self._engine_is = None, None
        if code == 0 or self.is_done:
            return 0 if code == 0 else 1
        was_killed = code not in (1, 2)  # a signal, or what Windows says instead
        if self._stop_asked_at is not None or (self._first_on_air_at is None and not was_killed):
            return code if code in (1, 2) else 1
        now = self._awake()
        self._crashes.append(now)
        recent = [at for at in self._crashes if now - at < SAFE_MODE_WITHIN_S]
        if self._first_on_air_at is None and len(recent) >= 3:
            return 1  # it cannot even start
        # At once the first times; a crash loop gets slower, so that it leaves the senders air.
        # One that was on air each time is worth a start at once: viewers look at the standby clip.
        loops = len(recent) >= 3 and now - self._up_at < UP_S
        wait_s = min(10.0, 2.0 ** (len(recent) - 3)) if loops else 0.0
        self._start_again_at = now + wait_s
        why = f"signal {-code}" if code < 0 else f"exit code {code}"
        self._say({
            "event": "engine_restart",
            "why": why,
            "safe_mode": len(recent) >= 2,
            "wait_s": wait_s,
        })  # fmt: skip
        return None

    def _is_hung(self, now: float) -> bool:
        silent_s = self._beat.silent_s()
        if silent_s < float("inf"):
            self._beat_at = now
            # Loading a large show on a slow machine may hold the first beats up.
            most_s = self._hang_s if now >= self._up_at else FIRST_BEAT_S
            # Busy with a named job that has a bound is not hung, until the bound is over.
            return silent_s > most_s and silent_s > life.busy_s("engine")
        if self._beat_at < self._started_at:
            return now - self._started_at > FIRST_BEAT_S
        return now - self._beat_at > STOP_S  # it took its note down: it is ending by itself

    def _kill_engine(self) -> None:
        """Ends an engine that no longer answers; an adopted one only if it still is that."""
        if self._engine is not None:
            self._engine.kill()
            self._engine.wait()
        elif self._engine_is is not None:
            processes.end(self._engine_is, self._engine_words)

    def _engine_environment(self) -> dict[str, str]:
        """With a desk the demo show speaks the desk's language (`studio.show.demo`)."""
        around = child_environment()
        if self._with_desk:
            around.setdefault("SHOPCAST_DEMO", "desk")
        return around

    # --- the desk ---------------------------------------------------------------------------

    def _open_desk(self) -> None:
        self._desk_starts.append(self._awake())
        around = child_environment()
        if self._options.password is not None:  # in the environment: a process list shows the call
            around["SHOPCAST_PASSWORD"] = self._options.password
        self._desk = subprocess.Popen(
            self._desk_command,
            stdin=subprocess.DEVNULL,
            cwd=project_dir(),
            env=around,
            **own_session(),
        )
        self._say({"event": "desk", "state": "open", "pid": self._desk.pid})

    def _look_after_desk(self) -> None:
        """A closed desk ends the studio, unless it was told to leave it on air; one that crashed
        is opened again: a few times at once, then ever after a pause. The controller needs it."""
        if self._desk is None:
            if self._desk_again_at is not None and self._awake() >= self._desk_again_at:
                self._desk_again_at = None
                self._open_desk()
            return
        code = self._desk.poll()
        if code is None:
            return
        self._desk = None
        if code in (0, DESK_DETACHED):
            self._say({"event": "desk", "state": "closed"})
            if code == 0:
                self.stop()
            return
        now = self._awake()
        recent = [at for at in self._desk_starts if now - at < 60]
        self._desk_starts = recent
        if len(recent) <= DESK_RESTARTS:
            self._say({"event": "desk", "state": "crashed", "code": code})
            self._open_desk()
        else:
            self._desk_again_at = now + DESK_PAUSE_S
            self._say(
                {"event": "desk", "state": "waiting", "code": code, "again_in_s": DESK_PAUSE_S}
            )

    def _close_desk(self) -> None:
        self._desk_again_at = None
        if self._desk is not None and self._desk.poll() is None:
            self._desk.terminate()
            try:
                self._desk.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._desk.kill()
                self._desk.wait()
        self._desk = None
