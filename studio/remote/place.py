"""Where the door is, and a key for programs of the same user: a private note of this run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

from studio.core import life
from studio.core.paths import runtime_dir
from studio.core.troubles import tell_trouble
from studio.core.whole_file import PRIVATE, write_whole

ENGINE_WORDS = ("-m", "studio")
_ADDRESS = re.compile(r"ws://127\.0\.0\.1:(\d{1,5})")


class EndpointFile(NamedTuple):
    """Attributes:
    port: on loopback.
    key: opens the door like the password, for as long as this engine runs.
    """

    port: int
    key: str


def path() -> Path:
    """The note's file; only the user may read it."""
    return runtime_dir() / "remote.json"


def write(place: EndpointFile) -> None:
    """Leaves the note: the command line finds the door by it, a restarted engine its old port."""
    try:
        write_whole(path(), json.dumps(place._asdict()), mode=PRIVATE)
    except OSError as error:
        tell_trouble("machine.note", path=str(path()), why=error.strerror or str(error))


def read() -> EndpointFile | None:
    """The note of the engine that runs, or ran last and did not end by itself."""
    try:
        found = json.loads(path().read_text(encoding="utf-8"))
        here = EndpointFile(int(found["port"]), str(found["key"]))
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    return here if 0 < here.port < 1 << 16 else None


def address() -> str:
    """Where the engine of this runtime folder listens, "ws://127.0.0.1:4455"; "" without one.

    The note is believed when the system says that an engine runs under its number since then, and
    only about a port of this machine: the person's password is not offered anywhere else.
    """
    note = life.running("engine", ENGINE_WORDS) or {}
    on_air = note.get("on_air")
    said = str(on_air.get("remote", "")) if isinstance(on_air, dict) else ""
    found = _ADDRESS.fullmatch(said)
    return said if found and 0 < int(found[1]) < 1 << 16 else ""


def forget() -> None:
    """The door is closed on purpose."""
    path().unlink(missing_ok=True)
