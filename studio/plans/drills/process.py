"""The process of a drill as the engine sees it: begun, spoken to, ended."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from asyncio import create_subprocess_exec
from collections.abc import Callable

import msgspec

from studio.core.errors import StudioError, packed
from studio.core.log import logger
from studio.core.paths import project_dir
from studio.core.streams import child_environment
from studio.plans.drills.wire import DrillNews, DrillRequest, DrillWord

_log = logger(__name__)
MODULE = "studio.app.drill.child"
END_S = 15.0
MOST_LINE = 4_000_000
"""Of one news, bytes: questions and tasks of a plan that are long, in both languages."""


class DrillProcess:
    """One drill; its shadow ends with it.

    Args:
        request: what is drilled.
        tell: told of each line, on the engine loop; last of "end".
    """

    def __init__(self, request: DrillRequest, tell: Callable[[DrillNews], None]) -> None:
        self._tell, self._is_ending = tell, False
        self._process: asyncio.subprocess.Process | None = None
        self._task = asyncio.get_running_loop().create_task(self._run(request), name="drill")

    def say(self, word: DrillWord) -> None:
        """Somebody does something."""
        self._write(word)

    async def end(self) -> None:
        """Ends it: kindly, then at once; whoever is told hears of the end, as of any other."""
        self._is_ending = True  # one that has not begun yet ends as soon as it has
        self._terminate()
        done, _ = await asyncio.wait([self._task], timeout=END_S)
        if not done and self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await asyncio.gather(self._task, return_exceptions=True)

    def _terminate(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()

    def _write(self, line: msgspec.Struct) -> None:
        process = self._process
        if process is None or process.stdin is None or process.returncode is not None:
            return
        process.stdin.write(msgspec.json.encode(line) + b"\n")

    async def _run(self, request: DrillRequest) -> None:
        last: DrillNews | None = None
        try:
            self._process = process = await create_subprocess_exec(
                sys.executable, "-m", MODULE, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, cwd=project_dir(), env=child_environment(),
                limit=MOST_LINE,
            )  # fmt: skip
            if self._is_ending:
                self._terminate()
            else:
                self._write(request)
            assert process.stdout is not None
            async for line in process.stdout:
                last = msgspec.json.decode(line, type=DrillNews)
                if last.kind != "end":
                    self._tell(last)
            await process.wait()
        except (OSError, ValueError) as error:  # not begun, a line that is none or has no end
            _log.warning("a drill failed: %s", error)
        finally:
            process_left = self._process
            if process_left is not None and process_left.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process_left.kill()
                await process_left.wait()
            if last is None or last.kind != "end":
                fault = (
                    StudioError("unavailable", "drill.stopped") if self._is_ending
                    else StudioError("failed", "drill.process_ended")
                )  # fmt: skip
                last = DrillNews(kind="end", error=packed(fault))
            self._tell(last)
