"""The contract of a filter."""

from __future__ import annotations

from typing import Any, ClassVar

from studio.core.extension import Extension
from studio.media.frame import Frame
from studio.media.sound import Samples


class Filter(Extension):
    """Changes the pictures or the sound of one source, in that source's thread.

    A picture is immutable: a filter that draws works on ``frame.copy()``. A filter without effect
    returns what it was given.

    Attributes:
        is_picture, is_sound: what it changes.
    """

    is_picture: ClassVar[bool] = True
    is_sound: ClassVar[bool] = False

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    def apply(self, frame: Frame) -> Frame:
        """The changed picture."""
        return frame

    def apply_sound(self, samples: Samples) -> Samples:
        """The changed samples, (n, 2) float32, as many as given."""
        return samples

    def close(self) -> None:
        """Ends threads and gives memory back."""
