"""Missing files from outside: found again in a folder, in one go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, changed, command
from studio.core.errors import StudioError
from studio.core.places import FILE_WIDGETS, names_place
from studio.sources.bank import FilterMaker, SourceManager
from studio.sources.events import SourceListChanged
from studio.sources.lost_files import best_of, files_below, name_of, with_found
from studio.sources.model import SourceSpec


class LostFileCommands:
    """Files of sources and filters that are not on this computer."""

    def __init__(
        self, bank: SourceManager, filters: FilterMaker, announce: Callable[[Any], None]
    ) -> None:
        self._bank, self._filters, self._announce = bank, filters, announce

    @command(
        "sources.find_files",
        label=("找回丢失的文件", "Find missing files"),
        help=(
            "在文件夹（含子文件夹）里按文件名找回所有来源和滤镜丢失的文件。",
            "Looks through a folder and those in it for all missing files of sources and filters, "
            "by name.",
        ),
    )
    async def find(self, folder: Annotated[str, names_place("read")]) -> Changed:
        root = Path(folder).expanduser()
        if not await asyncio.to_thread(root.is_dir):
            raise StudioError("not_found", "sources.no_folder", path=folder)
        named = {path for spec in self._bank.specs.values() for path in self._paths(spec)}
        lost = await asyncio.to_thread(self._lost, named)
        names = {name_of(path) for path in lost}
        there = await asyncio.to_thread(files_below, root, names)
        found = {
            path: best for path in lost if (best := best_of(path, there.get(name_of(path), [])))
        }
        before = []
        for spec in list(self._bank.specs.values()):
            new = self._relinked(spec, found)
            if new != spec:
                before.append(msgspec.to_builtins(spec))
                self._put(new)
        result = {
            "found": dict(sorted(found.items())),
            "missing": sorted(lost - found.keys()),
            "sources": [spec["name"] for spec in before],
        }
        undo = ("sources.put_files", {"specs": before})
        return changed("sources", "sound", result=result, undo=undo)

    @command(
        "sources.put_files",
        label=("换回来源的文件", "Put files back"),
        help=(
            "把给定来源的设置和滤镜换回保存的内容（撤销找回）。",
            "Gives sources the settings and filters they had: undoes the finding of files.",
        ),
    )
    def put_files(self, specs: list[SourceSpec]) -> Changed:
        before = [msgspec.to_builtins(self._bank.get(spec.name)) for spec in specs]
        for spec in specs:
            old = self._bank.get(spec.name)
            if spec.kind != old.kind:
                raise StudioError("invalid", "sources.bad_spec", why=f"{spec.name}: kind")
        for spec in specs:
            old = self._bank.get(spec.name)
            self._put(replace(old, settings=spec.settings, filters=spec.filters))
        return changed("sources", "sound", undo=("sources.put_files", {"specs": before}))

    def _put(self, spec: SourceSpec) -> None:
        self._bank.put(spec)
        self._announce(SourceListChanged(what="edited", source=spec.name, kind=spec.kind))

    def _fields(self, kind: str) -> list[str]:
        """Settings of a source that name files."""
        if kind not in self._bank.kinds:
            return []
        known = self._bank.kinds.get(kind).schema().get("properties", {})
        return [name for name, field in known.items() if field.get("x-widget") in FILE_WIDGETS]

    def _paths(self, spec: SourceSpec) -> Iterator[str]:
        """The files that a source and its filters name, as they stand in the settings."""
        rows = [(spec.settings, self._fields(spec.kind))]
        rows += [
            (chosen.settings, self._filters.file_fields(chosen.kind)) for chosen in spec.filters
        ]
        for settings, fields in rows:
            for name in fields:
                value = settings.get(name)
                for entry in value if isinstance(value, list) else [value]:
                    if isinstance(entry, str) and entry:
                        yield entry

    def _lost(self, paths: set[str]) -> set[str]:
        """Those that are not there. Touches the disk."""
        return {path for path in paths if not _is_there(self._bank.around.find(path))}

    def _relinked(self, spec: SourceSpec, found: dict[str, str]) -> SourceSpec:
        filters = tuple(
            replace(
                row, settings=with_found(row.settings, found, self._filters.file_fields(row.kind))
            )
            for row in spec.filters
        )
        settings = with_found(spec.settings, found, self._fields(spec.kind))
        return replace(spec, settings=settings, filters=filters)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long, or no path at all
        return False
