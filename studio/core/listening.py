"""A listening socket for TLS that counts who has not shaken hands yet: those hold descriptors."""

from __future__ import annotations

import contextlib
import os
import socket
from typing import Any

from studio.core.descriptors import share_of_descriptors

HANDSHAKE_S = 10.0
"""Whoever has not shaken hands by then is cut."""


class TlsListener(socket.socket):
    """Listens at one address of this machine.

    asyncio tells a server of a connection when its TLS is up; until then nobody would count it,
    and a thousand sockets that say nothing take all descriptors of the engine. With too many the
    oldest is shut. (Where the loop does not accept by `accept`, on Windows, time alone limits.)

    Args:
        host, port: 0 takes a free one.
        most: how many may be in their handshake; None is a share of this process's descriptors.

    Raises:
        OSError: the place is taken, or is none of this machine.
    """

    def __init__(self, host: str, port: int, most: int | None = None) -> None:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        super().__init__(family, kind, protocol)
        self._given = most
        self._shaking: dict[int, socket.socket] = {}
        self.cut = 0
        try:
            if os.name == "posix":
                self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.bind(address)
        except OSError:
            self.close()
            raise

    @property
    def most(self) -> int:
        """How many may be in their handshake; this machine's limits may change meanwhile."""
        return share_of_descriptors() if self._given is None else self._given

    def accept(self) -> tuple[socket.socket, Any]:
        """The next one; the one that has been silent for longest may have to go for it."""
        guest, address = super().accept()
        self._shaking = {fd: other for fd, other in self._shaking.items() if other.fileno() == fd}
        self._shaking[guest.fileno()] = guest
        while len(self._shaking) > self.most:
            oldest = self._shaking.pop(next(iter(self._shaking)))
            self.cut += 1
            # Shut, not closed: the number is the loop's until it has let go of it.
            with contextlib.suppress(OSError):
                oldest.shutdown(socket.SHUT_RDWR)
        return guest, address

    def settled(self, transport: Any) -> None:
        """Its TLS is up: from now on the server counts it."""
        door = transport.get_extra_info("socket")
        if door is not None:
            self._shaking.pop(door.fileno(), None)
