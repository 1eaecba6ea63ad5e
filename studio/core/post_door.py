"""A door for webhooks: the least of HTTP that one needs, and nothing of a stranger is trusted.

One POST a connection. What is too long, too slow or not clear about its own length is cut before
it is read; the answer is given when it was taken in.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from studio.core.clean import write_json
from studio.core.errors import StudioError
from studio.core.listening import TlsListener
from studio.core.log import logger

_log = logger(__name__)

LONGEST_HEAD = 16 * 1024
LONGEST_BODY = 1024 * 1024
WHOLE_S = 10.0
"""A message must be here in this time; a booking may take longer."""
ANSWER_S = 20.0
MOST_BOOKED = 128
"""Messages that are whole and not answered yet."""
MOST_READ = 128
"""Senders that are still speaking; with more, the one goes that has said least for longest."""
REASONS = {
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed",
    408: "Request Timeout", 411: "Length Required", 413: "Content Too Large",
    431: "Request Header Fields Too Large", 503: "Service Unavailable",
}  # fmt: skip
Take = Callable[[str, dict[str, str], bytes], Awaitable[tuple[int, dict[str, Any]]]]
"""(name of the sender, headers, body) → status and what is answered."""


@dataclass(slots=True)
class Refusal(Exception):
    """A request that is not taken."""

    status: int
    why: str


@dataclass(slots=True, eq=False)
class _Guest:
    """One connection.

    Attributes:
        stage: 0 nothing is here, 1 the head of a message is.
        is_sent_off: it was taken the place by one that came later.
    """

    numbers: ClassVar[itertools.count[int]] = itertools.count()

    task: asyncio.Task[None]
    stage: int = 0
    number: int = field(default_factory=lambda: next(_Guest.numbers))
    is_sent_off: bool = False


@dataclass(slots=True)
class PostDoor:
    """Listens for messages of shops and platforms.

    Args:
        take: takes one in; called with messages that are whole, of whoever sent them.
        longest_s: in which a message must be here.
        folder: what stands before the name of the sender in the address.
    """

    take: Take
    longest_s: float = WHOLE_S
    folder: str = "/orders"
    cut: int = 0
    _server: asyncio.Server | None = None
    _listener: TlsListener | None = None
    _speaking: set[_Guest] = field(default_factory=set)
    _booked: set[_Guest] = field(default_factory=set)

    @property
    def port(self) -> int:
        """Where it listens; 0 while it is closed."""
        if self._server is None or not self._server.sockets:
            return 0
        return int(self._server.sockets[0].getsockname()[1])

    async def open(self, host: str, port: int, secure: ssl.SSLContext | None = None) -> None:
        """Listens.

        Raises:
            StudioError: unavailable: the port is taken.
        """
        limits: dict[str, Any] = {"host": host, "port": port}
        try:
            if secure:
                self._listener = TlsListener(host, port)
                limits = {"sock": self._listener, "ssl_handshake_timeout": self.longest_s}
            self._server = await asyncio.start_server(
                self._guest, limit=LONGEST_HEAD, ssl=secure, **limits
            )
        except OSError as error:
            why = error.strerror or str(error)
            raise StudioError("unavailable", "webhooks.no_door", port=port, why=why) from None

    async def close(self) -> None:
        """Listens no more; who is in the middle of a message is let go."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        tasks = [guest.task for guest in (*self._speaking, *self._booked)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2.0):
                await server.wait_closed()

    async def _guest(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if self._listener is not None:
            self._listener.settled(writer.transport)
        guest = _Guest(task)
        self._make_room()
        self._speaking.add(guest)
        try:
            status, told = await self._served(guest, reader)
            text = write_json(told).encode()
            head = (
                f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n"
            )
            writer.write(head.encode("ascii") + text)
            async with asyncio.timeout(self.longest_s):
                await writer.drain()
        except (OSError, TimeoutError):
            self.cut += 1
        except asyncio.CancelledError:
            if not guest.is_sent_off:
                raise
            writer.transport.abort()
        finally:
            self._speaking.discard(guest)
            self._booked.discard(guest)
            writer.close()
            with contextlib.suppress(OSError, TimeoutError, asyncio.CancelledError):
                async with asyncio.timeout(1.0):
                    await writer.wait_closed()

    def _make_room(self) -> None:
        """A newcomer has a place: a shop speaks at once, and who does not goes first."""
        while len(self._speaking) >= MOST_READ:
            first = min(self._speaking, key=lambda guest: (guest.stage, guest.number))
            self._speaking.discard(first)
            first.is_sent_off = True
            first.task.cancel()
            self.cut += 1

    async def _served(
        self, guest: _Guest, reader: asyncio.StreamReader
    ) -> tuple[int, dict[str, Any]]:
        def head_is_here() -> None:
            guest.stage = 1

        try:
            async with asyncio.timeout(self.longest_s):
                name, headers, body = await read_request(reader, head_is_here, self.folder)
        except TimeoutError:
            self.cut += 1
            return 408, {"error": "too slow"}
        except Refusal as refusal:
            return refusal.status, {"error": refusal.why}
        self._speaking.discard(guest)
        if len(self._booked) >= MOST_BOOKED:
            return 503, {"error": "too many at once; send it again later"}
        self._booked.add(guest)
        try:
            async with asyncio.timeout(ANSWER_S):
                return await self.take(name, headers, body)
        except TimeoutError:
            return 503, {"error": "not taken in time; send it again"}
        except Exception:
            _log.exception("a message of %s could not be taken", name[:80])
            return 503, {"error": "not taken; send it again"}


async def read_request(
    reader: asyncio.StreamReader,
    head_is_here: Callable[[], None] = lambda: None,
    wanted: str = "/orders",
) -> tuple[str, dict[str, str], bytes]:
    """Name of the sender, headers (names in small letters) and the body as it came.

    Args:
        wanted: what stands before the name of the sender in the address.
        head_is_here: told when its head was read and is one of a message.

    Raises:
        Refusal: with what to answer.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise Refusal(431, "the head is too long") from None
    except asyncio.IncompleteReadError:
        raise Refusal(400, "the head is not whole") from None
    first, *rows = head[:-4].decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise Refusal(400, "no HTTP request")
    headers: dict[str, str] = {}
    for row in rows:
        name, colon, value = row.partition(":")
        if not colon or not name or name != name.strip() or name.lower() in headers:
            raise Refusal(400, "a header is broken or there twice")
        headers[name.lower()] = value.strip()
    if words[0] != "POST":
        raise Refusal(405, "POST alone")
    path = words[1].partition("?")[0]
    folder, _, sender = path.rpartition("/")
    if folder != wanted or not sender:
        raise Refusal(404, "no such address")
    if "transfer-encoding" in headers:
        raise Refusal(411, "give the length")
    length = headers.get("content-length", "")
    if not length.isascii() or not length.isdecimal() or len(length) > 12:
        raise Refusal(411, "give the length")
    if int(length) > LONGEST_BODY:
        raise Refusal(413, f"{LONGEST_BODY} bytes at most")
    head_is_here()
    try:
        return sender, headers, await reader.readexactly(int(length))
    except asyncio.IncompleteReadError:
        raise Refusal(400, "the body is not whole") from None
