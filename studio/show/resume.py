"""What an engine that was killed needs to go on where it was: written small and often."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

from studio.core.log import logger
from studio.core.paths import runtime_dir

_log = logger(__name__)
FILE = "resume.json"
_one_writer = threading.Lock()
_written: dict[Path, str] = {}


def keep(state: dict[str, Any]) -> None:
    """Writes what is on air, if that is something else; a failure is logged, never felt."""
    path = runtime_dir() / FILE
    fresh = path.with_suffix(".new")
    words = json.dumps(state, ensure_ascii=False)
    try:
        with _one_writer:
            if _written.get(path) == words and path.exists():
                return
            _written.clear()
            fresh.write_text(words, encoding="utf-8")
            os.replace(fresh, path)
            _written[path] = words
    except OSError as error:
        _log.warning("what is on air could not be kept: %s", error)


def recall() -> dict[str, Any] | None:
    """What was on air when the last engine ended; None when nothing was kept."""
    try:
        found = json.loads((runtime_dir() / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def forget() -> None:
    """It ended on purpose: the next engine starts afresh."""
    (runtime_dir() / FILE).unlink(missing_ok=True)
