"""Files of unknown size: looked at before they are read, and never read past a bound."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from studio.core.errors import StudioError

PICTURE_BYTES = 256_000_000
TEXT_BYTES = 64_000_000


def read_bounded(path: Path, most: int) -> bytes:
    """All of a file of ``most`` bytes at most.

    Raises:
        OSError: it cannot be read, or is no file (a pipe would be waited for).
        StudioError: invalid: it is longer.
    """
    with os.fdopen(_open(path), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        data = b"" if size > most else file.read(most + 1)
    if size > most or len(data) > most:
        raise StudioError("invalid", "files.too_large", path=str(path), most_mb=most // 1_000_000)
    return data


def read_start(path: Path, most: int) -> bytes:
    """The first ``most`` bytes of a file, however long it is.

    Raises:
        OSError: it cannot be read, or is no file.
    """
    with os.fdopen(_open(path), "rb") as file:
        return file.read(most)


def _open(path: Path) -> int:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(f"{path} is not a file")
    return handle
