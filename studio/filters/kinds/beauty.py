"""Beauty: smoother, lighter skin; edges, hair, cloth and goods stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.alpha import Planes, half, recoloured
from studio.filters.base import Filter
from studio.filters.buffers import added, fresh, looked_up, scaled
from studio.media.cv import cv2
from studio.media.frame import Frame, Plane


class BeautySettings(extension.Settings, kw_only=True):
    """How much."""

    smoothing: Annotated[float, setting("磨皮", "Smoothing", "slider", ge=0, le=1)] = 0.5
    whitening: Annotated[float, setting("美白", "Whitening", "slider", ge=0, le=1)] = 0.2
    rosiness: Annotated[float, setting("红润", "Rosiness", "slider", ge=0, le=1)] = 0.1


@dataclass(frozen=True, slots=True)
class _Made:
    skin_u: Plane
    skin_v: Plane
    settings: BeautySettings


def _make(settings: BeautySettings) -> _Made:
    level = np.arange(256, dtype=np.float32)

    def window(low: float, high: float, soft: float) -> Plane:
        inside = np.minimum((level - low) / soft + 1, (high - level) / soft + 1)
        table: Plane = np.rint(np.clip(inside, 0, 1) * 255).astype(np.uint8)
        return table

    # Skin of all tones lies in one small part of the chroma plane (Chai & Ngan 1999).
    return _Made(window(80, 124, 6), window(136, 170, 5), settings)


class Beauty(Filter):
    """A guided filter (He, Sun, Tang 2010) at quarter size, on luma, where the colour is skin's."""

    kind: ClassVar[str] = "beauty"
    label: ClassVar[Text] = Text("美颜", "Beauty")
    help: ClassVar[Text] = Text(
        "磨皮、美白、红润；只作用于肤色，保留五官与商品的边缘。",
        "Smooths and lightens skin; edges of features and goods stay sharp.",
    )
    Settings: ClassVar[type[extension.Settings]] = BeautySettings

    def __init__(self, settings: BeautySettings) -> None:
        super().__init__(settings)
        self._made = _make(settings)

    def change(self, settings: BeautySettings) -> bool:
        """At once."""
        self._made, self.settings = _make(settings), settings
        return True

    def apply(self, frame: Frame) -> Frame:
        """The frame with smoother skin."""
        made = self._made
        s = made.settings
        if s.smoothing == s.whitening == s.rosiness == 0 or min(frame.width, frame.height) < 32:
            return frame
        return recoloured(frame, lambda planes: _smoothed(planes, made))


def _smoothed(planes: Planes, made: _Made) -> Planes:
    y, u, v = planes
    skin = cv2.min(looked_up(u, made.skin_u), looked_up(v, made.skin_v))
    mask = half(skin)
    mask = cv2.blur(cv2.dilate(mask, np.ones((3, 3), np.uint8)), (7, 7))
    # Only where skin is: a quarter-size box, grown by what the filter reaches.
    left, top, w, h = cv2.boundingRect(mask)
    if w == 0 or h == 0:
        return planes
    side = 2 * max(2, round(min(y.shape) / 4 * 0.02)) + 1
    x0, y0 = max(0, left - side), max(0, top - side)
    x1, y1 = min(mask.shape[1], left + w + side), min(mask.shape[0], top + h + side)
    out = [_copied(y), u, v]
    part = slice(4 * y0, 4 * y1), slice(4 * x0, 4 * x1)
    _smooth_luma(out[0][part], y[part], mask[y0:y1, x0:x1], side, made.settings)
    if made.settings.rosiness:
        glow = scaled(mask, u.shape[1], u.shape[0])
        out[1] = added(u, 1.0, glow, -made.settings.rosiness * 5 / 255)
        out[2] = added(v, 1.0, glow, made.settings.rosiness * 12 / 255)
    return out[0], out[1], out[2]


def _copied(plane: Plane) -> Plane:
    out = fresh(*plane.shape)
    np.copyto(out, plane)
    return out


def _smooth_luma(target: Plane, y: Plane, mask: Plane, side: int, s: BeautySettings) -> None:
    """Writes smoother luma into ``target``; ``mask`` is where skin is, at quarter size."""
    height, width = y.shape
    size = (mask.shape[1], mask.shape[0])
    weight = mask.astype(np.float32) * (1 / 255)

    # y' = a*y + b, a near 1 where luma has an edge, near 0 where it is even; both are smooth, so
    # they are made small and enlarged. What is not skin has a = 1, b = 0.
    # Halved first, not quartered: fine texture must count as variance, edges must be found.
    small = cv2.resize(y, (size[0] * 2, size[1] * 2), interpolation=cv2.INTER_AREA)
    small = cv2.resize(small, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    mean = cv2.blur(small, (side, side))
    variance = cv2.blur(small * small, (side, side)) - mean * mean
    even = (3 + 9 * s.smoothing) ** 2
    slope = cv2.blur(variance / (variance + even), (side, side))
    offset = cv2.blur(mean * (1 - slope), (side, side))
    strength = weight * min(1.0, 0.35 + 0.65 * s.smoothing) if s.smoothing else weight * 0.0
    a = 1 - strength * (1 - slope)
    b = strength * offset
    if s.whitening:
        # Lifts the middle more than the ends, as a curve would.
        # Its level is the smoothed one, which keeps edges: a plain mean would draw rings.
        level = np.clip((slope * small + offset - 16) / 219, 0, 1)
        b = b + weight * (s.whitening * 90) * level * (1 - level)
    room = (width, height)
    scale = cv2.resize(cv2.convertScaleAbs(a, alpha=255), room, interpolation=cv2.INTER_LINEAR)
    lift = cv2.resize(cv2.convertScaleAbs(b), room, interpolation=cv2.INTER_LINEAR)
    cv2.multiply(y, scale, dst=target, scale=1 / 255)
    cv2.add(target, lift, dst=target)
