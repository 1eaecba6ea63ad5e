"""The process of a worker that has a model: one at a time, at the other end of two pipes."""

from __future__ import annotations

import contextlib
import subprocess
import sys

from studio.core.errors import StudioError
from studio.core.paths import project_dir
from studio.core.streams import child_environment
from studio.host.fetched import ModelSet


class WorkerEnded(Exception):
    """The worker ended, or says nothing for too long; it is started again."""


class ModelProcess:
    """Starts a worker and ends it; one thread does the first, any thread the second.

    Args:
        module: the worker's; one that is not the studio's own needs no model.
        models: what the studio's own one needs.
    """

    def __init__(self, module: str, models: ModelSet) -> None:
        self._module, self._models = module, models
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the worker; 0 while there is none."""
        process = self._process
        return process.pid if process is not None else 0

    def lacks(self) -> StudioError | None:
        """Not found: a library or a file, with what to run; None when all is there."""
        key = self._models.missing() if self._module.startswith("studio.") else ""
        return StudioError("not_found", key) if key else None

    def start(self) -> subprocess.Popen[bytes]:
        """The worker, with its stdin and stdout as pipes."""
        process = self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", self._module],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=project_dir(), env=child_environment(PYTHONPATH=str(project_dir())),
        )  # fmt: skip
        return process

    def end(self) -> None:
        """Kills the worker, where there is one, and closes its pipes."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
