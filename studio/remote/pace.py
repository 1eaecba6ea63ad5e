"""How much of the engine's loop the remotes may take: the heartbeat and the show run on it too."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

SLICE_S = 0.005
"""So long one may hold the loop before everybody else has a turn."""

T = TypeVar("T")


class Timed:
    """Awaits a coroutine and counts what it takes of the loop, without what it waits for."""

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self._work = work
        self.spent_s = 0.0

    def __await__(self) -> Generator[Any, Any, Any]:
        try:
            value: Any = None
            fault: BaseException | None = None
            while True:
                began = time.perf_counter()
                try:
                    waits = self._work.send(value) if fault is None else self._work.throw(fault)
                except StopIteration as end:
                    return end.value
                finally:
                    self.spent_s += time.perf_counter() - began
                value = fault = None
                try:
                    value = yield waits
                except BaseException as error:  # also a cancellation: it belongs to the work
                    fault = error
        finally:
            self._work.close()


class SessionPace:
    """The loop time of all remotes together: half of it at most, in short turns.

    What one request takes is taken from all; the next one begins when as much time has gone by.
    """

    def __init__(self) -> None:
        self._free_at = 0.0

    async def wait(self) -> None:
        """Until a remote may take a turn. Nothing runs between its end and the turn."""
        while (left_s := self._free_at - time.monotonic()) > 0:
            await asyncio.sleep(left_s)

    def took(self, spent_s: float) -> None:
        """A turn is over."""
        self._free_at = max(time.monotonic(), self._free_at) + spent_s


class Turn:
    """One client's place in the line: its requests begin one after another.

    Args:
        pace: of all remotes.

    Attributes:
        is_paced: False for a client at this machine: it only lets others in between.
    """

    def __init__(self, pace: SessionPace) -> None:
        self.is_paced = True
        self._pace = pace
        self._line = asyncio.Lock()
        self._since_s = 0.0

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Does ``work`` when it is this client's turn; it may wait as long as it likes in it."""
        timed = Timed(work)
        try:
            async with self._line:
                if self.is_paced:
                    await self._pace.wait()
                elif self._since_s > SLICE_S:
                    self._since_s = 0.0
                    await asyncio.sleep(0)
            found: T = await timed
            return found
        finally:
            work.close()
            self._since_s += timed.spent_s
            if self.is_paced:
                self._pace.took(timed.spent_s)
