"""Picture files to frames and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.core.errors import StudioError
from studio.media.cv import cv2
from studio.media.frame import Frame, from_rgb, to_rgb

MAX_SIDE = 4096


def read_picture(path: Path, max_side: int = MAX_SIDE) -> Frame:
    """Reads PNG, JPEG, WebP or BMP; larger than ``max_side`` is scaled down; alpha is kept.

    Raises:
        StudioError: not_found or invalid, with the path.
    """
    if not path.is_file():
        raise StudioError("not_found", "sources.file_missing", path=str(path))
    # imdecode, not imread: imread cannot open non-ASCII paths on Windows.
    data = np.fromfile(path, np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    if picture is None:
        raise StudioError("invalid", "sources.picture_broken", path=str(path))
    if picture.dtype != np.uint8:
        picture = cv2.convertScaleAbs(picture, alpha=1 / 257)
    if picture.ndim == 2:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    if min(picture.shape[:2]) < 2:
        raise StudioError("invalid", "sources.picture_broken", path=str(path))
    side = max(picture.shape[:2])
    if side > max_side:
        scale = max_side / side
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    alpha = picture[:, :, 3] if picture.shape[2] == 4 else None
    if alpha is not None and int(alpha.min()) == 255:
        alpha = None
    return from_rgb(np.ascontiguousarray(picture[:, :, 2::-1]), alpha)


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


def write_picture(frame: Frame, path: Path) -> None:
    """Writes a frame as PNG, JPEG or WebP by the path's ending.

    Raises:
        StudioError: invalid (format) or failed (cannot be written).
    """
    data = encode_picture(frame, path.suffix.lower() or ".png")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise StudioError(
            "failed", "media.cannot_write", path=str(path), why=error.strerror or str(error)
        ) from None
