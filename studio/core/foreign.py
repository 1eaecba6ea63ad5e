"""Values out of other programs' JSON, whatever stands there: never an error, never NaN."""

from __future__ import annotations

import math
from typing import Any


def number(
    value: Any, default: float, low: float = float("-inf"), high: float = float("inf")
) -> float:
    """A finite number between ``low`` and ``high``; anything else is ``default``."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        value = default
    try:
        value = float(value)
    except OverflowError:  # a whole number of hundreds of digits
        value = default
    return min(high, max(low, value if math.isfinite(value) else float(default)))


def obs_colour(value: int) -> str:
    """``#rrggbb`` of OBS's 0xAABBGGRR."""
    red, green, blue = value & 255, value >> 8 & 255, value >> 16 & 255
    return f"#{red:02x}{green:02x}{blue:02x}"


def split_version(kind: str) -> tuple[str, int]:
    """A kind of OBS without its mark, and the number in it; 1 where there is none."""
    base, mark, number = kind.rpartition("_v")
    return (base, int(number)) if mark and number.isdigit() and len(number) < 4 else (kind, 1)
