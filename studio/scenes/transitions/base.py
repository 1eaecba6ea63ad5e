"""The contract of a transition."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from studio.core.extension import Extension
from studio.media.frame import Frame


class Transition(Extension):
    """Mixes two composed pictures. Called on the picture thread: no allocation, no waiting.

    Attributes:
        is_instant: takes no time (a cut).
        default_ms: how long it takes unless said otherwise.
    """

    is_instant: ClassVar[bool] = False
    default_ms: ClassVar[int] = 300

    @abstractmethod
    def mix(self, target: Frame, before: Frame, after: Frame, progress: float) -> None:
        """Writes the mix into ``target`` (not one of the others); progress in 0..1."""
