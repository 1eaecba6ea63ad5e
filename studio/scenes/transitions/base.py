"""The contract of a transition."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from studio.core.extension import Extension
from studio.media.frame import Frame
from studio.media.sound import Samples


class Transition(Extension):
    """Mixes two composed pictures. Called on the picture thread: no waiting, little allocation.

    One instance lives as long as its settings are chosen; both canvases and takes share it.

    Attributes:
        is_instant: takes no time (a cut).
        default_ms: how long it takes unless said otherwise.
    """

    is_instant: ClassVar[bool] = False
    default_ms: ClassVar[int] = 300

    def __init__(self, settings: Any = None, base: Path | None = None) -> None:
        self.settings = self.Settings() if settings is None else settings
        self.base = base or Path()

    @abstractmethod
    def mix(self, target: Frame, before: Frame, after: Frame, progress: float) -> None:
        """Writes the mix into ``target`` (not one of the others); progress in 0..1."""

    def prepare(self, width: int, height: int) -> None:
        """Loads what it needs for a canvas of this size, off the picture thread.

        Raises:
            StudioError: it cannot be used; a take falls back to a cut.
        """

    @property
    def own_ms(self) -> int:
        """How long it takes by nature, as a film does; 0 when it takes as long as is asked."""
        return 0

    @property
    def sound(self) -> Samples | None:
        """What is heard while it runs, from its first picture on; None for silence."""
        return None

    @property
    def is_ready(self) -> bool:
        """Can it go on air now?"""
        return True
