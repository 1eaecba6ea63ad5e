"""Which moment of the engine each picture of a recording shows, beside it: ``NAME.clock.json``.

Between changes (the standby clip, another engine, a split) file and engine run alike, so that a
few marks say it for every picture. With the journal's "engine.clock" they give the picture of any
entry, and the entry of any picture.
"""

from __future__ import annotations

import time
from pathlib import Path

import msgspec

from studio.core.clean import encode_json, read_json
from studio.core.clock import utc_iso
from studio.core.log import logger
from studio.core.whole_file import write_whole

_log = logger(__name__)
SUFFIX = ".clock.json"


class ClockMark(msgspec.Struct, frozen=True):
    """From here on, file and engine run alike.

    Attributes:
        file_us: of the first such picture, from the file's first picture.
        engine_us: the same picture from the engine's tick 0; None: the standby clip is on.
        at_ns, at_utc: when it was written: which engine's tick 0 is meant.
    """

    file_us: int
    engine_us: int | None
    at_ns: int
    at_utc: str


class FileClock:
    """The marks of one file; written at every change."""

    def __init__(self, recording: Path) -> None:
        self._path = recording.with_name(recording.name + SUFFIX)
        self._marks: list[ClockMark] = []
        self._shift: int | None = None

    def see(self, file_us: int, engine_us: int | None) -> None:
        """A picture was written."""
        shift = None if engine_us is None else engine_us - file_us
        if self._marks and shift == self._shift:
            return
        self._shift = shift
        self._marks.append(ClockMark(file_us, engine_us, time.monotonic_ns(), utc_iso()))
        try:
            write_whole(self._path, encode_json({"marks": self._marks}))
        except OSError as error:  # a full disk must not end the recording twice
            _log.warning("the times of %s: %s", self._path, error)


def read_clock(recording: Path) -> tuple[ClockMark, ...]:
    """The marks of a recording; none when it has none that can be read."""
    try:
        plain = read_json(recording.with_name(recording.name + SUFFIX).read_bytes())
        marks = plain.get("marks") if isinstance(plain, dict) else None
        return msgspec.convert(marks, tuple[ClockMark, ...])
    except (OSError, ValueError):
        return ()
