"""Values out of an OBS scene collection, whatever stands there: never an error, never NaN."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec

from studio.core.clean import clean_text
from studio.core.foreign import number
from studio.core.names import tidy_name
from studio.scenes.model import Box, Crop, Item

Json = dict[str, Any]
Size = tuple[float, float]
FARTHEST_PX, LARGEST_SCALE = 1e5, 1e3
LEFT, RIGHT, TOP, BOTTOM = 1, 2, 4, 8


class ImportedStrip(msgspec.Struct, frozen=True):
    """A source's place in OBS's mixer.

    Attributes:
        follows_scene: heard on its scenes alone; OBS's own devices are heard on all.
        is_monitored: it was in the headphones.
    """

    gain_db: float
    is_muted: bool
    pan: float
    sync_ms: int
    follows_scene: bool = True
    is_monitored: bool = False


def box_of(entry: Json, seen: Size, canvas: Size) -> Box:
    """Where an item stands; ``seen`` is its cropped picture's size in pixels."""
    scale = scale_of(entry)
    wide, high = seen[0] * abs(scale[0]), seen[1] * abs(scale[1])
    if int(number(entry.get("bounds_type"), 0)):
        wide, high = pair(entry.get("bounds"), (wide, high))
    wide, high = (min(FARTHEST_PX, max(1.0, abs(side))) for side in (wide, high))
    x, y = (within(one, FARTHEST_PX) for one in pair(entry.get("pos"), (0.0, 0.0)))
    align = int(number(entry.get("align"), LEFT | TOP))
    across = 0.0 if align & LEFT else 1.0 if align & RIGHT else 0.5
    down = 0.0 if align & TOP else 1.0 if align & BOTTOM else 0.5
    angle = math.radians(number(entry.get("rot"), 0.0) % 360)
    dx, dy = (0.5 - across) * wide, (0.5 - down) * high
    middle = (
        x + math.cos(angle) * dx - math.sin(angle) * dy,
        y + math.sin(angle) * dx + math.cos(angle) * dy,
    )
    return Box(
        (middle[0] - wide / 2) / canvas[0],
        (middle[1] - high / 2) / canvas[1],
        wide / canvas[0],
        high / canvas[1],
    )


def in_group(item: Item, entry: Json, box: Box, name: str) -> Item:
    """An item of a group, moved to where the group puts it."""
    scale = scale_of(entry)
    own = item.boxes["landscape"]
    moved = Box(
        box.x + own.x * abs(scale[0]),
        box.y + own.y * abs(scale[1]),
        own.w * abs(scale[0]),
        own.h * abs(scale[1]),
    )
    is_on = item.is_enabled and entry.get("visible", True) is not False
    return msgspec.structs.replace(item, boxes={"landscape": moved}, group=name, is_enabled=is_on)


def crop_of(entry: Json, size: Size) -> Crop:
    """An item's crop as parts of its picture; none when nothing would be left."""
    px = [number(entry.get(f"crop_{side}"), 0.0) for side in ("left", "top", "right", "bottom")]
    parts = [max(0.0, p) / max(1.0, size[at % 2]) for at, p in enumerate(px)]
    if parts[0] + parts[2] >= 1 or parts[1] + parts[3] >= 1:
        return Crop()
    return Crop(*parts)


def strip_of(one: Json) -> ImportedStrip:
    """A source's place in the mixer."""
    volume = number(one.get("volume"), 1.0)
    db = 20 * math.log10(volume) if volume > 1e-5 else -100.0
    return ImportedStrip(
        gain_db=round(min(26.0, max(-100.0, db)), 2),
        is_muted=one.get("muted") is True,
        pan=min(1.0, max(-1.0, 2 * number(one.get("balance"), 0.5) - 1)),
        sync_ms=round(min(2000.0, max(-500.0, number(one.get("sync"), 0) / 1e6))),
        is_monitored=number(one.get("monitoring_type"), 0) > 0,
    )


def items_of(scene: Json) -> list[Json]:
    """The items of a scene or group that are objects."""
    settings = scene.get("settings")
    found = settings.get("items") if isinstance(settings, dict) else None
    return [one for one in as_list(found) if isinstance(one, dict)]


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
