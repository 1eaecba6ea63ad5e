"""A file is whole or as it was before: written beside its place, then named.

The one way in which the program writes a file that somebody may read while it is written, or
after it ended in the middle.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_native_id

PRIVATE = 0o600
PUBLIC = 0o644
_TRIES = 20  # on Windows a reader (a virus scanner, a backup) may hold the old file for a moment
_PAUSE_S = 0.025


def write_whole(
    path: Path, data: bytes | str, *, mode: int = PUBLIC, is_synced: bool = False
) -> None:
    """Writes ``data`` (text as UTF-8) to ``path``; the folder must be there.

    Args:
        mode: Who may read it; PRIVATE is the user alone.
        is_synced: It is on the disk, and reads as written, before it takes its name: for what
            must outlive a power cut.

    Raises:
        OSError: it cannot be written; what was there is untouched and nothing is left beside it.
    """
    with whole(path, data, mode=mode, is_synced=is_synced) as fresh:
        take_name(fresh, path)


@contextmanager
def whole(
    path: Path, data: bytes | str, *, mode: int = PUBLIC, is_synced: bool = False
) -> Iterator[Path]:
    """A file beside ``path`` that holds ``data``; gone at the end unless it took its name.

    Raises:
        OSError: as `write_whole`.
    """
    raw = data.encode("utf-8") if isinstance(data, str) else data
    fresh = beside(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(fresh, flags, mode), "wb") as file:
            file.write(raw)
            if is_synced:
                file.flush()
                os.fsync(file.fileno())
        if is_synced and fresh.read_bytes() != raw:
            raise OSError(errno.EIO, "it reads otherwise than it was written")
        yield fresh
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)


def beside(path: Path) -> Path:
    """Where a file is made that will be ``path``: same folder, this thread's own."""
    return path.with_name(f".{path.name[:200]}.{os.getpid()}-{get_native_id()}")


def take_name(fresh: Path, path: Path) -> None:
    """``fresh`` is ``path`` from now on.

    Raises:
        OSError: it cannot be.
    """
    for left in range(_TRIES, -1, -1):
        try:
            os.replace(fresh, path)
        except PermissionError:
            if sys.platform != "win32" or not left:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


def make_once(path: Path, make: Callable[[], bytes], *, least: int = 1) -> bytes:
    """What a private file holds; made at first use, its folder too.

    Threads and processes that need it at the same moment get the same: it is whole before it has
    its name, and the first one to name it wins.

    Args:
        make: what it is to hold.
        least: bytes of a whole one; a shorter file is what a start that was cut off has left.

    Raises:
        OSError: it cannot be read or made.
    """
    kept = _whole_bytes(path, least)
    if kept:
        return kept
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path, make(), mode=PRIVATE, is_synced=True) as fresh:
        try:
            os.link(fresh, path)
        except OSError:  # it is there, or this disk has no links
            if not _whole_bytes(path, least):
                take_name(fresh, path)
    return path.read_bytes()


def _whole_bytes(path: Path, least: int) -> bytes:
    try:
        found = path.read_bytes()
    except FileNotFoundError:  # one that cannot be read just now is not made anew
        return b""
    return found if len(found) >= least else b""
