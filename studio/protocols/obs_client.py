"""obs-websocket v5 as a client speaks it, without a socket, and the envelope of our own messages.

The desk, the command line and the benchmarks each bring a socket of their own kind and share this;
the server writes the vendor envelope with the same functions that read it here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from studio.protocols.obs_ws import (
    RPC_VERSION,
    VENDOR,
    Codec,
    Data,
    Op,
    Subscription,
    authentication,
)

VENDOR_REQUEST = "CallVendorRequest"
VENDOR_EVENT = "VendorEvent"


class VendorResult(NamedTuple):
    """What the engine says to one of our own questions or commands.

    Attributes:
        ok: it was done.
        result: what came of it.
        error: ``{"code", "key", "params", "text"}`` when it was not done.
    """

    ok: bool
    result: Any = None
    error: Data = {}


class VendorNews(NamedTuple):
    """One of our own events."""

    name: str
    data: Any


class ObsAnswer(NamedTuple):
    """The answer to one request.

    Attributes:
        number: of the request, as it was given.
        is_done: the request succeeded.
        code, comment: of its status.
        data: what was answered.
    """

    number: Any
    is_done: bool
    code: int
    comment: str
    data: Data

    @property
    def vendor(self) -> VendorResult | None:
        """What the engine said, None where the protocol itself refused the request."""
        inner = self.data.get("responseData")
        if not isinstance(inner, dict):
            return None
        if inner.get("ok"):
            return VendorResult(True, inner.get("result"))
        error = inner.get("error")
        return VendorResult(False, None, error if isinstance(error, dict) else {})


class ObsClientProtocol:
    """Both ways of one connection in JSON.

    Args:
        events: the categories that are wanted.
    """

    def __init__(self, events: Subscription = Subscription.NONE) -> None:
        self._codec = Codec(None)
        self._events = events
        self._challenge: Data | None = None

    def take_hello(self, frame: str | bytes) -> bool:
        """Reads the server's first message.

        Returns:
            Whether it asks for a password.

        Raises:
            ValueError: it is no Hello of this protocol.
        """
        op, data = self._parts(frame)
        wanted = data.get("authentication")
        if op != Op.HELLO or (wanted is not None and not _is_challenge(wanted)):
            raise ValueError("no Hello of obs-websocket")
        self._challenge = wanted
        return wanted is not None

    def identify(self, password: str = "") -> str:
        """The answer to Hello."""
        data: Data = {"rpcVersion": RPC_VERSION, "eventSubscriptions": int(self._events)}
        if self._challenge is not None:
            salt, challenge = self._challenge["salt"], self._challenge["challenge"]
            data["authentication"] = authentication(password, salt, challenge)
        return self._written(Op.IDENTIFY, data)

    def is_admitted(self, frame: str | bytes) -> bool:
        """Whether the message after that lets us in.

        Raises:
            ValueError: it cannot be read.
        """
        return self._parts(frame)[0] == Op.IDENTIFIED

    def request(self, number: int | str, kind: str, data: Data | None = None) -> str:
        """A request of the protocol.

        Raises:
            ValueError: something in it cannot be written.
        """
        return self._written(Op.REQUEST, obs_request(number, kind, data))

    def vendor_request(self, number: int | str, kind: str, data: Data | None = None) -> str:
        """One of our own questions or commands.

        Raises:
            ValueError: something in it cannot be written.
        """
        return self._written(Op.REQUEST, obs_vendor_request(number, kind, data))

    def read_batch(self, frame: str | bytes) -> tuple[Any, list[Data]] | None:
        """The number of a batch and its results; None for another message.

        Raises:
            ValueError: it cannot be read.
        """
        op, data = self._parts(frame)
        if op != Op.BATCH_RESPONSE:
            return None
        return data.get("requestId"), list(data.get("results") or [])

    def read(self, frame: str | bytes) -> ObsAnswer | VendorNews | None:
        """A message after the greeting; None for one that is not for us.

        Raises:
            ValueError: it cannot be read.
        """
        op, data = self._parts(frame)
        if op == Op.RESPONSE:
            return _answer(data)
        if op == Op.EVENT and data.get("eventType") == VENDOR_EVENT:
            inner = data.get("eventData")
            if not isinstance(inner, dict):
                raise ValueError("an event without data")
            if inner.get("vendorName") != VENDOR:
                return None
            name = inner.get("eventType")
            if not isinstance(name, str):
                raise ValueError("an event without a name")
            return VendorNews(name, inner.get("eventData") or {})
        return None

    def _parts(self, frame: str | bytes) -> tuple[object, Data]:
        message = self._codec.decode(frame)
        data = message.get("d")
        if not isinstance(data, dict):
            raise ValueError("a message without data")
        return message.get("op"), data

    def _written(self, op: Op, data: Data) -> str:
        frame = self._codec.encode(obs_message(op, data))
        assert isinstance(frame, str)
        return frame


def obs_message(op: Op, data: Data) -> Data:
    """A message of any kind."""
    return {"op": op, "d": data}


def obs_request(number: int | str, kind: str, data: Any = None) -> Data:
    """A request of the protocol, alone or in a batch."""
    return {"requestType": kind, "requestId": number, "requestData": data or {}}


def obs_vendor_request(number: int | str, kind: str, data: Any = None) -> Data:
    """One of our own questions or commands as a request."""
    inner = {"vendorName": VENDOR, "requestType": kind, "requestData": data or {}}
    return obs_request(number, VENDOR_REQUEST, inner)


def obs_batch(number: int | str, requests: list[Data], **more: Any) -> Data:
    """A batch of requests; ``more`` are its own fields."""
    return obs_message(Op.BATCH, {"requestId": number, "requests": requests, **more})


def obs_event(kind: Subscription, name: str, data: Data | None) -> Data:
    """An event as the server sends it."""
    inner: Data = {"eventType": name, "eventIntent": int(kind)}
    if data is not None:
        inner["eventData"] = data
    return obs_message(Op.EVENT, inner)


def vendor_event(name: str, data: Data) -> Data:
    """One of our own events as the server sends it."""
    inner = {"vendorName": VENDOR, "eventType": name, "eventData": data}
    return obs_event(Subscription.VENDORS, VENDOR_EVENT, inner)


def vendor_answer(kind: str, given: VendorResult) -> Data:
    """What the server answers to one of our own questions."""
    inner: Data = {"ok": given.ok}
    inner |= {"result": given.result} if given.ok else {"error": given.error}
    return {"vendorName": VENDOR, "requestType": kind, "responseData": inner}


def _answer(data: Data) -> ObsAnswer:
    status, told = data.get("requestStatus"), data.get("responseData")
    if not isinstance(status, dict) or not isinstance(told, dict | None):
        raise ValueError("an answer without a status")
    code = status.get("code")
    return ObsAnswer(
        data.get("requestId"),
        status.get("result") is True,
        code if isinstance(code, int) else 0,
        str(status.get("comment") or ""),
        told or {},
    )


def _is_challenge(wanted: Any) -> bool:
    return isinstance(wanted, dict) and all(
        isinstance(wanted.get(key), str) for key in ("salt", "challenge")
    )
