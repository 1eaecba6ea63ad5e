"""A line that is as slow as one wants: a proxy on loopback with a token bucket."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

_BLOCK = 2048


class Throttle:
    """Passes every connection on to ``port``, upwards at `kbps` at most (0: as fast as it goes).

    Use as a context manager. It runs on a loop and thread of its own.
    """

    def __init__(self, port: int, kbps: int = 0) -> None:
        self._target = port
        self.kbps = kbps
        self.port = 0
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="throttle", daemon=True)

    def __enter__(self) -> Throttle:
        self._thread.start()
        self._ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        # A small window, so that the queue stands on the side of who sends.
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        self.port = listener.getsockname()[1]
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, sock=listener, limit=_BLOCK)
        )
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:  # the server behind it is gone: so is the line
            writer.transport.abort()
            return
        try:
            await asyncio.gather(
                self._pass(reader, up_writer, is_slow=True),
                self._pass(up_reader, writer, is_slow=False),
            )
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            for entry in (writer, up_writer):
                entry.close()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_slow: bool
    ) -> None:
        free_at = time.monotonic()
        while data := await reader.read(_BLOCK):
            if is_slow and self.kbps:
                free_at = max(free_at, time.monotonic() - 0.02) + len(data) * 8 / (self.kbps * 1000)
                await asyncio.sleep(max(0.0, free_at - time.monotonic()))
            writer.write(data)
            await writer.drain()
        writer.close()
