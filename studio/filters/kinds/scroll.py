"""Scroll: the picture runs across its own frame."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from studio.core import extension
from studio.core.clock import NS
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.base import Filter
from studio.media.frame import Frame, Plane


class ScrollSettings(extension.Settings, kw_only=True):
    """How fast, in pixels of the source a second."""

    speed_x: Annotated[float, setting("横向 (像素/秒)", "Across (px/s)", ge=-2000, le=2000)] = 100.0
    speed_y: Annotated[float, setting("纵向 (像素/秒)", "Down (px/s)", ge=-2000, le=2000)] = 0.0
    is_loop: Annotated[bool, setting("循环", "Loop")] = True


class Scroll(Filter):
    """Moves the picture; what leaves on one side comes in on the other, or it is gone."""

    kind: ClassVar[str] = "scroll"
    label: ClassVar[Text] = Text("滚动", "Scroll")
    help: ClassVar[Text] = Text(
        "让画面持续滚动，如字幕条、背景。", "Lets the picture run: a ticker, a background."
    )
    Settings: ClassVar[type[extension.Settings]] = ScrollSettings
    is_moving: ClassVar[bool] = True

    def __init__(self, settings: ScrollSettings) -> None:
        super().__init__(settings)
        self._last_ns = 0
        self._at = (0.0, 0.0)

    def change(self, settings: ScrollSettings) -> bool:
        """Goes on from where it is."""
        self.settings = settings
        return True

    def apply(self, frame: Frame) -> Frame:
        """The frame moved by what its time asks for."""
        s = self.settings
        passed = (frame.pts_ns - self._last_ns) / NS if self._last_ns else 0.0
        self._last_ns = frame.pts_ns
        if not 0 <= passed < 5:
            passed = 0.0
        x, y = self._at[0] + s.speed_x * passed, self._at[1] + s.speed_y * passed
        if s.is_loop:
            x, y = x % frame.width, y % frame.height
        else:
            x = max(-frame.width, min(frame.width, x))
            y = max(-frame.height, min(frame.height, y))
        self._at = x, y
        # The picture goes left and up at positive speed, as text is read.
        dx, dy = 2 * int(x // 2), 2 * int(y // 2)
        if dx == 0 and dy == 0:
            return frame
        if s.is_loop:
            planes = [
                None if plane is None else _rolled(plane, dx >> shift, dy >> shift)
                for plane, shift in _all(frame)
            ]
        else:
            planes = [
                _moved(plane, dx >> shift, dy >> shift, frame, shift)
                for plane, shift in _all(frame)
            ]
        y_, u, v, alpha, alpha_uv = planes
        assert y_ is not None
        assert u is not None
        assert v is not None
        return Frame(y_, u, v, frame.pts_ns, alpha, alpha_uv)


def _all(frame: Frame) -> list[tuple[Plane | None, int]]:
    planes = (*frame.planes, frame.alpha, frame.alpha_uv)
    return list(zip(planes, (0, 1, 1, 0, 1), strict=True))


def _rolled(plane: Plane, dx: int, dy: int) -> Plane:
    height, width = plane.shape
    dx, dy = dx % width, dy % height
    out = np.empty_like(plane, order="C")
    h, w = height - dy, width - dx
    out[:h, :w] = plane[dy:, dx:]
    out[:h, w:] = plane[dy:, :dx]
    out[h:, :w] = plane[:dy, dx:]
    out[h:, w:] = plane[:dy, :dx]
    return out


def _moved(plane: Plane | None, dx: int, dy: int, frame: Frame, shift: int) -> Plane:
    """Without a loop the rest is transparent: planes 0, alpha 0."""
    height, width = frame.height >> shift, frame.width >> shift
    out = np.zeros((height, width), np.uint8)
    w, h = width - abs(dx), height - abs(dy)
    if w > 0 and h > 0:
        to = slice(max(0, -dy), max(0, -dy) + h), slice(max(0, -dx), max(0, -dx) + w)
        of = slice(max(0, dy), max(0, dy) + h), slice(max(0, dx), max(0, dx) + w)
        out[to] = 255 if plane is None else plane[of]
    return out
