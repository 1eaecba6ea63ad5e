"""Colours of cameras and drawing programs (Display P3, Adobe RGB, …) as those of a screen, sRGB.

ICC.1:2022, 7.2 (header), 9.2 (tags), 10.6 curveType, 10.18 parametricCurveType, F.3 (matrix and
curves). Profiles with tables (CMYK, scanners) are left as they are.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.media.cv import cv2

_SRGB_D50 = np.array(
    [
        [0.4360657, 0.3851515, 0.1430784],
        [0.2224932, 0.7168870, 0.0606169],
        [0.0139160, 0.0970764, 0.7140961],
    ]
)
"""Of linear sRGB to XYZ under D50, as its own profiles have it (IEC 61966-2-1, Bradford)."""
MOST_BYTES = 1_000_000
STEPS = 4096
ROWS = 256
Curve = NDArray[np.float32]


class Profile(NamedTuple):
    """A matrix profile: what each channel is in light, and the way to sRGB's light."""

    curves: tuple[Curve, Curve, Curve]
    matrix: NDArray[np.float32]


def profile_of(data: bytes) -> Profile | None:
    """The profile of RGB pixels; None for another sort, nonsense, and sRGB itself."""
    if len(data) > MOST_BYTES or data[16:20] != b"RGB " or data[36:40] != b"acsp":
        return None
    tags = {}
    for n in range(min(100, _whole(data, 128))):
        at = 132 + 12 * n
        first, size = _whole(data, at + 4), _whole(data, at + 8)
        tags[data[at : at + 4]] = data[first : first + size]
    axes = [_xyz(tags.get(name, b"")) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
    curves = [_curve(tags.get(name, b"")) for name in (b"rTRC", b"gTRC", b"bTRC")]
    red, green, blue = curves
    if None in axes or red is None or green is None or blue is None:
        return None
    matrix = np.linalg.solve(_SRGB_D50, np.array(axes).T)
    found = Profile((red, green, blue), matrix.astype(np.float32))
    return None if _is_srgb(found) else found


def to_srgb(picture: NDArray[Any], profile: Profile) -> NDArray[np.uint8]:
    """(h, w, 3 or 4) of 8 or 16 bit in OpenCV's order as 8 bit of sRGB; alpha stays."""
    made = np.empty(picture.shape, np.uint8)
    most = np.iinfo(picture.dtype).max
    scale = np.linspace(0, 1, most + 1)
    light = [np.interp(scale, np.linspace(0, 1, len(c)), c) for c in profile.curves[::-1]]
    tables = [table.astype(np.float32) for table in light]
    flipped = np.ascontiguousarray(profile.matrix[::-1, ::-1])
    back = _encoded(np.linspace(0, 1, STEPS))
    for top in range(0, picture.shape[0], ROWS):
        rows = picture[top : top + ROWS]
        linear = np.dstack([table[rows[:, :, n]] for n, table in enumerate(tables)])
        mixed = cv2.transform(linear, flipped)
        steps = np.rint(np.clip(mixed, 0, 1) * (STEPS - 1)).astype(np.uint16)
        made[top : top + ROWS, :, :3] = back[steps]
    if picture.shape[2] == 4:
        alpha = picture[:, :, 3]
        made[:, :, 3] = alpha if most == 255 else alpha // 257
    return made


def _encoded(light: NDArray[Any]) -> NDArray[np.uint8]:
    dark = light * 12.92
    bright = 1.055 * np.power(np.maximum(light, 1e-9), 1 / 2.4) - 0.055
    whole: NDArray[np.uint8] = np.rint(np.where(light <= 0.0031308, dark, bright) * 255).astype(
        np.uint8
    )
    return whole


def _is_srgb(profile: Profile) -> bool:
    """Would it change nothing that is seen?"""
    if np.abs(profile.matrix - np.eye(3)).max() > 0.01:
        return False
    values = np.linspace(0, 1, 64)
    return all(
        np.abs(
            _encoded(np.interp(values, np.linspace(0, 1, len(curve)), curve)) - values * 255
        ).max()
        <= 2
        for curve in profile.curves
    )


def _whole(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _fixed(data: bytes, at: int) -> float:
    return int.from_bytes(data[at : at + 4], "big", signed=True) / 65536


def _xyz(data: bytes) -> tuple[float, float, float] | None:
    if data[:4] != b"XYZ " or len(data) < 20:
        return None
    return _fixed(data, 8), _fixed(data, 12), _fixed(data, 16)


def _p3() -> Profile:
    """Display P3: its axes under D50, and the curve of sRGB."""
    axes = [[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]]
    values = np.linspace(0, 1, STEPS)
    light = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    curve = light.astype(np.float32)
    matrix = np.linalg.solve(_SRGB_D50, np.array(axes))
    return Profile((curve, curve, curve), matrix.astype(np.float32))


def _curve(data: bytes) -> Curve | None:
    """A channel's light for values from 0 to 1."""
    values = np.linspace(0, 1, STEPS)
    if data[:4] == b"curv":
        count = _whole(data, 8)
        if count == 0:
            return values.astype(np.float32)
        table = np.frombuffer(data[12 : 12 + 2 * count], ">u2").astype(np.float32)
        if count == 1 and len(table):
            power: Curve = np.power(values, table[0] / 256).astype(np.float32)
            return power
        return table / np.float32(65535) if len(table) == count else None
    if data[:4] != b"para":
        return None
    kind = int.from_bytes(data[8:10], "big")
    count = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}.get(kind, 0)
    if not count or len(data) < 12 + 4 * count:
        return None
    g, a, b, c, d, e, f = ([_fixed(data, 12 + 4 * n) for n in range(count)] + [0.0] * 6)[:7]
    if kind == 0:
        a, d = 1.0, -1.0
    elif kind in (1, 2):
        e = f = c if kind == 2 else 0.0
        c, d = 0.0, -b / a if a else 0.0
    bright = np.power(np.maximum(a * values + b, 0), g) + e
    found = np.clip(np.where(values >= d, bright, c * values + f), 0, 1)
    return found.astype(np.float32) if np.isfinite(found).all() else None


P3 = _p3()
