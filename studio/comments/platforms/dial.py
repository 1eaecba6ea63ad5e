"""How platforms are reached: outside where a remote named them, and with turns for others."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterable, AsyncIterator
from typing import TYPE_CHECKING, Any

from studio.core.errors import StudioError
from studio.core.outer_hosts import is_outer, outer_targets
from studio.core.places import host_of

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

LINES_A_TURN = 20
MAX_MESSAGE = 1024 * 1024
PING_S = 5.0
"""A far end that is half open is seen within two of these."""


@contextlib.asynccontextmanager
async def dialled(
    url: str,
    named: str = "",
    *,
    largest: int = MAX_MESSAGE,
    open_s: float = 8.0,
    ping_s: float | None = PING_S,
) -> AsyncIterator[ClientConnection]:
    """A WebSocket to a platform, for as long as it is used.

    Args:
        named: the address in the settings, where ``url`` says more than may be told, or was said
            by the platform itself.
        largest: bytes of a message.
        ping_s: None where the platform has a sign of life of its own.

    Raises:
        StudioError: unavailable: it cannot be reached, or was lost while it was used.
    """
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidHandshake, InvalidURI, WebSocketException

    where = await outer_socket(url, named)
    try:
        async with connect(
            url, max_size=largest, open_timeout=open_s,
            ping_interval=ping_s, ping_timeout=ping_s, **where,
        ) as connection:  # fmt: skip
            yield connection
    except (OSError, InvalidURI, InvalidHandshake, TimeoutError, WebSocketException) as error:
        raise StudioError(
            "unavailable", "audience.cannot_connect", url=named or url, why=str(error)
        ) from None


def text_of(message: str | bytes) -> str:
    """What a message says; bytes that are no UTF-8 are replaced."""
    return message if isinstance(message, str) else message.decode("utf-8", "replace")


async def outer_socket(url: str, named: str = "") -> dict[str, Any]:
    """What a WebSocket needs to connect to what was judged, where a remote named its host.

    The library then follows redirects within the same host alone.

    Args:
        named: the address in the settings, where the platform itself said ``url``.

    Raises:
        StudioError: unavailable: it leads to an inner address by now, or is not found.
    """
    return await asyncio.to_thread(_outer_socket, url, named or url)


def _outer_socket(url: str, named: str) -> dict[str, Any]:
    if not is_outer(host_of(named)):
        return {}
    try:
        found = outer_targets(host_of(url), 0)
    except OSError as error:
        why = str(error)
        raise StudioError("unavailable", "audience.cannot_connect", url=named, why=why) from None
    return {"host": str(found[0].address[0]), "proxy": None}


def outer_connection(
    address: tuple[str, int], timeout_s: float | None = None, source: Any = None
) -> socket.socket:
    """As `socket.create_connection`, to outer addresses alone where a remote named the host.

    Raises:
        OSError: it cannot be reached, or leads to an inner address by now.
    """
    host, port = address
    if not is_outer(host):
        return socket.create_connection(address, timeout_s, source)
    last: OSError = ConnectionError(host)
    for target in outer_targets(host, port):
        try:
            return socket.create_connection(target.address[:2], timeout_s, source)
        except OSError as error:
            last = error
    raise last


class FeedTurns:
    """Lets others have the loop between lines; messages that wait already never would.

    Of more than the loop has time for, the far end's connection takes no more for a moment.
    """

    def __init__(self) -> None:
        self._lines = 0
        self._began = time.perf_counter()

    async def next(self, lines: int = 1) -> None:
        """Before each line, or each message of so many lines."""
        self._lines += lines
        if self._lines < LINES_A_TURN:
            return
        spent_s = time.perf_counter() - self._began
        self._lines = 0
        await asyncio.sleep(spent_s / 2)
        self._began = time.perf_counter()


async def messages(connection: AsyncIterable[Any]) -> AsyncIterator[Any]:
    """The messages of a connection, one a turn of the loop."""
    turns = FeedTurns()
    async for message in connection:
        yield message
        await turns.next(LINES_A_TURN)
