"""Sees that a file was changed, came or went, without reading it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

Marks = tuple[tuple[int, int, int] | None, ...]


def marks(paths: Iterable[Path]) -> Marks:
    """What tells these files (or folders) from what stood there before; None: not there."""
    found: list[tuple[int, int, int] | None] = []
    for path in paths:
        try:
            stat = path.stat()
            found.append((stat.st_size, stat.st_mtime_ns, stat.st_ino))
        except (OSError, ValueError):
            found.append(None)
    return tuple(found)
