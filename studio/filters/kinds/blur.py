"""Blur: the whole picture or a part of it; also as a mosaic that hides faces and numbers."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.base import Filter
from studio.filters.buffers import scaled
from studio.media.cv import cv2
from studio.media.frame import Frame, Plane
from studio.media.yuv import Rect, even_rect


class BlurSettings(extension.Settings, kw_only=True):
    """How, how much and where; the region in parts of the picture."""

    style: Annotated[Literal["gauss", "box", "mosaic"], setting("方式", "Style")] = "gauss"
    radius: Annotated[
        int, setting("半径 (1080p 像素)", "Radius (px at 1080p)", "slider", ge=0, le=200)
    ] = 16
    x: Annotated[float, setting("区域左", "Region left", "slider", ge=0, le=1)] = 0.0
    y: Annotated[float, setting("区域上", "Region top", "slider", ge=0, le=1)] = 0.0
    w: Annotated[float, setting("区域宽", "Region width", "slider", ge=0, le=1)] = 1.0
    h: Annotated[float, setting("区域高", "Region height", "slider", ge=0, le=1)] = 1.0
    is_outside: Annotated[bool, setting("模糊区域之外", "Blur what is outside")] = False


class Blur(Filter):
    """Blurs. A large radius is made at a small size: it costs less, not more."""

    kind: ClassVar[str] = "blur"
    label: ClassVar[Text] = Text("模糊/马赛克", "Blur/mosaic")
    help: ClassVar[Text] = Text(
        "模糊整个画面或一个区域；马赛克用于遮住人脸和号码。",
        "Blurs the picture or a region; the mosaic hides faces and numbers.",
    )
    Settings: ClassVar[type[extension.Settings]] = BlurSettings

    def change(self, settings: BlurSettings) -> bool:
        """At once."""
        self.settings = settings
        return True

    def apply(self, frame: Frame) -> Frame:
        """The blurred frame."""
        s = self.settings
        radius = s.radius * min(frame.width, frame.height) / 1080
        width, height = frame.width, frame.height
        rect = even_rect(s.x * width, s.y * height, s.w * width, s.h * height)
        rect = rect.clipped(width, height)
        if radius < 0.5 or (not s.is_outside and (s.w == 0 or s.h == 0 or rect.w < 2)):
            return frame
        is_whole = rect == (0, 0, width, height)
        if is_whole and s.is_outside:
            return frame
        planes: list[Plane | None] = []
        for index, plane in enumerate((*frame.planes, frame.alpha, frame.alpha_uv)):
            if plane is None:
                planes.append(None)
                continue
            shift = 0 if index in (0, 3) else 1
            planes.append(_part(plane, Rect(*(n >> shift for n in rect)), radius / (1 + shift), s))
        y, u, v, alpha, alpha_uv = planes
        assert y is not None
        assert u is not None
        assert v is not None
        return Frame(y, u, v, frame.pts_ns, alpha, alpha_uv)


def _part(plane: Plane, rect: Rect, radius: float, s: BlurSettings) -> Plane:
    height, width = plane.shape
    if rect == (0, 0, width, height):
        return blurred(plane, radius, s.style)
    x, y, w, h = rect
    here = slice(y, y + h), slice(x, x + w)
    if s.is_outside:
        out = blurred(plane, radius, s.style)
        out[here] = plane[here]
        return out
    out = plane.copy()
    # What lies beside the region leaks in as far as it should: blur a little more, keep the rest.
    edge = 0 if s.style == "mosaic" else round(2 * radius)
    x0, y0 = max(0, x - edge), max(0, y - edge)
    x1, y1 = min(width, x + w + edge), min(height, y + h + edge)
    soft = blurred(np.ascontiguousarray(plane[y0:y1, x0:x1]), radius, s.style)
    out[here] = soft[y - y0 : y - y0 + h, x - x0 : x - x0 + w]
    return out


def blurred(plane: Plane, radius: float, style: str = "gauss") -> Plane:
    """A plane blurred by ``radius`` pixels (gauss: its sigma is half of it)."""
    height, width = plane.shape
    if style == "mosaic":
        cell = max(2, round(radius))
        size = max(1, round(width / cell)), max(1, round(height / cell))
        small = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST))
    factor = 1
    while radius / factor > 6 and min(width, height) // (factor * 2) >= 8:
        factor *= 2
    small = plane
    for _ in range(factor.bit_length() - 1):
        small = scaled(small, max(1, small.shape[1] // 2), max(1, small.shape[0] // 2))
    reach = radius / factor
    if style == "box":
        side = 2 * max(1, round(reach)) + 1
        small = cv2.blur(small, (side, side))
    else:
        small = cv2.GaussianBlur(small, (0, 0), max(0.3, reach / 2))
    if factor == 1:
        return np.asarray(small)
    return scaled(small, width, height)
