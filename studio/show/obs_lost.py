"""What of a source or item of an OBS collection, beside its settings, has no counterpart here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from studio.core.clean import write_json
from studio.core.foreign import number, split_version
from studio.show.obs_values import LATEST_MS, Json, as_list, items_of, text

CUTS = {"cut_left": "left", "cut_top": "top", "cut_right": "right", "cut_bot": "bottom"}
"""Sides that a capture leaves out, and what a crop filter calls them."""
DEINTERLACED = ("camera", "clip", "playlist", "stream", "ingest")
HEARD = ("camera", "clip", "playlist", "stream", "ingest", "microphone", "desktop_sound")
FIRST_TRACK = 1
LONGEST = 120
MAIN_CANVAS = "6c69626f-6273-4c00-9d88-c5136d61696e"
"""Of ``libobs/obs-canvas.c``: the canvas that a scene stands on where it names no other."""


def kind_of(row: Json) -> str:
    """The kind with its version, which says what its defaults are."""
    plain, versioned = text(row, "id"), text(row, "versioned_id")
    return versioned if split_version(versioned)[0] == split_version(plain)[0] else plain


def cut_sides(settings: Json) -> dict[str, int]:
    """Pixels that a capture leaves out at each side, as a crop filter has them."""
    return {ours: round(number(settings.get(its), 0, 0, 8192)) for its, ours in CUTS.items()}


def lost_of_source(row: Json, ours: str) -> list[tuple[str, Any]]:
    """Names and values of what is set of a source itself."""
    lost = [
        (key, row[key])
        for key in ("push-to-talk", "push-to-mute")
        if row.get(key) not in (None, 0, False)
    ]
    if number(row.get("deinterlace_mode"), 0) > 0:
        if ours not in DEINTERLACED:
            lost.append(("deinterlace_mode", row["deinterlace_mode"]))
        elif number(row.get("deinterlace_field_order"), 0) > 0:
            lost.append(("deinterlace_field_order", row["deinterlace_field_order"]))
    has_tracks = ours in HEARD and isinstance(row.get("mixers"), int)
    if has_tracks and not int(row["mixers"]) & FIRST_TRACK:
        lost.append(("mixers", row["mixers"]))  # not on the track that is sent
    if number(row.get("sync"), 0) / 1e6 > LATEST_MS:
        lost.append(("sync", row["sync"]))
    if number(row.get("flags"), 0) != 0:
        lost.append(("flags", row["flags"]))  # down-mixed to mono and the like
    if row.get("enabled") is False:
        lost.append(("enabled", False))
    return lost


def lost_of_item(entry: Json, *, is_group: bool = False) -> list[tuple[str, Any]]:
    """Names and values of what is set of an item."""
    lost = [
        (key, entry[key])
        for key, usual in (("scale_filter", "disable"), ("blend_method", "default"))
        if text(entry, key) not in ("", usual)
    ]
    if is_group and text(entry, "blend_type") not in ("", "normal"):
        lost.append(("blend_type", entry["blend_type"]))
    return lost


def lost_of_scene(row: Json, canvases: Sequence[Any]) -> list[tuple[str, Any]]:
    """Names and values of what is set of a scene or group itself: its own mixer, its canvas."""
    lost: list[tuple[str, Any]] = [
        (key, row[key])
        for key, usual in (("volume", 1.0), ("balance", 0.5), ("sync", 0), ("monitoring_type", 0))
        if key in row and number(row[key], usual) != usual
    ]
    if row.get("muted") is True:
        lost.append(("muted", True))
    if row.get("enabled") is False:
        lost.append(("enabled", False))
    its = row.get("settings")
    if text(row, "id") == "scene" and isinstance(its, dict) and its.get("custom_size") is True:
        lost.append(("custom_size", f"{its.get('cx')}x{its.get('cy')}"))  # drawn as the canvas
    at = text(row, "canvas_uuid")
    if at not in ("", MAIN_CANVAS):  # of which a collection does not tell the size
        named = (text(canvas, "name") for canvas in canvases if text(canvas, "uuid") == at)
        lost.append(("canvas", next(named, "") or at))
    return lost


def keys_of(entry: Json) -> list[tuple[str, str]]:
    """Hotkeys of a source, scene or group and of its filters: what they do, and the key."""
    found = []
    for row in (entry, *as_list(entry.get("filters"))):
        keys = row.get("hotkeys") if isinstance(row, dict) else None
        for action, bound in keys.items() if isinstance(keys, dict) else ():
            found += [(action, text(key, "key")) for key in as_list(bound)]
    return found


def camera_scene(data: Json) -> str:
    """What OBS sends through its virtual camera instead of the programme; "" where it is that."""
    its = data.get("virtual-camera")
    way = its.get("type2") if isinstance(its, dict) else None
    if way == 4:
        return "preview"
    return text(its, "scene" if way == 1 else "source") if way in (1, 2) else ""


def setting_line(key: str, value: Any) -> str:
    """A setting as a person reads it: "cut_left = 160"."""
    try:
        shown = write_json(value)
    except (TypeError, ValueError, RecursionError):
        shown = "?"
    return key if value is True else f"{key} = {shown[:LONGEST]}"


def scenes_beside(found: list[Json]) -> list[Json]:
    """Scenes of a list of their own, whose items may stand in them directly, as OBS writes them."""
    made = []
    for row in found:
        items = row.get("items")
        is_direct = isinstance(items, list) and not items_of(row)
        made.append({**row, "id": "scene", **({"settings": {"items": items}} if is_direct else {})})
    return made
