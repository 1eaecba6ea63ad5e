"""The runs on the disk: written before each step, read after a kill."""

from __future__ import annotations

import asyncio
import itertools
import threading
from pathlib import Path

import msgspec

from studio.core.clean import encode_json
from studio.core.log import logger
from studio.core.paths import runtime_dir
from studio.core.troubles import tell_trouble
from studio.core.whole_file import write_whole
from studio.plans.runs import KeptRuns

_log = logger(__name__)
WAIT_S = 0.25
"""A step waits so long for the disk; then viewers come first."""


class RunFile:
    """Keeps the runs beside the checkpoint. A disk that is full or stalls holds up no plan."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._writing = threading.Lock()
        self._last = 0

    @staticmethod
    def path() -> Path:
        """Where they are."""
        return runtime_dir() / "plan-runs.json"

    async def write(self, runs: KeptRuns) -> bool:
        """Writes them; False when the disk would not in time, which is told once."""
        number, text = next(self._numbers), encode_json(runs)
        work = asyncio.get_running_loop().run_in_executor(None, self._write, number, text)
        try:
            async with asyncio.timeout(WAIT_S):
                return await asyncio.shield(work)
        except TimeoutError:
            tell_trouble("plans.not_written", path=str(self.path()), why=f"> {WAIT_S} s")
            return False

    def _write(self, number: int, text: str) -> bool:
        path = self.path()
        try:
            with self._writing:
                if number < self._last:
                    return True
                self._last = number
                write_whole(path, text)
            return True
        except OSError as error:
            why = error.strerror or str(error)
            tell_trouble("plans.not_written", path=str(path), why=why)
            return False

    def read(self) -> KeptRuns | None:
        """What ran when the engine before was killed; None when nothing was written."""
        try:
            return msgspec.json.decode(self.path().read_bytes(), type=KeptRuns)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            _log.warning("the runs of the engine before cannot be read: %s", error)
            return None

    def remove(self) -> None:
        """Nothing runs, or it ended on purpose."""
        with self._writing:
            self._last = next(self._numbers)
            try:
                self.path().unlink(missing_ok=True)
            except OSError as error:
                _log.warning("%s", error)
