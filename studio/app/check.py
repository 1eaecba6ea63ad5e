"""Is this show ready for air? Every fault with its place, found without going on air."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from studio.app.extensions import Extensions
from studio.app.root import SERVICES, service_types
from studio.core.command import Spec, specs_of
from studio.core.errors import StudioError
from studio.core.service import Finding
from studio.core.services import find_faults
from studio.show.keeper import OpenShow, open_show
from studio.show.readiness.facts import facts_of_show
from studio.show.readiness.judge import judge
from studio.show.readiness.model import ReadinessView


def read(
    folder: Path | None, extensions: Extensions | None = None, *, or_copy: bool = False
) -> OpenShow:
    """Reads a show (the demo for None), every part decoded and checked.

    Args:
        extensions: whose services are asked too; None for those of the studio alone.
        or_copy: take the last good copy where show.json is gone or broken.

    Raises:
        StudioError: what is wrong and where in the file.
    """
    services = service_types(extensions) if extensions else SERVICES
    return open_show(folder, services, or_copy=or_copy)


def check(folder: Path | None) -> list[Finding]:
    """All findings of a show (the demo for None); empty when it is ready."""
    return check_whole(folder)[0]


def check_whole(folder: Path | None) -> tuple[list[Finding], ReadinessView]:
    """All findings of a show, and what its file tells of the check before air.

    The lines are those that desk and phone show of a show that runs (`studio.show.readiness`);
    what only an engine can know is not known here.
    """
    extensions = Extensions.with_plugins()
    try:
        show = read(folder, extensions)
    except StudioError as error:
        return [Finding("show.json", error, "broken")], ReadinessView()
    context = replace(show.context(extensions), commands=AllCommands(extensions))
    found = find_faults(service_types(extensions), context)
    return found, judge(facts_of_show(context))


class AllCommands:
    """The commands of the studio and of its plugins' services, without an engine."""

    def __init__(self, extensions: Extensions) -> None:
        self._extensions = extensions

    def specs(self) -> list[Spec]:
        """By id; a plugin's service keeps its commands beside it."""
        from studio.remote import listing

        modules = (sys.modules[service.__module__] for service in self._extensions.services)
        found = {spec.id: spec for spec in listing.specs()}
        for module in modules:
            for value in vars(module).values():
                if isinstance(value, type):
                    found.update({spec.id: spec for spec, _ in specs_of(value)})
        return [found[id] for id in sorted(found)]
