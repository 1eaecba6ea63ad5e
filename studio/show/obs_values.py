"""Values out of an OBS scene collection, whatever stands there: never an error, never NaN."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec

from studio.core.clean import clean_text
from studio.core.foreign import number
from studio.core.names import tidy_name

Json = dict[str, Any]
Size = tuple[float, float]
FARTHEST_PX, LARGEST_SCALE = 1e5, 1e3
LATEST_MS = 2000.0
"""The most that our mixer holds a sound back."""


class ImportedStrip(msgspec.Struct, frozen=True):
    """A source's place in OBS's mixer.

    Attributes:
        follows_scene: heard on its scenes alone; OBS's own devices are heard on all.
        is_monitored: it was in the headphones; alone there, it is muted for viewers.
    """

    gain_db: float
    is_muted: bool
    pan: float
    sync_ms: int
    follows_scene: bool = True
    is_monitored: bool = False


def strip_of(row: Json) -> ImportedStrip:
    """A source's place in the mixer."""
    volume = number(row.get("volume"), 1.0)
    db = 20 * math.log10(volume) if volume > 1e-5 else -100.0
    return ImportedStrip(
        gain_db=round(min(26.0, max(-100.0, db)), 2),
        is_muted=row.get("muted") is True or is_for_ears_alone(row),
        pan=min(1.0, max(-1.0, 2 * number(row.get("balance"), 0.5) - 1)),
        sync_ms=round(min(LATEST_MS, max(-500.0, number(row.get("sync"), 0) / 1e6))),
        is_monitored=number(row.get("monitoring_type"), 0) > 0,
    )


def is_for_ears_alone(row: Json) -> bool:
    """Is it heard in the headphones, and not by viewers? OBS_MONITORING_TYPE_MONITOR_ONLY."""
    return number(row.get("monitoring_type"), 0) == 1


def items_of(scene: Json) -> list[Json]:
    """The items of a scene or group that are objects."""
    settings = scene.get("settings")
    found = settings.get("items") if isinstance(settings, dict) else None
    return [row for row in as_list(found) if isinstance(row, dict)]


def as_list(value: Any) -> list[Any]:
    """The list, or an empty one."""
    return value if isinstance(value, list) else []


def text(data: Any, key: str) -> str:
    """A text as it can be written again (see `studio.core.clean`)."""
    value = data.get(key, "") if isinstance(data, dict) else ""
    return clean_text(value) if isinstance(value, str) else ""


def json_kind(value: Any) -> str:
    """What JSON calls a value of this kind."""
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return kinds.get(type(value), "number")


def name_of(data: Any) -> str:
    """Its name, tidied; "" when nothing is left of it."""
    return tidy_name(text(data, "name"))


def clean(settings: Json) -> Json:
    """Settings with texts that can be written again."""
    return {key: text(settings, key) if isinstance(v, str) else v for key, v in settings.items()}


def is_there(path: str) -> bool:
    """Is there such a file?"""
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # too long, or no path at all
        return False


def within(value: float, most: float) -> float:
    """Between -``most`` and ``most``."""
    return min(most, max(-most, value))


def pixels(value: Any, default: float) -> float:
    """A side, 1 to `FARTHEST_PX`."""
    return min(FARTHEST_PX, max(1.0, number(value, default)))


def pair(value: Any, default: Size) -> Size:
    """An object's x and y."""
    if not isinstance(value, dict):
        return default
    return number(value.get("x"), default[0]), number(value.get("y"), default[1])


def scale_of(entry: Json) -> Size:
    """An item's scale across and down."""
    x, y = pair(entry.get("scale"), (1.0, 1.0))
    return within(x, LARGEST_SCALE), within(y, LARGEST_SCALE)
