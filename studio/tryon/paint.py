"""Drawing on the planes of a frame: warped sprites, shapes and colour, in their rectangle only.

Premultiplied blending, ``out = below * (255 - alpha) / 255 + over``, as everywhere in the studio.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from studio.media.cv import cv2
from studio.media.yuv import Rect, even_rect
from studio.tryon.asset import PAD, Level, Sprite

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame


@dataclass(frozen=True, slots=True)
class Light:
    """How a thing drawn into the picture is lit.

    Attributes:
        gain: 1 as in the asset, less is darker.
        u, v: shift of the chroma.
    """

    gain: float = 1.0
    u: float = 0.0
    v: float = 0.0


PLAIN = Light()


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Where something may be seen: a mask of one rectangle of the frame.

    Attributes:
        rect: the rectangle.
        mask: uint8 (h, w), 255 is seen.
        outside: what counts everywhere else, 0 or 255.
    """

    rect: Rect
    mask: NDArray[np.uint8]
    outside: int = 0

    def part(self, rect: Rect) -> NDArray[np.uint8] | None:
        """The mask of another rectangle, uint8 (h, w); None when all of it is seen."""
        x0, y0 = max(rect.x, self.rect.x), max(rect.y, self.rect.y)
        x1 = min(rect.x + rect.w, self.rect.x + self.rect.w)
        y1 = min(rect.y + rect.h, self.rect.y + self.rect.h)
        if x1 <= x0 or y1 <= y0:
            return None if self.outside == 255 else np.zeros((rect.h, rect.w), np.uint8)
        inner = self.mask[y0 - self.rect.y : y1 - self.rect.y, x0 - self.rect.x : x1 - self.rect.x]
        if inner.shape == (rect.h, rect.w):
            return inner
        out = np.full((rect.h, rect.w), self.outside, np.uint8)
        out[y0 - rect.y : y1 - rect.y, x0 - rect.x : x1 - rect.x] = inner
        return out


_HALF = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1]])
_DOUBLE = np.linalg.inv(_HALF)


def reach(points: NDArray[np.floating], frame: Frame, margin: float = 2.0) -> Rect | None:
    """The even rectangle around points (n, 2) inside the frame, None when there is none."""
    if not np.isfinite(points).all():
        return None
    x0, y0 = points.min(0) - margin
    x1, y1 = points.max(0) + margin
    if x1 - x0 > 8 * frame.width or y1 - y0 > 8 * frame.height:
        return None
    rect = even_rect(float(x0), float(y0), float(x1 - x0), float(y1 - y0))
    rect = rect.clipped(frame.width, frame.height)
    return rect if rect.w >= 2 and rect.h >= 2 else None


def draw_plane(
    frame: Frame,
    sprite: Sprite,
    matrix: NDArray[np.float64],
    *,
    opacity: float = 1.0,
    light: Light = PLAIN,
    shape: Shape | None = None,
) -> Rect | None:
    """Draws a flat thing.

    Args:
        frame: a writable frame.
        sprite: what.
        matrix: (3, 3), asset pixels to frame pixels.
        opacity: 0..1.
        light: how it is lit.
        shape: where it may be seen; None is everywhere.

    Returns:
        The rectangle touched, None when it lies outside.
    """
    x, y, w, h = sprite.bounds
    size = np.array([sprite.width, sprite.height])
    corners = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]) * size - 0.5
    corners = corners[None]
    there = cv2.perspectiveTransform(corners, matrix)[0]
    rect = reach(there, frame)
    if rect is None:
        return None
    area = abs(float(cv2.contourArea(there.astype(np.float32)[None])))
    level = sprite.level(float(np.sqrt(area / max(1.0, w * h * size[0] * size[1]))))
    to_level = _to_level(level)
    move = np.array([[1, 0, -rect.x], [0, 1, -rect.y], [0, 0, 1]], np.float64)
    luma = move @ matrix @ np.linalg.inv(to_level)
    chroma = _HALF @ luma @ _DOUBLE
    ya = cv2.warpPerspective(level.ya, luma, (rect.w, rect.h), flags=cv2.INTER_LINEAR)
    uva = cv2.warpPerspective(level.uva, chroma, (rect.w // 2, rect.h // 2))
    compose(frame, rect, ya, uva, opacity, light, shape)
    return rect


def draw_map(
    frame: Frame,
    sprite: Sprite,
    rect: Rect,
    where: NDArray[np.float32],
    *,
    opacity: float = 1.0,
    light: Light = PLAIN,
    shape: Shape | None = None,
    scale: float = 1.0,
) -> None:
    """Draws a bent thing: for each pixel of ``rect`` the asset pixel that is seen there.

    Args:
        where: float32 (h, w, 2), asset pixels.
        scale: about how large it is drawn, frame pixels to one asset pixel.
        frame, sprite, opacity, light, shape: as in `draw_plane`.
    """
    level = sprite.level(scale)
    at = where * np.float32(level.scale) + np.float32(PAD + (level.scale - 1) / 2)
    ya = cv2.remap(level.ya, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    half = cv2.resize(at, (rect.w // 2, rect.h // 2), interpolation=cv2.INTER_AREA)
    half = half * np.float32(0.5) - np.float32(0.25)
    uva = cv2.remap(level.uva, half, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    compose(frame, rect, ya, uva, opacity, light, shape)


def _to_level(level: Level) -> NDArray[np.float64]:
    s = level.scale
    shift = PAD + (s - 1) / 2
    return np.array([[s, 0, shift], [0, s, shift], [0, 0, 1]], np.float64)


def compose(
    frame: Frame,
    rect: Rect,
    ya: NDArray[np.uint8],
    uva: NDArray[np.uint8],
    opacity: float,
    light: Light,
    shape: Shape | None,
) -> None:
    """Blends premultiplied (h, w, 2) luma and (h/2, w/2, 3) chroma into the rectangle."""
    over_y, alpha = cv2.split(ya)
    over_u, over_v, alpha_uv = cv2.split(uva)
    if light is not PLAIN:
        g = light.gain
        over_y = cv2.addWeighted(over_y, g, alpha, 16 * (1 - g) / 255, 0)
        over_u = cv2.addWeighted(over_u, g, alpha_uv, (128 * (1 - g) + light.u) / 255, 0)
        over_v = cv2.addWeighted(over_v, g, alpha_uv, (128 * (1 - g) + light.v) / 255, 0)
    x, y, w, h = rect
    part = shape.part(rect) if shape is not None else None
    if part is not None:
        half = cv2.resize(part, (w // 2, h // 2), interpolation=cv2.INTER_AREA)
        over_y, alpha = (cv2.multiply(p, part, scale=opacity / 255) for p in (over_y, alpha))
        over_u, over_v, alpha_uv = (
            cv2.multiply(p, half, scale=opacity / 255) for p in (over_u, over_v, alpha_uv)
        )
    elif opacity < 1:
        over_y, alpha, over_u, over_v, alpha_uv = (
            cv2.convertScaleAbs(p, alpha=opacity) for p in (over_y, alpha, over_u, over_v, alpha_uv)
        )
    _over(frame.y[y : y + h, x : x + w], over_y, alpha)
    x, y, w, h = x // 2, y // 2, w // 2, h // 2
    _over(frame.u[y : y + h, x : x + w], over_u, alpha_uv)
    _over(frame.v[y : y + h, x : x + w], over_v, alpha_uv)


def _over(below: NDArray[np.uint8], over: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> None:
    kept = cv2.multiply(below, cv2.bitwise_not(alpha), scale=1 / 255)
    cv2.add(kept, over, dst=below)


def fill(
    frame: Frame,
    polygon: NDArray[np.float32],
    yuv: tuple[float, float, float],
    *,
    opacity: float = 1.0,
    shape: Shape | None = None,
    soft: float = 0.0,
) -> None:
    """Fills a polygon (n, 2) with a colour, edges smooth, or softened by ``soft`` pixels."""
    rect = reach(polygon, frame, 2 + 2 * soft)
    if rect is None:
        return
    alpha = polygon_mask([polygon], rect, soft)
    part = shape.part(rect) if shape is not None else None
    if part is not None:
        alpha = cv2.multiply(alpha, part, scale=1 / 255)
    tint(frame, rect, alpha, yuv, opacity)


def polygon_mask(
    polygons: list[NDArray[np.float32]], rect: Rect, soft: float = 0.0
) -> NDArray[np.uint8]:
    """Polygons (n, 2) in frame pixels as a mask of ``rect``, uint8 (h, w), 255 inside."""
    mask = np.zeros((rect.h, rect.w), np.uint8)
    shift = 4
    origin = np.array([rect.x, rect.y], np.float32)
    fixed = [np.rint((p - origin) * (1 << shift)).astype(np.int32) for p in polygons]
    cv2.fillPoly(mask, fixed, 255, lineType=cv2.LINE_AA, shift=shift)
    if soft > 0.3:
        mask = cv2.GaussianBlur(mask, (0, 0), soft)
    return mask


def tint(
    frame: Frame,
    rect: Rect,
    alpha: NDArray[np.uint8],
    yuv: tuple[float, float, float],
    opacity: float = 1.0,
) -> None:
    """Lays a plain colour over the rectangle, as thick as ``alpha`` (h, w) says."""
    x, y, w, h = rect
    half = cv2.resize(alpha, (w // 2, h // 2), interpolation=cv2.INTER_AREA)
    if opacity < 1:
        alpha = cv2.convertScaleAbs(alpha, alpha=opacity)
        half = cv2.convertScaleAbs(half, alpha=opacity)
    parts = (
        (frame.y[y : y + h, x : x + w], alpha),
        (frame.u[y // 2 : (y + h) // 2, x // 2 : (x + w) // 2], half),
        (frame.v[y // 2 : (y + h) // 2, x // 2 : (x + w) // 2], half),
    )
    for (below, cover), value in zip(parts, yuv, strict=True):
        _over(below, cv2.convertScaleAbs(cover, alpha=value / 255), cover)
