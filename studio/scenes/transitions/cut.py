"""A cut."""

from __future__ import annotations

from typing import ClassVar

from studio.core.text import Text
from studio.media.frame import Frame
from studio.media.yuv import place
from studio.scenes.transitions.base import Transition


class Cut(Transition):
    """From one tick to the next."""

    kind: ClassVar[str] = "cut"
    label: ClassVar[Text] = Text("硬切", "Cut")
    help: ClassVar[Text] = Text("立即切换。", "Switches at once.")
    is_instant: ClassVar[bool] = True
    default_ms: ClassVar[int] = 0

    def mix(self, target: Frame, before: Frame, after: Frame, progress: float) -> None:
        """The new picture."""
        place(target, after, 0, 0)
