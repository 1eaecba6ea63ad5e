"""Every platform that has an address: a remote's stays outside, wherever its name leads later."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import studio.comments.platforms as folder
from studio.comments.platforms.base import CommentPlatform
from studio.core.errors import StudioError
from studio.core.outer_hosts import forget_outer, note_outer
from studio.core.registry import discover

NAME = "chat.example.test"
SCHEMES = ("ws", "wss", "http", "https")
FILLED = {
    "channel": "shop", "session_key": "abc", "video": "abcdefghijk", "api_key": "k", "app_id": "1",
    "access_id": "a", "access_secret": "b", "identity_key": "c",
}  # fmt: skip
KINDS = [
    kind
    for kind in discover(folder, CommentPlatform)
    if kind.schema().get("properties", {}).get("url", {}).get("x-widget") == "address"
]


class Inner:
    """A server of the house that counts who knocks."""

    def __init__(self) -> None:
        self.knocks = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._server.accept()[0].close()
                self.knocks += 1

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join()


@pytest.fixture
def inner(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inner]:
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        return real("127.0.0.1" if host == NAME else host, port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    server = Inner()
    yield server
    server.close()
    forget_outer(NAME)


def test_there_are_some() -> None:
    assert {"websocket", "sse", "ninja", "twitch", "youtube", "bilibili"} <= {
        kind.kind for kind in KINDS
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_platform_goes_nowhere_inside(
    kind: type[CommentPlatform], scheme: str, inner: Inner, tmp_path: Path
) -> None:
    fields = kind.schema()["properties"]
    settings = {
        name: value
        for name, value in FILLED.items()
        if fields.get(name, {}).get("type") == "string"
    }
    settings["url"] = f"{scheme}://{NAME}:{inner.port}"
    has_api = "api" in fields  # it asks there before it goes to its server
    if has_api:
        settings |= {"api": f"http://{NAME}:{inner.port}", "client_id": "i", "token": "t"}

    def run() -> None:
        platform = kind(kind.decode(settings), tmp_path)
        platform.withdraw = lambda withdrawn: None

        async def read() -> None:
            async with asyncio.timeout(20):
                await platform.run(lambda comment: None, lambda *said: None)

        with pytest.raises(StudioError):
            asyncio.run(read())

    note_outer(NAME)
    run()
    assert inner.knocks == 0
    forget_outer(NAME)
    run()
    if scheme in ("wss", "https"):
        return
    is_web = kind.kind in ("sse", "youtube", "bilibili")
    goes = has_api or is_web == (scheme == "http")
    assert bool(inner.knocks) is goes, "named here, it goes there"
