"""Sharpen: an unsharp mask on luma."""

from __future__ import annotations

from typing import Annotated, ClassVar

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.alpha import Planes, recoloured
from studio.filters.base import Filter
from studio.filters.buffers import added, fresh
from studio.media.cv import cv2
from studio.media.frame import Frame


class SharpenSettings(extension.Settings, kw_only=True):
    """How much, and how fine."""

    strength: Annotated[float, setting("强度", "Strength", "slider", ge=0, le=2)] = 0.5
    is_wide: Annotated[bool, setting("较粗的细节", "Coarser detail")] = False


class Sharpen(Filter):
    """Makes detail crisper; colour is left alone, so noise in it does not grow."""

    kind: ClassVar[str] = "sharpen"
    label: ClassVar[Text] = Text("锐化", "Sharpen")
    help: ClassVar[Text] = Text("让面料与细节更清晰。", "Makes fabric and detail crisper.")
    Settings: ClassVar[type[extension.Settings]] = SharpenSettings

    def change(self, settings: SharpenSettings) -> bool:
        """At once."""
        self.settings = settings
        return True

    def apply(self, frame: Frame) -> Frame:
        """The crisper frame."""
        strength = float(self.settings.strength)
        if strength == 0:
            return frame
        side = 5 if self.settings.is_wide else 3

        def crisper(planes: Planes) -> Planes:
            y, u, v = planes
            soft = cv2.GaussianBlur(y, (side, side), 0, dst=fresh(*y.shape))
            return added(y, 1 + strength, soft, -strength), u, v

        return recoloured(frame, crisper)
