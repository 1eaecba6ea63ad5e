"""A dip to black: an example of a transition."""

from __future__ import annotations

from typing import ClassVar

from studio.api import Frame, Text, Transition, blank, fade


class Dip(Transition):
    """The old picture darkens, the new one comes up."""

    kind: ClassVar[str] = "dip"
    label: ClassVar[Text] = Text("黑场过渡", "Dip to black")
    help: ClassVar[Text] = Text("先暗到黑，再亮起新画面。", "To black, then the new picture.")
    default_ms: ClassVar[int] = 600

    _black: Frame | None = None

    def mix(self, target: Frame, before: Frame, after: Frame, progress: float) -> None:
        """Fades one of the two pictures to or from black."""
        if self._black is None or self._black.width != target.width:
            self._black = blank(target.width, target.height)
        shown = before if progress < 0.5 else after
        fade(target, self._black, shown, abs(2 * progress - 1))
