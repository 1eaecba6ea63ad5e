"""Picture files to frames and back."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.core.aigc import labelled_picture
from studio.core.bounded import PICTURE_BYTES, read_bounded
from studio.core.errors import StudioError
from studio.media import picture_parts as parts
from studio.media.cv import MOST_PIXELS, cv2
from studio.media.drawings import is_svg, svg_drawer
from studio.media.exif import PNG, orientation, orientation_in, upright
from studio.media.frame import Frame, from_rgb, to_rgb
from studio.media.heif import is_heif
from studio.media.icc import profile_of, to_srgb
from studio.media.picture_names import format_of
from studio.media.tiff import is_tiff, mended

MAX_SIDE = 4096
SVG_SIDE = 1920
MOVING = (".gif", ".webp", ".png", ".apng", ".avif")
MOST_BYTES = 512_000_000
HEAD_BYTES = 4_000_000  # a JPEG may bear a long thumbnail before its size


def read_picture(path: Path, max_side: int = MAX_SIDE) -> Frame:
    """Reads PNG, JPEG, WebP, AVIF, HEIC, BMP, TGA or SVG, alpha kept; no longer than ``max_side``.

    Raises:
        StudioError: not_found or invalid, with the path.
    """
    if not path.is_file():
        raise StudioError("not_found", "sources.file_missing", path=str(path))
    data = _read(path)
    if is_svg(path.name, data[:256].tobytes()):
        return _drawn(data.tobytes(), path, max_side)
    picture = decode(data, is_tga=path.suffix.lower() == ".tga")
    if picture is None:
        raise _refused(path, data[:1024].tobytes())
    return _frame_of(picture, path, max_side)


def _refused(path: Path, head: bytes) -> StudioError:
    """Why a picture is not read: its format by name where it is known."""
    found = format_of(head)
    if found and not is_heif(head):
        return StudioError("invalid", "sources.picture_format", path=str(path), format=found)
    key = "sources.picture_heic" if is_heif(head) else "sources.picture_broken"
    return StudioError("invalid", key, path=str(path))


def _drawn(data: bytes, path: Path, max_side: int) -> Frame:
    """An SVG at the size of a canvas: its lines stay sharp there."""
    draw = svg_drawer()
    if draw is None:
        raise StudioError("unavailable", "sources.picture_svg", path=str(path))
    try:
        rgba = draw(data, min(max_side, SVG_SIDE))
    except StudioError as error:
        why = error.in_language()
        raise StudioError("invalid", "sources.picture_svg_bad", path=str(path), why=why) from None
    return _frame_of(cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA), path, max_side)


def decode(data: NDArray[np.uint8], *, is_tga: bool = False) -> NDArray[Any] | None:
    """A picture file's bytes as (h, w) or (h, w, c) in OpenCV's order, all its channels and depth.

    Its colours are those of a screen (sRGB), whatever profile it bears. It stands upright: a phone
    writes how it was held (Exif 2.32, tag 0x0112; AVIF and HEIC: irot, imir), and does not turn
    the pixels. None for what is no picture.
    """
    if not data.size:
        return None
    raw = data.tobytes()
    picture: NDArray[Any] | None = None
    kinds: Sequence[int] = ()
    blocks: Sequence[Any] = ()
    if not parts.is_spoilt(raw):
        try:
            picture, kinds, blocks = cv2.imdecodeWithMetadata(data, cv2.IMREAD_UNCHANGED)
        except cv2.error:
            picture = None
    if picture is not None and is_tiff(raw):
        picture = mended(picture, raw)
    if picture is None:
        picture = parts.decode_otherwise(raw, is_tga)
        if picture is None:
            return None
    found = parts.full_range(parts.with_clear_grey(picture, raw), raw)
    profile = parts.profile_in(raw)
    for kind, block in zip(kinds, blocks, strict=False):
        if int(kind) == cv2.IMAGE_METADATA_ICCP:
            profile = profile_of(bytes(block))
    if profile is not None and found.ndim == 3 and found.shape[2] in (3, 4):
        found = to_srgb(found, profile)
    if parts.is_avif(raw):  # its Exif, if any, tells the same once more
        return parts.turned_as_told(found, raw)
    for kind, block in zip(kinds, blocks, strict=False):
        if int(kind) == cv2.IMAGE_METADATA_EXIF:
            return upright(found, orientation(bytes(block)))
    return found


def told_pixels(data: bytes) -> int:
    """Pixels that a PNG's, JPEG's or WebP's head tells of; 0 where it is none of them.

    PNG: IHDR (W3C PNG 11.2.1). WebP: VP8X canvas, VP8L (RFC 9649 2.7, 3.4). JPEG: SOFn (ITU T.81
    B.2.2).
    """
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        return int.from_bytes(data[16:20], "big") * int.from_bytes(data[20:24], "big")
    if data[8:16] == b"WEBPVP8X" and len(data) >= 30:
        wide, high = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        return wide * high
    if data[8:16] == b"WEBPVP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    if data[:2] == b"\xff\xd8":
        at = 2
        while at + 9 < len(data) and data[at] == 0xFF:
            if 0xC0 <= data[at + 1] <= 0xCF and data[at + 1] not in (0xC4, 0xC8, 0xCC):
                high, wide = (int.from_bytes(data[n : n + 2], "big") for n in (at + 5, at + 7))
                return wide * high
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0


def _read(path: Path) -> NDArray[np.uint8]:
    """A picture file's bytes.

    imdecode, not imread: imread cannot open non-ASCII paths on Windows.

    Raises:
        StudioError: invalid: a PNG that was cut off or damaged. libpng would say so on stderr.
    """
    try:
        data = np.frombuffer(read_bounded(path, PICTURE_BYTES), np.uint8)
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("invalid", "sources.picture_unread", path=str(path), why=why) from None
    if told_pixels(data[:HEAD_BYTES].tobytes()) > MOST_PIXELS:
        raise StudioError("invalid", "sources.picture_large", path=str(path))
    if bytes(data[:8]) == PNG and not is_whole_png(data):
        raise StudioError("invalid", "sources.picture_damaged", path=str(path))
    return data


def is_whole_png(data: NDArray[np.uint8]) -> bool:
    """Are the chunks a PNG needs all there, and undamaged (their CRC-32)? PNG 3, section 5."""
    at, view = 8, memoryview(data.tobytes())
    while at + 12 <= len(view):
        length = int.from_bytes(view[at : at + 4], "big")
        end = at + 8 + length
        if end + 4 > len(view):
            return False
        kind = bytes(view[at + 4 : at + 8])
        is_needed = not kind[0] & 0x20  # a capital: a decoder must know it
        if is_needed and zlib.crc32(view[at + 4 : end]) != int.from_bytes(
            view[end : end + 4], "big"
        ):
            return False
        if kind == b"IEND":
            return True
        at = end + 4
    return False


def _frame_of(picture: NDArray[Any], path: Path, max_side: int) -> Frame:
    """A (h, w), (h, w, 3) or (h, w, 4) picture in OpenCV's order, 8 or 16 bit, as a frame."""
    if picture.dtype != np.uint8:
        picture = cv2.convertScaleAbs(picture, alpha=1 / 257)
    if picture.ndim == 2:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    if min(picture.shape[:2]) < 2:  # a dot or a line: chroma wants two of each
        high, wide = picture.shape[:2]
        size = (max(2, wide), max(2, high))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST)
    side = max(picture.shape[:2])
    if side > max_side:
        high, wide = (max(2, round(entry * max_side / side)) for entry in picture.shape[:2])
        picture = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)
    alpha = picture[:, :, 3] if picture.shape[2] == 4 else None
    if alpha is not None and int(alpha.min()) == 255:
        alpha = None
    return from_rgb(np.ascontiguousarray(picture[:, :, 2::-1]), alpha)


class MovingPicture(NamedTuple):
    """The pictures of a file, with how long each stands.

    Attributes:
        pictures: (frame, ms); one for a still picture.
        plays: how often they are shown, the last one stays; 0 for ever.
    """

    pictures: list[tuple[Frame, int]]
    plays: int = 0


def read_animation(path: Path, max_side: int = MAX_SIDE) -> MovingPicture:
    """The pictures of a GIF, WebP or APNG.

    Raises:
        StudioError: not_found or invalid (not a picture, or one that fills the memory).
    """
    if path.suffix.lower() not in MOVING or not path.is_file():
        return MovingPicture([(read_picture(path, max_side), 0)])
    data = _read(path)
    try:
        is_ok, film = cv2.imdecodeanimation(data) if data.size else (False, None)
    except cv2.error:
        is_ok, film = False, None
    if not is_ok or film is None or len(film.frames) < 2:
        return MovingPicture([(read_picture(path, max_side), 0)])
    if sum(frame.nbytes for frame in film.frames) > MOST_BYTES:
        raise StudioError(
            "invalid", "media.film_long", path=str(path), most_mb=MOST_BYTES // 1_000_000
        )
    raw = data.tobytes()
    pictures = [
        (_frame_of(_set_right(picture, raw), path, max_side), max(20, int(ms) or 100))
        for picture, ms in zip(film.frames, film.durations, strict=True)
    ]
    return MovingPicture(pictures, plays_of(raw, int(film.loop_count)))


def _set_right(picture: NDArray[Any], raw: bytes) -> NDArray[Any]:
    """One picture of a moving one with what the file says of all: alpha, and how it stands."""
    picture = parts.full_range(parts.with_clear_grey(picture, raw), raw)
    if parts.is_avif(raw):
        return parts.turned_as_told(picture, raw)
    return upright(picture, orientation_in(raw))


def plays_of(data: bytes, told: int) -> int:
    """How often a moving picture is shown; 0 for ever.

    A GIF's NETSCAPE2.0 block tells how often it is repeated, and one without it is shown once.
    """
    if data[:4] != b"GIF8":
        return max(0, told)
    at = data.find(b"NETSCAPE2.0\x03\x01")
    if at < 0:
        return 1
    repeats = int.from_bytes(data[at + 13 : at + 15], "little")
    return repeats + 1 if repeats else 0


def encode_picture(frame: Frame, extension: str = ".png", quality: int = 90) -> bytes:
    """A frame as PNG, JPEG or WebP bytes (colour only).

    Raises:
        StudioError: invalid, for a format that cannot be written.
    """
    options = [cv2.IMWRITE_JPEG_QUALITY, quality] if extension in (".jpg", ".jpeg") else []
    try:
        is_ok, data = cv2.imencode(
            extension, np.ascontiguousarray(to_rgb(frame)[:, :, ::-1]), options
        )
    except cv2.error:
        is_ok, data = False, None
    if not is_ok or data is None:
        raise StudioError("invalid", "media.picture_format", format=extension)
    return bytes(data.tobytes())


def write_picture(frame: Frame, path: Path, *, is_generated: bool = False) -> None:
    """Writes a frame as PNG, JPEG or WebP by the path's ending.

    Args:
        is_generated: something generated is in it: its metadata say so (`studio.core.aigc`).

    Raises:
        StudioError: invalid (format) or failed (cannot be written).
    """
    data = encode_picture(frame, path.suffix.lower() or ".png")
    data = labelled_picture(data) if is_generated else data
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise StudioError(
            "failed", "media.cannot_write", path=str(path), why=error.strerror or str(error)
        ) from None
