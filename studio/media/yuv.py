"""Pixel maths in planar YUV 4:2:0: scale, place, blend, fade. All kernels release the GIL.

Measured ways (docs/decisions/yuv.md): premultiplied overlays touch their own rectangle only,
cross-fades are one addWeighted a plane, scaling down uses areas so that nothing shimmers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from studio.media import ratio, swscale
from studio.media.buffers import fresh
from studio.media.cv import cv2
from studio.media.frame import Frame, Plane, even


class Rect(NamedTuple):
    """Pixels on a canvas, even numbers; may reach over its edges."""

    x: int
    y: int
    w: int
    h: int

    def clipped(self, width: int, height: int) -> Rect:
        """The part inside a canvas (w or h is 0 when nothing is)."""
        x0, y0 = max(0, self.x), max(0, self.y)
        x1, y1 = min(width, self.x + self.w), min(height, self.y + self.h)
        return Rect(x0, y0, max(0, x1 - x0), max(0, y1 - y0))

    def meets(self, other: Rect) -> bool:
        """Do they overlap?"""
        return (
            self.x < other.x + other.w
            and other.x < self.x + self.w
            and self.y < other.y + other.h
            and other.y < self.y + self.h
        )


def even_rect(x: float, y: float, w: float, h: float) -> Rect:
    """Nearest rectangle on even pixels, at least 2×2."""
    left, top = even(x), even(y)
    return Rect(left, top, max(2, even(x + w) - left), max(2, even(y + h) - top))


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A graphic ready to blend: premultiplied planes and inverse alpha, made once.

    Attributes:
        frame: premultiplied y, u, v.
        inverse, inverse_uv: 255 - alpha at luma and chroma size.
    """

    frame: Frame
    inverse: Plane
    inverse_uv: Plane

    @property
    def width(self) -> int:
        """Pixels."""
        return self.frame.width

    @property
    def height(self) -> int:
        """Pixels."""
        return self.frame.height


def layer(frame: Frame, opacity: float = 1.0) -> Layer:
    """Makes a `Layer` of a frame; without alpha it is opaque; ``opacity`` 0..1 thins it."""
    alpha = frame.alpha if frame.alpha is not None else np.full_like(frame.y, 255)
    alpha_uv = frame.alpha_uv if frame.alpha_uv is not None else np.full_like(frame.u, 255)
    if frame.alpha is not None and opacity >= 1.0:
        return Layer(frame, cv2.bitwise_not(alpha), cv2.bitwise_not(alpha_uv))
    alpha = cv2.convertScaleAbs(alpha, alpha=opacity)
    alpha_uv = cv2.convertScaleAbs(alpha_uv, alpha=opacity)
    planes = [cv2.convertScaleAbs(plane, alpha=opacity) for plane in frame.planes]
    thin = Frame(planes[0], planes[1], planes[2], frame.pts_ns, alpha, alpha_uv)
    return Layer(thin, cv2.bitwise_not(alpha), cv2.bitwise_not(alpha_uv))


@dataclass(slots=True)
class Scratch:
    """Reusable buffers of one thread, so that a blend allocates nothing."""

    _buffers: dict[tuple[int, int], Plane] = field(default_factory=dict)

    def get(self, shape: tuple[int, int]) -> Plane:
        """A uint8 plane of ``shape`` whose content does not matter."""
        found = self._buffers.get(shape)
        if found is None:
            if len(self._buffers) > 64:
                self._buffers.clear()
            found = self._buffers[shape] = np.empty(shape, np.uint8)
        return found


def blend(target: Frame, over: Layer, x: int, y: int, scratch: Scratch) -> None:
    """Blends ``over`` onto ``target`` at even (x, y), clipped to the target; in place."""
    rect = Rect(x, y, over.width, over.height).clipped(target.width, target.height)
    if rect.w < 2 or rect.h < 2:
        return
    for index, plane in enumerate(target.planes):
        shift = 0 if index == 0 else 1
        x0, y0 = rect.x >> shift, rect.y >> shift
        w, h = rect.w >> shift, rect.h >> shift
        sx, sy = (rect.x - x) >> shift, (rect.y - y) >> shift
        inverse = over.inverse if index == 0 else over.inverse_uv
        part = plane[y0 : y0 + h, x0 : x0 + w]
        kept = scratch.get((h, w))
        cv2.multiply(part, inverse[sy : sy + h, sx : sx + w], dst=kept, scale=1 / 255)
        cv2.add(kept, over.frame.planes[index][sy : sy + h, sx : sx + w], dst=part)


def resize_plane(plane: Plane, width: int, height: int, out: Plane | None = None) -> Plane:
    """Scales one plane: halvings on the way down (no shimmer), linear for the rest and upwards."""
    h, w = plane.shape
    if (w, h) == (width, height):
        if out is None:
            return plane
        np.copyto(out, plane)
        return out
    # INTER_AREA is exact, but only its 2:1 kernel is fast (1080p to a quarter: 0.86 ms at once,
    # 0.09 in two halvings). So: halve while both sides allow it, then linear for what is left.
    while w >= 2 * width and h >= 2 * height and (w, h) != (2 * width, 2 * height):
        w, h = w // 2, h // 2
        plane = cv2.resize(
            plane[: 2 * h, : 2 * w], (w, h), dst=fresh(h, w), interpolation=cv2.INTER_AREA
        )
    how = cv2.INTER_AREA if (w, h) == (2 * width, 2 * height) else cv2.INTER_LINEAR
    if out is None:
        out = fresh(height, width)
    if ratio.scale(plane, out):
        return out
    scaled: Plane = cv2.resize(plane, (width, height), dst=out, interpolation=how)
    return scaled


def resize(frame: Frame, width: int, height: int) -> Frame:
    """``frame`` at another (even) size, alpha with it; the same object when it fits already."""
    if (frame.width, frame.height) == (width, height):
        return frame
    if frame.alpha is None and swscale.pays(frame.width, frame.height, width, height):
        return swscale.scaled(frame, width, height)
    y = resize_plane(frame.y, width, height)
    u, v = (resize_plane(p, width // 2, height // 2) for p in (frame.u, frame.v))
    alpha = alpha_uv = None
    if frame.alpha is not None and frame.alpha_uv is not None:
        alpha = resize_plane(frame.alpha, width, height)
        alpha_uv = resize_plane(frame.alpha_uv, width // 2, height // 2)
    return Frame(y, u, v, frame.pts_ns, alpha, alpha_uv)


def resize_layer(drawn: Layer, width: int, height: int) -> Layer:
    """A graphic at another (even) size; the same object when it fits already."""
    if (drawn.width, drawn.height) == (width, height):
        return drawn
    frame = drawn.frame
    alpha, alpha_uv = cv2.bitwise_not(drawn.inverse), cv2.bitwise_not(drawn.inverse_uv)
    return layer(resize(Frame(frame.y, frame.u, frame.v, 0, alpha, alpha_uv), width, height))


def crop(frame: Frame, rect: Rect) -> Frame:
    """A view of the part of ``frame`` in ``rect`` (even, inside the frame); copies nothing."""
    x, y, w, h = rect
    cx, cy, cw, ch = x // 2, y // 2, w // 2, h // 2
    alpha = frame.alpha[y : y + h, x : x + w] if frame.alpha is not None else None
    alpha_uv = frame.alpha_uv[cy : cy + ch, cx : cx + cw] if frame.alpha_uv is not None else None
    return Frame(
        frame.y[y : y + h, x : x + w],
        frame.u[cy : cy + ch, cx : cx + cw],
        frame.v[cy : cy + ch, cx : cx + cw],
        frame.pts_ns,
        alpha,
        alpha_uv,
        keep=frame.keep,
    )


def place(target: Frame, picture: Frame, x: int, y: int) -> None:
    """Copies an opaque picture onto ``target`` at even (x, y), clipped; in place."""
    rect = Rect(x, y, picture.width, picture.height).clipped(target.width, target.height)
    if rect.w < 2 or rect.h < 2:
        return
    for index, plane in enumerate(target.planes):
        shift = 0 if index == 0 else 1
        x0, y0 = rect.x >> shift, rect.y >> shift
        w, h = rect.w >> shift, rect.h >> shift
        sx, sy = (rect.x - x) >> shift, (rect.y - y) >> shift
        np.copyto(plane[y0 : y0 + h, x0 : x0 + w], picture.planes[index][sy : sy + h, sx : sx + w])


def fade(target: Frame, before: Frame, after: Frame, progress: float) -> None:
    """Cross-fade: ``progress`` 0 is before, 1 is after; into ``target``."""
    for mine, first, second in zip(target.planes, before.planes, after.planes, strict=True):
        cv2.addWeighted(first, 1.0 - progress, second, progress, 0.0, dst=mine)
