"""One question to a running engine through its own door."""

from __future__ import annotations

from typing import Any

from studio.protocols.obs_client import ObsAnswer, ObsClientProtocol


def ask(remote: str, kind: str, /, **arguments: Any) -> Any:
    """Runs a command (or asks "state.get") as a vendor request; the door must need no password.

    Raises:
        RuntimeError: the engine said no, with its words.
    """
    from websockets.sync.client import connect

    protocol = ObsClientProtocol()
    with connect(remote, max_size=None, open_timeout=5) as socket:
        protocol.take_hello(socket.recv(timeout=5))
        socket.send(protocol.identify())
        protocol.is_admitted(socket.recv(timeout=5))
        socket.send(protocol.vendor_request("1", kind, arguments))
        answer = protocol.read(socket.recv(timeout=30))
    told = answer.vendor if isinstance(answer, ObsAnswer) else None
    if told is None:
        raise RuntimeError(answer.comment if isinstance(answer, ObsAnswer) else "no answer")
    if not told.ok:
        raise RuntimeError(str(told.error))
    return told.result
