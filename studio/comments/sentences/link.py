"""The engine's side of the sentence model: its process, and who is next. The loop never waits."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from asyncio import create_subprocess_exec
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal, Protocol

import msgspec

from studio.comments.sentences.judge import has_library
from studio.comments.sentences.wire import SentenceReply, SentenceRequest
from studio.core.backoff import Backoff
from studio.core.clock import NS, now_ns
from studio.core.log import logger
from studio.core.paths import project_dir
from studio.core.streams import child_environment

_log = logger(__name__)

LinkState = Literal["idle", "absent", "starting", "ready", "failed"]
IN_TIME_S = 0.3
"""An answer later than this is passed over: nobody waits for it."""
MOST_WAITING = 200
LOADING_S, ANSWER_S = 60.0, 5.0
"""So long without a sign of life and it hangs."""
MOST_TRIES = 4
"""So often in a row it ends without an answer, and it is not started any more."""
URGENT = 9
"""Somebody wants it on the picture now."""
USUAL_MS = 15.0
SMOOTH = 0.05


class Answered(Protocol):
    """Told of an answer: of text and name, categories; None when there is none."""

    def __call__(self, reply: SentenceReply | None, /) -> None: ...


class _Asked(msgspec.Struct):
    request: SentenceRequest
    since_ns: int
    told: list[Answered]
    rank: int


class SentenceLink:
    """Has comments judged by the worker in order of importance. Lives on the engine loop.

    The process is started with the first comment. What is not judged within `IN_TIME_S` is passed
    over and counted; questions are then judged later, when nothing else waits.

    Args:
        touch: says that state or counts changed.
        module: the worker's.

    Attributes:
        state: how it is.
        ms: how long an answer takes, from the question on, lately.
        judged, passed: how many were answered; how many were not in time.
        restarts: how often the process was started again.
    """

    def __init__(self, touch: Touched, module: str = "studio.comments.sentences.worker") -> None:
        self._touch, self._module = touch, module
        self.state: LinkState = "idle"
        self.ms = 0.0
        self.judged = self.passed = self.restarts = 0
        self.pid = 0
        self._waiting: dict[int, deque[_Asked]] = {}
        self._late: deque[_Asked] = deque(maxlen=MOST_WAITING)
        self._count = 0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_there(self) -> bool:
        """May an answer come?"""
        return self.state in ("idle", "starting", "ready")

    def ask(self, request: SentenceRequest, rank: int, told: Answered) -> None:
        """Asks for a verdict; ``told`` hears of it on the loop, in time or not.

        Args:
            rank: those of a higher one are judged first.
        """
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name="sentences")
        if not self.is_there:
            told(None)
            return
        self._waiting.setdefault(rank, deque()).append(_Asked(request, now_ns(), [told], rank))
        self._count += 1
        if self._count > MOST_WAITING:
            lowest = self._waiting[min(r for r, asked in self._waiting.items() if asked)]
            self._count -= 1
            self._pass_over(lowest.popleft())
        self._wake.set()

    async def stop(self) -> None:
        """Ends the process; what waits is not judged. It begins anew with the next question."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self.forget()
        self.state = "idle"

    def forget(self) -> None:
        """Nobody waits any longer: another show."""
        waiting, self._waiting, self._count = self._waiting, {}, 0
        self._late.clear()
        for asked in waiting.values():
            for each in asked:
                _tell(each, None)

    def _pass_over(self, asked: _Asked) -> None:
        self.passed += 1
        _tell(asked, None)
        if 2 <= asked.rank < URGENT:
            self._late.append(asked)
        self._touch()

    def _next(self) -> _Asked | None:
        """The most important that may still be answered in time, else a question that was not."""
        oldest = now_ns() - int((IN_TIME_S - min(self.ms or USUAL_MS, 100.0) / 1000) * NS)
        for rank in sorted(self._waiting, reverse=True):
            asked = self._waiting[rank]
            while asked:
                first = asked.popleft()
                self._count -= 1
                if first.since_ns >= oldest:
                    return first
                self._pass_over(first)
        return self._late.pop() if self._late else None

    # -- the process ---------------------------------------------------------------------------

    async def _run(self) -> None:
        if not await asyncio.to_thread(has_library):
            self._end("absent")
            return
        backoff, judged = Backoff((0.1, 0.5, 2.0, 5.0)), -1
        while True:
            if self.judged > judged:
                backoff.reset()
            elif backoff.attempt >= MOST_TRIES:
                _log.warning("the sentence model ended %d times without an answer", MOST_TRIES)
                self._end("failed")
                return
            judged = self.judged
            try:
                async with self._process() as process:
                    await self._serve(process)
            except (OSError, EOFError, TimeoutError, msgspec.DecodeError) as fault:
                self.restarts += 1
                _log.warning("the sentence model ended: %s: %s", type(fault).__name__, fault)
            self._set("starting")
            await asyncio.sleep(backoff.next_s())

    def _end(self, state: LinkState) -> None:
        self._set(state)
        self.forget()

    def _set(self, state: LinkState) -> None:
        if state != self.state:
            self.state = state
            self._touch()

    @asynccontextmanager
    async def _process(self) -> AsyncIterator[asyncio.subprocess.Process]:
        self._set("starting")
        process = await create_subprocess_exec(
            sys.executable, "-m", self._module, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, cwd=project_dir(),
            env=child_environment(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"),
        )  # fmt: skip
        self.pid = process.pid
        try:
            yield process
        finally:
            self.pid = 0
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            await process.wait()

    async def _serve(self, process: asyncio.subprocess.Process) -> None:
        """Until it ends.

        Raises:
            EOFError, TimeoutError, msgspec.DecodeError: it ended, hangs or says nonsense.
        """
        await _reply(process, LOADING_S)
        self._set("ready")
        now = now_ns()
        for waiting in self._waiting.values():  # nobody was slow: there was no model yet
            for early in waiting:
                early.since_ns = now
        assert process.stdin is not None
        while True:
            asked = self._next()
            if asked is None:
                self._wake.clear()
                await self._wake.wait()
                continue
            try:
                process.stdin.write(msgspec.json.encode(asked.request) + b"\n")
                reply = await _reply(process, ANSWER_S)
            except BaseException:
                _tell(asked, None)
                raise
            self.judged += 1
            self._took(asked, now_ns())
            _tell(asked, reply)

    def _took(self, asked: _Asked, now: int) -> None:
        took_ms = (now - asked.since_ns) / 1e6
        if took_ms <= IN_TIME_S * 1000:  # what was passed over says nothing of the pace
            self.ms = took_ms if not self.ms else self.ms + SMOOTH * (took_ms - self.ms)
        self._touch()


class Touched(Protocol):
    """Told that something changed."""

    def __call__(self) -> None: ...


def _tell(asked: _Asked, reply: SentenceReply | None) -> None:
    for told in asked.told:
        told(reply)


async def _reply(process: asyncio.subprocess.Process, limit_s: float) -> SentenceReply:
    assert process.stdout is not None
    async with asyncio.timeout(limit_s):
        line = await process.stdout.readline()
    if not line:
        raise EOFError("no answer")
    return msgspec.json.decode(line, type=SentenceReply)
