"""Preview pictures in a memory-mapped file: the engine writes, a desk on this machine reads.

Layout, little endian: 64-byte header, then ``SLOTS`` pictures of ``stride * height`` bytes,
BGRA (Qt's Format_RGB32). Header: magic "SCPV", version u32, width u32, height u32, stride u32,
slots u32, then newest slot u32 and its number u64 (0: nothing yet). Standard library only.

The writer fills the oldest slot and then names it: a reader has two pictures' time to look.
"""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path

MAGIC = b"SCPV"
VERSION = 1
SLOTS = 3
HEAD = 64
_FIXED = struct.Struct("<4sIIIII")
_NEWEST = struct.Struct("<IQ")
_NEWEST_AT = 24


def _take_room(handle: int, size: int) -> None:
    """Has the disk give all of it now: a full one refuses here, and not in the midst of a picture.

    Written to without room, mapped memory ends the process (SIGBUS).

    Raises:
        OSError: there is no room.
    """
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, size)
        return
    piece = bytes(1 << 20)
    for at in range(0, size, len(piece)):
        os.write(handle, piece[: size - at])


class PictureWriter:
    """Owns the file; readable by this user alone.

    Args:
        path: made or replaced.
        width, height: pixels.

    Raises:
        OSError: the folder cannot be written, or has no room for it.
    """

    def __init__(self, path: Path, width: int, height: int) -> None:
        self.path, self.width, self.height = path, width, height
        self.stride = width * 4
        size = HEAD + SLOTS * self.stride * height
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _take_room(handle, size)
            self._map = mmap.mmap(handle, size)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        _FIXED.pack_into(self._map, 0, MAGIC, VERSION, width, height, self.stride, SLOTS)
        self.number = 0

    def slot(self) -> memoryview:
        """Where the next picture goes: ``stride * height`` bytes. Release it before `publish`."""
        start = HEAD + (self.number + 1) % SLOTS * self.stride * self.height
        return memoryview(self._map)[start : start + self.stride * self.height]

    def publish(self) -> None:
        """The picture in `slot` is whole."""
        self.number += 1
        _NEWEST.pack_into(self._map, _NEWEST_AT, self.number % SLOTS, self.number)

    def close(self) -> None:
        """Takes the file away; readers keep what they have mapped."""
        self.path.unlink(missing_ok=True)
        try:
            self._map.close()
        except BufferError:  # a view of it is still alive; it goes with that view
            return


class PictureReader:
    """Reads what a `PictureWriter` writes.

    Raises:
        OSError: the file is not there.
        ValueError: it is not such a file.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        magic, version, width, height, stride, slots = _FIXED.unpack_from(self._map, 0)
        if magic != MAGIC or version != VERSION:
            raise ValueError(f"{path} is no picture memory of version {VERSION}")
        self.width, self.height, self.stride, self._slots = width, height, stride, slots

    @property
    def number(self) -> int:
        """Number of the newest picture, 0 before the first."""
        newest: int = _NEWEST.unpack_from(self._map, _NEWEST_AT)[1]
        return newest

    def newest(self) -> memoryview:
        """The newest picture, BGRA; valid for two more pictures."""
        slot = _NEWEST.unpack_from(self._map, _NEWEST_AT)[0]
        start = HEAD + slot * self.stride * self.height
        return memoryview(self._map)[start : start + self.stride * self.height]

    def close(self) -> None:
        """Lets go of the file."""
        try:
            self._map.close()
        except BufferError:
            return
