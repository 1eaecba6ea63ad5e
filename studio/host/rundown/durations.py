"""Lengths and times of day as people write them in sheets."""

from __future__ import annotations

import re
import unicodedata

from studio.shop.importers.tables import NumberText

DAY_S = 86_400
UNITS = (
    (1, r"秒|\bs\b|\bsec|second"), (3600, r"小时|\bh\b|hour"), (60, r"分|\bm\b|\bmin|minute"),
)  # fmt: skip
_PART = re.compile(
    r"(\d+(?:\.\d+)?)\s*(小时|时|h(?:ours?|rs?)?|分钟|分|min(?:utes?|s)?|m|秒钟?|s(?:ec(?:onds?)?)?)",
    re.IGNORECASE,
)


def unit_of(head: str) -> int:
    """Seconds of the unit that a head names; minutes where it names none."""
    plain = unicodedata.normalize("NFKC", head).casefold()
    return next((seconds for seconds, word in UNITS if re.search(word, plain)), 60)


def duration_s(text: str, unit_s: int = 60) -> int:
    """Seconds of "10", "10 min", "1h 5m", "10分30秒", "00:10:00", "2:30".

    Args:
        unit_s: of a bare number. Two parts with a colon are minutes and seconds.

    Raises:
        ValueError: it is no length.
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if re.fullmatch(r"\d+(\.\d+)?", plain):
        value = float(plain)
        if isinstance(text, NumberText) and "." in plain and value < 1 and unit_s == 60:
            return round(value * DAY_S)  # a spreadsheet's time of day
        return round(value * unit_s)
    colons = re.fullmatch(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2})(?:\.\d+)?", plain)
    if colons:
        hours, minutes, seconds = (int(part or 0) for part in colons.groups())
        return hours * 3600 + minutes * 60 + seconds
    parts = list(_PART.finditer(plain))
    if not parts or re.sub(r"[\s,又零]+", "", _PART.sub("", plain)):
        raise ValueError(text)
    total = 0.0
    for part in parts:
        word = part[2]
        unit = 3600 if word[0] == "h" or word in ("小时", "时") else 1 if word[0] in "秒s" else 60
        total += float(part[1]) * unit
    return round(total)


def clock_s(text: str) -> int:
    """Seconds since midnight of "20:00", "8:05 pm", "20:00:30", "2026-11-29 20:00".

    Raises:
        ValueError: it is no time of day.
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if isinstance(text, NumberText) and re.fullmatch(r"0?\.\d+|0", plain):
        return round(float(plain) * DAY_S)
    found = re.search(r"(?<!\d)(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*([ap]m)?$", plain)
    if not found:
        raise ValueError(text)
    hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        hours = hours % 12 + (12 if found[4] == "pm" else 0)
    if hours > 24 or minutes > 59 or seconds > 59:
        raise ValueError(text)
    return hours * 3600 + minutes * 60 + seconds
