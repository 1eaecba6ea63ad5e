"""Reads a growing recording back: how much of it can be played by now?"""

from __future__ import annotations

import io
from pathlib import Path

TAIL = 3 << 19
_CLUSTER = b"\x1f\x43\xb6\x75"


def playable_ms(file: Path) -> int:
    """Time of the last picture that a player would get to; 0 when there is none.

    Reads the head and the last megabytes alone, so that an hour costs what a minute costs.
    """
    import av

    size = file.stat().st_size
    with file.open("rb") as source:
        if size <= 2 * TAIL or file.suffix.lower() not in (".mkv", ".mp4"):
            data = source.read()
        else:
            head = source.read(1 << 16)
            source.seek(size - TAIL)
            tail = source.read()
            data = _join(head, tail, file.suffix.lower())
    if file.suffix.lower() == ".mp4":
        data = whole(data)
    last = 0
    try:
        with av.open(io.BytesIO(data), "r") as container:
            for packet in container.demux(video=0):
                if packet.pts is not None and packet.time_base is not None and packet.size:
                    last = max(last, int(packet.pts * packet.time_base * 1000))
    except (av.FFmpegError, IndexError):
        return last
    return last


def whole(data: bytes) -> bytes:
    """An MP4 without a torn last piece: no player opens one that ends within a fragment's head.

    A fragment cut off in its pictures stays: those that are there play.
    """
    at = 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size < 8 or (at + size > len(data) and kind != b"mdat"):
            break
        at += size
    return data[:at]


def _join(head: bytes, tail: bytes, suffix: str) -> bytes:
    """Head of a file and its last whole pieces, as a file of its own."""
    word, before = (_CLUSTER, 0) if suffix == ".mkv" else (b"moof", 4)
    first, begins = head.find(word), tail.find(word)
    if first < 0 or begins < 0:
        return head
    return head[: first - before] + tail[begins - before :]
