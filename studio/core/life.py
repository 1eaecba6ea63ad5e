"""What a process tells the others of itself: a note in the runtime folder and a heartbeat.

A note is ``NAME.json`` in the runtime folder, its heartbeat a counter in ``NAME.beat``. So a
supervisor that was started after the engine, or a new engine after a sender, finds what is
running without a pipe. A note is a hint: who reads it asks the system whether the process is what
the note says (`studio.core.processes`). The counter holds no time: who watches it times it with a
clock of its own, so that nobody minds a step of the wall clock or a machine that slept.
Standard library only: the supervisor leans on it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from studio.core import processes
from studio.core.paths import runtime_dir
from studio.core.troubles import tell_trouble
from studio.core.whole_file import PRIVATE, write_whole

MOST_NOTE_BYTES = 1 << 20
LONGEST_LOOK_S = 1.0


def note_path(name: str) -> Path:
    """Where the note of ``name`` ("engine", "supervisor") is."""
    return runtime_dir() / f"{name}.json"


def beat_path(name: str) -> Path:
    """Where the heartbeat of ``name`` is counted."""
    return runtime_dir() / f"{name}.beat"


def stop_path(name: str) -> Path:
    """The file that asks ``name`` to end; for systems without SIGTERM."""
    return runtime_dir() / f"{name}.stop"


MOST_BUSY_S = 30.0
"""No job may hold the loop longer, whatever a note says."""


class ProcessRecord:
    """The note of this process: written now, alive by `beat`, taken away by `close`.

    Args:
        name: the file's name without ".json".
        facts: plain data for the others; never a stream key.
    """

    def __init__(self, name: str, **facts: object) -> None:
        self.name = name
        self._me = processes.own_identity()
        self._facts: dict[str, object] = {**self._me._asdict(), **facts}
        self._beats = 0
        stop_path(name).unlink(missing_ok=True)
        self._write()
        self.beat()

    def update(self, **facts: object) -> None:
        """Adds or replaces facts."""
        self._facts.update(facts)
        self._write()

    def beat(self) -> bool:
        """Says "still alive"; call it about every 250 ms from the loop that must not hang.

        Returns:
            False when someone asked this process to end (see `ask_to_stop`).
        """
        self._beats += 1
        if not note_path(self.name).exists():  # cleaned away under us: be found again
            self._write()
        self._count()
        return not stop_path(self.name).exists()

    @contextlib.contextmanager
    def busy(self, what: str, most_s: float) -> Iterator[None]:
        """Says that a job may hold the heartbeat up for so long: that is no hang.

        Args:
            what: the job, for the log of who watches.
            most_s: its bound; who is silent for longer hangs all the same.
        """
        self.update(busy={"what": what, "most_s": min(most_s, MOST_BUSY_S)})
        try:
            yield
        finally:
            self.beat()  # before the leave ends: the silence is over
            self._facts.pop("busy", None)
            self._write()

    def close(self) -> None:
        """Takes the note away, unless another process has put its own there."""
        found = read_note(self.name)
        if found is not None and processes.identity_in(found) == self._me:
            note_path(self.name).unlink(missing_ok=True)
            beat_path(self.name).unlink(missing_ok=True)
        stop_path(self.name).unlink(missing_ok=True)

    def _count(self) -> None:
        """Written in place, always as long: a full disk has room for it."""
        path = beat_path(self.name)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, b"%d %020d\n" % (self._me.pid, self._beats))
            finally:
                os.close(descriptor)
        except OSError:  # a disk that wants room even for that takes a new mark of time
            with contextlib.suppress(OSError):
                os.utime(path)

    def _write(self) -> None:
        """A folder that takes no note costs being found, never the show."""
        path = note_path(self.name)
        try:
            write_whole(path, json.dumps(self._facts), mode=PRIVATE)
        except OSError as error:
            tell_trouble("machine.note", path=str(path), why=error.strerror or str(error))


def busy_s(name: str) -> float:
    """How long ``name`` may be silent for the job it says it is at; 0 when it says none."""
    note = read_note(name)
    busy = note.get("busy") if note is not None else None
    most = busy.get("most_s") if isinstance(busy, dict) else None
    if isinstance(most, bool) or not isinstance(most, int | float) or not 0 < most <= MOST_BUSY_S:
        return 0.0
    return float(most)


def read_note(name: str) -> Mapping[str, object] | None:
    """The note of ``name``; None when there is none, it cannot be read or names no process."""
    try:
        with note_path(name).open("rb") as file:
            found = json.loads(file.read(MOST_NOTE_BYTES).decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or processes.identity_in(found) is None:
        return None
    return found


def running(name: str, words: Sequence[str]) -> Mapping[str, object] | None:
    """The note of ``name`` if the system says that it is true.

    Args:
        words: of the command line of the process that ought to be there.
    """
    note = read_note(name)
    process = processes.identity_in(note) if note is not None else None
    return note if process is not None and processes.is_program(process, words) else None


class AwakeClock:
    """Seconds for which this process ran, without those it was stopped or the machine slept.

    Call it often: more than a second between two calls counts as one. By such a clock nobody who
    slept along with us was silent for long.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()
        self._awake = 0.0

    def __call__(self) -> float:
        """Seconds awake since it was made."""
        now = self._clock()
        self._awake += min(max(0.0, now - self._last), LONGEST_LOOK_S)
        self._last = now
        return self._awake


class BeatWatch:
    """Times the heartbeat of another process by a clock of the watcher.

    Args:
        name: whose note it is.
        clock: of the watcher; with an `AwakeClock` a sleep of the machine is no silence.
    """

    def __init__(self, name: str, clock: Callable[[], float]) -> None:
        self._name = name
        self._clock = clock
        self.start_over(0)

    def start_over(self, pid: int) -> None:
        """From now on the heartbeat of process ``pid`` is awaited, whatever lies there now."""
        self._pid = pid
        self._seen = self._look()
        self._since = self._clock()

    def silent_s(self) -> float:
        """Seconds since a new heartbeat was seen, or since the start; look several times a second.

        Infinite while there is none of this process.
        """
        now, seen = self._clock(), self._look()
        if seen is not None and seen != self._seen:
            self._since = now
        self._seen = seen
        return now - self._since if seen is not None else float("inf")

    def _look(self) -> tuple[bytes, int] | None:
        """The counter; the file's time is but another mark, compared and never reckoned with."""
        try:
            with beat_path(self._name).open("rb") as file:
                text, mark = file.read(256), os.fstat(file.fileno()).st_mtime_ns
        except OSError:
            return None
        # A full disk keeps an empty file whose time alone is renewed.
        return (text, mark) if not text or text.split()[:1] == [b"%d" % self._pid] else None


def is_running(pid: int) -> bool:
    """Whether a process has this number (a zombie, which only waits to be counted, has ended)."""
    return processes.identify(pid) is not None


def ask_to_stop(name: str, process: processes.ProcessIdentity, words: Sequence[str]) -> None:
    """Asks a process to end cleanly, in the way this system has; no other program than this."""
    if sys.platform == "win32":
        stop_path(name).touch()
    else:
        processes.end(process, words, politely=True)
