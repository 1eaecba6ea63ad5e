"""Sockets that say nothing come in bursts, and lose their place to whoever speaks."""

from __future__ import annotations

import asyncio
import socket

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from studio.remote.strangers import Strangers, counted

MOST = 8
LATE_S = 0.1


async def _burst(silent: int, before: bool) -> tuple[int, bool]:
    """How many silent sockets still stand after a caller came in, and whether it did."""
    strangers = Strangers(MOST)

    async def greet(connection: ServerConnection) -> None:
        strangers.shook(connection)
        await connection.send("hello")
        await connection.wait_closed()

    async with serve(greet, "127.0.0.1", 0, create_connection=counted(strangers)) as server:
        port = server.sockets[0].getsockname()[1]

        async def caller() -> bool:
            async with connect(f"ws://127.0.0.1:{port}", proxy=None, compression=None) as socket:
                return await socket.recv() == "hello"

        called = [asyncio.create_task(caller())] if before else []
        opened = await asyncio.gather(
            *(asyncio.open_connection("127.0.0.1", port) for _ in range(silent)),
        )
        came_in = all(await asyncio.gather(*called or [caller()]))
        gone = [asyncio.create_task(reader.read()) for reader, _ in opened]
        await asyncio.wait(gone, return_when=asyncio.FIRST_COMPLETED)  # thinned
        await asyncio.sleep(0)
        left = sum(not task.done() for task in gone)
        for _, writer in opened:
            writer.close()
        await asyncio.gather(*gone, return_exceptions=True)
        return left, came_in


def test_a_caller_in_front_of_a_burst_comes_in() -> None:
    _, came_in = asyncio.run(_burst(3 * MOST, before=True))
    assert came_in


def test_a_caller_behind_a_burst_comes_in_and_the_silent_go() -> None:
    left, came_in = asyncio.run(_burst(3 * MOST, before=False))
    assert came_in
    assert left <= MOST


async def _half_said(silent: int) -> bool:
    """Does a caller come in who speaks late, while others stand there in mid-sentence?"""
    strangers = Strangers(MOST)

    async def greet(connection: ServerConnection) -> None:
        strangers.shook(connection)
        await connection.send("hello")
        await connection.wait_closed()

    async with serve(greet, "127.0.0.1", 0, create_connection=counted(strangers)) as server:
        port = server.sockets[0].getsockname()[1]
        writers = []
        for number in range(MOST + silent):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writers.append(writer)
            if number < MOST:
                writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
                await writer.drain()
        late = socket.create_connection(("127.0.0.1", port))
        thinned = asyncio.ensure_future(connect_over(late, port))
        try:
            return await thinned == "hello"
        finally:
            for writer in writers:
                writer.close()


async def connect_over(late: socket.socket, port: int) -> str:
    """Speaks over a socket that stood there for a while; the first words heard."""
    await asyncio.sleep(LATE_S)
    late.setblocking(False)
    uri = f"ws://127.0.0.1:{port}"
    async with connect(uri, sock=late, proxy=None, compression=None) as said:
        return str(await said.recv())


def test_whoever_speaks_late_comes_in_among_those_in_mid_sentence() -> None:
    assert asyncio.run(_half_said(2))
