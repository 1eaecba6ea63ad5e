"""Chroma key: takes one colour out of the picture, and its glow off the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.alpha import cut_out, double, straight
from studio.filters.base import Filter
from studio.filters.buffers import added, looked_up
from studio.filters.colours import yuv_of_text
from studio.media.cv import cv2
from studio.media.frame import Frame, Plane


class ChromaKeySettings(extension.Settings, kw_only=True):
    """What is taken out, and how the edge looks."""

    colour: Annotated[str, setting("抠除颜色", "Key colour", "colour")] = "#00b140"
    similarity: Annotated[float, setting("相似度", "Similarity", "slider", ge=0, le=1)] = 0.4
    smoothness: Annotated[float, setting("平滑度", "Smoothness", "slider", ge=0, le=1)] = 0.25
    spill: Annotated[float, setting("溢色抑制", "Spill suppression", "slider", ge=0, le=1)] = 0.8
    shrink: Annotated[int, setting("边缘收缩", "Edge shrink", "slider", ge=0, le=8)] = 0


@dataclass(frozen=True, slots=True)
class _Tables:
    """Everything a frame needs, made once for the settings."""

    du: Plane
    dv: Plane
    alpha: Plane
    toward_u: float
    toward_v: float
    spill: float
    shrink: int


def _tables(settings: ChromaKeySettings) -> _Tables:
    _, key_u, key_v = yuv_of_text(settings.colour)
    # Distance in the UV plane; 112 is from grey to the most a colour can have.
    inner = settings.similarity * 112
    outer = inner + max(1.0, settings.smoothness * 112)
    levels = np.arange(256, dtype=np.float64)
    scale = 255 / (outer * outer)  # squares, so that a sum of two tables is the distance
    du = np.clip((levels - key_u) ** 2 * scale, 0, 255)
    dv = np.clip((levels - key_v) ** 2 * scale, 0, 255)
    distance = np.sqrt(levels / scale)
    alpha = np.clip((distance - inner) / (outer - inner), 0, 1)
    alpha = alpha * alpha * (3 - 2 * alpha)
    length = max(1e-6, math.hypot(key_u - 128, key_v - 128))
    return _Tables(
        np.rint(du).astype(np.uint8),
        np.rint(dv).astype(np.uint8),
        np.rint(alpha * 255).astype(np.uint8),
        (key_u - 128) / length,
        (key_v - 128) / length,
        settings.spill if length > 4 else 0.0,
        settings.shrink,
    )


class ChromaKey(Filter):
    """Green or blue screen → transparency. Works at half size, where the colour is."""

    kind: ClassVar[str] = "chroma_key"
    label: ClassVar[Text] = Text("色度抠像", "Chroma key")
    help: ClassVar[Text] = Text(
        "把绿幕或蓝幕变透明，并去掉人物身上的溢色。",
        "Makes a green or blue screen transparent and takes its glow off the person.",
    )
    Settings: ClassVar[type[extension.Settings]] = ChromaKeySettings

    def __init__(self, settings: ChromaKeySettings) -> None:
        super().__init__(settings)
        self._tables = _tables(settings)

    def change(self, settings: ChromaKeySettings) -> bool:
        """At once."""
        self._tables, self.settings = _tables(settings), settings
        return True

    def apply(self, frame: Frame) -> Frame:
        """The frame with alpha."""
        t = self._tables
        y, u, v = straight(frame)
        near = looked_up(u, t.du)
        cv2.add(near, looked_up(v, t.dv), dst=near)
        alpha_uv = looked_up(near, t.alpha)
        if t.shrink:
            size = (t.shrink + 1) // 2 * 2 + 1
            alpha_uv = cv2.erode(alpha_uv, np.ones((size, size), np.uint8))
            alpha_uv = cv2.blur(alpha_uv, (3, 3))
        if t.spill > 0:
            # How far a pixel's colour leans toward the key (below 0 saturates to 0): take it off.
            lean = added(u, t.toward_u, v, t.toward_v, -128 * (t.toward_u + t.toward_v))
            u = added(u, 1.0, lean, -t.toward_u * t.spill)
            v = added(v, 1.0, lean, -t.toward_v * t.spill)
        alpha = double(alpha_uv, frame.width, frame.height)
        return cut_out(frame, (y, u, v), alpha, alpha_uv)
