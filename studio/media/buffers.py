"""Planes that are used again: a fresh megabyte costs more in page faults than the maths on it.

A plane is free when nobody but the pool refers to it, which CPython's reference counts say; views
refer to what they look at. So a picture that is still shown or held back is never written over.
One pool a thread.
"""

from __future__ import annotations

import sys
import threading

import numpy as np

from studio.media.frame import Plane

MOST = 24
"""Planes kept of a size; what goes beyond is made and forgotten."""
SIZES = 32


class _Pools(threading.local):
    def __init__(self) -> None:
        self.by_shape: dict[tuple[int, int], list[Plane]] = {}


_pools = _Pools()


def _count_when_free() -> int:
    """References to a plane that only the pool holds, counted as `fresh` counts them.

    The list, the loop's name, the call's argument; newer Pythons leave some of them out.
    """
    kept = [np.empty((1, 1), np.uint8)]
    for entry in kept:
        return sys.getrefcount(entry)
    return 0


_FREE = _count_when_free()


def fresh(height: int, width: int) -> Plane:
    """A plane (height, width) uint8, contiguous, whose content does not matter."""
    by_shape = _pools.by_shape
    kept = by_shape.get((height, width))
    if kept is None:
        if len(by_shape) >= SIZES:
            by_shape.clear()
        kept = by_shape[height, width] = []
    for entry in kept:
        if sys.getrefcount(entry) <= _FREE:
            return entry
    made = np.empty((height, width), np.uint8)
    if len(kept) < MOST:
        kept.append(made)
    return made
