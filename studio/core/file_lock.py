"""A lock between processes: who holds it changes a file that others read, change and write."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.paths import keep_private


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Waits until no other process or thread holds it; it is gone with the process that had it.

    Not to be taken again by who holds it.

    Args:
        path: of the lock's own file, which stays.

    Raises:
        OSError: it cannot be made or taken.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    keep_private(path)
    with path.open("r+b") as file:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            try:
                yield
            finally:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
            yield
