"""An OBS scene collection (JSON) as scenes and sources of ours, as far as the kinds match.

Source: obs-studio ``libobs/obs-scene.c`` (scene_load_item), ``plugins/*`` for the settings of each
kind. Positions there are pixels of the base canvas, turned about the alignment point; sizes come
from the picture times the scale unless bounds are set.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from studio.core.errors import StudioError
from studio.core.names import free_name, tidy_name
from studio.filters.obs import from_obs as filter_from_obs
from studio.media.blend_modes import Blend
from studio.scenes.model import Box, Crop, Fit, Item, Scene
from studio.show.obs_report import Report, Unmatched, why_kind
from studio.sources.model import FilterSpec, SourceSpec
from studio.sources.obs import from_obs

Json = dict[str, Any]
Size = tuple[float, float]
MOST_BYTES = 64_000_000
MOST_SOURCES, MOST_SCENES, MOST_ITEMS, MOST_FILTERS = 500, 500, 1000, 32
FARTHEST_PX, LARGEST_SCALE = 1e5, 1e3
BLENDS: dict[str, Blend] = {
    "normal": "normal",
    "additive": "add",
    "subtract": "subtract",
    "screen": "screen",
    "multiply": "multiply",
    "lighten": "lighten",
    "darken": "darken",
}
BOUNDS: dict[int, Fit] = {1: "stretch", 2: "contain", 3: "cover", 4: "contain", 5: "contain"}
LEFT, RIGHT, TOP, BOTTOM = 1, 2, 4, 8
SILENT = ("microphone", "desktop_sound")
DEVICES = ("DesktopAudioDevice", "AuxAudioDevice")


class Strip(msgspec.Struct, frozen=True):
    """A source's place in OBS's mixer."""

    gain_db: float
    is_muted: bool
    pan: float
    sync_ms: int


class Collection(msgspec.Struct, frozen=True):
    """What a file held, in our words."""

    name: str
    scenes: tuple[Scene, ...]
    sources: tuple[SourceSpec, ...]
    strips: dict[str, Strip]
    unmatched: tuple[Unmatched, ...]
    transition: str
    transition_ms: int


def read_collection(path: Path, canvas: Size, size_of: Callable[[SourceSpec], Size]) -> Collection:
    """Reads a scene collection; the file is not changed.

    Args:
        canvas: size of OBS's base canvas in pixels.
        size_of: a source's picture in pixels, (0, 0) when it cannot be known.

    Raises:
        StudioError: not_found; invalid, when it is not a scene collection.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise StudioError("invalid", "show.not_obs", path=str(path), why="too large")
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise StudioError("not_found", "sources.file_missing", path=str(path)) from None
    except (OSError, ValueError, RecursionError) as error:
        raise StudioError("invalid", "show.not_obs", path=str(path), why=str(error)) from None
    if not isinstance(data, dict) or not isinstance(data.get("sources"), list):
        raise StudioError("invalid", "show.not_obs", path=str(path), why="no list of sources")
    return _Reader(data, path, canvas, size_of).read()


class _Reader:
    def __init__(
        self, data: Json, path: Path, canvas: Size, size_of: Callable[[SourceSpec], Size]
    ) -> None:
        self._data, self._path = data, path
        given = data.get("resolution")
        if isinstance(given, dict):
            canvas = (_number(given.get("x"), canvas[0]), _number(given.get("y"), canvas[1]))
        self._canvas = (
            min(FARTHEST_PX, max(1.0, canvas[0])),
            min(FARTHEST_PX, max(1.0, canvas[1])),
        )
        self._size_of = size_of
        self._report = Report()
        self._specs: dict[str, SourceSpec] = {}
        self._sizes: dict[str, Size] = {}
        self._shows: dict[str, set[str]] = {}
        """Which nested scenes a scene shows, as far as read."""

    def read(self) -> Collection:
        entries = self._entries(self._data["sources"], "sources")
        groups = self._entries(self._data.get("groups"), "groups")
        devices = [
            one
            for key, one in self._data.items()
            if key.startswith(DEVICES) and isinstance(one, dict)
        ]
        scenes = [one for one in entries if one.get("id") == "scene"]
        groups += [one for one in entries if one.get("id") == "group"]
        inputs = [one for one in entries if one.get("id") not in ("scene", "group")]
        for one in (*inputs, *devices):
            self._source(one)
        if len(scenes) > MOST_SCENES:
            self._too_many("scene", "sources", len(scenes) - MOST_SCENES)
            scenes = scenes[:MOST_SCENES]
        by_name = {_name(one): one for one in groups}
        names = {_name(one) for one in scenes}
        used = {_name(item) for one in (*scenes, *groups) for item in _items(one)}
        for name in sorted((used & names) - set(self._specs)):
            self._specs[name] = SourceSpec(name=name, kind="scene", settings={"scene": name})
            self._sizes[name] = self._canvas
        self._double(scenes)
        made = [self._scene(one, by_name) for one in self._ordered(scenes)]
        for name in by_name.keys() - used:
            self._report.add("group", name, "unplaced_group")
        for one in (*scenes, *groups):
            for flt in _list(one.get("filters")):
                label = _name(flt) or _text(flt, "id")
                self._report.add("filter", label, "scene_filter", _text(flt, "id"), _name(one))
        self._beside((*entries, *devices))
        strips = {
            _name(one): _strip(one)
            for one in reversed((*inputs, *devices))
            if _name(one) in self._specs and ("volume" in one or "muted" in one)
        }
        return Collection(
            _name(self._data) or self._path.stem,
            tuple(made),
            tuple(self._specs.values()),
            strips,
            self._report.lines(),
            "fade" if "fade" in _text(self._data, "current_transition").lower() else "cut",
            round(min(20_000.0, max(0.0, _number(self._data.get("transition_duration"), 300)))),
        )

    def _entries(self, given: Any, where: str) -> list[Json]:
        """The entries of a list that have a name and a kind; the others are told."""
        if given is not None and not isinstance(given, list):
            self._report.add("entry", where, "unreadable", type(given).__name__)
        found: list[Json] = []
        for at, one in enumerate(_list(given)):
            place = f"{where}[{at}]"
            if not isinstance(one, dict):
                self._report.add("entry", place, "unreadable", type(one).__name__, where)
            elif not _text(one, "name").strip():
                self._report.add("entry", place, "no_name", _text(one, "id"), where)
            elif not _text(one, "id"):
                self._report.add("entry", _name(one) or place, "no_kind", where=place)
            else:
                name = _name(one)
                if name != one["name"]:
                    self._report.add("name", name or place, "name", _text(one, "id"), place)
                found.append(one if name else {**one, "name": place})
        return found

    def _too_many(self, what: str, where: str, count: int) -> None:
        self._report.add(what, where, "too_many", str(count), where)

    def _double(self, scenes: list[Json]) -> None:
        seen: set[str] = set()
        for one in scenes:
            name = _name(one)
            if name in seen or self._specs.get(name, _SCENE).kind != "scene":
                self._report.add("name", name, "double", "scene")
            seen.add(name)

    def _beside(self, entries: tuple[Json, ...]) -> None:
        """What belongs to no picture: transitions, keys, scripts."""
        for one in _list(self._data.get("transitions")):
            kind = _text(one, "id") or type(one).__name__
            self._report.add("transition", _name(one) or kind, "transition", kind, "transitions")
        for one in entries:
            keys = one.get("hotkeys")
            for action, bound in keys.items() if isinstance(keys, dict) else ():
                for key in _list(bound):
                    self._report.add("hotkey", action, "hotkey", _text(key, "key"), _name(one))
        modules = self._data.get("modules")
        scripts = modules.get("scripts-tool") if isinstance(modules, dict) else None
        for one in _list(scripts):
            self._report.add("script", _text(one, "path") or "?", "script", where="modules")

    def _ordered(self, scenes: list[Json]) -> list[Json]:
        order = [_name(one) for one in _list(self._data.get("scene_order"))]
        place = {name: at for at, name in enumerate(order)}
        return sorted(scenes, key=lambda one: place.get(_name(one), len(order)))

    def _source(self, one: Json) -> None:
        name, kind = _name(one), _text(one, "id")
        if not name:
            self._report.add("source", "?", "no_name", kind)
            return
        if name in self._specs:
            self._report.add("source", name, "double", kind)
            return
        given = one.get("settings")
        if given is not None and not isinstance(given, dict):
            self._report.add("setting", name, "unreadable", type(given).__name__)
        settings: Json = _clean(given) if isinstance(given, dict) else {}
        found = from_obs(kind, settings)
        if found is None:
            self._report.add("source", name, why_kind(kind), kind)
            return
        if len(self._specs) >= MOST_SOURCES:
            self._report.add("source", name, "too_many", "1")
            return
        ours, own = found
        if ours == "colour":  # OBS gives it a size of its own; ours fills its box
            self._sizes[name] = (
                _pixels(settings.get("width"), 1920),
                _pixels(settings.get("height"), 1080),
            )
        device = _text(settings, "device_id")
        if ours in SILENT and device not in ("", "default"):
            self._report.add("device", name, "device", device)
        for path in (own.get("path"), *own.get("files", ())):
            if isinstance(path, str) and path and not _is_there(path):
                self._report.add("file", name, "file", path)
        filters = self._filters(one, name)
        self._specs[name] = SourceSpec(name=name, kind=ours, settings=own, filters=filters)

    def _filters(self, one: Json, name: str) -> tuple[FilterSpec, ...]:
        made: list[FilterSpec] = []
        given = one.get("filters")
        if given is not None and not isinstance(given, list):
            self._report.add("filter", "?", "unreadable", type(given).__name__, name)
        for flt in _list(given):
            if not isinstance(flt, dict):
                self._report.add("filter", "?", "unreadable", type(flt).__name__, name)
                continue
            its = flt.get("settings")
            kind = _text(flt, "id")
            label = _name(flt) or kind or "?"
            match = filter_from_obs(kind, _clean(its) if isinstance(its, dict) else {})
            if match is None or len(made) >= MOST_FILTERS:
                why = "filter" if match is None else "too_many"
                self._report.add("filter", f"{name} · {label}", why, kind, name)
                continue
            label = free_name(label, {f.name for f in made})
            is_on = flt.get("enabled", True) is not False
            made.append(FilterSpec(name=label, kind=match[0], settings=match[1], is_enabled=is_on))
        return tuple(made)

    def _scene(self, one: Json, groups: dict[str, Json]) -> Scene:
        scene, items = _name(one), list[Item]()
        settings = one.get("settings")
        found = settings.get("items") if isinstance(settings, dict) else None
        for at, entry in enumerate(_list(found)):
            if not isinstance(entry, dict):
                kind = type(entry).__name__
                self._report.add("item", f"items[{at}]", "unreadable", kind, scene)
                continue
            if len(items) >= MOST_ITEMS:
                self._too_many("item", scene, len(_list(found)) - at)
                break
            name = _name(entry)
            if name in groups and self._specs.get(name) is None:
                box = self._box(entry, self._group_size(groups[name]))
                for inner in _items(groups[name])[: MOST_ITEMS - len(items)]:
                    made = self._item(inner, len(items) + 1, scene)
                    if made is not None:
                        items.append(self._in_group(made, entry, box, name))
                continue
            if entry.get("group_item_backup"):
                continue  # OBS keeps a copy of what is in groups for older versions
            made = self._item(entry, len(items) + 1, scene)
            if made is not None:
                items.append(made)
        return Scene(name=scene, items=tuple(items))

    def _item(self, entry: Json, number: int, scene: str) -> Item | None:
        name = _name(entry)
        spec = self._specs.get(name)
        if spec is None:
            self._report.add("item", name or "?", "no_source" if name else "no_name", where=scene)
            return None
        if spec.kind in SILENT:
            self._report.add("item", name, "sound_item", where=scene)
            return None
        if spec.kind == "scene" and self._is_round(scene, name):
            self._report.add("item", name, "round", f"{scene} → {name}", scene)
            return None
        size = self._size(name)
        crop = _crop(entry, size)
        seen = (size[0] * (1 - crop.left - crop.right), size[1] * (1 - crop.top - crop.bottom))
        scale = _scale(entry)
        return Item(
            number,
            name,
            {"landscape": self._box(entry, seen)},
            fit=BOUNDS.get(int(_number(entry.get("bounds_type"), 0)), "stretch"),
            crop=crop,
            is_enabled=entry.get("visible", True) is not False,
            is_locked=entry.get("locked") is True,
            rotation=_number(entry.get("rot"), 0.0) % 360,
            blend=BLENDS.get(_text(entry, "blend_type"), "normal"),
            is_mirrored=scale[0] < 0,
            is_flipped=scale[1] < 0,
        )

    def _is_round(self, scene: str, inner: str) -> bool:
        """Would ``inner`` on ``scene`` show ``scene`` again? If not, it is noted as shown there."""
        shown = self._shows.setdefault(scene, set())
        if inner in shown:
            return False
        todo, seen = [inner], {inner}
        while todo:
            one = todo.pop()
            if one == scene:
                return True
            fresh = self._shows.get(one, set()) - seen
            seen |= fresh
            todo += fresh
        shown.add(inner)
        return False

    def _box(self, entry: Json, seen: Size) -> Box:
        scale = _scale(entry)
        wide, high = seen[0] * abs(scale[0]), seen[1] * abs(scale[1])
        if int(_number(entry.get("bounds_type"), 0)):
            wide, high = _pair(entry.get("bounds"), (wide, high))
        wide, high = (min(FARTHEST_PX, max(1.0, abs(side))) for side in (wide, high))
        x, y = (_within(one, FARTHEST_PX) for one in _pair(entry.get("pos"), (0.0, 0.0)))
        align = int(_number(entry.get("align"), LEFT | TOP))
        across = 0.0 if align & LEFT else 1.0 if align & RIGHT else 0.5
        down = 0.0 if align & TOP else 1.0 if align & BOTTOM else 0.5
        angle = math.radians(_number(entry.get("rot"), 0.0) % 360)
        dx, dy = (0.5 - across) * wide, (0.5 - down) * high
        middle = (
            x + math.cos(angle) * dx - math.sin(angle) * dy,
            y + math.sin(angle) * dx + math.cos(angle) * dy,
        )
        return Box(
            (middle[0] - wide / 2) / self._canvas[0],
            (middle[1] - high / 2) / self._canvas[1],
            wide / self._canvas[0],
            high / self._canvas[1],
        )

    def _group_size(self, group: Json) -> Size:
        """OBS makes a group as large as what is in it."""
        settings = group.get("settings")
        if isinstance(settings, dict) and settings.get("cx") and settings.get("cy"):
            return _pixels(settings["cx"], 1), _pixels(settings["cy"], 1)
        return self._canvas

    def _in_group(self, item: Item, entry: Json, box: Box, name: str) -> Item:
        """An item of a group, moved to where the group puts it."""
        scale = _scale(entry)
        own = item.boxes["landscape"]
        moved = Box(
            box.x + own.x * abs(scale[0]),
            box.y + own.y * abs(scale[1]),
            own.w * abs(scale[0]),
            own.h * abs(scale[1]),
        )
        is_on = item.is_enabled and entry.get("visible", True) is not False
        return msgspec.structs.replace(
            item, boxes={"landscape": moved}, group=name, is_enabled=is_on
        )

    def _size(self, name: str) -> Size:
        if name not in self._sizes:
            size = self._size_of(self._specs[name])
            if not (size[0] and size[1]):
                size = self._canvas
                self._report.add("size", name, "size", self._specs[name].kind)
            self._sizes[name] = size
        return self._sizes[name]


_SCENE = SourceSpec(name="", kind="scene")


def _crop(entry: Json, size: Size) -> Crop:
    px = [_number(entry.get(f"crop_{side}"), 0.0) for side in ("left", "top", "right", "bottom")]
    parts = [max(0.0, p) / max(1.0, size[at % 2]) for at, p in enumerate(px)]
    if parts[0] + parts[2] >= 1 or parts[1] + parts[3] >= 1:
        return Crop()
    return Crop(*parts)


def _strip(one: Json) -> Strip:
    volume = _number(one.get("volume"), 1.0)
    db = 20 * math.log10(volume) if volume > 1e-5 else -100.0
    return Strip(
        gain_db=round(min(26.0, max(-100.0, db)), 2),
        is_muted=one.get("muted") is True,
        pan=min(1.0, max(-1.0, 2 * _number(one.get("balance"), 0.5) - 1)),
        sync_ms=round(min(2000.0, max(-500.0, _number(one.get("sync"), 0) / 1e6))),
    )


def _items(scene: Json) -> list[Json]:
    settings = scene.get("settings")
    found = settings.get("items") if isinstance(settings, dict) else None
    return [one for one in _list(found) if isinstance(one, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(data: Any, key: str) -> str:
    """A text as it can be written again: half of a surrogate pair becomes a question mark."""
    value = data.get(key, "") if isinstance(data, dict) else ""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _name(data: Any) -> str:
    return tidy_name(_text(data, "name"))


def _clean(settings: Json) -> Json:
    """Settings with texts that can be written again."""
    return {key: _text(settings, key) if isinstance(v, str) else v for key, v in settings.items()}


def _is_there(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # too long, or no path at all
        return False


def _number(value: Any, default: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return float(default)
    try:
        value = float(value)
    except OverflowError:  # a whole number of hundreds of digits
        return float(default)
    return value if math.isfinite(value) else float(default)


def _within(value: float, most: float) -> float:
    return min(most, max(-most, value))


def _pixels(value: Any, default: float) -> float:
    return min(FARTHEST_PX, max(1.0, _number(value, default)))


def _pair(value: Any, default: Size) -> Size:
    if not isinstance(value, dict):
        return default
    return _number(value.get("x"), default[0]), _number(value.get("y"), default[1])


def _scale(entry: Json) -> Size:
    x, y = _pair(entry.get("scale"), (1.0, 1.0))
    return _within(x, LARGEST_SCALE), _within(y, LARGEST_SCALE)
