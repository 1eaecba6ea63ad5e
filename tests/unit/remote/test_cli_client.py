"""The command line's client at the door of a stranger: one error, never a traceback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.sync.server import serve

from studio.core.errors import StudioError
from studio.remote.client import RemoteClient

HELLO = '{"op": 0, "d": {"rpcVersion": 1}}'
IDENTIFIED = '{"op": 2, "d": {"negotiatedRpcVersion": 1}}'
ANSWERS = (
    '{"op": 7, "d": 3}',
    '{"op": 7, "d": {"requestId": 1}}',
    '{"op": 7, "d": {"requestId": 1, "requestStatus": {"result": true}}}',
    '{"op": 7, "d": {"requestId": 1, "requestStatus": {"result": true}, "responseData": '
    '{"responseData": {"ok": false}}}}',
    '{"op": 7, "d": {"requestId": 1, "requestStatus": {"result": true}, "responseData": '
    '{"responseData": {"ok": false, "error": {"code": 5, "key": 7, "params": [1]}}}}}',
)


@contextmanager
def _stranger(says: list[str]) -> Iterator[str]:
    """A server that says these frames one after another, the next to each it gets."""

    def talk(socket: Any) -> None:
        socket.send(says[0])
        for frame, _ in zip(says[1:], socket, strict=False):
            socket.send(frame)

    with serve(talk, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        finally:
            server.shutdown()
            thread.join(5)


@pytest.mark.parametrize(
    "says",
    [
        ["what do you want?"],
        ["[]"],
        ['{"op": 0}'],
        ['{"op": 0, "d": {"authentication": {"salt": 1}}}'],
        [HELLO, "nothing"],
        *([HELLO, IDENTIFIED, answer] for answer in ANSWERS),
    ],
)
def test_a_stranger_is_told_as_one(says: list[str]) -> None:
    with _stranger(says) as address, pytest.raises(StudioError) as told:
        RemoteClient(address)
    assert told.value.code in ("unavailable", "failed")
    assert told.value.in_language("zh")
    assert told.value.in_language("en")
