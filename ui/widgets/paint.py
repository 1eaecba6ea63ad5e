"""A fault while painting is noted and costs one picture, never the window."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from studio.api import logger

_log = logger(__name__)
_said: set[str] = set()
Method = TypeVar("Method", bound=Callable[..., None])


def painting(method: Method) -> Method:
    """Wraps a paintEvent or a delegate's paint.

    An exception that leaves it with a live painter ends the process in Qt's backing store; here
    the painter goes with the traceback, before Qt goes on.
    """

    @functools.wraps(method)
    def paint(self: Any, *args: Any) -> None:
        try:
            method(self, *args)
        except Exception as fault:
            name = f"{type(self).__name__}: {type(fault).__name__}: {fault}"
            if name not in _said:
                _said.add(name)
                _log.exception("painting failed: %s", name)

    return paint  # type: ignore[return-value]
