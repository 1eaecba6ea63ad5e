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
from studio.core.names import free_name
from studio.filters.obs import from_obs
from studio.media.blend_modes import Blend
from studio.scenes.model import Box, Crop, Fit, Item, Scene
from studio.sources.model import FilterSpec, SourceSpec

Json = dict[str, Any]
Size = tuple[float, float]
MOST_BYTES = 64_000_000
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


class Unmatched(msgspec.Struct, frozen=True):
    """Something that has no counterpart here, or had to be guessed.

    Attributes:
        what: "source", "filter", "file" or "size".
    """

    what: str
    name: str
    kind: str = ""


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
        self._canvas = (max(1.0, canvas[0]), max(1.0, canvas[1]))
        self._size_of = size_of
        self._unmatched: list[Unmatched] = []
        self._specs: dict[str, SourceSpec] = {}
        self._sizes: dict[str, Size] = {}

    def read(self) -> Collection:
        entries = [one for one in self._data["sources"] if isinstance(one, dict)]
        devices = [
            one
            for key, one in self._data.items()
            if key.startswith(("DesktopAudioDevice", "AuxAudioDevice")) and isinstance(one, dict)
        ]
        groups = [one for one in _list(self._data.get("groups")) if isinstance(one, dict)]
        scenes = [one for one in entries if one.get("id") == "scene"]
        group_names = {_text(one, "name") for one in groups}
        group_names |= {_text(one, "name") for one in entries if one.get("id") == "group"}
        for one in (*entries, *devices):
            if one.get("id") not in ("scene", "group"):
                self._source(one)
        nested = {_text(item, "name") for one in (*scenes, *groups) for item in _items(one)} & {
            _text(one, "name") for one in scenes
        }
        for name in sorted(nested):
            spec = SourceSpec(name=name, kind="scene", settings={"scene": name})
            self._specs[name] = spec
            self._sizes[name] = self._canvas
        by_name = {_text(one, "name"): one for one in (*groups, *entries)}
        made = [self._scene(one, by_name, group_names) for one in self._ordered(scenes)]
        strips = {
            _text(one, "name"): _strip(one)
            for one in (*entries, *devices)
            if _text(one, "name") in self._specs and ("volume" in one or "muted" in one)
        }
        return Collection(
            _text(self._data, "name") or self._path.stem,
            tuple(made),
            tuple(self._specs.values()),
            strips,
            tuple(self._unmatched),
            "fade" if "fade" in _text(self._data, "current_transition").lower() else "cut",
            round(min(20_000.0, max(0.0, _number(self._data.get("transition_duration"), 300)))),
        )

    def _ordered(self, scenes: list[Json]) -> list[Json]:
        order = [_text(one, "name") for one in _list(self._data.get("scene_order"))]
        place = {name: at for at, name in enumerate(order)}
        return sorted(scenes, key=lambda one: place.get(_text(one, "name"), len(order)))

    def _source(self, one: Json) -> None:
        name, kind = _text(one, "name"), _text(one, "id")
        if not name or name in self._specs:
            return
        settings = one.get("settings") if isinstance(one.get("settings"), dict) else {}
        assert isinstance(settings, dict)
        found = translate(kind, settings)
        if found is None:
            self._unmatched.append(Unmatched("source", name, kind))
            return
        ours, own = found
        if ours == "colour":  # OBS gives it a size of its own; ours fills its box
            self._sizes[name] = (
                _number(settings.get("width"), 1920),
                _number(settings.get("height"), 1080),
            )
        path = own.get("path")
        if isinstance(path, str) and path and not Path(path).exists():
            self._unmatched.append(Unmatched("file", name, path))
        filters: list[FilterSpec] = []
        for flt in _list(one.get("filters")):
            if not isinstance(flt, dict):
                continue
            its = flt.get("settings")
            match = from_obs(_text(flt, "id"), its if isinstance(its, dict) else {})
            label = _text(flt, "name") or _text(flt, "id")
            if match is None:
                self._unmatched.append(Unmatched("filter", f"{name} · {label}", _text(flt, "id")))
                continue
            label = free_name(label, {f.name for f in filters})
            is_on = flt.get("enabled", True) is not False
            filters.append(
                FilterSpec(name=label, kind=match[0], settings=match[1], is_enabled=is_on)
            )
        self._specs[name] = SourceSpec(name=name, kind=ours, settings=own, filters=tuple(filters))

    def _scene(self, one: Json, by_name: dict[str, Json], groups: set[str]) -> Scene:
        items: list[Item] = []
        for entry in _items(one):
            name = _text(entry, "name")
            if name in groups:
                box = self._box(entry, self._group_size(by_name.get(name, {})))
                for inner in _items(by_name.get(name, {})):
                    made = self._item(inner, len(items) + 1)
                    if made is not None:
                        items.append(self._in_group(made, entry, box, name))
                continue
            if entry.get("group_item_backup"):
                continue  # OBS keeps a copy of what is in groups for older versions
            made = self._item(entry, len(items) + 1)
            if made is not None:
                items.append(made)
        return Scene(name=_text(one, "name"), items=tuple(items))

    def _item(self, entry: Json, number: int) -> Item | None:
        name = _text(entry, "name")
        if name not in self._specs or self._specs[name].kind in SILENT:
            return None
        size = self._size(name)
        crop = _crop(entry, size)
        seen = (size[0] * (1 - crop.left - crop.right), size[1] * (1 - crop.top - crop.bottom))
        scale = _pair(entry.get("scale"), (1.0, 1.0))
        bounds = int(_number(entry.get("bounds_type"), 0))
        return Item(
            number,
            name,
            {"landscape": self._box(entry, seen)},
            fit=BOUNDS.get(bounds, "stretch"),
            crop=crop,
            is_enabled=entry.get("visible", True) is not False,
            is_locked=entry.get("locked") is True,
            rotation=_number(entry.get("rot"), 0.0) % 360,
            blend=BLENDS.get(_text(entry, "blend_type"), "normal"),
            is_mirrored=scale[0] < 0,
            is_flipped=scale[1] < 0,
        )

    def _box(self, entry: Json, seen: Size) -> Box:
        scale = _pair(entry.get("scale"), (1.0, 1.0))
        wide, high = seen[0] * abs(scale[0]), seen[1] * abs(scale[1])
        if int(_number(entry.get("bounds_type"), 0)):
            wide, high = _pair(entry.get("bounds"), (wide, high))
        wide, high = max(1.0, abs(wide)), max(1.0, abs(high))
        x, y = _pair(entry.get("pos"), (0.0, 0.0))
        align = int(_number(entry.get("align"), LEFT | TOP))
        across = 0.0 if align & LEFT else 1.0 if align & RIGHT else 0.5
        down = 0.0 if align & TOP else 1.0 if align & BOTTOM else 0.5
        angle = math.radians(_number(entry.get("rot"), 0.0))
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
            return _number(settings["cx"], 1), _number(settings["cy"], 1)
        return self._canvas

    def _in_group(self, item: Item, entry: Json, box: Box, name: str) -> Item:
        """An item of a group, moved to where the group puts it."""
        scale = _pair(entry.get("scale"), (1.0, 1.0))
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
                self._unmatched.append(Unmatched("size", name, self._specs[name].kind))
            self._sizes[name] = size
        return self._sizes[name]


SILENT = ("microphone", "desktop_sound")


def translate(kind: str, s: Json) -> tuple[str, Json] | None:
    """An OBS input as one of ours: (kind, settings); None when there is nothing like it."""
    base = kind.removesuffix("_v2").removesuffix("_v3")
    maker = _KINDS.get(base)
    return None if maker is None else maker(s)


def _image(s: Json) -> tuple[str, Json]:
    return "image", {"path": _text(s, "file")}


def _colour_source(s: Json) -> tuple[str, Json]:
    return "colour", {"top": _colour(s.get("color"), "#d1d1d1"), "bottom": ""}


def _text_source(s: Json) -> tuple[str, Json]:
    font = s.get("font") if isinstance(s.get("font"), dict) else {}
    assert isinstance(font, dict)
    made: Json = {
        "text": _text(s, "text"),
        "size": round(min(400.0, max(8.0, _number(font.get("size"), 64)))),
        "colour": _colour(s.get("color", s.get("color1")), "#ffffff"),
        "shadow": False,
    }
    if int(_number(font.get("flags"), 0)) & 1:
        made["weight"] = 700
    return "text", made


def _media(s: Json) -> tuple[str, Json]:
    if s.get("is_local_file", True) is False:
        return "stream", {"url": _text(s, "input")}
    return "clip", {"path": _text(s, "local_file"), "loop": s.get("looping") is True}


def _camera(s: Json) -> tuple[str, Json]:
    device = _text(s, "video_device_id") or _text(s, "device_id") or _text(s, "device")
    made: Json = {"device": device.split(":")[0] if ":" in device and "\\" in device else device}
    size = _text(s, "resolution").split("x")
    if len(size) == 2 and all(part.isdigit() for part in size):
        made |= {"width": int(size[0]), "height": int(size[1])}
    return "camera", made


def _slides(s: Json) -> tuple[str, Json]:
    files = [_text(one, "value") for one in _list(s.get("files")) if isinstance(one, dict)]
    seconds = _number(s.get("slide_time"), 8000) / 1000
    return "slide_show", {"files": files, "seconds": seconds}


def _playlist(s: Json) -> tuple[str, Json]:
    files = [_text(one, "value") for one in _list(s.get("playlist")) if isinstance(one, dict)]
    return "playlist", {"files": files, "loop": s.get("loop", True) is not False}


_KINDS: dict[str, Callable[[Json], tuple[str, Json]]] = {
    "image_source": _image,
    "color_source": _colour_source,
    "text_gdiplus": _text_source,
    "text_ft2_source": _text_source,
    "ffmpeg_source": _media,
    "vlc_source": _playlist,
    "slideshow": _slides,
    "dshow_input": _camera,
    "v4l2_input": _camera,
    "av_capture_input": _camera,
    "macos-avcapture": _camera,
    "wasapi_input_capture": lambda s: ("microphone", {}),
    "pulse_input_capture": lambda s: ("microphone", {}),
    "alsa_input_capture": lambda s: ("microphone", {}),
    "coreaudio_input_capture": lambda s: ("microphone", {}),
    "wasapi_output_capture": lambda s: ("desktop_sound", {}),
    "pulse_output_capture": lambda s: ("desktop_sound", {}),
    "coreaudio_output_capture": lambda s: ("desktop_sound", {}),
    "monitor_capture": lambda s: ("screen", {}),
    "xshm_input": lambda s: ("screen", {}),
    "display_capture": lambda s: ("screen", {}),
    "screen_capture": lambda s: ("screen", {}),
}


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
    value = data.get(key, "") if isinstance(data, dict) else ""
    return value if isinstance(value, str) else ""


def _number(value: Any, default: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return float(default)
    return float(value)


def _pair(value: Any, default: Size) -> Size:
    if not isinstance(value, dict):
        return default
    return _number(value.get("x"), default[0]), _number(value.get("y"), default[1])


def _colour(value: Any, default: str) -> str:
    """OBS writes colours as 0xAABBGGRR."""
    if isinstance(value, bool) or not isinstance(value, int):
        return default
    red, green, blue = value & 255, value >> 8 & 255, value >> 16 & 255
    return f"#{red:02x}{green:02x}{blue:02x}"
