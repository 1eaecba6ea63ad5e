"""The crowd of a siege, as a process of its own: ``python -m bench.hostile.crowd KIND``.

It reads one line of JSON, ``{"remote": address, "tokens": […], "count": n}``, says ``there`` when
all of it stands, and works until it is ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from typing import Any
from urllib.parse import urlsplit

from studio.protocols.obs_client import ObsClientProtocol
from studio.protocols.obs_ws import Subscription

AGAIN_S = 0.5
TICK_S = 0.05
LINES_A_SECOND = 10_000
Given = dict[str, Any]


async def idle(given: Given, number: int) -> None:
    """Opens a socket and says nothing, or stops within its handshake; again when it is closed."""
    where = urlsplit(given["remote"])
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(where.hostname, where.port)
            if number % 10 == 0:
                writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
            await reader.read(1000)
            writer.close()
        await asyncio.sleep(AGAIN_S)


async def guess(given: Given, number: int) -> None:
    """Tries a wrong password, as soon as it may again."""
    from websockets.asyncio.client import connect

    while True:
        with contextlib.suppress(Exception):
            async with connect(given["remote"], compression=None) as socket:
                protocol = ObsClientProtocol()
                protocol.take_hello(await socket.recv())
                await socket.send(protocol.identify(f"guess {number}"))
                await socket.recv()
        await asyncio.sleep(0)


async def slow(given: Given, number: int) -> None:
    """Is let in, asks for the whole state again and again, and reads nothing of it."""
    from websockets.asyncio.client import connect

    token = given["tokens"][number % len(given["tokens"])]
    while True:
        with contextlib.suppress(Exception):
            async with connect(
                given["remote"], compression=None, max_queue=1, ping_interval=None, max_size=None
            ) as socket:
                protocol = ObsClientProtocol(Subscription.ALL)
                protocol.take_hello(await socket.recv())
                await socket.send(protocol.identify(token))
                await socket.recv()
                for asked in range(10_000):
                    await socket.send(protocol.vendor_request(asked, "state.get", {}))
                    await asyncio.sleep(AGAIN_S)
        await asyncio.sleep(AGAIN_S)


async def flood(given: Given, number: int) -> None:
    """Asks for the version ten thousand times a second, as far as it is let."""
    from websockets.asyncio.client import connect

    token = given["tokens"][number % len(given["tokens"])]
    while True:
        with contextlib.suppress(Exception):
            async with connect(given["remote"], compression=None, ping_interval=None) as socket:
                protocol = ObsClientProtocol()
                protocol.take_hello(await socket.recv())
                await socket.send(protocol.identify(token))
                await socket.recv()
                reading = asyncio.create_task(_read(socket))
                try:
                    request = protocol.request(1, "GetVersion", {})
                    while True:
                        for _ in range(round(LINES_A_SECOND * TICK_S)):
                            await socket.send(request)
                        await asyncio.sleep(TICK_S)
                finally:
                    reading.cancel()
        await asyncio.sleep(AGAIN_S)


async def _read(socket: Any) -> None:
    async for _ in socket:
        pass


async def feed(given: Given, number: int) -> None:
    """A bridge that brings ten thousand comments a second; its port is what it says."""
    from websockets.asyncio.server import serve

    async def bring(connection: Any) -> None:
        sent, began = 0, time.monotonic()
        with contextlib.suppress(Exception):
            while True:
                due = round((time.monotonic() - began) * LINES_A_SECOND)
                lines = [
                    json.dumps({"id": str(at), "user": f"u{at % 5000}", "text": f"{at} 号多少钱"})
                    for at in range(sent, min(due, sent + LINES_A_SECOND))
                ]
                sent += len(lines)
                if lines:
                    await connection.send("\n".join(lines))
                await asyncio.sleep(TICK_S)

    async with serve(bring, "127.0.0.1", 0, ping_interval=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Event().wait()


KINDS = {"idle": idle, "guess": guess, "slow": slow, "flood": flood, "feed": feed}


async def main() -> None:
    """Stands and works."""
    os.nice(10)  # it stands for other machines: the processor is the studio's
    given = json.loads(sys.stdin.readline())
    kind = KINDS[sys.argv[1]]
    tasks = [asyncio.create_task(kind(given, number)) for number in range(given["count"])]
    await asyncio.sleep(1.0)
    print("there", flush=True)
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
