"""Colours as people write them, #rrggbb."""

from __future__ import annotations

import re

from studio.core.errors import StudioError
from studio.media.frame import yuv_of

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def rgb_of(text: str) -> tuple[int, int, int]:
    """#rrggbb → red, green, blue.

    Raises:
        StudioError: invalid.
    """
    if not _COLOUR.fullmatch(text):
        raise StudioError("invalid", "filters.colour", value=text)
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def yuv_of_text(text: str) -> tuple[int, int, int]:
    """#rrggbb → y, u, v in BT.709, limited range.

    Raises:
        StudioError: invalid.
    """
    return yuv_of(*rgb_of(text))
