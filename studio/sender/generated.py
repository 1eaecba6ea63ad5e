"""The label of generated content in the metadata of a recording that is being written.

Whether something generated comes on is known when the head of the file is long on the disk. So the
head keeps room: a tag ``NOTE`` of blanks, which becomes the tag ``AIGC`` in its place, at once, so
that a recording that is cut off by a power cut bears it too.
"""

from __future__ import annotations

import zlib
from pathlib import Path

from studio.core.aigc import FIELD, aigc_label, bears_aigc

ROOM_FIELD = "NOTE"
ROOM = 240
HEAD_BYTES = 1 << 18
FREE_TAGS = {"movflags": "use_metadata_tags"}
"""Options of the MP4 muxer: without them it drops tags that it has no place of old for."""
TAGS, CRC = b"\x12\x54\xc3\x67", b"\xbf\x84"
"""Matroska: the element of all tags, and the checksum that may stand first in it."""


def muxer_options(file: Path) -> dict[str, str]:
    """Options for a file that is written in one go, so that its label is kept."""
    return FREE_TAGS if file.suffix.lower() == ".mp4" else {}


def metadata_room() -> dict[str, str]:
    """Metadata for a file to begin with."""
    return {ROOM_FIELD: " " * ROOM}


def aigc_metadata() -> dict[str, str]:
    """Metadata for a file that is known to show something generated."""
    return {FIELD: aigc_label()}


def label_file(path: Path) -> bool:
    """Makes the room in a file the label; False: there is none, its head is not written yet.

    Raises:
        OSError: it cannot be read or written.
    """
    with path.open("r+b") as file:
        head = bytearray(file.read(HEAD_BYTES))
        at = head.find(b" " * ROOM)
        if at < 0:
            return bears_aigc(bytes(head))
        key = head.rfind(ROOM_FIELD.encode(), 0, at)
        if key < 0:
            return False
        head[at : at + ROOM] = aigc_label().ljust(ROOM).encode()
        head[key : key + len(FIELD)] = FIELD.encode()
        checksum = _mend_checksum(head, key)
        for begin, length in ((at, ROOM), (key, len(FIELD)), (checksum, 4)):
            if begin:
                file.seek(begin)
                file.write(head[begin : begin + length])
    return True


def _mend_checksum(head: bytearray, inside: int) -> int:
    """Of Matroska's tags; where it stands, 0 where there is none."""
    begin = head.rfind(TAGS, 0, inside)
    if begin < 0:
        return 0
    at = begin + len(TAGS)
    width = 9 - head[at].bit_length()
    size = int.from_bytes(head[at : at + width], "big") & ((1 << 7 * width) - 1)
    body = at + width
    if head[body : body + 2] != CRC:
        return 0
    rest = bytes(head[body + 6 : body + size])
    head[body + 2 : body + 6] = zlib.crc32(rest).to_bytes(4, "little")
    return body + 2
