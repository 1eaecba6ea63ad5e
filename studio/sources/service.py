"""The sources of the show as a service of the engine."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Protocol

from studio.core.credentials import is_lost
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.service import Every, Finding, Service, ShowContext, named_findings
from studio.core.state import State
from studio.sources.bank import FilterMaker, SourceManager
from studio.sources.base import Source, SourceContext
from studio.sources.commands import SourceCommands
from studio.sources.filter_commands import FilterCommands
from studio.sources.gather import FILMS, PICTURES, gather
from studio.sources.lost_file_commands import LostFileCommands
from studio.sources.model import SourceSpec, SourceView
from studio.sources.settings_check import check_settings

WATCH_S = 0.1


class SourceUse(Protocol):
    """Where sources are seen (`studio.scenes.graph.SceneGraph`)."""

    def scenes_with(self, source: str) -> list[str]:
        """Names of the scenes that show it."""
        ...

    def rename_source(self, old: str, new: str) -> None:
        """Scenes follow it to its new name."""
        ...

    def check_source(self, spec: SourceSpec) -> None:
        """Refuses one that would show itself."""
        ...


class SourceStrips(Protocol):
    """The mixer's strips of sources (`studio.audio.desk.SoundDesk`)."""

    def recall(self, source: str) -> None:
        """A source that was removed is back."""
        ...

    def rename(self, old: str, new: str) -> None:
        """A source has another name."""
        ...


class SourceService(Service):
    """Sources, their filters and how they are doing.

    Args:
        sources: owns them.
        workshop: makes filters.
        use: where they are seen.
        strips: where they are heard.
        events, state: where changes are told.
    """

    name: ClassVar[str] = "sources"
    Part: ClassVar[Any] = tuple[SourceSpec, ...]
    View: ClassVar[Any] = tuple[SourceView, ...]

    def __init__(
        self,
        sources: SourceManager,
        workshop: FilterMaker,
        use: SourceUse,
        strips: SourceStrips,
        events: Events,
        state: State,
    ) -> None:
        self.sources = sources
        self._use, self._strips, self._state = use, strips, state
        self._source_commands = SourceCommands(
            sources,
            events.publish,
            use.scenes_with,
            self._follow,
            use.check_source,
            strips.recall,
        )
        self._commands = (
            self._source_commands,
            FilterCommands(sources, workshop, events.publish),
            LostFileCommands(sources, workshop, events.publish),
        )
        self.every = (Every("watch", WATCH_S, self._watch),)

    def commands(self) -> Sequence[object]:
        """Sources and filters."""
        return self._commands

    def _follow(self, old: str, new: str) -> None:
        self._use.rename_source(old, new)
        self._strips.rename(old, new)

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """Names, kinds, settings, filters, files that are not there."""
        names = Counter(spec.name for spec in part)
        twice = sorted(name for name, count in names.items() if count > 1)
        if twice:
            error = StudioError("invalid", "show.twice", what="sources", names=", ".join(twice))
            yield Finding("sources", error, "broken")
        for number, spec in enumerate(part):
            yield from named_findings(f"sources[{number}].name", spec.name)
            for at, chosen in enumerate(spec.filters):
                yield from named_findings(f"sources[{number}].filters[{at}].name", chosen.name)
        if context.kinds is not None:
            for spec in part:
                yield from _faults(spec, context)

    async def reset(self) -> None:
        """Ends all sources, and forgets those that were removed."""
        self._source_commands.reset()
        names = list(self.sources.specs)
        for runner in list(self.sources.runners.values()):
            runner.ask_stop()
        await asyncio.to_thread(lambda: [self.sources.remove(name) for name in names])

    async def load(self, part: Any, context: ShowContext) -> None:
        """Starts a show's sources."""
        around = replace(self.sources.around, base=context.folder)
        self.sources.load(tuple(part), around)

    def save(self) -> tuple[SourceSpec, ...]:
        """All of them, missing ones too."""
        return tuple(self.sources.specs.values())

    def view(self) -> tuple[SourceView, ...]:
        """Every source with its kind and how it is doing."""
        sources = self.sources
        shown = []
        for name, spec in sources.specs.items():
            kind = sources.kinds.get(spec.kind) if spec.kind in sources.kinds else None
            shown.append(
                SourceView(
                    **{field: getattr(spec, field) for field in spec.__struct_fields__},
                    label=(kind.label.zh, kind.label.en) if kind else (spec.kind, spec.kind),
                    has_video=bool(kind and kind.has_video),
                    has_sound=bool(kind and kind.has_sound),
                    is_media=bool(kind and kind.is_media),
                    health=sources.health.get(name),
                    filter_status=sources.filter_status(name),
                )
            )
        return tuple(shown)

    async def stop(self) -> None:
        """Ends all sources."""
        await asyncio.to_thread(self.sources.stop)

    def _watch(self) -> None:
        if self.sources.watch():
            self._state.touch("sources")


def _faults(spec: SourceSpec, context: ShowContext) -> Iterable[Finding]:
    place = f"sources[{spec.name}]"
    try:
        kind = context.kinds_of(Source).get(spec.kind)  # type: ignore[type-abstract]
        check_settings(kind, spec.settings, ())
        if is_lost(spec.settings):
            raise StudioError("unavailable", "security.secret_lost", what=spec.name)
        _check_shown(spec, kind.decode(spec.settings, spec.version), context)
    except StudioError as error:
        yield Finding(place, error)


def _check_shown(spec: SourceSpec, settings: Any, context: ShowContext) -> None:
    """Raises what is missing of what a source shows."""
    fields = type(settings).__struct_fields__
    around = SourceContext(context.folder)
    for name in ("path", "file", "font_file"):
        path = getattr(settings, name) if name in fields else None
        is_needed = name == "path" or path
        if path is not None and is_needed and not (path and around.find(path).is_file()):
            raise StudioError("not_found", "sources.file_missing", path=path or "-")
    if "files" in fields and "folder" in fields:
        endings = FILMS if spec.kind == "playlist" else PICTURES
        gather(settings.files, settings.folder, endings, around)
    if spec.slate and not around.find(spec.slate).is_file():
        raise StudioError("not_found", "sources.file_missing", path=spec.slate)
    scenes = getattr(context.parts.get("scenes"), "scenes", ())
    if spec.kind == "scene" and all(settings.scene not in (s.name, s.id) for s in scenes):
        raise StudioError("not_found", "sources.no_scene", scene=settings.scene)
    names = [other.name for other in context.parts.get("sources", ())]
    if spec.kind == "mirror" and settings.source not in names:
        raise StudioError("not_found", "sources.no_mirrored", source=settings.source)
