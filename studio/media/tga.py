"""Grey TGA with alpha, which FFmpeg takes for 15-bit colours (Truevision TGA 2.0, C.2 to C.6)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

GREY, GREY_RLE = 3, 11
HEAD_BYTES, PIXEL_BYTES = 18, 2
FROM_RIGHT, FROM_TOP = 0x10, 0x20


def is_grey_alpha(data: bytes) -> bool:
    """Is it a grey picture of 16 bits a pixel: 8 of grey, 8 of alpha?"""
    return len(data) > HEAD_BYTES and data[2] in (GREY, GREY_RLE) and data[16] == 8 * PIXEL_BYTES


def read_grey_alpha(data: bytes, most_pixels: int) -> NDArray[Any] | None:
    """The picture as BGRA (h, w, 4) uint8; None where it is too large or cut off."""
    wide, high = (int.from_bytes(data[at : at + 2], "little") for at in (12, 14))
    count = wide * high
    if not 0 < count <= most_pixels:
        return None
    body = data[HEAD_BYTES + data[0] :]
    body = _unpacked(body, count * PIXEL_BYTES) if data[2] == GREY_RLE else body
    if len(body) < count * PIXEL_BYTES:
        return None
    pixels = np.frombuffer(body, np.uint8, count * PIXEL_BYTES).reshape(high, wide, PIXEL_BYTES)
    if not data[17] & FROM_TOP:
        pixels = pixels[::-1]
    if data[17] & FROM_RIGHT:
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels[:, :, (0, 0, 0, 1)])


def _unpacked(body: bytes, most: int) -> bytes:
    """Run-length packets as the pixels that they stand for."""
    made, at = bytearray(), 0
    while at < len(body) and len(made) < most:
        count = (body[at] & 0x7F) + 1
        if body[at] & 0x80:
            made += body[at + 1 : at + 1 + PIXEL_BYTES] * count
            at += 1 + PIXEL_BYTES
        else:
            made += body[at + 1 : at + 1 + PIXEL_BYTES * count]
            at += 1 + PIXEL_BYTES * count
    return bytes(made[:most])
