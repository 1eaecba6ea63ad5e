"""One question to a running engine through its own door."""

from __future__ import annotations

import json
from typing import Any


def ask(remote: str, kind: str, /, **arguments: Any) -> Any:
    """Runs a command (or asks "state.get") as a vendor request; the door must need no password.

    Raises:
        RuntimeError: the engine said no, with its words.
    """
    from websockets.sync.client import connect

    with connect(remote, max_size=None, open_timeout=5) as socket:
        socket.recv(timeout=5)
        socket.send(json.dumps({"op": 1, "d": {"rpcVersion": 1, "eventSubscriptions": 0}}))
        socket.recv(timeout=5)
        request = {
            "requestType": "CallVendorRequest",
            "requestId": "1",
            "requestData": {
                "vendorName": "shopcast",
                "requestType": kind,
                "requestData": arguments,
            },
        }
        socket.send(json.dumps({"op": 6, "d": request}))
        answer = json.loads(socket.recv(timeout=30))["d"]
    if not answer["requestStatus"]["result"]:
        raise RuntimeError(str(answer["requestStatus"].get("comment")))
    told = answer["responseData"]["responseData"]
    if not told["ok"]:
        raise RuntimeError(str(told["error"]))
    return told["result"]
