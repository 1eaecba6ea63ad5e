"""Filter requests: what changes an input's picture or sound."""

from __future__ import annotations

from studio.filters.obs import changes_from_obs, from_obs, known_kinds
from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote.requests.base import Requests, cannot, maybe, need, request, whole
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
        """A source's filters in the order in which they work."""
        found = self.source(data)
        filters = () if isinstance(found, Scene) else found.filters
        words = ObsSerializer(self.rooms, self.ids)
        return {"filters": [words.filter(filter_spec, n) for n, filter_spec in enumerate(filters)]}

    @request("GetSourceFilterDefaultSettings")
    def defaults(self, session: Session, data: Data) -> Data:
        """Settings of a new filter of a kind."""
        kind = need(data, "filterKind")
        words = ObsSerializer(self.rooms, self.ids)
        theirs = None if kind in self.rooms.filter_kinds else from_obs(kind, {})
        if theirs is not None:
            kind, settings = theirs
            return {"defaultFilterSettings": {**words.filter_defaults(kind), **settings}}
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
    async def create(self, session: Session, data: Data) -> None:
        """Puts a filter on an input."""
        found, name = self.source(data), need(data, "filterName")
        kind, settings = need(data, "filterKind"), maybe(data, "filterSettings", dict, {})
        if isinstance(found, Scene):
            raise cannot("Scenes have no filters here.")
        if any(filter_.name == name for filter_ in found.filters):
            raise RequestError(RequestStatus.ALREADY_EXISTS, f"{found.name} has a filter {name}.")
        theirs = None if kind in self.rooms.filter_kinds else from_obs(kind, settings)
        if theirs is not None:  # a controller that knows OBS's own filters
            kind, settings = theirs
        self._need_kind(kind)
        await self.run(
            session, "filters.set", source=found.name, name=name, kind=kind, settings=settings
        )

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
    async def set_settings(self, session: Session, data: Data) -> None:
        """Changes settings over those there are, or replaces them."""
        (spec, filter_spec), given = self._filter(data), need(data, "filterSettings", dict)
        if filter_spec.kind in self.rooms.filter_kinds:
            fields = self.rooms.filter_kinds.get(filter_spec.kind).Settings.__struct_fields__
            given = changes_from_obs(filter_spec.kind, given, frozenset(fields))
        replace = not maybe(data, "overlay", bool, True)
        await self.run(
            session,
            "filters.set",
            source=spec.name,
            name=filter_spec.name,
            settings=given,
            replace_all=replace,
        )

    @request("SetSourceFilterEnabled")
    async def enable(self, session: Session, data: Data) -> None:
        """Switches a filter on or off."""
        (spec, filter_spec), on = self._filter(data), need(data, "filterEnabled", bool)
        await self.run(session, "filters.set", source=spec.name, name=filter_spec.name, enabled=on)

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
