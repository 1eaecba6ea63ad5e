"""The one way in which a test waits: for something to be so, with a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(check: Callable[[], object], what: str, seconds: float = 15.0) -> None:
    """Returns as soon as ``check`` is true.

    Raises:
        AssertionError: it did not come true in time; says ``what`` was awaited.
    """
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, f"not in {seconds} s: {what}"
        time.sleep(0.01)
