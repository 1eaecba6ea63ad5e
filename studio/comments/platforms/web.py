"""Asking a platform over HTTP: answers with a bound, and answers that do not end.

The standard library's client in a thread: it knows chunks, TLS and the system's certificates.
Redirects are not followed: a platform's address says where a token goes.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from studio.comments.platforms.dial import outer_connection
from studio.core.errors import StudioError

ASK_S = 10.0
MOST_BYTES = 8 * 1024 * 1024
LONGEST_LINE = 1024 * 1024
MOST_WAITING = 2000
"""Lines that were read and not yet taken; the server waits then."""


class WebAnswer(NamedTuple):
    """What a platform answered."""

    status: int
    body: bytes


async def ask(
    method: str,
    url: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> WebAnswer:
    """One request, one answer; any status is an answer.

    Args:
        body: JSON as it is sent.

    Raises:
        StudioError: unavailable: no answer in time, or one that is too long.
    """
    sent = {"Accept": "application/json", **(headers or {})}
    return await asyncio.to_thread(_ask, method, url, body, sent)


def _ask(method: str, url: str, body: bytes | None, headers: dict[str, str]) -> WebAnswer:
    with contextlib.closing(_connection(url, ASK_S)) as connection:
        try:
            connection.request(method, _target(url), body, headers)
            answer = connection.getresponse()
            found = answer.read(MOST_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            raise _gone(url, error) from None
    if len(found) > MOST_BYTES:
        raise _gone(url, f"more than {MOST_BYTES // 1_000_000} MB")
    return WebAnswer(answer.status, found)


class LineStream:
    """The lines of an answer that does not end, as server-sent events are.

    Args:
        take: gets each line in the loop's thread.
        silent_s: no byte for so long counts as lost.
    """

    def __init__(
        self,
        url: str,
        take: Callable[[str], None],
        headers: Mapping[str, str] | None = None,
        *,
        silent_s: float = 60.0,
    ) -> None:
        self._url, self._take, self._headers = url, take, dict(headers or {})
        self._silent_s = silent_s
        self._room = threading.BoundedSemaphore(MOST_WAITING)
        self._socket: socket.socket | None = None
        self._is_over = False

    async def run(self, opened: Callable[[], None]) -> None:
        """Reads until the far end closes; ``opened`` is called when it has begun.

        Raises:
            StudioError: unavailable: it cannot be opened, is no stream of events, or is lost.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        connection = _connection(self._url, self._silent_s)

        def tell(what: Callable[..., None], *words: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(what, *words)

        def end(error: StudioError | None) -> None:
            if done.done():
                return
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        def work() -> None:
            try:
                self._read(connection, tell, opened)
                tell(end, None)
            except StudioError as error:
                tell(end, error)
            except Exception as error:  # a socket that is shut while it is read says anything
                tell(end, _gone(self._url, error))
            finally:
                connection.close()

        thread = threading.Thread(target=work, name="comment stream", daemon=True)
        thread.start()
        try:
            await done
        finally:
            self._is_over = True
            _cut(self._socket)
            with contextlib.suppress(ValueError):
                self._room.release()
            await asyncio.to_thread(thread.join, 2.0)

    def _read(
        self,
        connection: http.client.HTTPConnection,
        tell: Callable[..., None],
        opened: Callable[[], None],
    ) -> None:
        connection.connect()
        self._socket = connection.sock
        if self._is_over:
            return
        _keep_alive(connection.sock)
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store", **self._headers}
        connection.request("GET", _target(self._url), headers=headers)
        answer = connection.getresponse()
        if answer.status == 204:
            return
        if answer.status != 200:
            raise _gone(self._url, f"{answer.status} {answer.reason}"[:200])
        kind = answer.headers.get_content_type()
        if kind != "text/event-stream":
            raise _gone(self._url, f"{kind}, no stream of events")
        tell(opened)
        while not self._is_over:
            line = answer.readline(LONGEST_LINE + 1)
            if not line:
                return
            if len(line) > LONGEST_LINE:
                raise _gone(self._url, "a line of more than 1 MB")
            self._room.acquire()
            tell(self._taken, line.decode("utf-8", "replace").rstrip("\r\n"))

    def _taken(self, line: str) -> None:
        with contextlib.suppress(ValueError):
            self._room.release()
        if not self._is_over:
            self._take(line)


def _connection(url: str, within_s: float) -> http.client.HTTPConnection:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise StudioError("invalid", "audience.bad_web_address", url=url)
    connection = http.client.HTTPConnection(host, port, timeout=within_s)
    if parts.scheme == "https":
        secure = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, port, timeout=within_s, context=secure)
    # The library's own place for it: the name stays in TLS and in the request.
    connection._create_connection = outer_connection  # type: ignore[attr-defined]
    return connection


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _gone(url: str, why: object) -> StudioError:
    return StudioError("unavailable", "audience.cannot_connect", url=url, why=str(why))


def _keep_alive(sock: socket.socket) -> None:
    """A far end that has vanished is seen within 15 s, though nobody says a word."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 6), ("TCP_KEEPINTVL", 3), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _cut(sock: socket.socket | None) -> None:
    if sock is not None:
        with contextlib.suppress(OSError, ValueError):
            sock.shutdown(socket.SHUT_RDWR)
