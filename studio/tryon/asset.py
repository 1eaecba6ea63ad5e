"""Pictures of goods with alpha, made ready for warping: planar, premultiplied, several sizes."""

from __future__ import annotations

import functools
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from studio.core.bounded import PICTURE_BYTES, read_bounded
from studio.core.errors import StudioError
from studio.media.cv import MOST_PIXELS, cv2
from studio.media.drawings import is_svg, svg_drawer
from studio.media.frame import from_rgb
from studio.media.picture_file import decode, told_pixels

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = 1024
"""Assets are kept at most this long; a worn thing is seldom larger on the picture."""
_PAD = 4
"""Transparent rim (even), so that edges fade out when warped."""

_KEPT = 24
"""So many assets are kept ready."""


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One size of a sprite.

    Attributes:
        ya: uint8 (h, w, 2), premultiplied luma and alpha.
        uva: uint8 (h/2, w/2, 3), premultiplied chroma and alpha.
        scale: pixels of this level to one pixel of the asset.
    """

    ya: NDArray[np.uint8]
    uva: NDArray[np.uint8]
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """An asset ready to be drawn.

    Attributes:
        width, height: of the asset, in pixels, without the rim.
        levels: sizes, largest first.
        bounds: (x, y, w, h) of what is opaque, 0..1 of the asset.
    """

    width: int
    height: int
    levels: tuple[Level, ...]
    bounds: tuple[float, float, float, float]

    def level(self, scale: float) -> Level:
        """The size to sample when drawn ``scale`` times as large as the asset."""
        for level in reversed(self.levels):
            if level.scale >= scale * 0.95:
                return level
        return self.levels[0]


def load(path: Path) -> NDArray[np.uint8]:
    """An asset as RGBA, uint8 (h, w, 4), straight alpha, at most `LONGEST` on its longer side.

    The last few are kept until their file changes, so that variants switch at once.

    Raises:
        StudioError: not_found, unavailable (SVG without a way to draw it), or invalid when it is
            no picture, has no alpha, is too large or has nothing on it.
    """
    try:
        state = path.stat()
        return _load(path, state.st_mtime_ns, state.st_size)
    except OSError:
        raise StudioError("not_found", "tryon.asset_missing", path=str(path)) from None


@functools.lru_cache(_KEPT)
def _load(path: Path, _changed_ns: int, _size: int) -> NDArray[np.uint8]:
    rgba = small(decoded(read_bounded(path, PICTURE_BYTES), path, needs_alpha=True))
    if int(rgba[:, :, 3].max()) < 32:
        raise StudioError("invalid", "tryon.asset_empty", path=str(path))
    if int(rgba[:, :, 3].min()) > 250:
        raise StudioError("invalid", "tryon.asset_opaque", path=str(path))
    return rgba


def small(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An RGBA picture at most `LONGEST` on its longer side."""
    longest = max(rgba.shape[:2])
    if longest <= LONGEST:
        return rgba
    rgba = _coarse(rgba, 4 * longest // (5 * LONGEST))
    ratio = LONGEST / max(rgba.shape[:2])
    return _shrunk(
        rgba, (max(1, round(rgba.shape[1] * ratio)), max(1, round(rgba.shape[0] * ratio)))
    )


def decoded(data: bytes, path: Path, *, needs_alpha: bool = False) -> NDArray[np.uint8]:
    """A picture file as RGBA, uint8 (h, w, 4), straight alpha; whole where it has none.

    Args:
        data: of the file.
        path: its name, for errors and to know an SVG.
        needs_alpha: a picture without transparency is refused.

    Raises:
        StudioError: invalid when it is no picture, far too large or has no alpha; unavailable for
            an SVG without a way to draw it.
    """
    if is_svg(path.name, data):
        return _svg(data, path)
    if told_pixels(data) > MOST_PIXELS:  # before it is unpacked: 40 MB of PNG can be 4 GB
        raise StudioError("invalid", "tryon.asset_large", path=str(path))
    picture = decode(np.frombuffer(data, np.uint8))
    if picture is None:
        raise StudioError("invalid", "tryon.asset_broken", path=str(path))
    if picture.shape[0] * picture.shape[1] > MOST_PIXELS:
        raise StudioError("invalid", "tryon.asset_large", path=str(path))
    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    channels = picture.shape[2] if picture.ndim == 3 else 1
    if picture.dtype != np.uint8 or (channels != 4 and needs_alpha):
        raise StudioError("invalid", "tryon.asset_opaque", path=str(path))
    ways = {1: cv2.COLOR_GRAY2RGBA, 3: cv2.COLOR_BGR2RGBA, 4: cv2.COLOR_BGRA2RGBA}
    if channels not in ways:
        raise StudioError("invalid", "tryon.asset_broken", path=str(path))
    if channels == 4:  # in its place: a picture of 8,000 pixels a side holds 256 MB
        return cast("NDArray[np.uint8]", cv2.cvtColor(picture, ways[4], dst=picture))
    return cast("NDArray[np.uint8]", cv2.cvtColor(picture, ways[channels]))


def _svg(data: bytes, path: Path) -> NDArray[np.uint8]:
    rasterise = svg_drawer()
    if rasterise is None:
        raise StudioError("unavailable", "tryon.asset_svg", path=str(path))
    try:
        return rasterise(data, LONGEST)
    except ValueError:
        raise StudioError("invalid", "tryon.asset_broken", path=str(path)) from None


def _coarse(rgba: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """A very large picture ``step`` times smaller, in bands: as floats it is 2 GB at a time."""
    if step < 2:
        return rgba
    height, width = (rgba.shape[0] // step) * step, (rgba.shape[1] // step) * step
    if not height or not width:
        return rgba
    band = step * 64
    return np.concatenate(
        [
            _shrunk(part, (width // step, part.shape[0] // step))
            for part in (rgba[y : min(y + band, height), :width] for y in range(0, height, band))
        ]
    )


def _shrunk(rgba: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Smaller by areas, colours weighed by alpha so that no rim of hidden colour appears."""
    alpha = rgba[:, :, 3:].astype(np.float32)
    weighed = cv2.resize(rgba[:, :, :3] * alpha, size, interpolation=cv2.INTER_AREA)
    alpha = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    colour = weighed / np.maximum(alpha, 1e-3)[:, :, None]
    out = np.dstack([colour, alpha])
    made: NDArray[np.uint8] = np.clip(np.rint(out), 0, 255).astype(np.uint8)
    return made


def bounds_of(rgba: NDArray[np.uint8]) -> tuple[float, float, float, float]:
    """(x, y, w, h) of the opaque part, 0..1 of the picture."""
    height, width = rgba.shape[:2]
    seen = rgba[:, :, 3] > 24
    columns, rows = np.flatnonzero(seen.any(0)), np.flatnonzero(seen.any(1))
    if columns.size == 0:
        return 0.0, 0.0, 1.0, 1.0
    x, y = int(columns[0]), int(rows[0])
    return (
        x / width,
        y / height,
        (int(columns[-1]) + 1 - x) / width,
        (int(rows[-1]) + 1 - y) / height,
    )


_made: OrderedDict[int, tuple[NDArray[np.uint8], Sprite]] = OrderedDict()


def sprite(rgba: NDArray[np.uint8]) -> Sprite:
    """An RGBA picture (h, w, 4) as a sprite; the last few are kept, by the picture's identity."""
    known = _made.get(id(rgba))
    if known is not None and known[0] is rgba:
        return known[1]
    made = _sprite(rgba)
    _made[id(rgba)] = (rgba, made)
    while len(_made) > _KEPT:
        _made.popitem(last=False)
    return made


def _sprite(rgba: NDArray[np.uint8]) -> Sprite:
    height, width = rgba.shape[:2]
    levels = []
    scale = 1.0
    while True:
        size = (max(2, round(width * scale)), max(2, round(height * scale)))
        part = rgba if scale == 1.0 else _shrunk(rgba, size)
        levels.append(_level(part, scale))
        if min(size) < 24 or max(size) < 64:
            return Sprite(width, height, tuple(levels), bounds_of(rgba))
        scale /= 2


def _level(rgba: NDArray[np.uint8], scale: float) -> Level:
    height, width = rgba.shape[:2]
    right, bottom = _PAD + (width & 1), _PAD + (height & 1)
    padded = np.pad(rgba, ((_PAD, bottom), (_PAD, right), (0, 0)))
    frame = from_rgb(padded[:, :, :3], padded[:, :, 3])
    assert frame.alpha is not None
    assert frame.alpha_uv is not None
    return Level(
        cv2.merge([frame.y, frame.alpha]), cv2.merge([frame.u, frame.v, frame.alpha_uv]), scale
    )


PAD = _PAD
