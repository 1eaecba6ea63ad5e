"""What is seen through of a PSD: the transparency of the picture of all its layers.

Source: Adobe Photoshop File Formats Specification (November 2019): file header, layer and mask
information, image data. FFmpeg reads the colours, and leaves the transparency out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HEAD = b"8BPS"
RAW, PACKED = 0, 1
COLOURS = {1: 1, 3: 3, 4: 4}
"""Channels of a mode before the transparency: grey, RGB, CMYK."""


def is_psd(data: bytes) -> bool:
    """Is it a PSD (version 1; PSB is 2)?"""
    return data[:6] == HEAD + b"\0\x01"


def with_alpha(picture: NDArray[np.uint8], data: bytes) -> NDArray[np.uint8]:
    """A picture (h, w, 3) with its transparency as (h, w, 4); as it is where it has none.

    Photoshop lays what is half seen on white before it writes it: that white is taken away.
    """
    alpha = alpha_in(data)
    if alpha is None or alpha.shape != picture.shape[:2] or int(alpha.min()) == 255:
        return picture
    part = alpha[:, :, None].astype(np.float32) / 255
    own = (picture.astype(np.float32) - 255 * (1 - part)) / np.maximum(part, 1 / 255)
    straight = np.where(part > 0, np.rint(np.clip(own, 0, 255)), 0).astype(np.uint8)
    return np.dstack([straight, alpha])


def alpha_in(data: bytes) -> NDArray[np.uint8] | None:
    """The transparency, (h, w); None where there is none, as where a saved selection stands.

    The number of layers is below 0 where the first channel beyond the colours is transparency.
    """
    channels, high, wide, depth, mode = (
        _number(data, at, size) for at, size in ((12, 2), (14, 4), (18, 4), (22, 2), (24, 2))
    )
    place = COLOURS.get(mode, channels)
    if depth not in (8, 16) or place >= channels:
        return None
    at = 26
    for _ in range(2):  # colours of a palette, resources
        at += 4 + _number(data, at, 4)
    layers = at + 8 if _number(data, at, 4) and _number(data, at + 4, 4) else 0
    if not layers or not _number(data, layers, 2) & 0x8000:
        return None
    at += 4 + _number(data, at, 4)
    step, packing = depth // 8, _number(data, at, 2)
    at += 2
    if packing == RAW:
        at += place * high * wide * step
        plane = np.frombuffer(data, np.uint8, high * wide * step, at).reshape(high, -1)
    elif packing == PACKED:
        counts = np.frombuffer(data, ">u2", channels * high, at).astype(np.int64)
        at += 2 * channels * high + int(counts[: place * high].sum())
        rows = []
        for count in counts[place * high : (place + 1) * high].tolist():
            rows.append(unpacked(data[at : at + count], wide * step))
            at += count
        plane = np.frombuffer(b"".join(rows), np.uint8).reshape(high, -1)
    else:
        return None
    return np.ascontiguousarray(plane[:, ::step])


def unpacked(row: bytes, length: int) -> bytes:
    """A row in PackBits (TIFF 6.0, section 9), ``length`` bytes."""
    made, at = bytearray(), 0
    while at + 1 < len(row) and len(made) < length:
        head = row[at]
        if head < 128:
            made += row[at + 1 : at + 2 + head]
            at += 2 + head
        else:
            made += row[at + 1 : at + 2] * (257 - head if head > 128 else 0)
            at += 2 if head > 128 else 1
    return bytes(made[:length].ljust(length, b"\xff"))


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big")
