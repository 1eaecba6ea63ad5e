"""Half-open connections at doors with TLS: they take no descriptors, and keep nobody out."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path

import pytest

from studio.core.listening import TlsListener
from studio.remote.certificate import server_context

HALF_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01"


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return server_context(["127.0.0.1"])[0]


@pytest.mark.parametrize("said", [b"", HALF_HELLO, b"GET / HTTP/1.1\r\n"])
def test_silent_sockets_go_and_who_shakes_hands_stays(secure: ssl.SSLContext, said: bytes) -> None:
    async def body() -> None:
        listener = TlsListener("127.0.0.1", 0, most=8)
        inside = 0

        async def guest(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal inside
            listener.settled(writer.transport)
            inside += 1
            writer.write(await reader.readline())
            await writer.drain()
            await reader.read()
            writer.close()

        server = await asyncio.start_server(guest, sock=listener, ssl=secure)
        port = server.sockets[0].getsockname()[1]
        before = len(list(Path("/proc/self/fd").iterdir()))
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        async with asyncio.timeout(60):
            first = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
            idle: list[socket.socket] = []
            for _ in range(100):
                stranger = socket.create_connection(("127.0.0.1", port))
                stranger.setblocking(False)
                if said:
                    stranger.sendall(said)
                idle.append(stranger)
                await asyncio.sleep(0)
            for _ in range(3):
                reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
                writer.write(b"here\n")
                assert await reader.readline() == b"here\n"
                writer.close()
            first[1].write(b"still here\n")
            assert await first[0].readline() == b"still here\n", "who shook hands is let be"
            first[1].close()
        assert inside == 4
        held = len(list(Path("/proc/self/fd").iterdir())) - before - len(idle)
        assert held <= 8 + 8
        if said[:1] != b"G":
            assert listener.cut >= 80
        for stranger in idle:
            stranger.close()
        server.close()

    asyncio.run(body())


def test_a_place_that_is_taken_is_told() -> None:
    with TlsListener("127.0.0.1", 0) as first:
        first.listen()
        with pytest.raises(OSError, match="in use"):
            TlsListener("127.0.0.1", first.getsockname()[1])
