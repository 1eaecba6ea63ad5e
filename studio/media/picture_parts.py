"""What a picture's file says beside its pixels, and pictures that OpenCV does not read whole.

PNG: W3C PNG 3, 11.3.2.1 (tRNS). AVIF: AV1-ISOBMFF 2.3.4 (av1C). TIFF 6.0, 2 (directories) and
ICC.1:2022, B.4.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.log import logger
from studio.media.cv import MOST_PIXELS
from studio.media.exif import PNG, png_chunks
from studio.media.heif import HeifItems, is_heif, read_heif
from studio.media.icc import Profile
from studio.media.lab import lab_to_bgr
from studio.media.psd import is_psd, with_alpha
from studio.media.tga import is_grey_alpha, read_grey_alpha
from studio.media.tiff import TiffTags, as_rgb, as_stored, is_read_otherwise, is_tiff, lab_form

_log = logger(__name__)
# A codec is named, never guessed: guessing would open playlists, and what they point at.
CODECS = (
    (b"\xff\xd8\xff", "mjpeg"),
    (b"GIF8", "gif"),
    (b"8BPS", "psd"),
    (b"qoif", "qoi"),
    (b"DDS ", "dds"),
    (b"\0\0\0\x0cjP  ", "jpeg2000"),
)


def is_avif(data: bytes) -> bool:
    """Is it an AV1 picture?"""
    return data[4:8] == b"ftyp" and b"avi" in data[8:64]


WIDE_BLUE = (1, 9, 10)
"""Of ITU-T H.273, matrices: BT.709 and BT.2020, whose blue is over twice its difference."""


def is_spoilt_avif(data: bytes) -> bool:
    """Is it an AV1 picture that OpenCV gives in other levels than it has?

    One of luma alone is left in the range of a camera. Of 8 bit in that range, with the matrix of
    BT.709 or BT.2020, the blue is up to 12 levels off: it is reckoned with factors below two.
    """
    if not is_avif(data):
        return False
    found = HeifItems(data)
    is_grey, is_deep, is_narrow = False, False, False
    for kind, body in found.properties(found.primary):
        if kind == b"av1C" and len(body) >= 3:
            is_grey, is_deep = bool(body[2] & 0x10), bool(body[2] & 0x40)
        elif kind == b"colr" and body[:4] == b"nclx" and len(body) >= 11:
            is_narrow = int.from_bytes(body[8:10], "big") in WIDE_BLUE and not body[10] & 0x80
    return is_grey or (is_narrow and not is_deep)


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
    for kind, body in png_chunks(data):
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


def is_spoilt(data: bytes) -> bool:
    """Does OpenCV read it, but lose its alpha, its range or its planes?"""
    return is_spoilt_avif(data) or is_read_otherwise(data)


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
    return TiffTags(data).profile if is_tiff(data) else None


def decode_otherwise(data: bytes, is_tga: bool) -> NDArray[Any] | None:
    """By FFmpeg what OpenCV refuses or spoils: AVIF, HEIC, PSD, TGA, GIF, half a JPEG or TIFF.

    BGR or BGRA of 8 bit; None: it cannot either.
    """
    try:
        if is_avif(data):
            return _avif(data)
        if is_tiff(data):
            form = lab_form(data)
            picture = _decoded("tiff", as_rgb(data) if form else data, is_wide=bool(form))
            if picture is not None and form:
                picture = lab_to_bgr(np.ascontiguousarray(picture[:, :, 2::-1]), form)
            return None if picture is None else as_stored(picture, data)
        if is_tga and is_grey_alpha(data):
            return read_grey_alpha(data, MOST_PIXELS)
        if is_heif(data):
            return read_heif(data)
        codec = next((name for head, name in CODECS if data.startswith(head)), "")
        if not codec and is_tga:
            codec = "targa"
        picture = _decoded(codec, data) if codec else None
        if picture is not None and is_psd(data):
            return with_alpha(picture[:, :, :3], data)
        return picture
    except Exception as fault:
        _log.info("a picture could not be read: %s: %s", type(fault).__name__, fault)
        return None


def _decoded(codec: str, data: bytes, *, is_wide: bool = False) -> NDArray[Any] | None:
    """The picture of a file; ``is_wide``: with 16 bit where it has them."""
    import av
    import av.packet

    context: Any = av.codec.context.CodecContext.create(codec, "r")
    frames: list[Any] = context.decode(av.packet.Packet(data))
    frames += [] if frames else context.decode(None)
    return _bgr(frames[0], is_wide=is_wide) if frames else None


def _avif(data: bytes) -> NDArray[Any] | None:
    """The first picture, and the grey one of its size beside it as alpha."""
    if is_spoilt_avif(data):
        found = HeifItems(data)
        whole = found.picture(found.primary)
        clear = found.alpha_of(found.primary)
        if whole is not None and (clear is None or clear.shape == whole.shape[:2]):
            return whole if clear is None else np.dstack([whole, clear])
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


def _bgr(frame: Any, *, is_wide: bool = False) -> NDArray[Any] | None:
    if frame.width * frame.height > MOST_PIXELS:
        return None
    parts = frame.format.components
    if is_wide and max(part.bits for part in parts) > 8 and len(parts) == 3:
        wide: NDArray[Any] = frame.to_ndarray(format="rgb48le")[:, :, ::-1]
        return wide
    has_alpha = any(part.is_alpha for part in parts)
    picture: NDArray[Any] = frame.to_ndarray(format="bgra" if has_alpha else "bgr24")
    return picture
