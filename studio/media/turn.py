"""Turns and mirrors pictures: a rotated item becomes a layer with soft edges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from studio.media.cv import cv2
from studio.media.frame import Frame, Plane, even
from studio.media.yuv import Rect, even_rect


def mirrored(frame: Frame, *, is_left_right: bool, is_upside_down: bool) -> Frame:
    """``frame`` mirrored; copies its planes."""
    if not (is_left_right or is_upside_down):
        return frame
    code = -1 if is_left_right and is_upside_down else 1 if is_left_right else 0
    planes = [cv2.flip(plane, code) for plane in frame.planes]
    alpha = cv2.flip(frame.alpha, code) if frame.alpha is not None else None
    alpha_uv = cv2.flip(frame.alpha_uv, code) if frame.alpha_uv is not None else None
    return Frame(planes[0], planes[1], planes[2], frame.pts_ns, alpha, alpha_uv)


def bounds(area: tuple[float, float, float, float], degrees: float, shear: float = 0.0) -> Rect:
    """The upright rectangle around ``area`` (x, y, w, h) leant and turned about its middle."""
    x, y, wide, high = area
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    w = abs(wide * cos) + abs(high * (shear * cos - sin))
    h = abs(wide * sin) + abs(high * (shear * sin + cos))
    x, y = x + (wide - w) / 2, y + (high - h) / 2
    around = even_rect(x - 1, y - 1, w + 2, h + 2)
    return Rect(around.x, around.y, even(around.w), even(around.h))


def turned(
    frame: Frame,
    area: tuple[float, float, float, float],
    degrees: float,
    shear: float = 0.0,
) -> tuple[Frame, Rect]:
    """``frame``, which fills ``area`` (x, y, w, h), leant and turned clockwise about its middle.

    Returns:
        A premultiplied frame with alpha and the rectangle of the canvas it fills.
    """
    around = bounds(area, degrees, shear)
    alpha, alpha_uv = frame.alpha, frame.alpha_uv
    if alpha is None or alpha_uv is None:
        alpha, alpha_uv = _opaque(frame.width, frame.height)
    x, y, wide, high = area
    middle = (x + wide / 2 - around.x, y + high / 2 - around.y)
    made = []
    for plane, shift in (
        (frame.y, 0),
        (frame.u, 1),
        (frame.v, 1),
        (alpha, 0),
        (alpha_uv, 1),
    ):
        half = 1 << shift
        scale = (wide / frame.width, high / frame.height)
        matrix = _matrix(plane.shape, (middle[0] / half, middle[1] / half), degrees, shear, scale)
        size = (around.w // half, around.h // half)
        made.append(cv2.warpAffine(plane, matrix, size, flags=cv2.INTER_LINEAR, borderValue=0))
    return Frame(made[0], made[1], made[2], frame.pts_ns, made[3], made[4]), around


def outlined(frame: Frame, corners: Sequence[tuple[float, float]]) -> Frame:
    """``frame`` with nothing outside a convex outline; its corners are parts (0..1) of its size.

    Returns:
        A premultiplied frame with alpha.
    """
    alpha, alpha_uv = frame.alpha, frame.alpha_uv
    if alpha is None or alpha_uv is None:
        alpha, alpha_uv = _opaque(frame.width, frame.height)
    masks = [_outline(plane.shape, tuple(corners)) for plane in (frame.y, frame.u)]
    planes = [
        cv2.multiply(plane, mask, scale=1 / 255)
        for plane, mask in zip(
            (*frame.planes, alpha, alpha_uv),
            (masks[0], masks[1], masks[1], masks[0], masks[1]),
            strict=True,
        )
    ]
    return Frame(planes[0], planes[1], planes[2], frame.pts_ns, planes[3], planes[4])


@lru_cache(maxsize=32)
def _outline(shape: tuple[int, int], corners: tuple[tuple[float, float], ...]) -> Plane:
    """255 inside the corners, at a plane's size: as much as lies within of each pixel."""
    high, wide = shape
    x, y = np.arange(wide, dtype=np.float32) + 0.5, np.arange(high, dtype=np.float32)[:, None] + 0.5
    places = [(a * wide, b * high) for a, b in corners]
    middle = [sum(side) / len(places) for side in zip(*places, strict=True)]
    covered = np.ones((high, wide), np.float32)
    for (ax, ay), (bx, by) in zip(places, places[1:] + places[:1], strict=True):
        long = math.hypot(bx - ax, by - ay)
        if long < 1e-6:
            continue
        nx, ny = (ay - by) / long, (bx - ax) / long
        sign = 1.0 if (middle[0] - ax) * nx + (middle[1] - ay) * ny >= 0 else -1.0
        depth = sign * ((x - np.float32(ax)) * nx + (y - np.float32(ay)) * ny)
        covered *= np.clip(depth + np.float32(0.5), 0, 1)
    return np.asarray(np.rint(covered * 255), np.uint8)


@lru_cache(maxsize=16)
def _opaque(width: int, height: int) -> tuple[Plane, Plane]:
    """Full alpha; outside it is nothing, so a turned edge is soft instead of stepped."""
    alpha = np.full((height, width), 255, np.uint8)
    return alpha, np.full((height // 2, width // 2), 255, np.uint8)


def _matrix(
    shape: tuple[int, ...],
    to: tuple[float, float],
    degrees: float,
    shear: float,
    scale: tuple[float, float],
) -> np.ndarray:
    """From the plane's pixels to the canvas's, pixel centres at half (as in `cv2.warpAffine`)."""
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    xx, xy = cos * scale[0], (cos * shear - sin) * scale[1]
    yx, yy = sin * scale[0], (sin * shear + cos) * scale[1]
    cx, cy = (shape[1] - 1) / 2, (shape[0] - 1) / 2
    return np.array(
        [
            [xx, xy, to[0] - 0.5 - xx * cx - xy * cy],
            [yx, yy, to[1] - 0.5 - yx * cx - yy * cy],
        ]
    )
