"""Filters as a service: the show keeps them with their sources; here their faults are found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from studio.core.errors import StudioError
from studio.core.service import Finding, Service, ShowContext
from studio.filters.base import Filter
from studio.filters.workshop import FilterFactory


class FilterService(Service):
    """Checks the filters of a show; they run with their sources."""

    name: ClassVar[str] = "filters"

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """Kinds, settings and files of every filter on every source."""
        if context.kinds is None:
            return
        workshop = FilterFactory(context.kinds_of(Filter), lambda: context.folder)
        for spec in context.parts.get("sources", ()):
            for chosen in spec.filters:
                place = f"sources[{spec.name}].filters[{chosen.name}]"
                try:
                    today = workshop.upgraded(chosen.kind, chosen.settings, chosen.version)
                    workshop.check(chosen.kind, today, ())
                except StudioError as error:
                    yield Finding(place, error)
