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
from studio.filters.buffers import added, looked_up, multiplied, scaled
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
        return np.rint(np.clip(inside, 0, 1) * 255).astype(np.uint8)

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
    s = made.settings
    height, width = y.shape
    size = (width // 4, height // 4)
    skin = cv2.min(looked_up(u, made.skin_u), looked_up(v, made.skin_v))
    mask = scaled(skin, *size)
    mask = cv2.blur(cv2.dilate(mask, np.ones((3, 3), np.uint8)), (7, 7))
    weight = mask.astype(np.float32) * (1 / 255)

    # y' = a*y + b, a near 1 where luma has an edge, near 0 where it is even; both are smooth, so
    # they are made small and enlarged. What is not skin has a = 1, b = 0.
    # Halved first, not quartered: fine texture must count as variance, edges must be found.
    small = half(y)
    small = cv2.resize(small, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    side = 2 * max(2, round(min(width, height) / 4 * 0.02)) + 1
    mean = cv2.blur(small, (side, side))
    variance = cv2.blur(small * small, (side, side)) - mean * mean
    even = (4 + 16 * s.smoothing) ** 2 if s.smoothing else 1e-3
    slope = cv2.blur(variance / (variance + even), (side, side))
    offset = cv2.blur(mean * (1 - slope), (side, side)) if s.smoothing else 0.0
    strength = weight * min(1.0, 0.35 + 0.65 * s.smoothing) if s.smoothing else weight * 0.0
    a = 1 - strength * (1 - slope)
    b = strength * offset
    if s.whitening:
        # Lifts the middle more than the ends, as a curve would.
        level = np.clip((mean - 16) / 219, 0, 1)
        b = b + weight * (s.whitening * 90) * level * (1 - level)
    if s.smoothing or s.whitening:
        scale = scaled(cv2.convertScaleAbs(a, alpha=255), width, height)
        lift = scaled(cv2.convertScaleAbs(b), width, height)
        y = multiplied(y, scale)
        cv2.add(y, lift, dst=y)
    if s.rosiness:
        glow = scaled(mask, width // 2, height // 2)
        v = added(v, 1.0, glow, s.rosiness * 12 / 255)
        u = added(u, 1.0, glow, -s.rosiness * 5 / 255)
    return y, u, v
