"""A zoom: the camera seems to rush into the old picture and out of it stands the new one."""

from __future__ import annotations

from typing import Annotated, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.cv import cv2
from studio.media.frame import Frame, blank
from studio.media.yuv import even_rect, fade
from studio.scenes.transitions.base import Transition


class ZoomSettings(Settings):
    """Settings of a zoom."""

    strength: Annotated[float, setting("放大倍数", "Magnification", "slider", ge=1.1, le=4)] = 2.0


class Zoom(Transition):
    """The old picture grows and dissolves into the new one, which settles."""

    kind: ClassVar[str] = "zoom"
    label: ClassVar[Text] = Text("推拉", "Zoom")
    help: ClassVar[Text] = Text("旧画面放大并化入新画面。", "The old picture grows into the new.")
    Settings: ClassVar[type[Settings]] = ZoomSettings
    default_ms: ClassVar[int] = 500

    settings: ZoomSettings
    _spare: dict[tuple[int, int], tuple[Frame, Frame]]

    def prepare(self, width: int, height: int) -> None:
        """Takes its buffers."""
        if not hasattr(self, "_spare"):
            self._spare = {}
        if (width, height) not in self._spare:
            self._spare[width, height] = (blank(width, height), blank(width, height))

    def mix(self, target: Frame, before: Frame, after: Frame, progress: float) -> None:
        """A crop of each picture, magnified, cross-faded over the middle of the time."""
        self.prepare(target.width, target.height)
        spare = self._spare[target.width, target.height]
        most = self.settings.strength
        part = progress * progress * (3 - 2 * progress)
        if progress < 0.75:
            _magnify(spare[0], before, 1 + (most - 1) * part / 0.75)
        if progress > 0.25:
            _magnify(spare[1], after, 1 + (most - 1) * 0.25 * (1 - part))
        mixed = min(1.0, max(0.0, (progress - 0.25) / 0.5))
        first = spare[0] if progress < 0.75 else spare[1]
        second = spare[1] if progress > 0.25 else spare[0]
        fade(target, first, second, mixed)


def _magnify(target: Frame, picture: Frame, scale: float) -> None:
    width, height = picture.width, picture.height
    w, h = width / scale, height / scale
    part = even_rect((width - w) / 2, (height - h) / 2, w, h).clipped(width, height)
    for index, plane in enumerate(picture.planes):
        shift = 0 if index == 0 else 1
        x, y = part.x >> shift, part.y >> shift
        cut = plane[y : y + (part.h >> shift), x : x + (part.w >> shift)]
        mine = target.planes[index]
        cv2.resize(cut, (mine.shape[1], mine.shape[0]), dst=mine, interpolation=cv2.INTER_LINEAR)
