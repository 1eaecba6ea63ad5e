"""What an engine that was killed needs to go on where it was: written small and often."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from studio.core.clean import write_json
from studio.core.log import logger
from studio.core.paths import runtime_dir
from studio.core.services import Services
from studio.core.whole_file import write_whole

_log = logger(__name__)
FILE = "resume.json"


class KeptCheckpoint(msgspec.Struct, frozen=True):
    """The checkpoint file.

    Attributes:
        show: folder of the show that was open.
        parts: what each service kept, by its name.
    """

    show: str = ""
    parts: dict[str, Any] = {}


class Writing(NamedTuple):
    """What is to be written; a later one has a greater number."""

    number: int
    text: str


class Checkpointer:
    """Keeps the checkpoint true: only the services that were touched are asked again.

    Args:
        services: give their checkpoints.
        show: folder of the show that is open; set anew when another one is.
    """

    def __init__(self, services: Services, show: Path) -> None:
        self._services = services
        self.show = show
        self._parts: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._written, self._number = "", 0
        self._writing = threading.Lock()

    def update(self, names: Collection[str] | None = None) -> Writing:
        """Asks the services of these names (all for None); returns what is to be written."""
        asked = None if names is None or not self._parts else tuple(names)
        for name, kept in self._services.checkpoint(asked).items():
            self._parts[name] = write_json(kept)
        # What was not touched is not written out anew: a take does not wait for comments.
        parts = ",".join(f"{write_json(name)}:{text}" for name, text in self._parts.items())
        text = f'{{"show":{write_json(str(self.show))},"parts":{{{parts}}}}}'
        return Writing(next(self._numbers), text)

    def write(self, writing: Writing) -> None:
        """Writes it from any thread, unless a later one is there; a failure is logged, not felt."""
        path = runtime_dir() / FILE
        try:
            with self._writing:
                if writing.number < self._number:
                    return
                self._number = writing.number
                if self._written == writing.text and path.exists():
                    return
                self._written = ""
                write_whole(path, writing.text)
                self._written = writing.text
        except OSError as error:
            _log.warning("what is on air could not be kept: %s", error)


def recall() -> KeptCheckpoint | None:
    """What was on air when the last engine ended; None when nothing was kept."""
    try:
        return msgspec.json.decode((runtime_dir() / FILE).read_bytes(), type=KeptCheckpoint)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def forget() -> None:
    """It ended on purpose: the next engine starts afresh."""
    (runtime_dir() / FILE).unlink(missing_ok=True)
