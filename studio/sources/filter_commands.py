"""Filters from outside: add, change, switch, order, copy, remove."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, changed, command
from studio.core.errors import StudioError
from studio.core.names import check_name, free_name
from studio.core.taking_back import rows_taken_back, way_back
from studio.sources.bank import SourceManager
from studio.sources.events import FilterChanged
from studio.sources.model import FilterSpec, SourceSpec
from studio.sources.settings_check import Examiner, check_budget, check_filter


class FilterCommands:
    """The filters of the sources.

    Args:
        bank: the sources.
        examiner: knows the kinds of filter.
        announce: publishes events.
    """

    def __init__(
        self, bank: SourceManager, examiner: Examiner, announce: Callable[[Any], None]
    ) -> None:
        self._bank = bank
        self._examiner = examiner
        self._announce = announce

    @command(
        "filters.set",
        label=("设置滤镜", "Set filter"),
        help=(
            "给来源添加或修改滤镜；index 为顺序，0 最先；budget_ms 为最长耗时，0 用默认值。",
            "Adds a filter to a source, or changes it; index is its place, 0 works first; "
            "budget_ms is the most it may take, 0 is the kind's own.",
        ),
    )
    def set_filter(
        self,
        source: str,
        name: str,
        kind: str = "",
        settings: dict[str, Any] | None = None,
        enabled: bool | None = None,
        replace_all: bool = False,
        index: int | None = None,
        budget_ms: float | None = None,
    ) -> Changed:
        spec = self._bank.get(source)
        old = next((filter_ for filter_ in spec.filters if filter_.name == name), None)
        if old is None and not kind:
            raise StudioError("not_found", "sources.no_filter", filter=name, name=source)
        if old is None:
            check_name(name)
        base = old or FilterSpec(name=name, kind=kind)
        if old is not None and kind and kind != old.kind:
            base = replace(base, kind=kind, settings={})  # another kind: what was set says nothing
        new = replace(
            base,
            is_enabled=base.is_enabled if enabled is None else enabled,
            budget_ms=base.budget_ms if budget_ms is None else budget_ms,
        )
        check_budget(new)
        if old is None or settings is not None or replace_all or new.kind != old.kind:
            was = self._examiner.upgraded(base.kind, base.settings, base.version)
            merged = {**({} if replace_all else was), **(settings or {})}
            version = self._examiner.check(new.kind, merged, list(settings or ()))
            new = replace(new, settings=merged, version=version)
        kept = [new if filter_.name == name else filter_ for filter_ in spec.filters]
        if old is None:
            kept.append(new)
        if index is not None:
            kept.remove(new)
            kept.insert(max(0, min(index, len(kept))), new)
        self._bank.set_filters(source, tuple(kept))
        self._tell("edited" if old else "created", source, new)
        if old is None:
            return changed("sources", undo=("filters.remove", {"source": source, "name": name}))
        return changed("sources", undo=_all_back(source, spec.filters, kept))

    @command(
        "filters.rename",
        label=("重命名滤镜", "Rename filter"),
        help=("修改滤镜名称。", "Renames a filter of a source."),
    )
    def rename_filter(self, source: str, name: str, new_name: str) -> Changed:
        spec, old = self._filter(source, name)
        check_name(new_name)
        if any(filter_.name == new_name for filter_ in spec.filters):
            raise StudioError("conflict", "filters.name_taken", name=new_name)
        new = replace(old, name=new_name)
        kept = tuple(new if filter_.name == name else filter_ for filter_ in spec.filters)
        self._bank.set_filters(source, kept)
        self._tell("edited", source, new)
        undo = {"source": source, "name": new_name, "new_name": name}
        return changed("sources", undo=("filters.rename", undo))

    @command(
        "filters.move",
        label=("调整滤镜顺序", "Reorder filter"),
        help=("把滤镜移到第 index 位，0 最先。", "Moves a filter to place index, 0 works first."),
    )
    def move_filter(self, source: str, name: str, index: int) -> Changed:
        spec, filter_spec = self._filter(source, name)
        before = spec.filters.index(filter_spec)
        rest = [other for other in spec.filters if other.name != name]
        rest.insert(max(0, min(index, len(rest))), filter_spec)
        self._bank.set_filters(source, tuple(rest))
        self._tell("edited", source, filter_spec)
        undo = {"source": source, "name": name, "index": before}
        return changed("sources", undo=("filters.move", undo))

    @command(
        "filters.remove",
        label=("移除滤镜", "Remove filter"),
        help=("从来源移除滤镜。", "Takes a filter off a source."),
    )
    def remove_filter(self, source: str, name: str) -> Changed:
        spec, old = self._filter(source, name)
        self._bank.set_filters(
            source, tuple(filter_ for filter_ in spec.filters if filter_.name != name)
        )
        self._tell("removed", source, old)
        return changed("sources", undo=_put_back(source, old, spec.filters.index(old)))

    @command(
        "filters.copy",
        label=("复制滤镜", "Copy filters"),
        help=(
            "把一个来源的滤镜复制到另一个来源；name 为空则全部复制。",
            "Copies a source's filters to another source, all of them when no name is given.",
        ),
    )
    def copy_filters(self, source: str, to: str, name: str = "") -> Changed:
        spec, target = self._bank.get(source), self._bank.get(to)
        copied = [self._filter(source, name)[1]] if name else list(spec.filters)
        taken = {filter_.name for filter_ in target.filters}
        fresh = []
        for entry in copied:
            new = replace(entry, name=free_name(entry.name, taken))
            taken.add(new.name)
            fresh.append(new)
        self._bank.set_filters(to, (*target.filters, *fresh))
        for entry in fresh:
            self._tell("created", to, entry)
        return changed(
            "sources",
            result=[entry.name for entry in fresh],
            undo=_all_back(to, target.filters, (*target.filters, *fresh)),
        )

    @command(
        "filters.set_all",
        label=("替换全部滤镜", "Set all filters"),
        help=(
            "把来源的滤镜整体换成给出的列表。",
            "Gives a source the listed filters in place of all it has; with instead_of, what the "
            "step had left, only where the two differ.",
        ),
    )
    def set_all(
        self,
        source: str,
        filters: list[dict[str, Any]],
        instead_of: list[dict[str, Any]] | None = None,
    ) -> Changed:
        spec = self._bank.get(source)
        try:
            wanted, left = (
                msgspec.convert(listed or [], tuple[FilterSpec, ...], strict=False)
                for listed in (filters, instead_of)
            )
        except msgspec.ValidationError as error:
            raise StudioError("invalid", "filters.list", why=str(error)) from None
        if instead_of is not None:
            rows = rows_taken_back(spec.filters, left, wanted, lambda filter_: filter_.name)
            wanted = tuple(rows)
        names = [entry.name for entry in wanted]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise StudioError("conflict", "filters.name_taken", name=", ".join(twice))
        known = {filter_.name: filter_ for filter_ in spec.filters}
        for entry in wanted:
            if known.get(entry.name) != entry:
                check_filter(entry, self._examiner)
        self._bank.set_filters(source, wanted)
        for filter_ in spec.filters:
            if filter_.name not in names:
                self._tell("removed", source, filter_)
        for entry in wanted:
            if known.get(entry.name) != entry:
                self._tell("edited" if entry.name in known else "created", source, entry)
        return changed("sources", undo=_all_back(source, spec.filters, wanted))

    @command(
        "filters.status",
        label=("滤镜状态", "Filter status"),
        help=(
            "每个滤镜的状态与每帧耗时。",
            "The state of each filter and how long it takes a frame.",
        ),
    )
    def status(self, source: str = "") -> Changed:
        names = [self._bank.get(source).name] if source else list(self._bank.specs)
        return changed(
            result={name: msgspec.to_builtins(self._bank.filter_status(name)) for name in names}
        )

    def _tell(self, what: str, source: str, filter_spec: FilterSpec) -> None:
        self._announce(
            FilterChanged(
                what=what,
                source=source,
                filter=filter_spec.name,
                kind=filter_spec.kind,
                is_enabled=filter_spec.is_enabled,
            )
        )

    def _filter(self, source: str, name: str) -> tuple[SourceSpec, FilterSpec]:
        spec = self._bank.get(source)
        for filter_ in spec.filters:
            if filter_.name == name:
                return spec, filter_
        raise StudioError("not_found", "sources.no_filter", filter=name, name=source)


unused = free_name


def _put_back(source: str, old: FilterSpec, index: int) -> tuple[str, dict[str, Any]]:
    """The command that makes a filter what and where it was."""
    return "filters.set", {
        "source": source,
        "name": old.name,
        "kind": old.kind,
        "settings": old.settings,
        "enabled": old.is_enabled,
        "replace_all": True,
        "index": index,
        "budget_ms": old.budget_ms,
    }


def _all_back(
    source: str, before: Sequence[FilterSpec], left: Sequence[FilterSpec]
) -> tuple[str, dict[str, Any]]:
    return way_back("filters.set_all", "filters", before, left, source=source)
