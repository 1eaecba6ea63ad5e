"""The show file: what a folder NAME.show/ holds."""

from __future__ import annotations

from typing import Any

import msgspec

SCHEMA = 1


class Canvases(msgspec.Struct, frozen=True):
    """Sizes of the canvases, and which are on."""

    landscape: tuple[int, int] = (1920, 1080)
    portrait: tuple[int, int] = (1080, 1920)
    on: tuple[str, ...] = ("landscape", "portrait")


class ShowHead(msgspec.Struct, frozen=True):
    """What stands at the top of show.json; every room's part follows under its own name.

    Attributes:
        schema: version of the file's form.
        language: of what viewers see ("zh", "en").
        fps: ticks a second, "30" or "30000/1001".
    """

    schema: int = SCHEMA
    name: str = ""
    language: str = "zh"
    fps: str = "30"
    canvases: Canvases = Canvases()


Raw = dict[str, Any]
"""show.json as read: unknown keys are kept and written back."""
