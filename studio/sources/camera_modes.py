"""What a camera can do: formats, sizes, rates. On Linux asked of its driver (V4L2), unstreamed."""

from __future__ import annotations

import contextlib
import os
import struct
import sys
from pathlib import Path
from typing import Any

from studio.sources.kinds.camera import cameras, device_path

# linux/videodev2.h: _IOWR('V', number, struct)
ENUM_FORMATS, ENUM_SIZES, ENUM_RATES = 0xC0405602, 0xC02C564A, 0xC034564B
CAPTURE, DISCRETE = 1, 1
MOST = 64


def cameras_with_modes() -> list[dict[str, Any]]:
    """`cameras`, each with "modes": [{"format", "width", "height", "fps"}], [] where unknown.

    A device that another program streams from can still be asked.
    """
    found: list[dict[str, Any]] = [dict(camera) for camera in cameras()]
    for entry in found:
        entry["modes"] = []
        if sys.platform.startswith("linux"):
            path = device_path(str(entry["id"]))
            if path is not None:
                with contextlib.suppress(OSError):
                    entry["modes"] = modes(path)
    return found


def modes(device: Path) -> list[dict[str, Any]]:
    """The modes of a V4L2 device.

    Raises:
        OSError: it cannot be asked.
    """
    handle = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    try:
        return [
            {"format": name, "width": width, "height": height, "fps": fps}
            for name, code in _formats(handle)
            for width, height in _sizes(handle, code)
            for fps in _rates(handle, code, width, height)
        ]
    finally:
        os.close(handle)


def _asked(handle: int, request: int, data: bytes) -> bytes | None:
    import fcntl

    try:
        answer: bytes = fcntl.ioctl(handle, request, data)
    except OSError:
        return None  # EINVAL: that was the last one
    return answer


def _formats(handle: int) -> list[tuple[str, int]]:
    found = []
    for index in range(MOST):
        answer = _asked(handle, ENUM_FORMATS, struct.pack("=II56x", index, CAPTURE))
        if answer is None:
            break
        code = struct.unpack_from("=I", answer, 44)[0]
        found.append((code.to_bytes(4, "little").decode("ascii", "replace").strip(), code))
    return found


def _sizes(handle: int, code: int) -> list[tuple[int, int]]:
    found = []
    for index in range(MOST):
        answer = _asked(handle, ENUM_SIZES, struct.pack("=II36x", index, code))
        if answer is None:
            break
        kind, a, b, _, d, e, _ = struct.unpack_from("=7I", answer, 8)
        if kind != DISCRETE:  # least, greatest, step: the ends stand for all
            return [(a, d), (b, e)]
        found.append((a, b))
    return found


def _rates(handle: int, code: int, width: int, height: int) -> list[float]:
    found = []
    for index in range(MOST):
        given = struct.pack("=IIII36x", index, code, width, height)
        answer = _asked(handle, ENUM_RATES, given)
        if answer is None:
            break
        kind, above, below = struct.unpack_from("=3I", answer, 16)
        if above:
            found.append(round(below / above, 2))
        if kind != DISCRETE:
            break
    return found or [0.0]
