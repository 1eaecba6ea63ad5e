"""A slot holds the latest value only: the writer never waits, the reader never finds it empty."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """Latest wins. Reading and writing are single reference operations, atomic in CPython."""

    __slots__ = ("_fresh", "_value", "count")

    def __init__(self, value: T | None = None) -> None:
        self._value = value
        self._fresh = threading.Event()
        self.count = 0

    def put(self, value: T) -> None:
        """Replaces what is there."""
        self._value = value
        self.count += 1
        self._fresh.set()

    def get(self) -> T | None:
        """What is there, None before the first `put`."""
        return self._value

    def wait(self, timeout_s: float) -> T | None:
        """Waits for a value put since the last `wait`; None at the time limit."""
        if not self._fresh.wait(timeout_s):
            return None
        self._fresh.clear()
        return self._value

    def clear(self) -> None:
        """Empties the slot."""
        self._value = None
