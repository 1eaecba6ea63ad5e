"""A client of the door for tests: requests, and events that are waited for."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
from typing import Any

from websockets.sync.client import connect


class Door:
    """Speaks obs-websocket v5 (JSON); events are collected as they come."""

    def __init__(self, address: str) -> None:
        self._open = contextlib.ExitStack()
        self._socket = self._open.enter_context(connect(address, max_size=None))
        self._socket.recv(timeout=10)
        self._socket.send(json.dumps({"op": 1, "d": {"rpcVersion": 1}}))
        self._socket.recv(timeout=10)
        self._numbers = itertools.count(1)
        self._came = threading.Condition()
        self._answers: dict[str, Any] = {}
        self.events: list[tuple[float, str, Any]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Door:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self._reader.join(5)

    def _read(self) -> None:
        try:
            for frame in self._socket:
                message = json.loads(frame)
                data = message["d"]
                with self._came:
                    if message["op"] == 7:
                        self._answers[data["requestId"]] = data
                    elif message["op"] == 5 and data["eventType"] == "VendorEvent":
                        told = data["eventData"]
                        self.events.append((time.monotonic(), told["eventType"], told["eventData"]))
                    self._came.notify_all()
        except Exception:
            return

    def request(self, kind: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """A request of the protocol; its whole answer."""
        number = str(next(self._numbers))
        inner = {"requestType": kind, "requestId": number, "requestData": data or {}}
        self._socket.send(json.dumps({"op": 6, "d": inner}))
        with self._came:
            assert self._came.wait_for(lambda: number in self._answers, 20), kind
            answer: dict[str, Any] = self._answers.pop(number)
        return answer

    def run(self, command: str, **args: Any) -> Any:
        """One of our commands or questions; its result."""
        data = {"vendorName": "shopcast", "requestType": command, "requestData": args}
        answer = self.request("CallVendorRequest", data)["responseData"]["responseData"]
        assert answer["ok"], answer
        return answer["result"]

    def wait(self, name: str, check: Any = None, seconds: float = 20, since: float = 0.0) -> Any:
        """(moment, data) of the first event of this name that fits."""

        def found() -> Any:
            for at, event, data in list(self.events):
                if event == name and at >= since and (check is None or check(data)):
                    return at, data
            return None

        with self._came:
            assert self._came.wait_for(lambda: found() is not None, seconds), (
                name,
                [(e, d) for _, e, d in self.events if e != "state.changed"][-12:],
            )
            return found()
