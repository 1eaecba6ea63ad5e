"""The door: an obs-websocket v5 server on the engine loop."""

from __future__ import annotations

import asyncio
import errno
import functools
import http
import itertools
import logging
import secrets
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import studio.remote.requests as request_folder
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.core.listening import HANDSHAKE_S, TlsListener
from studio.core.log import keep_secret, logger
from studio.core.paths import data_dir
from studio.core.state import PartsTold, StateChanged
from studio.core.troubles import tell_trouble
from studio.governance.clear_text import ClearTextPermit
from studio.governance.masking import Sight, is_told, shown_event
from studio.governance.secrets import Secrets
from studio.governance.watch.model import DoorReport, Guesses, Presence
from studio.protocols.obs_client import obs_event, vendor_event
from studio.protocols.obs_ws import (
    Data,
    ObsMessage,
    RequestError,
    RequestStatus,
    Subscription,
)
from studio.remote import panel, place
from studio.remote.clients import RemoteClient
from studio.remote.commands import RemoteCommands
from studio.remote.desks import DeskRegistry
from studio.remote.following import ChangesWritten
from studio.remote.gate import Authenticator, Caller
from studio.remote.hotkey_commands import HotkeyCommands
from studio.remote.ids import Ids
from studio.remote.obs_events import Translator
from studio.remote.pace import SessionPace
from studio.remote.phone import Knock, PhoneDoor
from studio.remote.phone_commands import PhoneCommands
from studio.remote.pictures import PictureServer
from studio.remote.place_commands import PlaceCommands, place_door
from studio.remote.projector_commands import ProjectorCommands
from studio.remote.requests import known
from studio.remote.requests.base import Handler, Requests, answer
from studio.remote.rooms import EngineFacade
from studio.remote.session import Session, pick_subprotocol
from studio.remote.strangers import Strangers, counted, is_room
from studio.remote.views import PreviewStreams

if TYPE_CHECKING:
    from websockets.asyncio.server import Server, ServerConnection
    from websockets.http11 import Request, Response

_log = logger(__name__)
# What strangers do to the socket (half a handshake, garbage, a broken frame) is no fault of ours.
_quiet = logging.getLogger(f"{__name__}.socket")
_quiet.setLevel(logging.CRITICAL)

PASSWORD = "remote/password"
MAX_MESSAGE = 8 * 1024 * 1024
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class RemoteServer:
    """Accepts clients, answers requests, tells events.

    Args:
        rooms: what it may look at; changes go through ``rooms.bus``.
        password: "" opens it on loopback without one.
        store: where tokens are kept.
    """

    def __init__(self, rooms: EngineFacade, password: str, store: Secrets | None = None) -> None:
        self.rooms = rooms
        self.ids = Ids()
        self.views = PreviewStreams(rooms)
        self.pictures = PictureServer(rooms, self.views)
        self.sessions: set[Session] = set()
        self.pace = SessionPace()
        self.strangers = Strangers()
        self.limits: Counter[str] = Counter()
        self.port = 0
        self.key = secrets.token_urlsafe(24)
        keep_secret(self.key)
        self.commands = RemoteCommands(
            self.pictures, store or Secrets(), self.forget_token, lambda: rooms.recordings.path,
            rooms.rights,
        )  # fmt: skip
        rooms.rights.present = self._with_token
        rooms.rights.listen(self._rights_changed)
        rooms.rights.door = self._report
        self.gate = Authenticator(password, self.key, self.commands.tokens)
        self._server: Server | None = None
        self._numbers = itertools.count(1)
        self.desks = DeskRegistry(self._tell_one)
        self.phone = PhoneDoor(
            self.commands.tokens, self.serve, self._with_token,
            ClearTextPermit(data_dir() / "privacy" / "clear_text.json"), rooms.events.publish,
        )  # fmt: skip
        rooms.bus.add(
            self.commands,
            HotkeyCommands(rooms.bus),
            ProjectorCommands(self.desks, rooms),
            PlaceCommands(),
            PhoneCommands(self.phone, self.commands),
        )
        rooms.bus.gate(place_door(rooms.session.repository, lambda: rooms.recordings.path).check)
        self._handlers: dict[str, Handler] = {}
        for kind in request_classes():
            self._handlers.update(kind(self).handlers())
        self.requests = sorted({*self._handlers, "Sleep"})
        self._translator = Translator(rooms, self.ids, self.tell, self._is_asked)
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
        try:
            self._server = await self.serve(self._check, host="127.0.0.1", port=port)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES, 10048, 10013):
                raise
            raise StudioError("unavailable", "remote.port_taken", port=port) from None
        self.port = self._server.sockets[0].getsockname()[1]
        place.write(place.EndpointFile(self.port, self.key))
        await self.phone.resume()

    async def stop(self) -> None:
        """Says goodbye to all clients."""
        self.tell(Subscription.GENERAL, "ExitStarted")
        self.views.stop()
        self.pictures.stop()
        place.forget()
        await self.phone.close()
        if self._server is not None:
            await asyncio.sleep(0)  # lets the farewell go out first
            self._server.close()
            try:
                async with asyncio.timeout(1.0):
                    await self._server.wait_closed()
            except TimeoutError:
                _log.warning("a remote client did not let go")

    def has_place(self, caller: Caller) -> bool:
        """Is there a place for one that has said who it is?"""
        has_place = is_room(caller, self.sessions)
        self.limits["places"] += not has_place
        return has_place

    def tell(self, kind: Subscription, name: str, data: Data | None = None) -> None:
        """Sends an event to all who asked for its category."""
        listening = [session for session in self.sessions if session.events & kind]
        if listening:
            message = ObsMessage(obs_event(kind, name, data))
            for session in listening:
                session.event(kind, message)

    def forget_token(self, name: str) -> None:
        """Ends the connections that came in with a token that is no more."""
        for session in tuple(self.sessions):
            if session.token == name:
                session.socket.transport.abort()

    def _report(self) -> DoorReport:
        """Who is in from where, who guesses, which limits were hit."""
        return DoorReport(
            present=tuple(
                Presence(who=session.name, role=session.role.name.lower(),
                         address=session.address, is_here=session.is_here)
                for session in sorted(self.sessions, key=lambda session: session.number)
                if session.is_identified
            ),
            guesses=tuple(
                Guesses(address=address, count=count)
                for gate in (self.gate, self.phone.gate) for address, count in gate.guesses
            ),
            limits=dict(self.limits), certificate_until=self.phone.certificate_until,
            clear=self.phone.permit.now(),
        )  # fmt: skip

    def _rights_changed(self, ended: str) -> None:
        """Who has no right any more is out at once."""
        for session in tuple(self.sessions):
            if session.left_s <= 0:
                session.socket.transport.abort()

    async def handle(self, session: Session, kind: str, data: Data | None) -> Data | None:
        """Answers a request.

        Raises:
            RequestError: the status it is answered with instead.
        """
        handler = self._handlers.get(kind)
        if handler is None:
            if kind in known.REQUESTS:
                raise RequestError(
                    RequestStatus.CANNOT_ACT, f"Shopcast has nothing that {kind} could act on."
                )
            raise RequestError(RequestStatus.UNKNOWN_TYPE, f"There is no request {kind[:80]}.")
        known.check(kind, data or {})
        try:
            result: Data | None = await answer(handler, session, data or {})
        except RequestError:
            raise
        except Exception as fault:
            _log.exception("request %s failed", kind)
            raise RequestError(
                RequestStatus.PROCESSING_FAILED, f"{type(fault).__name__}: {fault}"
            ) from fault
        return result

    async def serve(self, handler: Knock, gate: Authenticator | None = None,
                    **where: Any) -> Server:  # fmt: skip
        """Listens at one more place, which may have a gate of its own.

        Args:
            handler: looks at the request before the handshake.
            where: host, port, TLS.

        Raises:
            OSError: it cannot.
        """
        from websockets.asyncio.server import serve

        listener: TlsListener | None = None
        if where.get("ssl") is not None:
            listener = TlsListener(where.pop("host"), where.pop("port"))
            where |= {"sock": listener, "ssl_handshake_timeout": HANDSHAKE_S}
        return await serve(
            functools.partial(self._client, gate=gate),
            select_subprotocol=pick_subprotocol,
            process_request=handler,
            create_connection=counted(self.strangers, listener),
            max_size=MAX_MESSAGE,
            compression=None,
            # A client that reads only when it has asked something answers no ping.
            ping_interval=None,
            logger=_quiet,
            **where,
        )

    def _with_token(self) -> set[str]:
        """Names of the tokens by which somebody is in now."""
        return {session.token for session in self.sessions if session.token}

    async def _client(self, socket: ServerConnection, gate: Authenticator | None = None) -> None:
        session = Session(socket, self, next(self._numbers), gate)
        self.sessions.add(session)
        try:
            await session.run()
        except TimeoutError:
            _log.info("a client did not identify itself in time")
        finally:
            self.sessions.discard(session)

    def _check(self, connection: ServerConnection, request: Request) -> Response | None:
        """Lets clients in, and gives browsers the panel."""
        if "upgrade" not in request.headers.get("Connection", "").lower():
            return panel.serve(request.path)
        origin = request.headers.get("Origin")
        if origin and not self._is_welcome(origin, request.headers.get("Host", "")):
            return connection.respond(http.HTTPStatus.FORBIDDEN, "origin not allowed\n")
        self.strangers.shook(connection)
        return None

    def _is_welcome(self, origin: str, host: str) -> bool:
        """A web page of somebody else may reach localhost: it is known by its origin.

        With a password, pages of this machine, local files and the panel under whatever name it
        was reached by may try it. Without one only the panel itself: a page that a browser shows
        in a sandbox has the origin "null", and any other program's page has another port.
        """
        try:
            found = urlsplit(origin)
            where, port = found.hostname or "", found.port
        except ValueError:
            return False
        if self.gate.is_open:
            return where in LOOPBACK and port == self.port
        return origin in ("null", "file://") or where in LOOPBACK or found.netloc == host

    def _is_asked(self, kind: Subscription) -> bool:
        """Does any client want such events?"""
        return any(session.events & kind for session in self.sessions)

    def _event(self, event: Event) -> None:
        self._translator.event(event)
        messages: dict[Sight, ObsMessage] = {}
        parts = event.parts if isinstance(event, StateChanged) else None
        changes = ChangesWritten()
        for session in tuple(self.sessions):
            if not session.hears(Subscription.VENDORS):
                continue
            if event.is_frequent and event.name not in session.wants:
                continue
            sight = session.sight
            if not is_told(event, sight):
                continue
            if session.follows is not None and isinstance(parts, PartsTold):
                told = session.follows.changed(parts.snapshots, sight, changes)
                session.send(changes.message(event.name, told, sight))
                continue
            if sight not in messages:
                messages[sight] = _vendor_event(event, sight)
            session.send(messages[sight])

    def _tell_one(self, session: RemoteClient, event: Event) -> None:
        session.event(Subscription.VENDORS, _vendor_event(event, Sight.NOBODY))


def _vendor_event(event: Event, sight: Sight) -> ObsMessage:
    return ObsMessage(vendor_event(event.name, shown_event(event, sight)))


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


async def open_door(
    rooms: EngineFacade, port: int | None, password: str | None, *, is_again: bool = False
) -> RemoteServer:
    """Opens the door: the given port and password, or the person's own settings.

    A port that was asked for must be had. When the one of the settings is taken (OBS itself has
    4455 too), a free one serves as well: the show goes on, and the note says where the door is.

    Args:
        is_again: the engine before this one died: the door opens where that one's was, so that
            clients find it again even where the port had been any free one.

    Raises:
        StudioError: unavailable, when the port that was asked for is taken.
    """
    from studio.core import settings

    door = RemoteServer(rooms, remote_password() if password is None else password)
    last = place.read() if is_again and not port else None
    if last is not None:
        try:
            await door.start(last.port)
            return door
        except StudioError:
            _log.warning("port %s is taken: clients must look for the door anew", last.port)
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
    store = Secrets()
    try:
        found = store.get(PASSWORD)
        if not found:
            found = secrets.token_urlsafe(18)
            store.set(PASSWORD, found)
    except StudioError as error:
        # The door opens for the key of this run all the same, and for no guess.
        tell_trouble("remote.password_lost", why=error)
        found = secrets.token_urlsafe(18)
        keep_secret(found)
    return found
