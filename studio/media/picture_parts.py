"""What a picture's file says beside its pixels, and pictures that OpenCV does not read whole.

PNG: W3C PNG 3, 11.3.2.1 (tRNS). AVIF: ISO/IEC 14496-12 (boxes), 23008-12 (irot, imir), AV1-ISOBMFF
2.3.4 (av1C).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.log import logger
from studio.media.cv import MOST_PIXELS

_log = logger(__name__)
PNG = b"\x89PNG\r\n\x1a\n"
DEEPEST = 6
MOST_BOXES = 2000
# A codec is named, never guessed: guessing would open playlists, and what they point at.
CODECS = ((b"\xff\xd8\xff", "mjpeg"), (b"GIF8", "gif"))


def is_avif(data: bytes) -> bool:
    """Is it an AV1 picture?"""
    return data[4:8] == b"ftyp" and b"avi" in data[8:64]


def depth_of(data: bytes) -> int:
    """Bits a sample of an AVIF: 8, 10 or 12."""
    for _, body in _boxes(data, b"av1C"):
        if len(body) >= 3:
            return 8 if not body[2] & 0x40 else 12 if body[2] & 0x20 else 10
    return 8


def full_range(picture: NDArray[Any], data: bytes) -> NDArray[Any]:
    """Samples of 10 or 12 bit, which come in the low end of 16, over all of it."""
    if picture.dtype != np.uint16 or not is_avif(data):
        return picture
    most = (1 << depth_of(data)) - 1
    scaled: NDArray[Any] = np.minimum(picture.astype(np.uint32) * 65535 // most, 65535)
    return scaled.astype(np.uint16)


def with_clear_grey(picture: NDArray[Any], data: bytes) -> NDArray[Any]:
    """A grey PNG with the one grey that its tRNS chunk makes clear, as BGRA."""
    if data[:8] != PNG or picture.ndim != 2 or data[25] != 0:
        return picture
    for kind, body in _chunks(data):
        if kind == b"IDAT":
            break
        if kind == b"tRNS" and len(body) >= 2:
            bits = data[24]
            clear = int.from_bytes(body[:2], "big") & ((1 << bits) - 1)
            if bits < 8:
                clear = clear * 255 // ((1 << bits) - 1)
            most = 65535 if picture.dtype == np.uint16 else 255
            alpha = np.where(picture == clear, 0, most).astype(picture.dtype)
            return np.dstack([picture, picture, picture, alpha])
    return picture


def turned_as_told(picture: NDArray[Any], data: bytes) -> NDArray[Any]:
    """An AVIF turned (irot, to the left) and mirrored (imir) as its primary item says."""
    told = list(_properties(data)) if is_avif(data) else []
    for kind, body in told:
        if kind == b"irot" and body:
            picture = np.rot90(picture, body[0] & 3)
        elif kind == b"imir" and body:
            picture = picture[:, ::-1] if body[0] & 1 else picture[::-1]
    return np.ascontiguousarray(picture) if told else picture


def decode_otherwise(data: bytes, is_tga: bool) -> NDArray[Any] | None:
    """By FFmpeg what OpenCV refuses: AVIF, a JPEG that was cut off, GIF, TGA; BGR or BGRA.

    None: it cannot either.
    """
    try:
        if is_avif(data):
            return _avif(data)
        codec = next((name for head, name in CODECS if data.startswith(head)), "")
        if not codec and is_tga:
            codec = "targa"
        return _decoded(codec, data) if codec else None
    except Exception as fault:
        _log.info("a picture could not be read: %s: %s", type(fault).__name__, fault)
        return None


def _decoded(codec: str, data: bytes) -> NDArray[Any] | None:
    import av
    import av.packet

    context: Any = av.codec.context.CodecContext.create(codec, "r")
    frames: list[Any] = context.decode(av.packet.Packet(data))
    frames += [] if frames else context.decode(None)
    return _bgr(frames[0]) if frames else None


def _avif(data: bytes) -> NDArray[Any] | None:
    """The first picture, and the grey one of its size beside it as alpha."""
    import av

    with av.open(io.BytesIO(data), "r", format="mov") as file:
        streams = list(file.streams.video)
        pictures = []
        for stream in streams[:2]:
            file.seek(0)
            pictures.append(next(iter(file.decode(stream)), None))
    if not pictures or pictures[0] is None:
        return None
    colour = _bgr(pictures[0])
    if colour is None or len(pictures) < 2 or pictures[1] is None or colour.shape[2] == 4:
        return colour
    alpha: NDArray[Any] = pictures[1].to_ndarray(format="gray")
    return np.dstack([colour, alpha]) if alpha.shape == colour.shape[:2] else colour


def _bgr(frame: Any) -> NDArray[Any] | None:
    if frame.width * frame.height > MOST_PIXELS:
        return None
    has_alpha = any(part.is_alpha for part in frame.format.components)
    picture: NDArray[Any] = frame.to_ndarray(format="bgra" if has_alpha else "bgr24")
    return picture


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def _boxes(data: bytes, wanted: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
    """Boxes within a file's boxes, outer ones first."""
    waiting, seen = [(data, 0)], 0
    while waiting:
        inside, deep = waiting.pop(0)
        at = 0
        while at + 8 <= len(inside) and seen < MOST_BOXES:
            size, kind = int.from_bytes(inside[at : at + 4], "big"), inside[at + 4 : at + 8]
            if size < 8:
                break
            body = inside[at + 8 : at + size]
            seen += 1
            if not wanted or kind == wanted:
                yield kind, body
            if kind in (b"meta", b"iprp", b"ipco") and deep < DEEPEST:
                waiting.append((body[4:] if kind == b"meta" else body, deep + 1))
            at += size


def _properties(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The properties of the primary item, in the order in which they are to be used."""
    primary = next((body for _, body in _boxes(data, b"pitm")), b"")
    holder = next((body for _, body in _boxes(data, b"ipco")), b"")
    linked = next((body for _, body in _boxes(data, b"ipma")), b"")
    if len(primary) < 6 or len(linked) < 8:
        return
    wide_id, wide_index = primary[0] > 0, linked[3] & 1
    item = int.from_bytes(primary[4 : 8 if wide_id else 6], "big")
    known, at = [], 0
    while at + 8 <= len(holder):
        size = int.from_bytes(holder[at : at + 4], "big")
        if size < 8:
            break
        known.append((holder[at + 4 : at + 8], holder[at + 8 : at + size]))
        at += size
    at, id_bytes, index_bytes = 8, 4 if linked[0] > 0 else 2, 2 if wide_index else 1
    for _ in range(min(MOST_BOXES, int.from_bytes(linked[4:8], "big"))):
        its = int.from_bytes(linked[at : at + id_bytes], "big")
        at += id_bytes
        count = linked[at] if at < len(linked) else 0
        at += 1
        for _ in range(count):
            index = int.from_bytes(linked[at : at + index_bytes], "big")
            index &= 0x7FFF if wide_index else 0x7F
            at += index_bytes
            if its == item and 1 <= index <= len(known):
                yield known[index - 1]
