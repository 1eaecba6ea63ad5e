"""How a camera was held, as a picture's Exif tells it (Exif 2.32, tag 0x0112)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

ORIENTATION, ENTRY_BYTES = 0x0112, 12
PNG = b"\x89PNG\r\n\x1a\n"


def orientation(exif: bytes) -> int:
    """The orientation (1 to 8) an Exif block tells; 1, as it is, where it tells none."""
    exif = exif.removeprefix(b"Exif\0\0")  # some writers keep the head that JPEG needs
    order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(exif[at : at + size], order)

    first = number(4, 4)
    for at in range(first + 2, first + 2 + ENTRY_BYTES * number(first, 2), ENTRY_BYTES):
        if at + ENTRY_BYTES > len(exif):
            break
        if number(at, 2) == ORIENTATION:
            told = number(at + 8, 2)
            return told if 1 <= told <= 8 else 1
    return 1


def upright(picture: NDArray[Any], told: int) -> NDArray[Any]:
    """``picture`` turned and mirrored as its Exif orientation tells."""
    if told in (5, 6, 7, 8):
        picture = picture.swapaxes(0, 1)
    if told in (3, 4, 7, 8):
        picture = picture[::-1]
    if told in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    return np.ascontiguousarray(picture)


def orientation_in(data: bytes) -> int:
    """The orientation a PNG (eXIf) or WebP (EXIF) tells of all its pictures; 1 for any other."""
    for kind, body in png_chunks(data) if data[:8] == PNG else webp_chunks(data):
        if kind in (b"eXIf", b"EXIF"):
            return orientation(body)
    return 1


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG (W3C PNG 3, section 5): kind and body."""
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a WebP (RFC 9649, 2.3): kind and body; none for what is no WebP."""
    at = 12 if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else len(data)
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
