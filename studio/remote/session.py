"""One connection at the door: hello, identify, requests, batches, events."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from websockets.exceptions import ConnectionClosed

from studio.core.command import Role
from studio.core.log import logger
from studio.remote.protocol import (
    OBS_VERSION,
    PROTOCOL_VERSION,
    RPC_VERSION,
    SUBPROTOCOLS,
    Challenge,
    Close,
    Codec,
    Data,
    Op,
    RequestError,
    Status,
    Subscription,
)

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection

    from studio.remote.server import Door

_log = logger(__name__)

MOST_WAITING = 2000
IDENTIFY_S = 20.0


class Session:
    """Speaks with one client.

    Args:
        socket: the connection.
        password: "" lets everybody on loopback in.
        handle: answers one request: (session, type, data) → response data or None.

    Attributes:
        events: subscribed categories.
        wants: names of our frequent events it asked for ("sound.meters").
        closing: called when the connection ends (views it opened and the like).
    """

    def __init__(
        self,
        socket: ServerConnection,
        password: str,
        handle: Callable[[Session, str, Data | None], Awaitable[Data | None]],
        door: Door,
    ) -> None:
        self.door = door
        self.number = 0
        self.known_requests: set[str] = set()
        self.received = self.sent = 0
        self.socket = socket
        self.codec = Codec(socket.subprotocol)
        self.events = Subscription.NONE
        self.wants: set[str] = set()
        self.role = Role.OWNER
        self.name = "remote"
        self.closing: list[Callable[[], None]] = []
        self.is_identified = False
        self._password = password
        self._challenge = Challenge(password) if password else None
        self._handle = handle
        self._out: asyncio.Queue[Data | None] = asyncio.Queue(MOST_WAITING)

    async def run(self) -> None:
        """Serves until the connection ends."""
        writer = asyncio.create_task(self._write())
        try:
            self.send(self._hello())
            await self._read()
        except ConnectionClosed:
            pass
        finally:
            for end in self.closing:
                end()
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                await writer

    def send(self, message: Data) -> None:
        """Queues a message; a client that does not read is dropped, nobody waits for it."""
        try:
            self._out.put_nowait(message)
        except asyncio.QueueFull:
            _log.warning("a remote client does not read and is cut off")
            self.socket.transport.abort()

    def event(self, kind: Subscription, name: str, data: Data | None) -> None:
        """Sends an event if it was asked for."""
        if not self.is_identified or not (self.events & kind):
            return
        inner: Data = {"eventType": name, "eventIntent": int(kind)}
        if data is not None:
            inner["eventData"] = data
        self.send({"op": Op.EVENT, "d": inner})

    async def close(self, code: Close, reason: str) -> None:
        """Ends the connection with a protocol close code."""
        await self.socket.close(int(code), reason[:120])

    def _hello(self) -> Data:
        inner: Data = {
            "obsStudioVersion": OBS_VERSION,
            "obsWebSocketVersion": PROTOCOL_VERSION,
            "rpcVersion": RPC_VERSION,
        }
        if self._challenge:
            inner["authentication"] = {
                "challenge": self._challenge.challenge,
                "salt": self._challenge.salt,
            }
        return {"op": Op.HELLO, "d": inner}

    async def _write(self) -> None:
        while (message := await self._out.get()) is not None:
            await self.socket.send(self.codec.encode(message))
            self.sent += 1

    async def _read(self) -> None:
        async with asyncio.timeout(IDENTIFY_S) as limit:
            async for frame in self.socket:
                self.received += 1
                if not await self._message(frame):
                    return
                if self.is_identified:
                    limit.reschedule(None)

    async def _message(self, frame: str | bytes) -> bool:
        try:
            message = self.codec.decode(frame)
        except ValueError as error:
            await self.close(Close.DECODE_ERROR, str(error))
            return False
        op, data = message.get("op"), message.get("d")
        if op is None or "d" not in message:
            await self.close(Close.MISSING_FIELD, "Your payload is missing op or d.")
            return False
        if not isinstance(op, int) or not isinstance(data, dict):
            await self.close(Close.INVALID_TYPE, "op must be a number and d an object.")
            return False
        if op == Op.IDENTIFY:
            return await self._identify(data)
        if op not in (Op.REIDENTIFY, Op.REQUEST, Op.BATCH):
            await self.close(Close.UNKNOWN_OP, f"Unknown op {op}.")
            return False
        if not self.is_identified:
            await self.close(Close.NOT_IDENTIFIED, "Identify first.")
            return False
        if op == Op.REIDENTIFY:
            if not await self._subscribe(data):
                return False
            self.send({"op": Op.IDENTIFIED, "d": {"negotiatedRpcVersion": RPC_VERSION}})
        elif op == Op.REQUEST:
            answer = await self.request(data)
            self.send({"op": Op.RESPONSE, "d": answer})
        else:
            await self._batch(data)
        return True

    async def _identify(self, data: Data) -> bool:
        if self.is_identified:
            await self.close(Close.ALREADY_IDENTIFIED, "You are identified already.")
            return False
        version = data.get("rpcVersion")
        if version is None:
            await self.close(Close.MISSING_FIELD, "Your payload is missing rpcVersion.")
            return False
        if not isinstance(version, int) or isinstance(version, bool):
            await self.close(Close.INVALID_TYPE, "rpcVersion must be a number.")
            return False
        if version != RPC_VERSION:
            await self.close(Close.BAD_RPC_VERSION, f"RPC version {RPC_VERSION} is spoken here.")
            return False
        if self._challenge:
            answer = data.get("authentication")
            if not isinstance(answer, str) or not self._challenge.is_right(answer):
                await asyncio.sleep(0.3)  # slows down guessing
                await self.close(Close.AUTH_FAILED, "Authentication failed.")
                return False
        self.events = Subscription.ALL
        if not await self._subscribe(data):
            return False
        self.is_identified = True
        self.send({"op": Op.IDENTIFIED, "d": {"negotiatedRpcVersion": RPC_VERSION}})
        return True

    async def _subscribe(self, data: Data) -> bool:
        wanted = data.get("eventSubscriptions")
        if wanted is None:
            return True
        if not isinstance(wanted, int) or isinstance(wanted, bool) or wanted < 0:
            await self.close(Close.INVALID_TYPE, "eventSubscriptions must be a number.")
            return False
        self.events = Subscription(wanted & 0xFFFFFFFF)
        return True

    async def request(self, data: Data) -> Data:
        """Answers one request; never raises, never closes."""
        kind, number = data.get("requestType"), data.get("requestId")
        answer: Data = {"requestType": kind if isinstance(kind, str) else ""}
        if "requestId" in data:
            answer["requestId"] = number
        try:
            if not isinstance(kind, str) or not kind:
                raise RequestError(Status.MISSING_TYPE, "Your request has no requestType.")
            given = data.get("requestData")
            if given is not None and not isinstance(given, dict):
                raise RequestError(Status.INVALID_FIELD_TYPE, "requestData must be an object.")
            result = await self._handle(self, kind, given)
        except RequestError as error:
            status: Data = {"result": False, "code": int(error.status)}
            if error.comment:
                status["comment"] = error.comment
            answer["requestStatus"] = status
            return answer
        answer["requestStatus"] = {"result": True, "code": int(Status.SUCCESS)}
        if result is not None:
            answer["responseData"] = result
        return answer

    async def _batch(self, data: Data) -> None:
        requests = data.get("requests")
        kind = data.get("executionType", 0)
        results: list[Data] = []
        answer: Data = {"results": results}
        if "requestId" in data:
            answer["requestId"] = data["requestId"]
        if not isinstance(requests, list):
            await self.close(Close.INVALID_TYPE, "requests must be a list.")
            return
        if kind == 2:
            results += await asyncio.gather(*(self._of_batch(one) for one in requests))
        else:
            for one in requests:
                result = await self._of_batch(one)
                results.append(result)
                if data.get("haltOnFailure") and not result["requestStatus"]["result"]:
                    break
        self.send({"op": Op.BATCH_RESPONSE, "d": answer})

    async def _of_batch(self, one: Any) -> Data:
        if not isinstance(one, dict):
            one = {}
        if one.get("requestType") == "Sleep":
            given = one.get("requestData") or {}
            ms = given.get("sleepMillis", given.get("sleepFrames", 0) * 33)
            if isinstance(ms, (int, float)) and 0 <= ms <= 50_000:
                await asyncio.sleep(ms / 1000)
            status = {"result": True, "code": int(Status.SUCCESS)}
            return {"requestType": "Sleep", "requestStatus": status}
        return await self.request(one)


def pick_subprotocol(connection: Any, offered: Any) -> Any:
    """JSON or msgpack as the client prefers; a client that offers none gets JSON."""
    for name in offered:
        if name in SUBPROTOCOLS:
            return str(name)
    return None
