"""The veto window: a comment on its way to the picture waits until nobody has objected."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple, Protocol

from studio.comments.model import Entry, VetoView
from studio.comments.views import view_entry
from studio.core.clock import NS, now_ns


class PutUp(Protocol):
    """Puts a comment on the picture, if it still may go there."""

    def __call__(self, entry: Entry, by: str, /) -> None: ...


class _Wait(NamedTuple):
    entry: Entry
    by: str
    until_ns: int
    timer: asyncio.TimerHandle


class VetoWindow:
    """One comment at most waits; the newest takes the place of the one before.

    What waits is not kept through a kill of the engine: it does not come up by itself.

    Args:
        touch: says that what waits is another.

    Attributes:
        seconds: how long; 0 is none.
    """

    def __init__(self, touch: Callable[[], None]) -> None:
        self._touch = touch
        self.seconds = 0.0
        self._wait: _Wait | None = None

    @property
    def entry(self) -> Entry | None:
        """What waits."""
        return self._wait.entry if self._wait is not None else None

    def begin(self, entry: Entry, by: str, up: PutUp) -> None:
        """Calls ``up`` when the window is over; asked again for the same comment, goes on.

        Args:
            by: who wants it on the picture.
        """
        if self._wait is not None and self._wait.entry is entry:
            return
        self.end()
        timer = asyncio.get_running_loop().call_later(self.seconds, self._over, up)
        self._wait = _Wait(entry, by, now_ns() + int(self.seconds * NS), timer)

    def end(self) -> Entry | None:
        """Nothing waits any more; what did."""
        wait, self._wait = self._wait, None
        if wait is None:
            return None
        wait.timer.cancel()
        return wait.entry

    def view(self) -> VetoView | None:
        """What waits, who wants it, and how long still."""
        wait = self._wait
        if wait is None:
            return None
        left_s = max(0, wait.until_ns - now_ns()) / NS
        return VetoView(view_entry(wait.entry), wait.by, round(left_s, 1))

    def _over(self, up: PutUp) -> None:
        wait, self._wait = self._wait, None
        if wait is not None:
            up(wait.entry, wait.by)
            self._touch()
