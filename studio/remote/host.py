"""What a connection and a request handler need of the server they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from studio.protocols.obs_ws import Data, Subscription

if TYPE_CHECKING:
    from studio.remote.commands import RemoteCommands
    from studio.remote.desks import Desks
    from studio.remote.gate import Caller, Gate
    from studio.remote.ids import Ids
    from studio.remote.pace import Pace
    from studio.remote.pictures import Pictures
    from studio.remote.rooms import Rooms
    from studio.remote.strangers import Strangers
    from studio.remote.views import Views


class SessionHost(Protocol):
    """The server, for one connection."""

    @property
    def gate(self) -> Gate: ...
    @property
    def pace(self) -> Pace: ...
    @property
    def rooms(self) -> Rooms: ...
    @property
    def strangers(self) -> Strangers: ...

    def has_place(self, caller: Caller) -> bool:
        """Is there a place for one that has said who it is?"""
        ...


class RequestHost(SessionHost, Protocol):
    """The server, for the handlers of requests."""

    @property
    def commands(self) -> RemoteCommands: ...
    @property
    def desks(self) -> Desks: ...
    @property
    def ids(self) -> Ids: ...
    @property
    def pictures(self) -> Pictures: ...
    @property
    def views(self) -> Views: ...
    @property
    def requests(self) -> list[str]: ...

    def tell(self, kind: Subscription, name: str, data: Data | None = None) -> None:
        """Sends an event to all who asked for its category."""
        ...
