"""The services of the host's room, in the order in which they load."""

from __future__ import annotations

from studio.core.event import Events
from studio.core.service import Service
from studio.core.state import State
from studio.host.rundown.service import RundownService
from studio.shop.catalogue import Catalogue

HOST_SERVICES: tuple[type[Service], ...] = (RundownService,)


def host_services(catalogue: Catalogue, events: Events, state: State) -> tuple[Service, ...]:
    """All of them, wired."""
    return (RundownService(catalogue, events, state),)
