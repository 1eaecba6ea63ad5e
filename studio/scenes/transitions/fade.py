"""A cross-fade."""

from __future__ import annotations

from typing import ClassVar

from studio.core.text import Text
from studio.media.frame import Frame
from studio.media.yuv import fade
from studio.scenes.transitions.base import Transition


class Fade(Transition):
    """One picture dissolves into the other."""

    kind: ClassVar[str] = "fade"
    label: ClassVar[Text] = Text("淡入淡出", "Fade")
    help: ClassVar[Text] = Text("两个画面渐变过渡。", "One picture dissolves into the other.")

    def mix(self, target: Frame, before: Frame, after: Frame, progress: float) -> None:
        """A weighted mean of the planes."""
        fade(target, before, after, progress)
