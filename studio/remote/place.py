"""Where the door is, and a key for programs of the same user: a private note of this run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NamedTuple

from studio.core.paths import runtime_dir


class Place(NamedTuple):
    """Attributes:
    port: on loopback.
    key: opens the door like the password, for as long as this engine runs.
    """

    port: int
    key: str


def path() -> Path:
    """The note's file; only the user may read it."""
    return runtime_dir() / "remote.json"


def write(place: Place) -> None:
    """Leaves the note: the command line finds the door by it, a restarted engine its old port."""
    fresh = path().with_suffix(f".{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(place._asdict(), file)
    os.replace(fresh, path())


def read() -> Place | None:
    """The note of the engine that runs, or ran last and did not end by itself."""
    try:
        found = json.loads(path().read_text(encoding="utf-8"))
        return Place(int(found["port"]), str(found["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forget() -> None:
    """The door is closed on purpose."""
    path().unlink(missing_ok=True)
