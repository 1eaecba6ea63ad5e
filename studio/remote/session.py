"""One connection at the door: hello, identify, requests, batches, events."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from websockets.exceptions import ConnectionClosed

from studio.core.asking import Asker, asked_by
from studio.core.command import Role
from studio.core.log import logger
from studio.governance.masking import Sight
from studio.protocols.obs_client import obs_message
from studio.protocols.obs_ws import (
    OBS_VERSION,
    PROTOCOL_VERSION,
    RPC_VERSION,
    SUBPROTOCOLS,
    Challenge,
    Close,
    Codec,
    Data,
    ObsMessage,
    Op,
    Remarked,
    RequestError,
    RequestStatus,
    Subscription,
)
from studio.remote.batch import Batch
from studio.remote.following import Follower
from studio.remote.gate import Authenticator, Caller
from studio.remote.host import RequestHost
from studio.remote.pace import Turn
from studio.remote.standing import Standing

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection

_log = logger(__name__)


class AnsweringHost(RequestHost, Protocol):
    """The server that answers this connection's requests."""

    async def handle(self, session: Session, kind: str, data: Data | None) -> Data | None:
        """Answers a request; raises `RequestError` with the status instead."""
        ...


MOST_WAITING = 2000
MOST_WAITING_BYTES = 16 * 1024 * 1024
MOST_STALLED_S = 20.0
GOODBYE_S = 2.0
MOST_ANSWER = 32 * 1024 * 1024
MOST_BATCH_ANSWER = 4 * 1024 * 1024
PARALLEL = 32
MOST_AT_ONCE = 64
IDENTIFY_S = 10.0
FIRST_MESSAGE = 64 * 1024
LONGEST_MESSAGE = 8 * 1024 * 1024
LOOK_AGAIN_S = 30.0
LONG_MESSAGE = 256 * 1024
"""From here on a message is read in a thread."""


class Session:
    """Speaks with one client.

    Requests begin in the order they come and are answered when they are done: one that takes two
    seconds (the end of a stream) holds no other up.

    Args:
        socket: the connection.
        door: answers the requests (`Door.handle`).
        gate: who comes in by this socket; None is the door's own.

    Attributes:
        events: subscribed categories.
        wants: names of our frequent events it asked for ("sound.meters").
        follows: what it has of the state, where it asked to be told changes alone.
        name: its name in the journal.
        token: name of the token it came in with, "" for the password.
        is_here: it came in with the key of this run, or by a door that asks for nothing: it is
            at this machine (`studio.core.asking`).
        closing: called when the connection ends (views it opened and the like).
    """

    def __init__(
        self,
        socket: ServerConnection,
        door: AnsweringHost,
        number: int,
        gate: Authenticator | None = None,
    ) -> None:
        self.door = door
        self._gate = gate or door.gate
        self.number = number
        self.received = self.sent = 0
        self.socket = socket
        self.codec = Codec(socket.subprotocol)
        self.events = Subscription.NONE
        self.wants: set[str] = set()
        self.follows: Follower | None = None
        self._come_in(Caller("remote", Role.OWNER, is_here=self._gate.is_open))
        self.closing: list[Callable[[], None]] = []
        self.is_identified = False
        self.is_over = False
        self._challenge = None if self._gate.is_open else Challenge()
        self._out: asyncio.Queue[str | bytes] = asyncio.Queue(MOST_WAITING)
        self._waiting_bytes = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self._turn = Turn(door.pace)
        self._farewell: asyncio.Task[None] | None = None
        self._set_limits()

    async def run(self) -> None:
        """Serves until the connection ends."""
        writer = asyncio.create_task(self._write())
        try:
            self.send(self._hello())
            await self._read()
        except ConnectionClosed:
            pass
        finally:
            # What was asked for is still done to its end; a batch stops before its next request.
            self.is_over = True
            for end in self.closing:
                end()
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                await writer

    # -- out ---------------------------------------------------------------------------------

    def send(self, message: Data | ObsMessage) -> bool:
        """Queues a message; False when it cannot be written in the client's form, or is too long.

        A client that does not read is cut off: nobody waits for it.
        """
        try:
            frame = (
                message.frame(self.codec)
                if isinstance(message, ObsMessage)
                else self.codec.encode(message)
            )
        except ValueError as error:
            _log.warning("a message could not be written: %s", error)
            return False
        if len(frame) > MOST_ANSWER:
            _log.warning("a message of %s bytes is too long for %s", len(frame), self.name)
            return False
        # One long answer may wait alone; a heap of them may not.
        is_heap = self._waiting_bytes and self._waiting_bytes + len(frame) > MOST_WAITING_BYTES
        if self._out.full() or is_heap:
            self._drop()
        elif not self.is_over:
            self._waiting_bytes += len(frame)
            self._out.put_nowait(frame)
        return True

    def _drop(self) -> None:
        """Cuts a client off that does not read: what waits is freed at once, a code says why."""
        if self._farewell is not None:
            return
        _log.warning("%s does not read and is cut off", self.name)
        self.door.limits["slow_readers"] += 1
        self.is_over = True
        while not self._out.empty():
            self._out.get_nowait()
        self._waiting_bytes = 0
        self._farewell = asyncio.create_task(self._say_goodbye())

    async def _say_goodbye(self) -> None:
        try:
            async with asyncio.timeout(GOODBYE_S):
                await self.close(Close.SLOW_READER, "You do not read what you are sent.")
        except (TimeoutError, ConnectionClosed):
            pass
        finally:
            self.socket.transport.abort()

    def hears(self, kind: Subscription) -> bool:
        """Has it asked for such events?"""
        return self.is_identified and not self.is_over and bool(self.events & kind)

    def event(self, kind: Subscription, message: ObsMessage) -> None:
        """Sends an event if it was asked for."""
        if self.hears(kind):
            self.send(message)

    async def close(self, code: Close, reason: str) -> None:
        """Ends the connection with a protocol close code."""
        text = reason.encode("utf-8", "replace")[:120].decode("utf-8", "ignore")
        await self.socket.close(int(code), text)

    async def _write(self) -> None:
        while True:
            frame = await self._out.get()
            try:
                async with asyncio.timeout(MOST_STALLED_S):
                    await self.socket.send(frame)
            except TimeoutError:
                self._drop()
                return
            self._waiting_bytes = max(0, self._waiting_bytes - len(frame))
            self.sent += 1

    def _set_limits(self) -> None:
        """How long a message may be, strangers' ones little, and whether its turns are paced."""
        most = LONGEST_MESSAGE if self.is_identified else FIRST_MESSAGE
        self.socket.protocol.max_message_size = most
        self._turn.is_paced = not self.is_here

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
        return obs_message(Op.HELLO, inner)

    # -- in ----------------------------------------------------------------------------------

    async def _read(self) -> None:
        async with asyncio.timeout(IDENTIFY_S) as limit:
            async for frame in self.socket:
                self.received += 1
                if not await self._message(frame):
                    return
                if self.is_identified:
                    limit.reschedule(None)

    async def _message(self, frame: str | bytes) -> bool:
        """Takes a frame; False when the connection was closed for it."""
        try:
            message = (
                self.codec.decode(frame)
                if len(frame) < LONG_MESSAGE
                else await asyncio.to_thread(self.codec.decode, frame)
            )
        except ValueError as error:
            return await self._refuse(Close.DECODE_ERROR, str(error))
        op, data = message.get("op"), message.get("d")
        if op is None or "d" not in message:
            return await self._refuse(Close.MISSING_FIELD, "Your payload is missing op or d.")
        if not _is_number(op) or not isinstance(data, dict):
            return await self._refuse(Close.INVALID_TYPE, "op must be a number and d an object.")
        if op == Op.IDENTIFY:
            return await self._identify(data)
        if op not in (Op.REIDENTIFY, Op.REQUEST, Op.BATCH):
            return await self._refuse(Close.UNKNOWN_OP, f"Unknown op {op}.")
        if not self.is_identified:
            return await self._refuse(Close.NOT_IDENTIFIED, "Identify first.")
        if op == Op.REIDENTIFY:
            if not await self._subscribe(data):
                return False
            self.send(obs_message(Op.IDENTIFIED, {"negotiatedRpcVersion": RPC_VERSION}))
            return True
        if op == Op.BATCH:
            wrong = Batch.fault(data)
            if wrong is not None:
                return await self._refuse(*wrong)
        await self._places.acquire()
        work = self._one(data) if op == Op.REQUEST else self._batch(Batch(data))
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return True

    @property
    def address(self) -> str:
        """It comes from."""
        found = self.socket.remote_address
        return str(found[0]) if found else ""

    async def _refuse(self, code: Close, reason: str) -> bool:
        await self.close(code, reason)
        return False

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._places.release()
        if not task.cancelled() and (fault := task.exception()) is not None:
            _log.error("a request of %s failed", self.name, exc_info=fault)

    async def _identify(self, data: Data) -> bool:
        if self.is_identified:
            return await self._refuse(Close.ALREADY_IDENTIFIED, "You are identified already.")
        version = data.get("rpcVersion")
        if version is None:
            return await self._refuse(Close.MISSING_FIELD, "Your payload is missing rpcVersion.")
        if not _is_number(version):
            return await self._refuse(Close.INVALID_TYPE, "rpcVersion must be a number.")
        if version != RPC_VERSION:
            reason = f"RPC version {RPC_VERSION} is spoken here."
            return await self._refuse(Close.BAD_RPC_VERSION, reason)
        if self._challenge:
            answer = data.get("authentication")
            caller = (
                await self._gate.admit(self._challenge, answer, self.address)
                if isinstance(answer, str)
                else None
            )
            if caller is None:
                return await self._refuse(Close.AUTH_FAILED, "Authentication failed.")
            if not self.door.has_place(caller):
                reason = "All places for this token or password are taken."
                return await self._refuse(Close.NO_PLACE, reason)
            self._come_in(caller)
            self._end_in_time()
        self.events = Subscription.ALL
        if not await self._subscribe(data):
            return False
        self.is_identified = True
        self.door.strangers.left(self.socket)
        self._set_limits()
        self.send(obs_message(Op.IDENTIFIED, {"negotiatedRpcVersion": RPC_VERSION}))
        return True

    async def _subscribe(self, data: Data) -> bool:
        wanted = data.get("eventSubscriptions")
        if wanted is None:
            return True
        if not _is_number(wanted) or wanted < 0:
            reason = "eventSubscriptions must be a number."
            return await self._refuse(Close.INVALID_TYPE, reason)
        self.events = Subscription(int(wanted) & 0xFFFFFFFF)
        return True

    # -- what it may do ------------------------------------------------------------------------

    def _come_in(self, caller: Caller) -> None:
        self.name, self.token, self.is_here = caller.name, caller.token, caller.is_here
        self._standing = Standing(self.door, caller)

    def _asker(self) -> Asker:
        """Whoever is behind a request.

        Raises:
            RequestError: its token has ended; the connection goes too.
        """
        asker = self._standing.asker(self.name)
        if asker is None:
            self.socket.transport.abort()  # also after a sleep, which no timer counts
            raise RequestError(RequestStatus.CANNOT_ACT, "The token has ended.")
        return asker

    @property
    def sight(self) -> Sight:
        """How much of persons it is shown now."""
        return self._standing.sight(self.name)

    @property
    def role(self) -> Role:
        """What it may do at most, now."""
        return self._standing.role

    @property
    def left_s(self) -> float:
        """Seconds until its right ends; infinite for the password and the key."""
        return self._standing.left_s

    def _end_in_time(self) -> None:
        """Ends the connection when its token ends; looks again if the clock was set back."""
        left_s = self.left_s
        if left_s == math.inf or self.is_over:
            return
        if left_s <= 0:
            self.socket.transport.abort()
        else:
            wait_s = min(left_s + 0.01, LOOK_AGAIN_S)
            asyncio.get_running_loop().call_later(wait_s, self._end_in_time)

    # -- requests ----------------------------------------------------------------------------

    async def _one(self, data: Data) -> None:
        async def work() -> None:
            answer = await self.request(data)
            if not self.send(obs_message(Op.RESPONSE, answer)):
                self.send(obs_message(Op.RESPONSE, _unsaid(answer)))

        await self._turn.run(work())

    async def request(self, data: Data, batch: Batch | None = None) -> Data:
        """Answers one request; never raises, never closes."""
        kind = data.get("requestType")
        answer: Data = {"requestType": kind if isinstance(kind, str) else ""}
        if "requestId" in data:
            answer["requestId"] = data["requestId"]
        try:
            if not isinstance(kind, str) or not kind:
                raise RequestError(RequestStatus.MISSING_TYPE, "Your request has no requestType.")
            given = data.get("requestData")
            if given is not None and not isinstance(given, dict):
                raise RequestError(
                    RequestStatus.INVALID_FIELD_TYPE, "requestData must be an object."
                )
            if kind == "Sleep":
                await (batch or Batch({})).sleep(given or {}, self.door.rooms.fps)
                result = None
            else:
                with asked_by(self._asker()):
                    result = await self.door.handle(self, kind, given)
        except RequestError as error:
            status: Data = {"result": False, "code": int(error.status)}
            if error.comment:
                status["comment"] = error.comment
            answer["requestStatus"] = status
            return answer
        answer["requestStatus"] = {"result": True, "code": int(RequestStatus.SUCCESS)}
        if isinstance(result, Remarked):
            answer["requestStatus"]["comment"] = result.comment
            result = result.data
        if result is not None:
            answer["responseData"] = result
        return answer

    async def _batch(self, batch: Batch) -> None:
        """Answers a batch: each request in a turn of its own, all answers within a size."""
        results: list[msgspec.Raw] = []
        size = 0

        async def answered(data: Data) -> tuple[msgspec.Raw, bool]:
            """One answer as it is written, and whether the request was done."""
            nonlocal size
            if size > MOST_BATCH_ANSWER:
                result = _unsaid(data, TOO_MUCH)
            else:
                batch.fill(data)
                result = await self.request(data, batch)
                batch.learn(data, result)
            raw = self._written(result)
            size += len(memoryview(raw))
            return raw, bool(result["requestStatus"]["result"])

        if batch.is_parallel:
            for at in range(0, len(batch.requests), PARALLEL):
                if self.is_over:
                    return
                some = batch.requests[at : at + PARALLEL]
                found = await asyncio.gather(*(self._turn.run(answered(data)) for data in some))
                results += [raw for raw, _ in found]
        else:
            for data in batch.requests:
                if self.is_over:
                    return
                raw, is_done = await self._turn.run(answered(data))
                results.append(raw)
                if batch.halts and not is_done:
                    break
        self.send(obs_message(Op.BATCH_RESPONSE, {**batch.echo, "results": results}))

    def _written(self, answer: Data) -> msgspec.Raw:
        """An answer in the client's form, as a part of a longer message."""
        try:
            return msgspec.Raw(self.codec.encode(answer))
        except ValueError:
            return msgspec.Raw(self.codec.encode(_unsaid(answer)))


TOO_MUCH = (
    f"The answers of this batch are longer than {MOST_BATCH_ANSWER >> 20} MB: this request was not "
    "run. Ask for the rest in another batch, and for the parts of the state that you need."
)


def _unsaid(
    answer: Data, comment: str = "The answer is too long, or cannot be written in this form."
) -> Data:
    """What is answered when the answer itself cannot be sent."""
    status = {"result": False, "code": int(RequestStatus.PROCESSING_FAILED), "comment": comment}
    number = answer.get("requestId")
    short: Data = {"requestType": answer.get("requestType", ""), "requestStatus": status}
    if isinstance(number, str) or (isinstance(number, int) and abs(number) < 2**63):
        short["requestId"] = number
    return short


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def pick_subprotocol(connection: Any, offered: Any) -> Any:
    """JSON or msgpack as the client prefers; a client that offers none gets JSON."""
    for name in offered:
        if name in SUBPROTOCOLS:
            return str(name)
    return None
