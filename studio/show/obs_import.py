"""An OBS scene collection (JSON) as scenes and sources of ours, as far as the kinds match.

Source: obs-studio ``libobs/obs-scene.c`` (scene_load_item), ``plugins/*`` for the settings of each
kind. Positions there are pixels of the base canvas, turned about the alignment point; sizes come
from the picture times the scale unless bounds are set.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from studio.core.credentials import sealed
from studio.core.errors import StudioError
from studio.core.foreign import number
from studio.core.names import free_name
from studio.filters.obs import from_obs as filter_from_obs
from studio.filters.obs import lost_settings as lost_filter_settings
from studio.filters.obs_out import bent_settings as bent_filter_settings
from studio.media.blend_modes import Blend
from studio.scenes.layout import Area
from studio.scenes.model import Canvas, Item, Scene
from studio.show.obs_geometry import (
    Group,
    Laid,
    corners,
    lay_item,
    on_canvas,
)
from studio.show.obs_lost import (
    CUTS,
    camera_scene,
    cut_sides,
    keys_of,
    kind_of,
    lost_of_item,
    lost_of_scene,
    lost_of_source,
    scenes_beside,
    setting_line,
)
from studio.show.obs_pictures import Pictures
from studio.show.obs_report import ImportReport, Unmatched, why_kind
from studio.show.obs_taken import current_transition, own_transition
from studio.show.obs_values import (
    FARTHEST_PX,
    ImportedStrip,
    Json,
    Size,
    as_list,
    clean,
    is_for_ears_alone,
    is_there,
    items_of,
    json_kind,
    name_of,
    pixels,
    strip_of,
    text,
)
from studio.sources.model import FilterSpec, SourceSpec
from studio.sources.obs import from_obs, lost_settings
from studio.sources.obs_out import bent_settings

MOST_BYTES = 8_000_000
"""More would hold the engine up while it is parsed; OBS's own are far below a megabyte."""
MOST_SOURCES, MOST_SCENES, MOST_ITEMS, MOST_FILTERS = 500, 500, 1000, 32
BLENDS: dict[str, Blend] = {
    "normal": "normal",
    "additive": "add",
    "subtract": "subtract",
    "screen": "screen",
    "multiply": "multiply",
    "lighten": "lighten",
    "darken": "darken",
}
SILENT = ("microphone", "desktop_sound")
DEVICES = ("DesktopAudioDevice", "AuxAudioDevice")
MIXED = {"volume", "muted", "monitoring_type", "balance", "sync"}


class Collection(msgspec.Struct, frozen=True):
    """What a file held, in our words."""

    name: str
    scenes: tuple[Scene, ...]
    sources: tuple[SourceSpec, ...]
    strips: dict[str, ImportedStrip]
    unmatched: tuple[Unmatched, ...]
    transition: str
    transition_ms: int


def read_collection(
    path: Path,
    canvas: Size,
    size_of: Callable[[SourceSpec], Size],
    canvases: Sequence[Canvas] = (),
) -> Collection:
    """Reads a scene collection; the file is not changed.

    Args:
        canvas: size of OBS's base canvas in pixels, where the collection does not say it.
        size_of: a source's picture in pixels, (0, 0) when it cannot be known.
        canvases: ours; none is one of the shape of OBS's.

    Raises:
        StudioError: not_found; invalid, when it is not a scene collection.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for, a device never ends
            raise StudioError("invalid", "show.not_obs", path=str(path), why="not a file")
        if found.st_size > MOST_BYTES:
            raise StudioError("invalid", "show.not_obs", path=str(path), why="too large")
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise StudioError("not_found", "sources.file_missing", path=str(path)) from None
    except (OSError, ValueError, RecursionError) as error:
        raise StudioError("invalid", "show.not_obs", path=str(path), why=str(error)) from None
    if not isinstance(data, dict) or not isinstance(data.get("sources"), list):
        raise StudioError("invalid", "show.not_obs", path=str(path), why="no list of sources")
    return _Reader(sealed(data), path, canvas, size_of, canvases).read()


class _Reader:
    def __init__(
        self,
        data: Json,
        path: Path,
        canvas: Size,
        size_of: Callable[[SourceSpec], Size],
        canvases: Sequence[Canvas],
    ) -> None:
        self._data, self._path = data, path
        given = data.get("resolution")
        if isinstance(given, dict):
            canvas = (number(given.get("x"), canvas[0]), number(given.get("y"), canvas[1]))
        self._canvas = (
            min(FARTHEST_PX, max(1.0, canvas[0])),
            min(FARTHEST_PX, max(1.0, canvas[1])),
        )
        self._report = ImportReport()
        self._specs: dict[str, SourceSpec] = {}
        self._pictures = Pictures(self._canvas, canvases, size_of, self._specs, self._report)
        self._shows: dict[str, set[str]] = {}
        """Which nested scenes a scene shows, as far as read."""

    def read(self) -> Collection:
        entries = self._entries(self._data["sources"], "sources")
        entries += scenes_beside(self._entries(self._data.get("scenes"), "scenes", "scene"))
        groups = self._entries(self._data.get("groups"), "groups")
        devices = [
            row
            for key, row in self._data.items()
            if key.startswith(DEVICES) and isinstance(row, dict)
        ]
        scenes = [entry for entry in entries if entry.get("id") == "scene"]
        groups += [entry for entry in entries if entry.get("id") == "group"]
        inputs = [entry for entry in entries if entry.get("id") not in ("scene", "group")]
        for canvas, view in self._pictures.windows.items():
            if max(view.left, view.top) > 1:
                shape = f"{self._canvas[0]:g}×{self._canvas[1]:g}"
                self._report.add("size", name_of(self._data) or "OBS", "canvas", shape, canvas)
        if not scenes and (inputs or not self._report.lines()):
            self._report.add("entry", "sources", "no_scenes")
        for row in (*inputs, *devices):
            self._source(row)
        if len(scenes) > MOST_SCENES:
            self._too_many("scene", "sources", len(scenes) - MOST_SCENES)
            scenes = scenes[:MOST_SCENES]
        by_name = {name_of(group): group for group in groups}
        names = {name_of(scene) for scene in scenes}
        used = {name_of(item) for row in (*scenes, *groups) for item in items_of(row)}
        for name in sorted((used & names) - set(self._specs)):
            own = {"scene": name}
            if self._pictures.main != "landscape":
                own["canvas"] = self._pictures.main
            self._specs[name] = SourceSpec(name=name, kind="scene", settings=own)
        self._double(scenes)
        made = [self._scene(row, by_name) for row in self._ordered(scenes)]
        for name in by_name.keys() - used:
            self._report.add("group", name, "unplaced_group")
        for row in (*scenes, *groups):
            self._tell_lost(name_of(row), lost_of_scene(row, as_list(self._data.get("canvases"))))
            for flt in as_list(row.get("filters")):
                label = name_of(flt) or text(flt, "id")
                self._report.add("filter", label, "scene_filter", text(flt, "id"), name_of(row))
        self._beside((*scenes, *groups, *inputs, *devices))
        strips = {
            name_of(row): strip_of(row)
            for row in reversed((*inputs, *devices))
            if name_of(row) in self._specs and MIXED & row.keys()
        }
        for device in devices:
            name = name_of(device)
            if name in self._specs:
                strip = strips.get(name) or strip_of(device)
                strips[name] = replace(strip, follows_scene=False)
                self._report.add("sound", name, "heard_everywhere", text(device, "id"))
        for name, strip in strips.items():
            if strip.sync_ms < 0:
                self._report.add("setting", name, "early", f"{strip.sync_ms} ms")
                strips[name] = replace(strip, sync_ms=0)
        current = current_transition(self._data, self._report)
        return Collection(
            name_of(self._data) or self._path.stem,
            tuple(made),
            tuple(self._specs.values()),
            strips,
            self._report.lines(),
            current,
            round(min(20_000.0, max(0.0, number(self._data.get("transition_duration"), 300)))),
        )

    def _entries(self, given: Any, where: str, usual: str = "") -> list[Json]:
        """The entries of a list that have a name and a kind (or are usual); the rest is told."""
        if given is not None and not isinstance(given, list):
            self._report.add("entry", where, "unreadable", json_kind(given))
        found: list[Json] = []
        for at, row in enumerate(as_list(given)):
            place = f"{where}[{at}]"
            if not isinstance(row, dict):
                self._report.add("entry", place, "unreadable", json_kind(row), where)
            elif not text(row, "name").strip():
                self._report.add("entry", place, "no_name", text(row, "id"), where)
            elif not text(row, "id") and not usual:
                self._report.add("entry", name_of(row) or place, "no_kind", where=place)
            else:
                name = name_of(row)
                if name != row["name"]:
                    self._report.add("name", name or place, "name", text(row, "id"), place)
                row = row if isinstance(row.get("id"), str) or not usual else {**row, "id": usual}
                found.append(row if name else {**row, "name": place})
        return found

    def _too_many(self, what: str, where: str, count: int) -> None:
        self._report.add(what, where, "too_many", str(count), where)

    def _double(self, scenes: list[Json]) -> None:
        seen: set[str] = set()
        for scene in scenes:
            name = name_of(scene)
            if name in seen or self._specs.get(name, _SCENE).kind != "scene":
                self._report.add("name", name, "double", "scene")
            seen.add(name)

    def _beside(self, entries: tuple[Json, ...]) -> None:
        """What belongs to no picture: transitions, keys, scripts."""
        for row in as_list(self._data.get("transitions")):
            kind = text(row, "id") or json_kind(row)
            self._report.add("transition", name_of(row) or kind, "transition", kind, "transitions")
        for entry in entries:
            for action, key in keys_of(entry):
                self._report.add("hotkey", action, "hotkey", key, name_of(entry))
        if sent := camera_scene(self._data):
            self._report.add("setting", sent, "unused", f"virtual-camera = {sent}")
        for key in ("saved_projectors", "quick_transitions", "canvases"):
            for row in as_list(self._data.get(key)):
                label = name_of(row) or text(row, "monitor") or key
                self._report.add("setting", label, "unused", key, key)
        modules = self._data.get("modules")
        for key, value in modules.items() if isinstance(modules, dict) else ():
            if key != "scripts-tool" and value:
                self._report.add("setting", key, "unused", key, "modules")
        scripts = modules.get("scripts-tool") if isinstance(modules, dict) else None
        for row in as_list(scripts):
            self._report.add("script", text(row, "path") or "?", "script", where="modules")

    def _ordered(self, scenes: list[Json]) -> list[Json]:
        order = [name_of(row) for row in as_list(self._data.get("scene_order"))]
        place = {name: at for at, name in enumerate(order)}
        return sorted(scenes, key=lambda row: place.get(name_of(row), len(order)))

    def _source(self, row: Json) -> None:
        name, kind = name_of(row), kind_of(row)
        if not name:
            self._report.add("source", "?", "no_name", kind)
            return
        if name in self._specs:
            self._report.add("source", name, "double", kind)
            return
        given = row.get("settings")
        if given is not None and not isinstance(given, dict):
            self._report.add("setting", name, "unreadable", json_kind(given))
        settings: Json = clean(given) if isinstance(given, dict) else {}
        found = from_obs(kind, settings)
        if found is None:
            self._report.add("source", name, why_kind(kind), kind)
            return
        if len(self._specs) >= MOST_SOURCES:
            self._report.add("source", name, "too_many", "1")
            return
        ours, own = found
        device = text(settings, "device_id")
        if ours in SILENT and device not in ("", "default"):
            self._report.add("device", name, "device", device)
        self._look_for(name, own.get("path"), own.get("file"), *own.get("files", ()))
        cuts = cut_sides(settings)
        lost = [*lost_settings(kind, settings), *bent_settings(kind, settings)]
        self._tell_lost(name, (line for line in lost if line[0] not in CUTS))
        self._tell_lost(name, lost_of_source(row, ours))
        if is_for_ears_alone(row):
            self._report.add("sound", name, "ears_alone", kind)
        filters = self._filters(row, name)
        if any(cuts.values()):  # they come before all others
            cut = FilterSpec(free_name("Cut", {f.name for f in filters}), "crop", cuts)
            filters = (cut, *filters)
            sides = ", ".join(f"{side} {pixels}" for side, pixels in cuts.items() if pixels)
            self._report.add("setting", name, "cut", sides)
        self._specs[name] = SourceSpec(name=name, kind=ours, settings=own, filters=filters)

    def _tell_lost(self, name: str, lost: Iterable[tuple[str, Any]], where: str = "") -> None:
        for key, value in lost:
            self._report.add("setting", name, "unused", setting_line(key, value), where)

    def _look_for(self, name: str, *paths: Any) -> None:
        """Tells the files that are not on this computer."""
        for path in paths:
            if isinstance(path, str) and path and not is_there(path):
                self._report.add("file", name, "file", path)

    def _filters(self, row: Json, name: str) -> tuple[FilterSpec, ...]:
        made: list[FilterSpec] = []
        listed = row.get("filters")
        if listed is not None and not isinstance(listed, list):
            self._report.add("filter", "?", "unreadable", json_kind(listed), name)
        for flt in as_list(listed):
            if not isinstance(flt, dict):
                self._report.add("filter", "?", "unreadable", json_kind(flt), name)
                continue
            its = flt.get("settings")
            kind = text(flt, "versioned_id") or text(flt, "id")
            label = name_of(flt) or kind or "?"
            given = clean(its) if isinstance(its, dict) else {}
            match = filter_from_obs(kind, given)
            if match is None or len(made) >= MOST_FILTERS:
                why = "filter" if match is None else "too_many"
                self._report.add("filter", f"{name} · {label}", why, kind, name)
                continue
            label = free_name(label, {f.name for f in made})
            is_on = flt.get("enabled", True) is not False
            self._look_for(name, match[1].get("path"), match[1].get("image"))
            lost = [*lost_filter_settings(kind, given), *bent_filter_settings(kind, given)]
            self._tell_lost(f"{name} · {label}", lost, name)
            made.append(FilterSpec(name=label, kind=match[0], settings=match[1], is_enabled=is_on))
        return tuple(made)

    def _scene(self, row: Json, groups: dict[str, Json]) -> Scene:
        scene, items = name_of(row), list[Item]()
        settings = row.get("settings")
        found = settings.get("items") if isinstance(settings, dict) else None
        for at, entry in enumerate(as_list(found)):
            if not isinstance(entry, dict):
                kind = json_kind(entry)
                self._report.add("item", f"items[{at}]", "unreadable", kind, scene)
                continue
            if len(items) >= MOST_ITEMS:
                self._too_many("item", scene, len(as_list(found)) - at)
                break
            name = name_of(entry)
            if name in groups and self._specs.get(name) is None:
                items += self._grouped(entry, groups[name], len(items), scene)
                continue
            if entry.get("group_item_backup"):
                continue  # OBS keeps a copy of what is in groups for older versions
            made = self._item(entry, len(items) + 1, scene)
            if made is not None:
                items.append(on_canvas(made, self._pictures.windows))
        kind, ms, own = own_transition(self._data, row, scene, self._report)
        return Scene(
            name=scene,
            items=tuple(items),
            transition=kind,
            transition_ms=ms,
            transition_settings=own,
        )

    def _grouped(self, entry: Json, group: Json, count: int, scene: str) -> list[Item]:
        """The items of a group on a scene that has ``count`` items already."""
        name = name_of(group)
        inner = items_of(group)
        laid = [
            row
            for id, its in enumerate(inner[: MOST_ITEMS - count], count + 1)
            if (row := self._item(its, id, scene)) is not None
        ]
        if len(inner) > MOST_ITEMS - count:
            self._too_many("item", scene, len(inner) - MOST_ITEMS + count)
        self._tell_lost(name, lost_of_item(entry, is_group=True), scene)
        for key in ("show_transition", "hide_transition"):
            kind = text(entry.get(key), "id")
            if kind:
                self._report.add("transition", name, "transition", f"{key} {kind}", scene)
        place = Group(entry, self._group_size(group, laid), self._canvas)
        is_on = entry.get("visible", True) is not False
        is_locked = entry.get("locked") is True
        made = []
        for id, row in enumerate(laid, count + 1):
            if row.item.source in self._specs and not self._is_silent(row.item.source):
                picture = self._pictures.of(row.item.source)
                if picture.is_guessed and place.is_bent:
                    self._report.add("size", row.item.source, "size", name, scene)
                row = place.place(row, picture)
            item = replace(
                row.item,
                id=id,
                group=name,
                is_enabled=row.item.is_enabled and is_on,
                is_locked=row.item.is_locked or is_locked,
            )
            made.append(on_canvas(Laid(item, row.bounds), self._pictures.windows))
        return made

    def _is_silent(self, name: str) -> bool:
        return self._specs[name].kind in SILENT

    def _item(self, entry: Json, id: int, scene: str) -> Laid | None:
        name = name_of(entry)
        spec = self._specs.get(name)
        if spec is None:
            self._report.add("item", name or "?", "no_source" if name else "no_name", where=scene)
            return None
        if spec.kind in SILENT:  # nothing to be seen: it is heard while the scene is on
            self._report.add("sound", name, "sound_item", where=scene)
            is_on = entry.get("visible", True) is not False
            whole = Area(0, 0, *self._canvas)
            return Laid(Item(id, name, fit="stretch", is_enabled=is_on), whole)
        if spec.kind == "scene" and self._is_round(scene, name):
            self._report.add("item", name, "round", f"{scene} → {name}", scene)
            return None
        for key in ("show_transition", "hide_transition"):
            its = entry.get(key)
            if text(its, "id"):
                self._report.add(
                    "transition", name, "transition", f"{key} {text(its, 'id')}", scene
                )
        blend = text(entry, "blend_type")
        if blend and blend not in BLENDS:
            self._report.add("setting", name, "unused", blend, scene)
        self._tell_lost(name, lost_of_item(entry), scene)
        item = Item(
            id,
            name,
            is_enabled=entry.get("visible", True) is not False,
            is_locked=entry.get("locked") is True,
            blend=BLENDS.get(blend, "normal"),
        )
        return lay_item(item, entry, self._pictures.of(name), self._canvas)

    def _is_round(self, scene: str, inner: str) -> bool:
        """Would ``inner`` on ``scene`` show ``scene`` again? If not, it is noted as shown there."""
        shown = self._shows.setdefault(scene, set())
        if inner in shown:
            return False
        todo, seen = [inner], {inner}
        while todo:
            row = todo.pop()
            if row == scene:
                return True
            fresh = self._shows.get(row, set()) - seen
            seen |= fresh
            todo += fresh
        shown.add(inner)
        return False

    def _group_size(self, group: Json, laid: list[Laid]) -> Size:
        """OBS makes a group as large as what is in it, and writes it down."""
        settings = group.get("settings")
        if isinstance(settings, dict) and settings.get("cx") and settings.get("cy"):
            return pixels(settings["cx"], 1), pixels(settings["cy"], 1)
        far = [(1.0, 1.0), *(corner for row in laid for corner in corners(row))]
        return max(x for x, _ in far), max(y for _, y in far)


_SCENE = SourceSpec(name="", kind="scene")
