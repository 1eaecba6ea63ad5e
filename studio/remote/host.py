"""What a connection and a request handler need of the server they belong to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

from studio.protocols.obs_ws import Data, Subscription

if TYPE_CHECKING:
    from studio.remote.commands import RemoteCommands
    from studio.remote.desks import DeskRegistry
    from studio.remote.gate import Authenticator, Caller
    from studio.remote.ids import Ids
    from studio.remote.pace import SessionPace
    from studio.remote.pictures import PictureServer
    from studio.remote.rooms import EngineFacade
    from studio.remote.strangers import Strangers
    from studio.remote.views import PreviewStreams


class SessionHost(Protocol):
    """The server, for one connection."""

    @property
    def gate(self) -> Authenticator: ...
    @property
    def pace(self) -> SessionPace: ...
    @property
    def rooms(self) -> EngineFacade: ...
    @property
    def limits(self) -> Counter[str]: ...
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
    def desks(self) -> DeskRegistry: ...
    @property
    def ids(self) -> Ids: ...
    @property
    def pictures(self) -> PictureServer: ...
    @property
    def views(self) -> PreviewStreams: ...
    @property
    def requests(self) -> list[str]: ...

    def tell(self, kind: Subscription, name: str, data: Data | None = None) -> None:
        """Sends an event to all who asked for its category."""
        ...
