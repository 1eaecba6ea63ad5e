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


def obs_number(colour: Any) -> int | None:
    """0xAABBGGRR, opaque, of "#rrggbb"."""
    if not isinstance(colour, str) or len(colour) != 7:
        return None
    try:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    except ValueError:
        return None
    return 0xFF000000 | blue << 16 | green << 8 | red


def split_version(kind: str) -> tuple[str, int]:
    """A kind of OBS without its mark, and the number in it; 1 where there is none."""
    base, mark, number = kind.rpartition("_v")
    return (base, int(number)) if mark and number.isdigit() and len(number) < 4 else (kind, 1)


def is_near(value: Any, told: Any) -> bool:
    """Is a number of another program what is told back of it, but for rounding?"""
    numbers = [v for v in (value, told) if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) < 2:
        return True
    its, ours = number(value, math.inf), number(told, 0.0)
    return abs(its - ours) <= 0.01 + 0.01 * min(abs(its), 1e300)
