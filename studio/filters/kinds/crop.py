"""Crop and pad: takes edges off, or puts a margin on."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.base import Filter
from studio.filters.colours import yuv_of_text
from studio.media.frame import Frame, blank, even
from studio.media.yuv import Rect, crop

MOST = 8192
LEAST_SIZE = 16


class CropSettings(extension.Settings, kw_only=True):
    """Pixels taken off each side; below 0 they are put on.

    With a width (height) that many pixels are kept from the left (top), as far as the picture
    goes, and right (bottom) says nothing; one wider than the picture gets a margin (see `far_cut`).
    """

    left: Annotated[int, setting("左 (像素)", "Left (px)", ge=-MOST, le=MOST)] = 0
    top: Annotated[int, setting("上 (像素)", "Top (px)", ge=-MOST, le=MOST)] = 0
    right: Annotated[int, setting("右 (像素)", "Right (px)", ge=-MOST, le=MOST)] = 0
    bottom: Annotated[int, setting("下 (像素)", "Bottom (px)", ge=-MOST, le=MOST)] = 0
    width: Annotated[
        int, setting("保留宽 (0 为按右边)", "Keep width (0: by right)", ge=0, le=MOST)
    ] = 0
    height: Annotated[
        int, setting("保留高 (0 为按下边)", "Keep height (0: by bottom)", ge=0, le=MOST)
    ] = 0
    is_clear: Annotated[bool, setting("边框透明", "Margin is transparent")] = True
    colour: Annotated[str, setting("边框颜色", "Margin colour", "colour")] = "#000000"


def cut_sides(settings: CropSettings, width: int, height: int) -> tuple[int, int, int, int]:
    """What is taken off the left, top, right and bottom of a picture, even pixels."""
    s = settings
    right = far_cut(width, s.left, s.width) if s.width else s.right
    bottom = far_cut(height, s.top, s.height) if s.height else s.bottom
    return even(s.left), even(s.top), even(round(right)), even(round(bottom))


def far_cut(side: float, near: float, kept: float) -> float:
    """What is taken off the far end of a side of which ``kept`` pixels stay behind ``near``.

    Source: obs-studio ``plugins/obs-filters/crop-filter.c``, calc_crop_dimensions: nothing is kept
    beyond the picture, and what is wider than it is filled up by the difference.
    """
    return side - min(near + kept, max(side, near)) - max(0.0, kept - side)


class CropFilter(Filter):
    """Takes edges off, or puts a margin on. A crop copies nothing."""

    kind: ClassVar[str] = "crop"
    label: ClassVar[Text] = Text("裁剪/留边", "Crop/pad")
    help: ClassVar[Text] = Text(
        "裁掉四边；填负数则加边框。", "Takes pixels off the edges; below zero it adds a margin."
    )
    Settings: ClassVar[type[extension.Settings]] = CropSettings

    def __init__(self, settings: CropSettings) -> None:
        super().__init__(settings)
        self._yuv = yuv_of_text(settings.colour)

    def change(self, settings: CropSettings) -> bool:
        """At once."""
        self._yuv, self.settings = yuv_of_text(settings.colour), settings
        return True

    def apply(self, frame: Frame) -> Frame:
        """The frame at its new size; never smaller than 16×16."""
        left, top, right, bottom = cut_sides(self.settings, frame.width, frame.height)
        x, y = max(0, left), max(0, top)
        w = frame.width - x - max(0, right)
        h = frame.height - y - max(0, bottom)
        if w < LEAST_SIZE or h < LEAST_SIZE:
            x = max(0, min(x, frame.width - LEAST_SIZE))
            y = max(0, min(y, frame.height - LEAST_SIZE))
            w, h = max(w, LEAST_SIZE), max(h, LEAST_SIZE)
            w, h = min(w, frame.width - x), min(h, frame.height - y)
        if (x, y, w, h) != (0, 0, frame.width, frame.height):
            frame = crop(frame, Rect(x, y, w, h))
        margins = tuple(max(0, -n) for n in (left, top, right, bottom))
        return self._padded(frame, margins) if any(margins) else frame

    def _padded(self, frame: Frame, margins: tuple[int, ...]) -> Frame:
        left, top, right, bottom = margins
        width, height = frame.width + left + right, frame.height + top + bottom
        is_clear = self.settings.is_clear
        out = blank(width, height, (0, 0, 0) if is_clear else self._yuv, frame.pts_ns)
        alpha = alpha_uv = None
        if is_clear or frame.alpha is not None:
            outside = 0 if is_clear else 255
            alpha = np.full((height, width), outside, np.uint8)
            alpha_uv = np.full((height // 2, width // 2), outside, np.uint8)
        for index, (mine, its) in enumerate(
            zip(
                (*out.planes, alpha, alpha_uv),
                (*frame.planes, frame.alpha, frame.alpha_uv),
                strict=True,
            )
        ):
            if mine is None:
                continue
            shift = 0 if index in (0, 3) else 1
            x, y, w, h = (n >> shift for n in (left, top, frame.width, frame.height))
            mine[y : y + h, x : x + w] = 255 if its is None else its
        return Frame(out.y, out.u, out.v, frame.pts_ns, alpha, alpha_uv, keep=out.keep)
