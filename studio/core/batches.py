"""Entries that any thread adds and one thread takes in batches; nobody waits to add one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class WaitingBatches(Generic[T]):
    """What waits to be written: a deque and two events, which cost less than a queue's locks.

    Args:
        most: entries that may wait; what comes beyond is not taken in.
        many: where so many wait, no more are waited for.
        most_taken: in one batch.
        gather_s: for how long more are waited for after the first.

    Attributes:
        is_closing: nothing more is taken in.
    """

    def __init__(self, *, most: int, many: int, most_taken: int, gather_s: float) -> None:
        self.is_closing = False
        self._most, self._many = most, many
        self._most_taken, self._gather_s = most_taken, gather_s
        self._waiting: deque[T] = deque()
        self._some, self._now = threading.Event(), threading.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    # -- for any thread ------------------------------------------------------------------------

    def put(self, entry: T) -> bool:
        """Adds an entry; False where too many wait, or when it is closing."""
        waiting = self._waiting
        if len(waiting) >= self._most or self.is_closing:
            return False
        waiting.append(entry)
        if not self._some.is_set():
            self._some.set()
        if len(waiting) >= self._many and not self._now.is_set():
            self._now.set()
        return True

    def hurry(self) -> None:
        """Ends the taker's wait, also where nothing waits."""
        self._now.set()
        self._some.set()

    def close(self) -> None:
        """Takes nothing more in; what waits may still be taken."""
        self.is_closing = True
        self.hurry()

    # -- for the one that takes ----------------------------------------------------------------

    def wait(self, most_s: float | None = None) -> None:
        """Waits for the first entry, and a moment for more.

        Args:
            most_s: for the first; None is without end.
        """
        if self._some.wait(most_s):
            self._now.wait(self._gather_s)
        self._some.clear()
        self._now.clear()

    def take(self) -> list[T]:
        """What waits, as much as a batch takes; where there is more, the next wait is none."""
        waiting, entries = self._waiting, list[T]()
        while waiting and len(entries) < self._most_taken:
            entries.append(waiting.popleft())
        if waiting or self.is_closing:
            self.hurry()
        return entries

    def dropped(self) -> Iterator[int]:
        """Throws away what comes, until it is closed: how many, each time."""
        while not self.is_closing:
            self._some.wait()
            self._some.clear()
            yield self._drop()
        yield self._drop()

    def _drop(self) -> int:
        count = len(self._waiting)
        for _ in range(count):
            self._waiting.popleft()
        return count
