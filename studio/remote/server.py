"""The door: an obs-websocket v5 server on the engine loop."""

from __future__ import annotations

import asyncio
import errno
import http
import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import studio.remote.requests as request_folder
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.core.log import logger
from studio.remote.obs_events import Translator
from studio.remote.protocol import VENDOR, Data, RequestError, Status, Subscription
from studio.remote.requests import known
from studio.remote.requests.base import Requests, answer
from studio.remote.rooms import Rooms
from studio.remote.session import Session, pick_subprotocol
from studio.remote.views import Views

if TYPE_CHECKING:
    from websockets.asyncio.server import Server, ServerConnection
    from websockets.http11 import Request, Response

_log = logger(__name__)
PASSWORD = "remote/password"
MAX_MESSAGE = 8 * 1024 * 1024
LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")


class Door:
    """Accepts clients, answers requests, tells events.

    Args:
        rooms: what it may look at; changes go through ``rooms.bus``.
        password: "" opens it on loopback without one.
    """

    def __init__(self, rooms: Rooms, password: str) -> None:
        self.rooms = rooms
        self.views = Views(rooms)
        self.sessions: set[Session] = set()
        self.port = 0
        self._password = password
        self._server: Server | None = None
        self._numbers = itertools.count(1)
        self._handlers: dict[str, Callable[[Session, Data], Any]] = {}
        for kind in request_classes():
            self._handlers.update(kind(rooms).handlers())
        self._translator = Translator(rooms, self.tell)
        rooms.events.on_all(self._event)

    @property
    def address(self) -> str:
        """Where clients connect."""
        return f"ws://127.0.0.1:{self.port}"

    async def start(self, port: int) -> None:
        """Listens on loopback; port 0 takes a free one.

        Raises:
            StudioError: unavailable, when the port is taken.
        """
        from websockets.asyncio.server import serve

        try:
            self._server = await serve(
                self._client,
                "127.0.0.1",
                port,
                select_subprotocol=pick_subprotocol,
                process_request=self._check,
                max_size=MAX_MESSAGE,
                compression=None,
            )
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES, 10048, 10013):
                raise
            raise StudioError("unavailable", "remote.port_taken", port=port) from None
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Says goodbye to all clients."""
        self.views.stop()
        if self._server is not None:
            self._server.close()
            try:
                await asyncio.wait_for(self._server.wait_closed(), 1.0)
            except TimeoutError:
                _log.warning("a remote client did not let go")

    def tell(self, kind: Subscription, name: str, data: Data | None = None) -> None:
        """Sends an event to all who asked for its category."""
        for session in self.sessions:
            session.event(kind, name, data)

    async def _client(self, socket: ServerConnection) -> None:
        session = Session(socket, self._password, self._handle, self)
        session.number = next(self._numbers)
        session.known_requests = set(self._handlers)
        self.sessions.add(session)
        try:
            await session.run()
        except TimeoutError:
            _log.info("a client did not identify itself in time")
        finally:
            self.sessions.discard(session)

    def _check(self, connection: ServerConnection, request: Request) -> Response | None:
        """A web page of somebody else may reach localhost: it is refused by its origin."""
        origin = request.headers.get("Origin")
        if origin and origin not in ("null", "file://"):
            host = urlsplit(origin).hostname or ""
            if host not in LOOPBACK:
                return connection.respond(http.HTTPStatus.FORBIDDEN, "origin not allowed\n")
        return None

    async def _handle(self, session: Session, kind: str, data: Data | None) -> Data | None:
        handler = self._handlers.get(kind)
        if handler is None:
            if kind in known.REQUESTS:
                raise RequestError(
                    Status.CANNOT_ACT, f"Shopcast has nothing that {kind} could act on."
                )
            raise RequestError(Status.UNKNOWN_TYPE, f"There is no request {kind}.")
        try:
            result: Data | None = await answer(handler, session, data or {})
        except (RequestError, StudioError):
            raise
        except Exception as fault:
            _log.exception("request %s failed", kind)
            raise RequestError(
                Status.PROCESSING_FAILED, f"{type(fault).__name__}: {fault}"
            ) from fault
        return result

    def _event(self, event: Event) -> None:
        if not self.sessions:
            return
        data = None
        for session in self.sessions:
            if event.is_frequent and event.name not in session.wants:
                continue
            if data is None:
                data = {"vendorName": VENDOR, "eventType": event.name, "eventData": event.data()}
            session.event(Subscription.VENDORS, "VendorEvent", data)
        self._translator.event(event)


def request_classes() -> list[type[Requests]]:
    """All handlers' classes: one file a category in `studio.remote.requests`."""
    import importlib
    import pkgutil

    found = []
    for info in sorted(pkgutil.iter_modules(request_folder.__path__), key=lambda i: i.name):
        module = importlib.import_module(f"{request_folder.__name__}.{info.name}")
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, Requests)
                and value.__module__ == module.__name__
                and value is not Requests
            ):
                found.append(value)
    return found


async def open_door(rooms: Rooms, port: int | None, password: str | None) -> Door:
    """Opens the door: the given port and password, or the person's own settings.

    A port that was asked for must be had. When the one of the settings is taken (OBS itself has
    4455 too), a free one serves as well: the show goes on, and the note says where the door is.

    Raises:
        StudioError: unavailable, when the port that was asked for is taken.
    """
    from studio import settings

    door = Door(rooms, remote_password() if password is None else password)
    if port is not None:
        await door.start(port)
        return door
    usual = settings.load().remote_port
    try:
        await door.start(usual)
    except StudioError as error:
        await door.start(0)
        _log.warning("%s The door is at %s instead.", error, door.address)
    return door


def remote_password() -> str:
    """The password of this person's door, made at first use and kept with the secrets."""
    import secrets

    from studio.security.secrets import Secrets

    store = Secrets()
    found = store.get(PASSWORD)
    if not found:
        found = secrets.token_urlsafe(18)
        store.set(PASSWORD, found)
    return found
