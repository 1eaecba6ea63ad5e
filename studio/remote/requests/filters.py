"""Filter requests: what changes an input's picture or sound."""

from __future__ import annotations

from typing import Any

from studio.filters.obs import (
    changes_from_obs,
    from_obs,
    is_theirs,
    known_kinds,
    lost_settings,
)
from studio.filters.obs_out import bent_settings, obs_kind
from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote.requests.base import Requests, cannot, lossy, maybe, need, request, whole
from studio.remote.session import Session
from studio.remote.words import ObsSerializer
from studio.scenes.model import Scene
from studio.sources.model import FilterSpec, SourceSpec

MOST_INDEX = 8192


class Filters(Requests):
    """Category "filters". Scenes have none."""

    @request("GetSourceFilterKindList")
    def kinds(self, session: Session, data: Data) -> Data:
        """The kinds there are, then those of OBS that become one of them."""
        theirs = known_kinds(is_versioned=True)
        return {"sourceFilterKinds": [*self.rooms.filter_kinds.names(), *theirs]}

    @request("GetSourceFilterList")
    def list_all(self, session: Session, data: Data) -> Data:
        """A source's filters in the order in which they work; a group has none."""
        found = self.source_or_group(data)
        filters = found.filters if isinstance(found, SourceSpec) else ()
        words = ObsSerializer(self.rooms, self.ids)
        return {"filters": [words.filter(filter_spec, n) for n, filter_spec in enumerate(filters)]}

    @request("GetSourceFilterDefaultSettings")
    def defaults(self, session: Session, data: Data) -> Data:
        """Settings of a new filter of a kind."""
        kind = need(data, "filterKind")
        words = ObsSerializer(self.rooms, self.ids)
        theirs = None if kind in self.rooms.filter_kinds else from_obs(kind, {})
        if theirs is not None:
            return {"defaultFilterSettings": words.filter_defaults(*theirs)}
        self._need_kind(kind)
        return {"defaultFilterSettings": words.filter_defaults(kind)}

    @request("GetSourceFilter")
    def get(self, session: Session, data: Data) -> Data:
        """One filter."""
        spec, filter_spec = self._filter(data)
        found = ObsSerializer(self.rooms, self.ids).filter(
            filter_spec, spec.filters.index(filter_spec)
        )
        return {name: value for name, value in found.items() if name != "filterName"}

    @request("CreateSourceFilter")
    async def create(self, session: Session, data: Data) -> Any:
        """Puts a filter on an input."""
        found, name = self.source(data), need(data, "filterName")
        kind, settings = need(data, "filterKind"), maybe(data, "filterSettings", dict, {})
        if isinstance(found, Scene):
            raise cannot("Scenes have no filters here.")
        if any(filter_.name == name for filter_ in found.filters):
            raise RequestError(RequestStatus.ALREADY_EXISTS, f"{found.name} has a filter {name}.")
        theirs = None if kind in self.rooms.filter_kinds else from_obs(kind, settings)
        lost: list[tuple[str, Any]] = []
        if theirs is not None:  # a controller that knows OBS's own filters
            lost = _lost(kind, settings)
            kind, settings = theirs
        self._need_kind(kind)
        await self.run(
            session, "filters.set", source=found.name, name=name, kind=kind, settings=settings
        )
        return lossy(lost, None)

    @request("RemoveSourceFilter")
    async def remove(self, session: Session, data: Data) -> None:
        """Takes a filter off."""
        spec, filter_spec = self._filter(data)
        await self.run(session, "filters.remove", source=spec.name, name=filter_spec.name)

    @request("SetSourceFilterName")
    async def rename(self, session: Session, data: Data) -> None:
        """Renames a filter."""
        (spec, filter_spec), name = self._filter(data), need(data, "newFilterName")
        if name == filter_spec.name:
            return
        if any(other.name == name for other in spec.filters):
            raise RequestError(RequestStatus.ALREADY_EXISTS, f"{spec.name} has a filter {name}.")
        await self.run(
            session, "filters.rename", source=spec.name, name=filter_spec.name, new_name=name
        )

    @request("SetSourceFilterIndex")
    async def move(self, session: Session, data: Data) -> None:
        """Moves a filter in the order."""
        spec, filter_spec = self._filter(data)
        index = whole(data, "filterIndex", 0, MOST_INDEX)
        await self.run(
            session, "filters.move", source=spec.name, name=filter_spec.name, index=index
        )

    @request("SetSourceFilterSettings")
    async def set_settings(self, session: Session, data: Data) -> Any:
        """Changes settings over those there are, or replaces them; as of inputs."""
        (spec, filter_spec), given = self._filter(data), need(data, "filterSettings", dict)
        replace = not maybe(data, "overlay", bool, True)
        lost: list[tuple[str, Any]] = []
        if filter_spec.kind in self.rooms.filter_kinds:
            told = ObsSerializer(self.rooms, self.ids).filter_settings(filter_spec)
            lost = self._lost(filter_spec, told, given)
            given = self._changes(filter_spec, told, given, replace)
            lossy(lost, None, is_all=not given and not replace)
        await self.run(
            session,
            "filters.set",
            source=spec.name,
            name=filter_spec.name,
            settings=given,
            replace_all=replace,
        )
        return lossy(lost, None)

    @request("SetSourceFilterEnabled")
    async def enable(self, session: Session, data: Data) -> None:
        """Switches a filter on or off."""
        (spec, filter_spec), on = self._filter(data), need(data, "filterEnabled", bool)
        await self.run(session, "filters.set", source=spec.name, name=filter_spec.name, enabled=on)

    def _lost(self, spec: FilterSpec, told: Data, given: Data) -> list[tuple[str, Any]]:
        """What of OBS's words that differ from what was told is not kept."""
        kind = obs_kind(spec.kind, spec.settings)
        if kind == spec.kind:
            return []
        theirs = {
            name: value
            for name, value in given.items()
            if (name not in self._fields(spec) or is_theirs(spec.kind, name, value))
            and not (name in told and told[name] == value)
        }
        return _lost(kind, theirs)

    def _fields(self, spec: FilterSpec) -> frozenset[str]:
        return frozenset(self.rooms.filter_kinds.get(spec.kind).Settings.__struct_fields__)

    def _changes(self, spec: FilterSpec, told: Data, given: Data, replace: bool) -> Data:
        """Who gives back all that was told means what differs, in whichever words."""
        fields = self._fields(spec)
        new = {k: v for k, v in given.items() if k not in told or told[k] != v}
        made = changes_from_obs(spec.kind, new, fields, told if not replace else None)
        if not replace:
            return made
        return {
            **changes_from_obs(spec.kind, {k: given[k] for k in given.keys() - new}, fields),
            **made,
        }

    def _filter(self, data: Data) -> tuple[SourceSpec, FilterSpec]:
        found, name = self.source(data), need(data, "filterName")
        if isinstance(found, SourceSpec):
            for filter_ in found.filters:
                if filter_.name == name:
                    return found, filter_
        raise RequestError(RequestStatus.NOT_FOUND, f"{found.name} has no filter {name}.")

    def _need_kind(self, kind: str) -> None:
        if kind not in self.rooms.filter_kinds:
            raise RequestError(
                RequestStatus.INVALID_FILTER_KIND, f"There is no filter kind {kind}."
            )


def _lost(kind: str, settings: Data) -> list[tuple[str, Any]]:
    return [*lost_settings(kind, settings), *bent_settings(kind, settings)]
