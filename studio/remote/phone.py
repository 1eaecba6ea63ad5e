"""The phone's door: the remote panel on the house's network, for devices with a token alone."""

from __future__ import annotations

import asyncio
import errno
import http
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlsplit

from studio.core import settings
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.core.log import keep_secret, logger
from studio.core.network import lan_addresses
from studio.core.troubles import tell_trouble
from studio.governance.clear_text import ClearTextEnded, ClearTextPermit
from studio.governance.rights.model import left_s
from studio.governance.roles import Token
from studio.governance.watch.model import ClearText
from studio.remote import panel
from studio.remote.certificate import server_context, valid_until
from studio.remote.gate import Authenticator
from studio.remote.model import PairedDevice, PhoneView

if TYPE_CHECKING:
    from websockets.asyncio.server import Server, ServerConnection
    from websockets.http11 import Request, Response

_log = logger(__name__)
LOOK_S = 30.0


class Knock(Protocol):
    """Looks at a request before the handshake; an answer ends it."""

    def __call__(self, connection: ServerConnection, request: Request) -> Response | None: ...


class Listener(Protocol):
    """Listens at one more place (`studio.remote.server.RemoteServer.serve`)."""

    async def __call__(
        self, handler: Knock, gate: Authenticator | None = None, **where: Any
    ) -> Server: ...


class PhoneDoor:
    """A second place to listen at, in the house's network.

    By it comes in who has a token, and nobody else: neither the password nor the key of this run
    opens it, and it stands closed until somebody at this machine opens it.

    Args:
        tokens: there are now.
        listen: opens the place.
        present: names of the tokens by which somebody is in.
        permit: the owner's exception for clear text.
        publish: tells that it is over.

    Attributes:
        gate: judges who comes in by it.
        certificate_until: when its certificate ends, UTC; "" while it is closed or without one.
    """

    def __init__(
        self,
        tokens: Callable[[], list[Token]],
        listen: Listener,
        present: Callable[[], set[str]],
        permit: ClearTextPermit,
        publish: Callable[[Event], None],
    ) -> None:
        self._tokens, self._listen, self._present = tokens, listen, present
        self.permit, self._publish = permit, publish
        self._ending: asyncio.Task[None] | None = None
        nobodys = secrets.token_urlsafe(32)
        keep_secret(nobodys)
        self.gate = Authenticator(nobodys, "", tokens)
        self._server: Server | None = None
        self._address, self._port = "", 0
        self._is_tls, self._fingerprint = True, ""
        self.certificate_until = ""

    @property
    def is_open(self) -> bool:
        """Does it listen?"""
        return self._server is not None

    async def view(self) -> PhoneView:
        """How it stands, with the devices that may come in; this machine's name may be asked for,
        which takes its time."""
        addresses = await asyncio.to_thread(lan_addresses)
        present, allowed = self._present(), self.permit.now()
        return PhoneView(
            is_on=self.is_open,
            is_tls=self._is_tls,
            address=self._address,
            port=self._port,
            url=self.url() if self._server else "",
            fingerprint=self._fingerprint,
            addresses=tuple(addresses),
            clear_until=allowed.until_utc if allowed else "",
            devices=tuple(
                PairedDevice(token.name, token.role, token.name in present, token.until)
                for token in self._tokens()
                if token.left_s > 0  # one that has ended lets nobody in
            ),
        )

    def url(self, token: str = "") -> str:
        """What a phone opens; the token stands where browsers send it to nobody."""
        scheme = "https" if self._is_tls else "http"
        tail = f"#token={quote(token, safe='')}" if token else ""
        return f"{scheme}://{self._address}:{self._port}/{tail}"

    async def open(self, address: str = "", port: int = 0, *, is_tls: bool = True) -> None:
        """Listens; at another place when it was open already.

        Args:
            address: of this machine; "" is the one that leads out.
            port: 0 is that of the settings.
            is_tls: without, only while an exception of the owner holds.

        Raises:
            StudioError: denied: in clear without an exception; unavailable: no network, the port
                is taken.
        """
        allowed = None if is_tls else self.permit.now()
        if allowed is None and not is_tls:
            raise StudioError("denied", "clear.not_allowed")
        await self.close()
        known = await asyncio.to_thread(lan_addresses)
        address = address or next(iter(known), "")
        if not address:
            raise StudioError("unavailable", "remote.phone_no_network")
        own = settings.load()
        port = port or own.phone_port
        context, fingerprint = None, ""
        if is_tls:
            try:
                context, fingerprint = server_context([address])
            except OSError as error:
                raise StudioError("failed", "remote.phone_no_tls", why=str(error)) from None
        try:
            self._server = await self._listen(
                self._check, self.gate, host=address, port=port, ssl=context
            )
        except OSError as error:
            taken = error.errno in (errno.EADDRINUSE, errno.EACCES, 10048, 10013)
            key = "remote.port_taken" if taken else "remote.phone_failed"
            raise StudioError("unavailable", key, port=port, why=str(error)) from None
        self._address, self._port = address, self._server.sockets[0].getsockname()[1]
        self._is_tls, self._fingerprint = is_tls, fingerprint
        self.certificate_until = valid_until() if is_tls else ""
        if allowed is not None:
            self._ending = asyncio.create_task(self._encrypt_later(allowed), name="clear text")
        _log.info("the phone's door is open at %s", self.url())

    async def encrypt(self) -> None:
        """The exception is over: whoever is in is out, and comes in again encrypted.

        Raises:
            StudioError: unavailable, failed: it is closed then.
        """
        if not self.is_open or self._is_tls:
            return
        address, port = self._address, self._port
        await self.open(address, port)
        self.keep(is_on=True)

    async def _encrypt_later(self, allowed: ClearText) -> None:
        while self.permit.now() is not None:  # by the wall clock, which may be set meanwhile
            await asyncio.sleep(min(LOOK_S, max(0.01, left_s(allowed.until_utc))))
        try:
            await self.encrypt()
        except (StudioError, OSError) as error:
            tell_trouble("remote.phone_closed", why=error)
        self._publish(ClearTextEnded(until_utc=allowed.until_utc))

    async def close(self) -> None:
        """Nobody comes in any more, and who is in is out."""
        ending, self._ending = self._ending, None
        if ending is not None and ending is not asyncio.current_task():
            ending.cancel()
            await asyncio.gather(ending, return_exceptions=True)
        server, self._server = self._server, None
        if server is not None:
            server.close()
            for connection in tuple(server.connections):
                connection.transport.abort()

    async def resume(self) -> None:
        """Open again where it was left open; what keeps it closed is told and no more."""
        own = settings.load()
        if own.phone_on:
            try:
                is_tls = own.phone_tls or self.permit.now() is None
                await self.open(port=own.phone_port, is_tls=is_tls)
                if is_tls and not own.phone_tls:
                    self.keep(is_on=True)
                    self._publish(ClearTextEnded(until_utc=""))
            except (StudioError, OSError) as error:
                tell_trouble("remote.phone_closed", why=error)

    def keep(self, *, is_on: bool) -> None:
        """Remembers it for the next start.

        Raises:
            OSError: the settings cannot be written.
        """
        own = settings.load()
        own.phone_on, own.phone_tls = is_on, self._is_tls
        if is_on:
            own.phone_port = self._port
        settings.save(own)

    def _check(self, connection: ServerConnection, request: Request) -> Response | None:
        """Gives browsers the panel, and lets only that panel speak."""
        if "upgrade" not in request.headers.get("Connection", "").lower():
            return panel.serve(request.path)
        origin = request.headers.get("Origin")
        if origin and _host_of(origin) != request.headers.get("Host", ""):
            return connection.respond(http.HTTPStatus.FORBIDDEN, "origin not allowed\n")
        return None


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
