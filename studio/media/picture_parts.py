"""What a picture's file says beside its pixels, and pictures that OpenCV does not read whole.

PNG: W3C PNG 3, 11.3.2.1 (tRNS). AVIF: AV1-ISOBMFF 2.3.4 (av1C). TIFF 6.0, 2 (directories) and
ICC.1:2022, B.4.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from studio.core.log import logger
from studio.media.cv import MOST_PIXELS
from studio.media.heif import HeifItems, is_heif, read_heif
from studio.media.icc import Profile, profile_of

_log = logger(__name__)
PNG = b"\x89PNG\r\n\x1a\n"
ICC_TAG = 34675
# A codec is named, never guessed: guessing would open playlists, and what they point at.
CODECS = ((b"\xff\xd8\xff", "mjpeg"), (b"GIF8", "gif"))


def is_avif(data: bytes) -> bool:
    """Is it an AV1 picture?"""
    return data[4:8] == b"ftyp" and b"avi" in data[8:64]


def depth_of(data: bytes) -> int:
    """Bits a sample of an AVIF: 8, 10 or 12."""
    for kind, body in HeifItems(data).known:
        if kind == b"av1C" and len(body) >= 3:
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
    if data[:8] != PNG or data[25] != 0:
        return picture
    if picture.ndim == 3:  # as the pictures of a film of them come
        if picture.shape[2] == 4 and int(picture[:, :, 3].min()) < 255:
            return picture
        picture = picture[:, :, 0]
    for kind, body in _chunks(data):
        if kind == b"IDAT":
            break
        if kind == b"tRNS" and len(body) >= 2:
            bits = data[24]
            clear = int.from_bytes(body[:2], "big") & ((1 << bits) - 1)
            if bits < 8:
                clear = clear * 255 // ((1 << bits) - 1)
            elif picture.dtype == np.uint8:
                clear >>= bits - 8
            most = 65535 if picture.dtype == np.uint16 else 255
            alpha = np.where(picture == clear, 0, most).astype(picture.dtype)
            return np.dstack([picture, picture, picture, alpha])
    return picture


def turned_as_told(picture: NDArray[Any], data: bytes) -> NDArray[Any]:
    """An AVIF turned (irot, to the left) and mirrored (imir) as its primary item says."""
    if not is_avif(data):
        return picture
    found = HeifItems(data)
    return np.ascontiguousarray(found.turned(found.primary, picture))


def profile_in(data: bytes) -> Profile | None:
    """Whose colours an AVIF or TIFF has, which OpenCV does not tell; None for those of a screen."""
    if is_avif(data):
        return HeifItems(data).profile
    order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"
    if data[:4] not in (b"II*\0", b"MM\0*"):
        return None
    first = int.from_bytes(data[4:8], order)
    for n in range(min(500, int.from_bytes(data[first : first + 2], order))):
        entry = data[first + 2 + 12 * n : first + 14 + 12 * n]
        if int.from_bytes(entry[:2], order) == ICC_TAG:
            size, at = (int.from_bytes(entry[k : k + 4], order) for k in (4, 8))
            return profile_of(data[at : at + size])
    return None


def decode_otherwise(data: bytes, is_tga: bool) -> NDArray[Any] | None:
    """By FFmpeg what OpenCV refuses: AVIF, HEIC, a JPEG that was cut off, GIF, TGA; BGR or BGRA.

    None: it cannot either.
    """
    try:
        if is_avif(data):
            return _avif(data)
        if is_heif(data):
            return read_heif(data)
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
