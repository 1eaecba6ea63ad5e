"""Brings in what another studio's show held."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, changed, command
from studio.core.errors import StudioError
from studio.core.names import check_name, free_name
from studio.core.places import names_place
from studio.scenes.events import SceneListChanged
from studio.scenes.item_checks import check_scene
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import Scene, plain
from studio.show.obs_import import Collection, read_collection
from studio.show.obs_report import Unmatched
from studio.show.obs_values import ImportedStrip, Size
from studio.sources.bank import SourceManager
from studio.sources.events import SourceListChanged
from studio.sources.kinds.text import TextSource
from studio.sources.model import SourceSpec

Side = Annotated[int, msgspec.Meta(ge=16, le=16384)]
LOOK_S = 15.0
"""So long an import looks into files for the sizes of their pictures."""
MOST_SLIDES = 20


class ImportCommands:
    """Imports from outside.

    Args:
        set_strip: gives a source its place in the mixer.
        on_return: told which source is back, to give it the place it had.
    """

    def __init__(
        self,
        scenes: SceneRepository,
        bank: SourceManager,
        announce: Callable[[Any], None],
        set_strip: Callable[[str, ImportedStrip], None],
        on_return: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._scenes, self._bank = scenes, bank
        self._announce = announce
        self._set_strip = set_strip
        self._on_return = on_return

    @command(
        "show.import_obs",
        label=("导入 OBS 场景集合", "Import OBS scenes"),
        help=(
            "导入 OBS 场景集合（JSON）：场景、来源、滤镜；列出没有对应的项。",
            "Brings in an OBS scene collection (JSON) and lists what has no counterpart.",
        ),
    )
    async def import_obs(
        self,
        file: Annotated[str, names_place("read")],
        base_width: Side = 1920,
        base_height: Side = 1080,
    ) -> Changed:
        path = Path(file)
        with contextlib.suppress(RuntimeError):  # ~ of somebody who is not there
            path = path.expanduser()
        canvas = (float(base_width), float(base_height))
        look = sizes(LOOK_S, self._bank)
        canvases = self._scenes.state.canvases
        found = await asyncio.to_thread(read_collection, path, canvas, look, canvases)
        names, rows = self._rename(found), self._rename_scenes(found)
        first = {
            missing.name: row for missing, row in reversed([*zip(found.scenes, rows, strict=True)])
        }
        added, unmatched = [], list(found.unmatched)
        for spec in found.sources:
            named = self._named(spec, names, first)
            try:
                self._bank.check(named)
            except StudioError as error:  # kept and shown as missing
                unmatched.append(Unmatched("setting", named.name, str(error), why="setting"))
            face = named.settings.get("font") if named.kind == "text" else None
            drawer = self._bank.around.draw
            if face and drawer is not None and not drawer.has_font(str(face)):
                unmatched.append(Unmatched("font", named.name, str(face), why="font"))
            self._bank.put(named)
            added.append(named.name)
            self._announce(SourceListChanged(what="created", source=named.name, kind=named.kind))
            if spec.name in found.strips:
                self._set_strip(named.name, found.strips[spec.name])
        made = []
        for scene, row in zip(found.scenes, rows, strict=True):
            items = [
                replace(item, source=names.get(item.source, item.source)) for item in scene.items
            ]
            new = replace(scene, name=row, items=tuple(items))
            if new.transition and new.transition not in self._scenes.kinds:
                line = Unmatched("transition", row, new.transition, row, "transition")
                unmatched.append(line)
                new = replace(new, transition="", transition_ms=0)
            self._scenes.add(new)
            made.append(new.name)
            self._announce(SceneListChanged(what="created", scene=new.name))
        self._scenes.box.prepare_all(self._scenes.state)
        result = {
            "name": found.name,
            "scenes": made,
            "sources": added,
            "unmatched": [missing.line() for missing in unmatched],
        }
        undo = ("show.take_back", {"scenes": made, "sources": added})
        return changed("scenes", "sources", "sound", result=result, undo=undo)

    @command(
        "show.take_back",
        label=("撤销新增", "Take back"),
        help=(
            "删除给定的场景，以及不再被使用的来源（撤销模板或导入）。",
            "Removes scenes, and sources nothing uses any more: undoes a template or an import.",
        ),
    )
    def take_back(self, scenes: list[str], sources: list[str]) -> Changed:
        state = self._scenes.state
        for name in scenes:
            self._scenes.check_gone(name)
        taken = []
        for name in scenes:
            gone = self._scenes.remove(name)
            taken.append(gone)
            self._announce(SceneListChanged(what="removed", scene=gone.name))
        specs: list[SourceSpec] = []
        used = {item.source for scene in self._scenes.state.scenes for item in scene.items}
        for source in sources:
            if source in self._bank.specs and source not in used:
                spec = self._bank.remove(source)
                specs.append(spec)
                self._announce(SourceListChanged(what="removed", source=source, kind=spec.kind))
        undo = {
            "scenes": plain(taken),
            "sources": plain(specs),
            "preview": dict(state.preview),
        }
        return changed("scenes", "sources", "sound", undo=("show.bring_back", undo))

    @command(
        "show.bring_back",
        label=("重做新增", "Bring back"),
        help=(
            "把撤销的场景和来源放回末尾（重做模板或导入）。",
            "Puts scenes and sources back at the end: does a template or an import again.",
        ),
    )
    def bring_back(
        self,
        scenes: list[Scene],
        sources: list[SourceSpec],
        preview: dict[str, str] | None = None,
    ) -> Changed:
        for spec in sources:
            check_name(spec.name)
            if spec.name in self._bank.specs:
                raise StudioError("conflict", "sources.name_taken", name=spec.name)
        for scene in scenes:
            check_scene(scene)
        for spec in sources:
            self._bank.put(spec)
            self._on_return(spec.name)
            self._announce(SourceListChanged(what="created", source=spec.name, kind=spec.kind))
        for scene in scenes:
            self._scenes.add(scene)
            self._announce(SceneListChanged(what="created", scene=scene.name))
        self._scenes.put_preview(preview or {})
        undo = {"scenes": [s.name for s in scenes], "sources": [s.name for s in sources]}
        return changed("scenes", "sources", "sound", undo=("show.take_back", undo))

    def _rename(self, found: Collection) -> dict[str, str]:
        """New names for what has a name that is taken: scenes and sources share the list."""
        taken = {*self._bank.specs}
        names = {}
        for spec in found.sources:
            names[spec.name] = free_name(spec.name, taken)
            taken.add(names[spec.name])
        return names

    def _rename_scenes(self, found: Collection) -> list[str]:
        """New names of the scenes, in their order."""
        taken = {spec.name for spec in self._scenes.state.scenes}
        rows = []
        for scene in found.scenes:
            rows.append(free_name(scene.name or "OBS", taken))
            taken.add(rows[-1])
        return rows

    def _named(self, spec: SourceSpec, names: dict[str, str], rows: dict[str, str]) -> SourceSpec:
        """A source under its new name, speaking of others by theirs."""
        filters = tuple(
            replace(scene, settings={**scene.settings, "source": names[scene.settings["source"]]})
            if scene.settings.get("source") in names
            else scene
            for scene in spec.filters
        )
        settings = spec.settings
        if spec.kind == "scene":
            settings = {**settings, "scene": rows[settings["scene"]]}
        return replace(spec, name=names[spec.name], settings=settings, filters=filters)


def sizes(seconds: float, bank: SourceManager) -> Callable[[SourceSpec], Size]:
    """`size_of`, for so long; what then has not been looked at is not known."""
    until = time.monotonic() + seconds
    return lambda spec: size_of(spec, bank) if time.monotonic() < until else (0.0, 0.0)


def size_of(spec: SourceSpec, bank: SourceManager) -> Size:
    """The size of a source's picture before it runs; (0, 0) when it cannot be known."""
    given = spec.settings
    if spec.kind == "text":
        return _text_size(spec, bank)
    if spec.kind in ("camera", "browser"):
        return float(given.get("width") or 0), float(given.get("height") or 0)
    if spec.kind == "slide_show":  # as large as the largest, as OBS has it
        found = [_file_size(str(path)) for path in given.get("files", ())[:MOST_SLIDES]]
        return max((w for w, _ in found), default=0.0), max((h for _, h in found), default=0.0)
    if spec.kind == "playlist":  # as large as what it begins with
        return _file_size(str(next(iter(given.get("files", ())), "")))
    return _file_size(str(given.get("path", "")))


def _text_size(spec: SourceSpec, bank: SourceManager) -> Size:
    kind = bank.kinds.get(spec.kind)
    with contextlib.suppress(StudioError, OSError):
        settings = kind.decode(spec.settings)
        source = kind(settings, bank.around)
        if isinstance(source, TextSource):
            frame = source.drawn()
            return float(frame.width), float(frame.height)
    return (0.0, 0.0)


def _file_size(path: str) -> Size:
    """Read from a file's head."""
    try:
        if not path or not Path(path).is_file():
            return (0.0, 0.0)
    except (OSError, ValueError):
        return (0.0, 0.0)
    import av

    try:
        with av.open(path) as media:
            if media.streams.video:
                stream = media.streams.video[0]
                return float(stream.width), float(stream.height)
    except (av.FFmpegError, OSError, ValueError):
        pass
    return (0.0, 0.0)
