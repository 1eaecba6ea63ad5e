"""What a process tells the others of itself: a note in the runtime folder and a heartbeat.

A note is ``NAME.json`` in the runtime folder; its age is the heartbeat. So a supervisor that was
started after the engine, or a new engine after a sender, finds what is running without a pipe.
Standard library only: the supervisor leans on it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from studio.core.paths import runtime_dir


def note_path(name: str) -> Path:
    """Where the note of ``name`` ("engine", "supervisor") is."""
    return runtime_dir() / f"{name}.json"


def stop_path(name: str) -> Path:
    """The file that asks ``name`` to end; for systems without SIGTERM."""
    return runtime_dir() / f"{name}.stop"


class Note:
    """The note of this process: written now, kept young by `beat`, taken away by `close`.

    Args:
        name: the file's name without ".json".
        facts: plain data for the others; never a stream key.
    """

    def __init__(self, name: str, **facts: object) -> None:
        self.name = name
        self._facts: dict[str, object] = {"pid": os.getpid(), **facts}
        stop_path(name).unlink(missing_ok=True)
        self._write()

    def update(self, **facts: object) -> None:
        """Adds or replaces facts."""
        self._facts.update(facts)
        self._write()

    def beat(self) -> bool:
        """Says "still alive"; call it about every 250 ms from the loop that must not hang.

        Returns:
            False when someone asked this process to end (see `ask_to_stop`).
        """
        try:
            os.utime(note_path(self.name))
        except FileNotFoundError:  # cleaned away under us: be found again
            self._write()
        return not stop_path(self.name).exists()

    def close(self) -> None:
        """Takes the note away, unless another process has put its own there."""
        found = read_note(self.name)
        if found is not None and found.get("pid") == self._facts["pid"]:
            note_path(self.name).unlink(missing_ok=True)
        stop_path(self.name).unlink(missing_ok=True)

    def _write(self) -> None:
        path = note_path(self.name)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(self._facts, file, ensure_ascii=False)
        os.replace(fresh, path)


def read_note(name: str) -> Mapping[str, object] | None:
    """The note of ``name``; None when there is none or it cannot be read."""
    try:
        found = json.loads(note_path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("pid"), int) else None


def age_s(name: str) -> float:
    """Seconds since the last heartbeat of ``name``; infinite when it has no note."""
    try:
        return max(0.0, time.time() - note_path(name).stat().st_mtime)
    except OSError:
        return float("inf")


def is_running(pid: int) -> bool:
    """Whether a process has this id (a zombie, which only waits to be counted, has ended)."""
    if sys.platform == "win32":
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)
        if not handle:
            return False
        code = ctypes.c_ulong()
        ctypes.windll.kernel32.GetExitCodeProcess(handle, ctypes.byref(code))
        ctypes.windll.kernel32.CloseHandle(handle)
        return code.value == 259  # STILL_ACTIVE
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return True
    return state.rpartition(")")[2].split()[:1] != ["Z"]


def ask_to_stop(name: str, pid: int) -> None:
    """Asks a process to end cleanly, in the way this system has."""
    if sys.platform == "win32":
        stop_path(name).touch()
        return
    import signal

    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        pass
