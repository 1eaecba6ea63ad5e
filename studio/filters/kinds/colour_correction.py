"""Colour correction: brightness, contrast, gamma, saturation, hue, temperature, opacity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.alpha import Planes, half, recoloured, thin
from studio.filters.base import Filter
from studio.filters.buffers import added, looked_up
from studio.media.frame import Frame, Plane


class ColourCorrectionSettings(extension.Settings, kw_only=True):
    """0 leaves everything as it is; opacity 1."""

    brightness: Annotated[float, setting("亮度", "Brightness", "slider", ge=-1, le=1)] = 0.0
    contrast: Annotated[float, setting("对比度", "Contrast", "slider", ge=-1, le=1)] = 0.0
    gamma: Annotated[float, setting("伽马", "Gamma", "slider", ge=-3, le=3)] = 0.0
    saturation: Annotated[float, setting("饱和度", "Saturation", "slider", ge=-1, le=5)] = 0.0
    hue_deg: Annotated[float, setting("色相 (°)", "Hue (°)", "slider", ge=-180, le=180)] = 0.0
    temperature: Annotated[
        float, setting("色温（冷→暖）", "Temperature (cool→warm)", "slider", ge=-1, le=1)
    ] = 0.0
    tint: Annotated[float, setting("绿→洋红", "Green→magenta", "slider", ge=-1, le=1)] = 0.0
    opacity: Annotated[float, setting("不透明度", "Opacity", "slider", ge=0, le=1)] = 1.0


@dataclass(frozen=True, slots=True)
class _Made:
    """Luma by table; chroma by a 2×2 matrix about grey, plus what grows with luma."""

    luma: Plane | None
    matrix: tuple[float, float, float, float] | None
    cast_u: float
    cast_v: float
    opacity: int


def _make(s: ColourCorrectionSettings) -> _Made:
    level = (np.arange(256) - 16) / 219
    gain = 1 + s.contrast if s.contrast < 0 else 1 + 2 * s.contrast
    exponent = 1 - s.gamma if s.gamma < 0 else 1 / (1 + s.gamma)
    out = np.clip((level - 0.5) * gain + 0.5 + s.brightness, 0, 1) ** exponent
    luma = np.clip(np.rint(out * 219 + 16), 0, 255).astype(np.uint8)
    turn, power = math.radians(s.hue_deg), (1 + s.saturation) * gain
    cosine, sine = power * math.cos(turn), power * math.sin(turn)
    is_plain = s.brightness == s.contrast == s.gamma == 0
    is_grey_true = s.hue_deg == s.saturation == s.contrast == 0
    return _Made(
        None if is_plain else luma,
        None if is_grey_true else (cosine, -sine, sine, cosine),
        # White light that is warm has more red than blue: a cast that grows with luma.
        -0.12 * s.temperature + 0.06 * s.tint,
        0.12 * s.temperature + 0.06 * s.tint,
        round(s.opacity * 255),
    )


class ColourCorrection(Filter):
    """Corrects the colours: one table for luma, a small matrix for chroma."""

    kind: ClassVar[str] = "colour_correction"
    label: ClassVar[Text] = Text("色彩校正", "Colour correction")
    help: ClassVar[Text] = Text(
        "调整亮度、对比度、饱和度、色相、伽马、色温与不透明度。",
        "Brightness, contrast, saturation, hue, gamma, temperature and opacity.",
    )
    Settings: ClassVar[type[extension.Settings]] = ColourCorrectionSettings

    def __init__(self, settings: ColourCorrectionSettings) -> None:
        super().__init__(settings)
        self._made = _make(settings)

    def change(self, settings: ColourCorrectionSettings) -> bool:
        """At once."""
        self._made, self.settings = _make(settings), settings
        return True

    def apply(self, frame: Frame) -> Frame:
        """The corrected frame."""
        made = self._made
        is_cast = made.cast_u != 0 or made.cast_v != 0
        if made.luma is not None or made.matrix is not None or is_cast:
            frame = recoloured(frame, lambda planes: _corrected(planes, made))
        if made.opacity < 255:
            alpha = np.full_like(frame.y, made.opacity)
            frame = thin(frame, alpha, np.full_like(frame.u, made.opacity))
        return frame


def _corrected(planes: Planes, made: _Made) -> Planes:
    y, u, v = planes
    if made.luma is not None:
        y = looked_up(y, made.luma)
    if made.matrix is not None:
        a, b, c, d = made.matrix
        u, v = (
            added(u, a, v, b, 128 * (1 - a - b)),
            added(u, c, v, d, 128 * (1 - c - d)),
        )
    if made.cast_u or made.cast_v:
        light = half(y)
        u = added(u, 1.0, light, made.cast_u, -16 * made.cast_u)
        v = added(v, 1.0, light, made.cast_v, -16 * made.cast_v)
    return y, u, v
