"""A connection as it is known to what outlives no connection: views, screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from studio.protocols.obs_ws import ObsMessage, Subscription


class RemoteClient(Protocol):
    """One connection.

    Attributes:
        name: what the journal calls it.
        number: its own in this run.
        events: what it wants to hear.
        closing: called when it is gone.
    """

    name: str
    number: int
    events: Subscription
    closing: list[Callable[[], None]]

    def event(self, kind: Subscription, message: ObsMessage) -> None:
        """Sends an event, if it wants this kind."""
        ...
