"""A line on loopback that can be cut, can stall, and heals: between an output and the ingest."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

BLOCK = 65_536
TRICKLE, TRICKLE_S = 512, 0.1
"""About 40 kbit/s: a tenth of what a drill's output needs."""
POLL_S = 0.05


class Relay:
    """Passes TCP on to a port of this machine; its threads end with `close`.

    Args:
        port: where it leads.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(POLL_S)
        self.port = int(self._server.getsockname()[1])
        self._mode = "pass"
        self._closing = threading.Event()
        self._pairs: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, name="relay", daemon=True)]
        self._threads[0].start()

    def cut(self) -> None:
        """Ends every connection and takes none."""
        self._mode = "cut"
        for end in self._pairs:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def stall(self) -> None:
        """Takes nothing more, and stays open."""
        self._mode = "stall"

    def reset(self) -> None:
        """Ends every connection and each new one with RST, as a router that restarts does."""
        self._mode = "reset"
        for end in self._pairs:
            _reset(end)

    def slow(self) -> None:
        """Passes a trickle on, and stays open."""
        self._mode = "slow"

    def heal(self) -> None:
        """Passes everything on."""
        self._mode = "pass"

    def close(self) -> None:
        """Ends everything."""
        self._closing.set()
        self.cut()
        self._server.close()
        for thread in self._threads:
            thread.join(2)

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                near, _ = self._server.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            if self._mode in ("cut", "reset"):
                if self._mode == "reset":
                    _reset(near)
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._to), 5)
            except OSError:
                near.close()
                continue
            near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BLOCK)
            self._pairs += [near, far]
            for one_way in ((near, far), (far, near)):
                thread = threading.Thread(target=self._pump, args=one_way, daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pump(self, near: socket.socket, far: socket.socket) -> None:
        try:
            near.settimeout(POLL_S)
            while not self._closing.is_set():
                if self._mode == "stall":
                    self._closing.wait(POLL_S)
                    continue
                if self._mode == "slow":
                    self._closing.wait(TRICKLE_S)
                try:
                    data = near.recv(TRICKLE if self._mode == "slow" else BLOCK)
                except TimeoutError:
                    continue
                if not data:
                    break
                far.settimeout(10)
                far.sendall(data)
                far.settimeout(POLL_S)
        except OSError:
            pass
        finally:
            for end in (near, far):
                with contextlib.suppress(OSError):
                    end.close()


def _reset(end: socket.socket) -> None:
    """Ends a connection with RST."""
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.close()
