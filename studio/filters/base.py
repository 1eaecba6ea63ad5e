"""The contract of a filter."""

from __future__ import annotations

from typing import Any, ClassVar

from studio.core.extension import Extension
from studio.media.frame import Frame
from studio.media.sound import Samples


class Filter(Extension):
    """Changes the pictures or the sound of one source, in that source's thread.

    A picture is immutable: a filter that draws works on ``frame.copy()`` or on planes of its own.
    A filter without effect returns what it was given. It may be wide, tall, or carry alpha
    (premultiplied: see `studio.filters.alpha`).

    Attributes:
        is_picture, is_sound: what it changes.
        is_moving: even of a still picture it makes moving ones (scroll): it is called again and
            again, with the moment in ``frame.pts_ns``.
        budget_ms: the most it may take for a picture (or a block of sound); over it many times
            in a row it is bypassed for a while (`studio.sources.guard`).
        error: why it has no effect just now, None when all is well.
    """

    is_picture: ClassVar[bool] = True
    is_sound: ClassVar[bool] = False
    is_moving: ClassVar[bool] = False
    budget_ms: ClassVar[float] = 8.0
    error: Exception | None = None

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    @classmethod
    def examine(cls, settings: Any) -> None:
        """Looks at settings before a filter is made or changed: files, what fits together.

        Raises:
            StudioError: not_found, invalid.
        """

    def change(self, settings: Any) -> bool:
        """Takes other settings over while it runs, from the engine loop.

        Returns:
            False when it cannot: it is then made anew, and what it knew is lost.

        Raises:
            StudioError: they are wrong; those before stay.
        """
        return False

    def apply(self, frame: Frame) -> Frame:
        """The changed picture."""
        return frame

    def apply_sound(self, samples: Samples) -> Samples:
        """The changed samples, (n, 2) float32, as many as given."""
        return samples

    def close(self) -> None:
        """Ends threads and gives memory back."""
