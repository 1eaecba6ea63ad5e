"""Owns the sources of the show: their specs, and the runners that do the work."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Protocol

from msgspec.structs import replace

from studio.core.clock import NS, now_ns
from studio.core.credentials import is_lost
from studio.core.errors import StudioError
from studio.core.extension import Kinds
from studio.core.file_marks import Marks, marks
from studio.core.log import logger
from studio.media.frame import Frame
from studio.media.picture_file import read_picture
from studio.media.sound import Samples
from studio.sources.base import Source, SourceContext
from studio.sources.events import FilterStateChanged, SourceHealthChanged
from studio.sources.guard import Guard
from studio.sources.health import Fault
from studio.sources.levels import Levels
from studio.sources.model import FilterSpec, FilterStatus, Health, OnLoss, SourceSpec
from studio.sources.runner import Shot, SourceRunner
from studio.sources.settings_check import Examiner, check_filter, check_settings
from studio.sources.slate import slate

_log = logger(__name__)


LOOK_NS = NS
SHOWS_ANOTHER = ("mirror", "scene")
"""Kinds whose settings name another source or a scene, and follow it when it is renamed."""


class AnyFilter(Protocol):
    """What the bank needs of a filter (`studio.filters.base.Filter`)."""

    @property
    def is_picture(self) -> bool: ...
    @property
    def is_sound(self) -> bool: ...
    @property
    def budget_ms(self) -> float: ...
    @property
    def error(self) -> Exception | None: ...

    def apply(self, frame: Frame) -> Frame: ...
    def apply_sound(self, samples: Samples) -> Samples: ...
    def close(self) -> None: ...


class FilterMaker(Examiner, Protocol):
    """Makes filters (`studio.filters.workshop.FilterFactory`)."""

    def make(self, kind: str, settings: dict[str, Any], version: int) -> AnyFilter: ...
    def files(self, kind: str, settings: dict[str, Any]) -> list[Path]: ...
    def file_fields(self, kind: str) -> list[str]: ...
    def change(self, filter_spec: AnyFilter, settings: dict[str, Any], version: int) -> bool: ...


class SourceManager:
    """Sources by name. Runners are swapped in an immutable dict for the picture thread.

    Args:
        kinds: the kinds of source there are.
        around: where they run.
        workshop: builds filters; raises `StudioError` for an unknown kind.
        announce: publishes events.
    """

    def __init__(
        self,
        kinds: Kinds[Source],
        around: SourceContext,
        workshop: FilterMaker,
        announce: Callable[[Any], None],
    ) -> None:
        self.kinds = kinds
        self.around = around
        self.runners: dict[str, SourceRunner] = {}
        self.specs: dict[str, SourceSpec] = {}
        self.missing: dict[str, StudioError] = {}
        self.health: dict[str, Health] = {}
        self.filters: dict[str, dict[str, AnyFilter]] = {}
        self.levels = Levels()
        self.cameras: dict[str, str] = {}
        """Names of this machine's cameras by id, as they were last looked for."""
        self._guards: dict[str, dict[str, Guard]] = {}
        self._lost_filters: dict[str, dict[str, StudioError]] = {}
        self._told: dict[tuple[str, str], str] = {}
        self._lost_marks: dict[str, Marks] = {}
        self._looked_ns = 0
        self._workshop = workshop
        self._announce = announce

    def load(self, specs: tuple[SourceSpec, ...], around: SourceContext) -> None:
        """Replaces all sources; those that are the same go on undisturbed."""
        same_place = around == self.around
        self.around = around
        names = [spec.name for spec in specs]
        twice = sorted({filter_spec for filter_spec in names if names.count(filter_spec) > 1})
        if twice:
            raise StudioError("conflict", "sources.name_taken", name=", ".join(twice))
        for name in [n for n in self.specs if n not in names]:
            self.remove(name)
        for spec in specs:
            if not (same_place and self.specs.get(spec.name) == spec):
                self.put(spec)

    def has_source(self, name: str) -> bool:
        """Is there a source of this name?"""
        return name in self.specs

    def picture_size(self, name: str) -> tuple[int, int]:
        """Pixels of its picture as it stands now; (0, 0) while it has none."""
        runner = self.runners.get(name)
        shot = runner.latest if runner else None
        return (shot.frame.width, shot.frame.height) if shot else (0, 0)

    def sound_ahead_ms(self, source: str) -> int | None:
        """How far a source's sound can be brought forward; None while it does not run."""
        runner = self.runners.get(source)
        return None if runner is None else runner.source.sound_ahead_ms

    def with_sound(self) -> list[str]:
        """Names of the sources that give sound."""
        return [name for name, runner in self.runners.items() if runner.source.has_sound]

    def get(self, name: str) -> SourceSpec:
        """A source's spec.

        Raises:
            StudioError: not_found.
        """
        if name not in self.specs:
            known = ", ".join(self.specs)
            raise StudioError("not_found", "sources.no_source", name=name, known=known)
        return self.specs[name]

    def put(self, spec: SourceSpec) -> None:
        """Adds a source or restarts it with other settings.

        A kind that is not known, or settings that are wrong, leave it missing: kept, not dropped.
        """
        self._end(spec.name)
        self.specs = {**self.specs, spec.name: spec}
        try:
            kind = self.kinds.get(spec.kind)
            settings = kind.decode(spec.settings, spec.version)
            if is_lost(spec.settings):
                raise StudioError("unavailable", "security.secret_lost", what=spec.name)
            runner = SourceRunner(spec.name, kind(settings, self.around))
            runner.is_sleepy, runner.on_loss = True, spec.on_loss
        except StudioError as error:
            self.missing[spec.name] = error
            return
        runner.levels = self.levels
        self._refilter(spec, runner)
        runner.start()
        self.runners = {**self.runners, spec.name: runner}

    def check(self, spec: SourceSpec, given: Collection[str] = ()) -> None:
        """Raises what is wrong with a spec before it is used.

        Args:
            given: names that a person has just set: one that the kind does not know is refused.
        """
        kind = self.kinds.get(spec.kind)
        check_settings(kind, spec.settings, given)
        kind.decode(spec.settings, spec.version)

    def check_filters(self, filters: Collection[FilterSpec]) -> None:
        """Raises what is wrong with filters before they are used."""
        names = [filter_spec.name for filter_spec in filters]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise StudioError("conflict", "filters.name_taken", name=", ".join(twice))
        for filter_spec in filters:
            check_filter(filter_spec, self._workshop)

    def remove(self, name: str) -> SourceSpec:
        """Ends and forgets a source."""
        spec = self.get(name)
        self._end(name)
        self.specs = {n: s for n, s in self.specs.items() if n != name}
        self.health.pop(name, None)
        return spec

    def rename(self, name: str, new_name: str) -> None:
        """Another name; it goes on without a gap."""
        spec = self.get(name)
        if new_name in self.specs or not new_name.strip():
            raise StudioError("conflict", "sources.name_taken", name=new_name)
        self.specs = {
            (new_name if n == name else n): (replace(s, name=new_name) if n == name else s)
            for n, s in self.specs.items()
        }
        runner = self.runners.get(name)
        if runner:
            runner.name = new_name
            self.runners = {(new_name if n == name else n): r for n, r in self.runners.items()}
        self.filters[new_name] = self.filters.pop(name, {})
        self._guards[new_name] = self._guards.pop(name, {})
        self._lost_filters[new_name] = self._lost_filters.pop(name, {})
        self.health.pop(name, None)
        self.levels.forget(name)
        self._rename_in_filters(name, new_name)
        self.rename_in_settings("source", name, new_name)
        del spec

    def rename_in_settings(self, field: str, name: str, new_name: str) -> None:
        """Sources that show another source or a scene follow its new name."""
        for spec in list(self.specs.values()):
            is_named = spec.kind in SHOWS_ANOTHER and spec.settings.get(field) == name
            if is_named:
                self.put(replace(spec, settings={**spec.settings, field: new_name}))

    def set_on_loss(self, name: str, policy: OnLoss, picture: str) -> None:
        """What is seen while a source is lost; it goes on undisturbed.

        Raises:
            StudioError: not_found (source, picture), invalid (not a picture).
        """
        spec = replace(self.get(name), on_loss=policy, slate=picture)
        if picture:
            read_picture(self.around.find(picture), 64)
        self.specs = {**self.specs, name: spec}
        runner = self.runners.get(name)
        if runner:
            runner.on_loss, runner.away = policy, None
            self._put_away(spec, runner)

    def _put_away(self, spec: SourceSpec, runner: SourceRunner) -> None:
        health = self.health.get(spec.name)
        is_away = health is not None and health.state in ("lost", "missing", "waiting")
        if is_away and spec.on_loss == "slate" and runner.away is None:
            last = runner.slot.get()
            runner.away = Shot(slate(spec, self.around, last.frame if last else None), 0)
        elif not is_away:
            runner.away = None
        runner.put_away(is_away)

    def _rename_in_filters(self, name: str, new_name: str) -> None:
        """Filters that listen to the source go on doing so: their setting is called source."""
        for spec in list(self.specs.values()):
            filters = tuple(
                replace(filter_spec, settings={**filter_spec.settings, "source": new_name})
                if filter_spec.settings.get("source") == name
                else filter_spec
                for filter_spec in spec.filters
            )
            if filters != spec.filters:
                self.set_filters(spec.name, filters)

    def set_filters(self, name: str, filters: tuple[FilterSpec, ...]) -> None:
        """Other filters on a source; filters that stay the same keep what they know."""
        spec = replace(self.get(name), filters=filters)
        old = self.specs[name]
        self.specs = {**self.specs, name: spec}
        runner = self.runners.get(name)
        if runner:
            self._refilter(spec, runner, old)

    def fault(self, name: str, fault: Fault) -> None:
        """Puts a fault on a source (drills), or takes it off."""
        self.get(name)
        if name in self.runners:
            self.runners[name].fault = fault

    def watch(self) -> bool:
        """Judges every source; announces changes; True when something changed."""
        at_ns = now_ns()
        has_changed = False
        for name in self.specs:
            runner, before = self.runners.get(name), self.health.get(name)
            if runner and before and runner.is_settled(at_ns, before):
                continue
            if runner:
                health = runner.health(at_ns)
            else:
                error = self.missing[name]
                params = {k: str(v) for k, v in error.params.items()}
                health = Health("missing", 0.0, error.key, params)
            self.health[name] = health
            if runner:
                self._put_away(self.specs[name], runner)
            has_changed = has_changed or before is None or _looks_other(before, health)
            if before is None or _is_other(before, health):
                self._announce(
                    SourceHealthChanged(
                        source=name,
                        state=health.state,
                        before=before.state if before else "",
                        error=health.error,
                        params=health.params,
                        is_silent=health.is_silent,
                    )
                )
        if at_ns - self._looked_ns > LOOK_NS:
            self._looked_ns = at_ns
            self._mend_filters()
        return self._watch_filters() or has_changed

    def _mend_filters(self) -> None:
        """Filters whose file was broken or not there are made again when it has changed."""
        kept = self._lost_marks
        self._lost_marks = {}
        for name in [n for n, lost in self._lost_filters.items() if lost]:
            spec = self.specs[name]
            lost = [
                filter_spec
                for filter_spec in spec.filters
                if filter_spec.name in self._lost_filters[name]
            ]
            files = [
                file
                for filter_spec in lost
                for file in self._workshop.files(filter_spec.kind, filter_spec.settings)
            ]
            now = marks(files)
            if files and kept.get(name, now) != now:
                self.set_filters(name, spec.filters)
            elif files:
                self._lost_marks[name] = now

    def filter_status(self, name: str) -> dict[str, FilterStatus]:
        """How the filters of a source are doing, by name."""
        found = {n: guard.status for n, guard in self._guards.get(name, {}).items()}
        for n, error in self._lost_filters.get(name, {}).items():
            params = {k: str(v) for k, v in error.params.items()}
            found[n] = FilterStatus("missing", error=error.key, params=params)
        return found

    def _watch_filters(self) -> bool:
        """Announces filters that were bypassed or work again."""
        now: dict[tuple[str, str], str] = {}
        has_changed = False
        for name in self.specs:
            if not (self._guards.get(name) or self._lost_filters.get(name)):
                continue
            for which, status in self.filter_status(name).items():
                now[name, which] = status.state
                before = self._told.get((name, which), "ok")
                if before != status.state:
                    has_changed = True
                    self._announce(
                        FilterStateChanged(
                            source=name,
                            filter=which,
                            state=status.state,
                            before=before,
                            ms=status.ms,
                            error=status.error,
                            params=status.params,
                        )
                    )
        self._told = now
        return has_changed

    def stop(self) -> None:
        """Ends all sources."""
        for runner in list(self.runners.values()):
            runner.ask_stop()
        for name in list(self.runners):
            self._end(name)

    def _end(self, name: str) -> None:
        runner = self.runners.get(name)
        self.missing.pop(name, None)
        if runner:
            self.runners = {n: r for n, r in self.runners.items() if n != name}
            runner.stop()
        self._guards.pop(name, None)
        self._lost_filters.pop(name, None)
        self.levels.forget(name)
        for filter_spec in self.filters.pop(name, {}).values():
            filter_spec.close()

    def _refilter(
        self, spec: SourceSpec, runner: SourceRunner, old: SourceSpec | None = None
    ) -> None:
        known = self.filters.get(spec.name, {})
        before = {f.name: f for f in old.filters} if old else {}
        made: dict[str, AnyFilter] = {}
        guards: dict[str, Guard] = {}
        lost: dict[str, StudioError] = {}
        for filter_spec in spec.filters:
            try:
                found = self._kept(
                    filter_spec, before.get(filter_spec.name), known.get(filter_spec.name)
                )
                if found is None:
                    found = self._made(filter_spec, runner)
            except StudioError as error:
                told = self._lost_filters.get(spec.name, {}).get(filter_spec.name)
                if told is None or str(told) != str(error):
                    _log.warning(
                        "filter %s of %s is left out: %s", filter_spec.name, spec.name, error
                    )
                lost[filter_spec.name] = error
                continue
            made[filter_spec.name] = found
            guard = self._guards.get(spec.name, {}).get(filter_spec.name)
            if guard is None or guard.one is not found:
                guard = Guard(filter_spec.name, found, 0.0)
            elif before.get(filter_spec.name) != filter_spec:
                guard.forgive()
            guard.budget_ms = filter_spec.budget_ms or found.budget_ms
            guards[filter_spec.name] = guard
        self.filters[spec.name] = made
        self._guards[spec.name], self._lost_filters[spec.name] = guards, lost
        active = [f.name for f in spec.filters if f.is_enabled and f.name in made]
        runner.refilter(
            tuple(guards[n] for n in active if made[n].is_picture),
            tuple(guards[n] for n in active if made[n].is_sound),
        )
        for name, unused in known.items():
            if made.get(name) is not unused:
                unused.close()

    def _kept(
        self, filter_spec: FilterSpec, was: FilterSpec | None, known: AnyFilter | None
    ) -> AnyFilter | None:
        """The filter that is there already, with its settings changed; None to make it anew."""
        if (
            known is None
            or was is None
            or (was.kind, was.version) != (filter_spec.kind, filter_spec.version)
        ):
            return None
        is_same = was.settings == filter_spec.settings
        if is_same or self._workshop.change(known, filter_spec.settings, filter_spec.version):
            return known
        return None

    def _made(self, filter_spec: FilterSpec, runner: SourceRunner) -> AnyFilter:
        fresh = self._workshop.make(filter_spec.kind, filter_spec.settings, filter_spec.version)
        if hasattr(fresh, "on_late"):
            # A still picture comes once: filter it again when the filter is ready.
            fresh.on_late = runner.filter_again
        if hasattr(fresh, "level_db"):
            fresh.level_db = self.levels.level_db
        return fresh


def _is_other(before: Health, now: Health) -> bool:
    """Is it worth an event? What the pace is, is not."""
    return (before.state, before.is_silent) != (now.state, now.is_silent)


def _looks_other(before: Health, now: Health) -> bool:
    """Is it to be shown otherwise? Also when it becomes too slow, or why it is not well changes."""
    return _shown(before) != _shown(now)


def _shown(health: Health) -> tuple[object, ...]:
    return health.state, health.is_silent, health.is_slow, health.is_measuring, health.error
