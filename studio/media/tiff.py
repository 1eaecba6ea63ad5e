"""What a TIFF says of its samples, and what OpenCV makes of them set right.

TIFF 6.0: section 2 (directories), 8 (baseline tags), 18 (associated alpha, ExtraSamples), and
Adobe's supplement on SampleFormat. OpenCV hands out 8 bit by way of libtiff's RGBA reader, whose
colours are multiplied by alpha, 16 bit as they are stored, and drops the alpha of a grey picture.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from studio.media.exif import upright
from studio.media.icc import Profile, profile_of
from studio.media.lab import CIE
from studio.media.lab import ICC as ICC_LAB

HEADS = (b"II*\0", b"MM\0*")
MOST_TAGS, MOST_VALUES = 500, 64
BITS, LIGHT, ORIENTATION, SAMPLES, PLANES, EXTRA, FORMAT, ICC = (
    258, 262, 274, 277, 284, 338, 339, 34675,
)  # fmt: skip
WHITE_IS_ZERO, RGB = 0, 2
GREYS = (0, 1)
ASSOCIATED, UNASSOCIATED = 1, 2
SEPARATE = 2
SIZES = {1: 1, 3: 2, 4: 4}
"""Bytes of a number by its type: BYTE, SHORT, LONG."""


def is_tiff(data: bytes) -> bool:
    """Is it a TIFF of 4-byte offsets?"""
    return data[:4] in HEADS


class TiffTags:
    """The whole numbers in a TIFF's first directory."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"
        first = self._number(4, 4)
        self._rows = {}
        for n in range(min(MOST_TAGS, self._number(first, 2))):
            at = first + 2 + 12 * n
            self._rows[self._number(at, 2)] = at

    def values(self, tag: int) -> list[int]:
        """The numbers of a tag; none where it is missing."""
        at = self._rows.get(tag)
        if at is None:
            return []
        size = SIZES.get(self._number(at + 2, 2), 0)
        count = min(MOST_VALUES, self._number(at + 4, 4))
        place = at + 8 if size * count <= 4 else self._number(at + 8, 4)
        return [self._number(place + n * size, size) for n in range(count)] if size else []

    def value(self, tag: int, usual: int) -> int:
        """The first number of a tag."""
        return next(iter(self.values(tag)), usual)

    @property
    def profile(self) -> Profile | None:
        """Whose colours it has; None for those of a screen."""
        at = self._rows.get(ICC)
        if at is None:
            return None
        size, place = self._number(at + 4, 4), self._number(at + 8, 4)
        return profile_of(self._data[place : place + size])

    def with_value(self, tag: int, value: int) -> bytes:
        """The file with another small number in a tag that it has."""
        at, size = self._rows[tag] + 8, SIZES.get(self._number(self._rows[tag] + 2, 2), 4)
        return self._data[:at] + value.to_bytes(size, self._order) + self._data[at + size :]

    def _number(self, at: int, size: int) -> int:
        return int.from_bytes(self._data[at : at + size], self._order)


def lab_form(data: bytes) -> int:
    """Of a TIFF of 8 or 16 bit in L*a*b*: which form (`studio.media.lab`); 0 for any other."""
    tags = TiffTags(data)
    form = tags.value(LIGHT, 1)
    is_plain = tags.values(BITS) in ([8, 8, 8], [16, 16, 16])
    return form if form in (CIE, ICC_LAB) and is_plain else 0


def as_rgb(data: bytes) -> bytes:
    """The same file, whose samples are said to be those of RGB: they come out as stored."""
    return TiffTags(data).with_value(LIGHT, RGB)


def is_read_otherwise(data: bytes) -> bool:
    """Does OpenCV lose a part of it: grey with alpha, 16 bit in planes of their own, L*a*b*?"""
    if not is_tiff(data):
        return False
    tags = TiffTags(data)
    samples = tags.value(SAMPLES, 1)
    if lab_form(data):
        return True
    is_grey = tags.value(LIGHT, 1) in GREYS and samples == 2
    is_apart = tags.value(PLANES, 1) == SEPARATE and tags.value(BITS, 1) == 16 and samples > 1
    return is_grey or is_apart


def as_stored(picture: NDArray[Any], data: bytes) -> NDArray[Any]:
    """A TIFF that FFmpeg decoded, which turns nothing, upright and with straight colours."""
    tags = TiffTags(data)
    picture = upright(picture, tags.value(ORIENTATION, 1))
    return _straight(picture) if tags.value(EXTRA, 0) == ASSOCIATED else picture


def mended(picture: NDArray[Any], data: bytes) -> NDArray[Any]:
    """A TIFF that OpenCV decoded: straight colours, white as white, floats as 16 bit."""
    tags = TiffTags(data)
    if picture.dtype.kind == "f":
        wide: NDArray[Any] = np.rint(np.clip(np.nan_to_num(picture), 0, 1) * 65535)
        return wide.astype(np.uint16)
    is_wide = picture.dtype == np.uint16
    if is_wide and picture.ndim == 2 and tags.value(LIGHT, 1) == WHITE_IS_ZERO:
        inverse: NDArray[Any] = np.uint16(65535) - picture
        return inverse
    multiplied = (ASSOCIATED,) if is_wide else (ASSOCIATED, UNASSOCIATED)
    return _straight(picture) if tags.value(EXTRA, 0) in multiplied else picture


def _straight(picture: NDArray[Any]) -> NDArray[Any]:
    """Colours that were multiplied by the alpha beside them, without it."""
    if picture.ndim != 3 or picture.shape[2] != 4:
        return picture
    most = int(np.iinfo(picture.dtype).max)
    alpha = picture[:, :, 3:].astype(np.uint32)
    colours = picture[:, :, :3].astype(np.uint32)
    straight = np.minimum((colours * most + alpha // 2) // np.maximum(alpha, 1), most)
    return np.dstack([straight.astype(picture.dtype), picture[:, :, 3]])
