"""A bare client of obs-websocket v5 for tests: any frame, both forms, events kept."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

import msgspec
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from studio.protocols.obs_ws import authentication

SECONDS = 20.0


class Peer:
    """One connection. Everything is awaited with a deadline, and nothing in another thread."""

    def __init__(
        self,
        address: str,
        password: str = "",
        *,
        binary: bool = False,
        events: int | None = None,
        identify: bool = True,
        **more: Any,
    ) -> None:
        protocols = [Subprotocol("obswebsocket.msgpack")] if binary else None
        self._context = connect(
            address,
            subprotocols=protocols,
            max_size=None,
            compression=None,
            close_timeout=1,
            **more,
        )
        self.socket: ClientConnection = self._context.__enter__()
        self.is_binary = binary
        self.events: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)
        self._answers: dict[Any, dict[str, Any]] = {}
        self.hello = self.receive()
        if identify:
            self.send(1, self.identity(password, events))
            self.identified = self.receive()

    def identity(self, password: str, events: int | None = None) -> dict[str, Any]:
        """The data of an Identify message."""
        data: dict[str, Any] = {"rpcVersion": 1}
        challenge = self.hello["d"].get("authentication")
        if challenge:
            data["authentication"] = authentication(
                password, challenge["salt"], challenge["challenge"]
            )
        if events is not None:
            data["eventSubscriptions"] = events
        return data

    def send(self, op: Any, data: Any) -> None:
        """One message."""
        self.raw({"op": op, "d": data})

    def raw(self, message: Any) -> None:
        """Anything that can be encoded; bytes and text go as they are."""
        if not isinstance(message, (bytes, str)):
            message = msgspec.msgpack.encode(message) if self.is_binary else json.dumps(message)
        self.socket.send(message)

    def receive(self, seconds: float = SECONDS) -> dict[str, Any]:
        """The next message."""
        frame = self.socket.recv(timeout=seconds)
        found: dict[str, Any] = (
            msgspec.msgpack.decode(frame) if isinstance(frame, bytes) else json.loads(frame)
        )
        return found

    def request(self, kind: Any, data: Any = None, number: Any = None) -> dict[str, Any]:
        """A request's whole answer."""
        number = str(next(self._numbers)) if number is None else number
        inner = {"requestType": kind, "requestId": number}
        if data is not None:
            inner["requestData"] = data
        self.send(6, inner)
        return self._until(lambda: self._answers.pop(number, None), f"answer to {kind}")

    def ask(self, kind: str, **data: Any) -> dict[str, Any]:
        """A request that must succeed; its data."""
        answer = self.request(kind, data)
        assert answer["requestStatus"]["code"] == 100, answer
        found: dict[str, Any] = answer.get("responseData") or {}
        return found

    def code(self, kind: Any, data: Any = None) -> int:
        """The status code a request is answered with."""
        code: int = self.request(kind, data)["requestStatus"]["code"]
        return code

    def run(self, command: str, **args: Any) -> Any:
        """One of our commands or questions; its result."""
        data = {"vendorName": "shopcast", "requestType": command, "requestData": args}
        answer = self.ask("CallVendorRequest", **data)["responseData"]
        assert answer["ok"], answer
        return answer["result"]

    def run_code(self, command: str, **args: Any) -> str:
        """The key of the error that a command is answered with; "" when it is done."""
        data = {"vendorName": "shopcast", "requestType": command, "requestData": args}
        answer = self.ask("CallVendorRequest", **data)["responseData"]
        key: str = "" if answer["ok"] else answer["error"]["key"]
        return key

    def event(self, name: str, **fields: Any) -> dict[str, Any]:
        """The data of the first event of this name with these fields, waited for."""

        def found() -> dict[str, Any] | None:
            for event in self.events:
                data = event.get("eventData", {})
                if event["eventType"] == name and fields.items() <= data.items():
                    return event
            return None

        one = self._until(found, f"{name} {fields}")
        self.events.remove(one)
        data: dict[str, Any] = one.get("eventData", {})
        return data

    def until_pictured(self, *sources: str) -> None:
        """Waits until these sources deliver pictures."""
        for name in sources:
            self._until(lambda name=name: self._is_pictured(name), f"pictures of {name}")

    def _is_pictured(self, name: str) -> dict[str, Any] | None:
        state = self.run("state.get", parts=["sources"])["sources"]
        found = next(entry for entry in state if entry["name"] == name)
        return found if (found["health"] or {}).get("state") in ("ok", "still") else None

    def batch(self, requests: list[Any], **more: Any) -> dict[str, Any]:
        """A batch's whole answer."""
        number = f"b{next(self._numbers)}"
        self.send(8, {"requestId": number, "requests": requests, **more})
        return self._until(lambda: self._answers.pop(number, None), "answer to a batch")

    def close_code(self, seconds: float = SECONDS) -> int:
        """With which code the server closes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                self.socket.recv(timeout=max(0.01, deadline - time.monotonic()))
            except TimeoutError:
                break
            except Exception:
                return self.socket.close_code or 0
        raise AssertionError("the connection was not closed")

    def close(self) -> None:
        """Ends the connection."""
        self.socket.close()

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _until(self, found: Any, what: str) -> dict[str, Any]:
        deadline = time.monotonic() + SECONDS
        while (one := found()) is None:
            left = deadline - time.monotonic()
            assert left > 0, (what, [event["eventType"] for event in self.events[-20:]])
            try:
                message = self.receive(left)
            except TimeoutError:
                continue
            if message["op"] == 5:
                self.events.append(message["d"])
            else:
                self._answers[message["d"].get("requestId")] = message["d"]
        answer: dict[str, Any] = one
        return answer
