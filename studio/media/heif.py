"""Photos of phones in HEIF: one picture or a grid of tiles, alpha beside it, turned as told.

ISO/IEC 14496-12 (meta, iloc, iinf, iref), 23008-12 (grid, auxC, irot, imir, clap, hvcC). FFmpeg
decodes each tile; what belongs together is read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.media.cv import MOST_PIXELS, cv2
from studio.media.icc import P3, Profile, profile_of, to_srgb

BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
MOST_ITEMS, MOST_TILES, MOST_PARTS = 4096, 1024, 64
CODECS = {b"hvc1": ("hevc", b"hvcC"), b"av01": ("libdav1d", b"av1C")}
ALPHA = (b"urn:mpeg:hevc:2015:auxid:1", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha")
BT601, BT709, BT2020 = 5, 1, 9
BLACK, RANGE = 16, 219
"""Of luma in the range of television (ITU-R BT.709, 4.6)."""
_MATRIX = {1: BT709, 5: BT601, 6: BT601, 9: BT2020}
"""ITU-T H.273's matrices as FFmpeg's constants for swscale."""


def is_heif(data: bytes) -> bool:
    """Is it a photo of this kind?"""
    length = int.from_bytes(data[:4], "big")
    if data[4:8] != b"ftyp" or not 16 <= length <= 1024:
        return False
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, length, 4))]
    return any(brand in BRANDS for brand in brands)


def read_heif(data: bytes) -> NDArray[Any] | None:
    """The primary picture upright, BGR or BGRA of 8 bit; None where it is none of these.

    Raises:
        Exception: FFmpeg's, for what is damaged.
    """
    found = HeifItems(data)
    picture = found.picture(found.primary)
    if picture is None:
        return None
    profile = found.profile
    picture = picture if profile is None else to_srgb(picture, profile)
    alpha = found.alpha_of(found.primary)
    if alpha is not None:
        size = (picture.shape[1], picture.shape[0])
        if alpha.shape != picture.shape[:2]:
            alpha = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
        picture = np.dstack([picture, alpha])
    return np.ascontiguousarray(found.turned(found.primary, picture))


P3_PRIMARIES = (11, 12)
"""Of ITU-T H.273: SMPTE RP 431-2 and EG 432-1."""


class _Box(NamedTuple):
    kind: bytes
    body: bytes


def boxes(data: bytes) -> Iterator[_Box]:
    """The boxes one after the other; of nonsense as many as can be read."""
    at = 0
    for _ in range(MOST_ITEMS * 4):
        if at + 8 > len(data):
            return
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = len(data) - at
        if size < head:
            return
        yield _Box(data[at + 4 : at + 8], data[at + head : at + size])
        at += size


class _Reader:
    """Whole numbers one after the other; 0 beyond the end."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    def number(self, size: int) -> int:
        found = int.from_bytes(self.data[self.at : self.at + size], "big")
        self.at += size
        return found


class HeifItems:
    """The items of a file and what is said of them."""

    def __init__(self, data: bytes) -> None:
        self._file = data
        meta = next((box.body[4:] for box in boxes(data) if box.kind == b"meta"), b"")
        parts = {box.kind: box.body for box in boxes(meta)}
        self._idat = parts.get(b"idat", b"")
        pitm = _Reader(parts.get(b"pitm", b""))
        self.primary = pitm.number(4 if pitm.number(4) >> 24 else 2)
        self._kinds = dict(_kinds(parts.get(b"iinf", b"")))
        self._places = dict(_places(parts.get(b"iloc", b"")))
        self._links = list(_links(parts.get(b"iref", b"")))
        inner = {box.kind: box.body for box in boxes(parts.get(b"iprp", b""))}
        self.known = [box for box in boxes(inner.get(b"ipco", b""))]
        self._said = dict(_said(inner.get(b"ipma", b"")))

    def properties(self, item: int) -> list[_Box]:
        """What is said of an item, in the order in which it counts."""
        known = self.known
        return [known[n - 1] for n in self._said.get(item, []) if 1 <= n <= len(known)]

    @property
    def profile(self) -> Profile | None:
        """Whose colours the primary picture has; None for those of a screen."""
        for kind, body in self.properties(self.primary):
            if kind == b"colr" and body[:4] in (b"prof", b"rICC"):
                return profile_of(body[4:])
        for kind, body in self.properties(self.primary):
            if kind == b"colr" and body[:4] == b"nclx":
                return P3 if int.from_bytes(body[4:6], "big") in P3_PRIMARIES else None
        return None

    def picture(self, item: int) -> NDArray[Any] | None:
        """An item as it is stored, BGR."""
        if self._kinds.get(item) != b"grid":
            return next(iter(self._decoded([item])), None)
        tiles = [to for kind, source, to in self._links if (kind, source) == (b"dimg", item)]
        head = _Reader(self._bytes(item))
        flags = head.number(2) & 1
        rows, columns = head.number(1) + 1, head.number(1) + 1
        wide, high = head.number(4 if flags else 2), head.number(4 if flags else 2)
        if rows * columns > min(MOST_TILES, len(tiles)) or not 0 < wide * high <= MOST_PIXELS:
            return None
        decoded = self._decoded(tiles[: rows * columns])
        if len(decoded) < rows * columns or len({tile.shape for tile in decoded}) != 1:
            return None
        lines = [np.hstack(decoded[n * columns : (n + 1) * columns]) for n in range(rows)]
        return np.vstack(lines)[:high, :wide]

    def alpha_of(self, item: int) -> NDArray[Any] | None:
        """The auxiliary picture that says what of an item is seen, as one plane."""
        for kind, source, to in self._links:
            if (kind, to) != (b"auxl", item):
                continue
            told = [box.body[4:].rstrip(b"\0") for box in self.properties(source)
                    if box.kind == b"auxC"]  # fmt: skip
            if any(name.split(b"\0")[0] in ALPHA for name in told):
                found = self.picture(source)
                return None if found is None else np.ascontiguousarray(found[:, :, 1])
        return None

    def turned(self, item: int, picture: NDArray[Any]) -> NDArray[Any]:
        """Cut, turned and mirrored as is said."""
        for kind, body in self.properties(item):
            if kind == b"irot" and body:
                picture = np.rot90(picture, body[0] & 3)
            elif kind == b"imir" and body:
                picture = picture[:, ::-1] if body[0] & 1 else picture[::-1]
            elif kind == b"clap" and len(body) >= 32:
                picture = _cut(picture, body)
        return picture

    def _decoded(self, items: list[int]) -> list[NDArray[Any]]:
        """Items of one kind with the same set-up, each a picture of its own."""
        import av
        import av.packet

        found: list[NDArray[Any]] = []
        contexts: dict[bytes, Any] = {}
        for item in items:
            codec, holder = CODECS.get(self._kinds.get(item, b""), ("", b""))
            said = self.properties(item)
            setup = next((box.body for box in said if box.kind == holder), b"")
            if not codec or not setup or not _is_bearable(said):
                return []
            context: Any = contexts.get(setup)
            if context is None:
                context = contexts[setup] = av.codec.context.CodecContext.create(codec, "r")
                context.extradata, context.thread_count = setup, 1
            frames = context.decode(av.packet.Packet(self._bytes(item)))
            if not frames:  # it holds one back: the last one of a stream comes at its end
                frames = context.decode(None)
                contexts.pop(setup)
            if not frames or frames[0].width * frames[0].height > MOST_PIXELS:
                return []
            found.append(_bgr(frames[0], said))
        return found

    def _bytes(self, item: int) -> bytes:
        is_inside, parts = self._places.get(item, (False, []))
        source = self._idat if is_inside else self._file
        return b"".join(source[at : at + length] if length else source[at:] for at, length in parts)


def _is_bearable(said: list[_Box]) -> bool:
    """Is the size that is told of a picture none that fills the memory?"""
    for kind, body in said:
        if kind == b"ispe" and len(body) >= 12:
            wide, high = (int.from_bytes(body[at : at + 4], "big") for at in (4, 8))
            return 0 < wide * high <= MOST_PIXELS
    return True


def _bgr(frame: Any, said: list[_Box]) -> NDArray[Any]:
    """A decoded picture in full colours: by its colour box, else by what the stream says."""
    matrix, is_full = int(frame.colorspace), int(frame.color_range) != 1
    for kind, body in said:
        if kind == b"colr" and body[:4] == b"nclx" and len(body) >= 11:
            matrix, is_full = int.from_bytes(body[8:10], "big"), bool(body[10] & 0x80)
    made: NDArray[Any] = frame.to_ndarray(
        format="bgr24",
        src_colorspace=_MATRIX.get(matrix, BT601),
        src_color_range=2 if is_full else 1,
        dst_color_range=2,
    )
    if frame.format.name.startswith("gray") and not is_full:  # swscale takes grey for full range
        made = cv2.convertScaleAbs(np.maximum(made, BLACK) - BLACK, alpha=255 / RANGE)
    return made


def _cut(picture: NDArray[Any], body: bytes) -> NDArray[Any]:
    """A clean aperture: width, height and the middle's shift as fractions."""
    told = [int.from_bytes(body[at : at + 4], "big", signed=at >= 16) for at in range(0, 32, 4)]
    if not all(told[1::2]):
        return picture
    wide, high, dx, dy = (told[n] / told[n + 1] for n in (0, 2, 4, 6))
    left = round((picture.shape[1] - wide) / 2 + dx)
    top = round((picture.shape[0] - high) / 2 + dy)
    part = picture[
        max(0, top) : max(0, top) + round(high), max(0, left) : max(0, left) + round(wide)
    ]
    return part if part.size else picture


def _kinds(body: bytes) -> Iterator[tuple[int, bytes]]:
    head = 8 if body[:1] > b"\0" else 6
    for box in boxes(body[head:]):
        if box.kind == b"infe" and box.body[:1] >= b"\2":
            read = _Reader(box.body, 4)
            item = read.number(4 if box.body[0] > 2 else 2)
            yield item, box.body[read.at + 2 : read.at + 6]


def _places(body: bytes) -> Iterator[tuple[int, tuple[bool, list[tuple[int, int]]]]]:
    read = _Reader(body)
    version = read.number(4) >> 24
    sizes, more = read.number(1), read.number(1)
    base_size, index_size = more >> 4, (more & 15) if version else 0
    for _ in range(min(MOST_ITEMS, read.number(4 if version > 1 else 2))):
        item = read.number(4 if version > 1 else 2)
        is_inside = bool(version) and read.number(2) & 15 == 1
        read.number(2)
        base, parts = read.number(base_size), []
        for _ in range(min(MOST_PARTS, read.number(2))):
            read.number(index_size)
            at = base + read.number(sizes >> 4)
            parts.append((at, read.number(sizes & 15)))
        if read.at > len(body):
            return
        yield item, (is_inside, parts)


def _links(body: bytes) -> Iterator[tuple[bytes, int, int]]:
    size = 4 if body[:1] > b"\0" else 2
    for box in boxes(body[4:]):
        read = _Reader(box.body)
        source = read.number(size)
        for _ in range(min(MOST_TILES, read.number(2))):
            yield box.kind, source, read.number(size)


def _said(body: bytes) -> Iterator[tuple[int, list[int]]]:
    read = _Reader(body)
    head = read.number(4)
    wide_id, wide_index = head >> 24, head & 1
    for _ in range(min(MOST_ITEMS, read.number(4))):
        item = read.number(4 if wide_id else 2)
        numbers = [read.number(2 if wide_index else 1) for _ in range(read.number(1))]
        yield item, [n & (0x7FFF if wide_index else 0x7F) for n in numbers]
