"""A proxy for what reads HTTP past Python: it opens outer addresses alone, redirects too.

FFmpeg looks names up by itself and follows redirects, playlists' segments included. Told to go by
this proxy, each of its connections is judged here and leads to what was judged.
"""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
import threading
from urllib.parse import urlsplit

from studio.core.log import logger
from studio.core.outer_hosts import outer_targets

_log = logger(__name__)
LONGEST_HEAD = 64 * 1024
HEAD_S = 10.0
CONNECT_S = 5.0
QUIET_S = 60.0
MOST_AT_ONCE = 64
PIECE = 64 * 1024
_TUNNEL = re.compile(r"CONNECT (\[[0-9A-Fa-f:.%]+\]|[^\s:\[\]]+):(\d{1,5}) HTTP/1\.[01]")
_FETCH = re.compile(r"([A-Z]{3,10}) (http://\S+) (HTTP/1\.[01])")
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
NOT_FOUND = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
TUNNEL_IS_UP = b"HTTP/1.1 200 Connection established\r\n\r\n"


class _Refused(Exception):
    """It is not done; with what is answered."""


class OuterProxy:
    """Listens on loopback from its first use on; its threads end with the program."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: socket.socket | None = None
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def address(self) -> str:
        """As FFmpeg's option ``http_proxy`` takes it.

        Raises:
            OSError: no port can be had.
        """
        with self._lock:
            if self._server is None:
                self._server = socket.create_server(("127.0.0.1", 0))
                threading.Thread(
                    target=self._accept, args=(self._server,), name="outer proxy", daemon=True
                ).start()
            return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def close(self) -> None:
        """Listens no more."""
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            server.close()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                guest, _ = server.accept()
            except OSError:
                return
            if not self._places.acquire(blocking=False):
                guest.close()
                continue
            threading.Thread(
                target=self._serve, args=(guest,), name="outer proxy's guest", daemon=True
            ).start()

    def _serve(self, guest: socket.socket) -> None:
        try:
            with guest, contextlib.suppress(OSError):
                guest.settimeout(HEAD_S)
                try:
                    far, first = _opened(_head(guest))
                except _Refused as refusal:
                    guest.sendall(refusal.args[0])
                    return
                with far:
                    if first:
                        far.sendall(first)
                    else:
                        guest.sendall(TUNNEL_IS_UP)
                    _carry(guest, far)
        finally:
            self._places.release()


def _head(guest: socket.socket) -> bytes:
    read = b""
    while b"\r\n\r\n" not in read:
        piece = guest.recv(PIECE)
        read += piece
        if not piece or len(read) > LONGEST_HEAD:
            raise _Refused(REFUSED)
    return read


def _opened(read: bytes) -> tuple[socket.socket, bytes]:
    """The connection a request asks for, and what is said there first; nothing for a tunnel."""
    head, _, rest = read.partition(b"\r\n\r\n")
    first, *rows = head.decode("latin-1").split("\r\n")
    if (tunnel := _TUNNEL.fullmatch(first)) is not None:
        return _connected(tunnel[1].strip("[]"), int(tunnel[2])), b""
    fetch = _FETCH.fullmatch(first)
    if fetch is None:
        raise _Refused(REFUSED)
    try:
        parts = urlsplit(fetch[2])
        host, port = parts.hostname or "", parts.port or 80
    except ValueError:
        raise _Refused(REFUSED) from None
    path = fetch[2].partition("://")[2].partition("/")[2]
    kept = [row for row in rows if not row.lower().startswith(("proxy-", "connection:"))]
    said = "\r\n".join([f"{fetch[1]} /{path} {fetch[3]}", *kept, "Connection: close", "", ""])
    return _connected(host, port), said.encode("latin-1") + rest


def _connected(host: str, port: int) -> socket.socket:
    try:
        targets = outer_targets(host, port)
    except PermissionError as error:
        _log.warning("refused: %s", error)
        raise _Refused(REFUSED) from None
    except (OSError, UnicodeError):
        raise _Refused(NOT_FOUND) from None
    for target in targets:
        far = socket.socket(target.family, socket.SOCK_STREAM)
        far.settimeout(CONNECT_S)
        try:
            far.connect(target.address)
            return far
        except OSError:
            far.close()
    raise _Refused(NOT_FOUND)


def _carry(guest: socket.socket, far: socket.socket) -> None:
    """Both ways, until one of them ends or neither says anything for a while."""
    guest.settimeout(QUIET_S)
    far.settimeout(QUIET_S)
    with selectors.DefaultSelector() as waiting:
        waiting.register(guest, selectors.EVENT_READ, far)
        waiting.register(far, selectors.EVENT_READ, guest)
        while ready := waiting.select(QUIET_S):
            for key, _ in ready:
                source = key.fileobj
                assert isinstance(source, socket.socket)
                piece = source.recv(PIECE)
                if not piece:
                    return
                key.data.sendall(piece)


OUTER_PROXY = OuterProxy()
