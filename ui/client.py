"""The desk's way to the engine: obs-websocket v5 in a thread of its own; the window never waits.

Everything crosses to the window as queued Qt signals. The link is watched: the engine tells its
meters 15 times a second, so silence longer than `SILENT_S` is said at once; a lost link is made
again by itself, to whatever address the engine's note then gives.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from studio.api import (
    Backoff,
    Close,
    ObsAnswer,
    ObsClientProtocol,
    StudioError,
    Subscription,
    VendorNews,
    logger,
    remote_address,
    remote_password,
    translate,
)
from ui.listen import owner_of

_log = logger(__name__)

SILENT_S = 1.0
ANSWER_S = 5.0
FILES_S, QUERY_S = 60.0, 305.0
PATIENT_S = {
    "shop.import": 125.0, "shop.accept": FILES_S, "insight.ask": QUERY_S,
    "insight.rebuild": QUERY_S, "insight.moment": FILES_S, "reports.write": QUERY_S,
    "incidents.show": 65.0, "incidents.report": 125.0, "experiments.plan": QUERY_S,
    "experiments.result": QUERY_S, "drills.stop": FILES_S,
    **dict.fromkeys(
        (
            "record.pack", "record.verify", "insight.shape", "insight.strip", "insight.shots",
            "insight.effects", "advice.propose", "advice.forecast", "pricing.propose",
            "reach.count", "reach.write", "reach.lists",
        ),
        QUERY_S,
    ),
    **dict.fromkeys(
        (
            "show.keep", "show.save", "show.save_as", "show.open", "show.new", "show.bring_back",
            "show.take_back", "show.import_obs", "sources.find_files", "imports.read",
            "imports.accept", "imports.undo", "outputs.check", "outputs.start", "privacy.find",
            "privacy.export", "privacy.erase", "privacy.answer", "keeping.due", "keeping.drop",
        ),
        FILES_S,
    ),
}  # fmt: skip
"""Commands that work in files, on a network or through many rows: how long they may take.

Who gives up too early says "it may or may not have been done", and does not do what was to follow:
a demo show whose copy took six seconds was kept, and did not go live.
"""
CONNECT_S = 4.0
WATCH_MS = 200
STEPS_S = (0.05, 0.2, 0.4, 0.8, 1.5, 2.0)
FREQUENT = ["sound.meters", "engine.stats"]

CONNECTING, LIVE, SILENT, LOST, DENIED = "connecting", "live", "silent", "lost", "denied"

Plain = dict[str, Any]
Prepare = Callable[[str, Plain], Any]
Waiting = tuple[Callable[["Reply"], None] | None, QObject | None, float]
"""Who is told the reply, whose it is, and when it was asked."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the engine answered.

    Attributes:
        ok: it was done.
        result: of a question, or ``{"changed", "result", "undo"}`` of a command.
        code, text: of the error; text in Chinese and English.
        took_ms: from the call to the answer.
    """

    ok: bool
    result: Any = None
    code: str = ""
    text: dict[str, str] = field(default_factory=dict)
    took_ms: float = 0.0

    @property
    def answer(self) -> Any:
        """What a command answered, beside what it changed; None where there is nothing."""
        return self.result.get("result") if isinstance(self.result, dict) else None


def failure(code: str, key: str, **params: object) -> Reply:
    """A reply the desk gives itself, because the engine could not."""
    text = {name: translate(key, name, **params) for name in ("zh", "en")}
    return Reply(False, None, code, text)


class DeskClient(QObject):
    """One link to the engine, made again by itself.

    Args:
        host, port: where the door is; port 0 reads the note of the engine on this machine.
        password: None takes the person's own.

    Attributes:
        prepare: (event name, data) → what is handed to the window; runs in the link's thread, so
            that decoding costs the window nothing.
        garbage: messages that could not be read.

    Signals:
        state_changed: (state, why) with state one of connecting, live, silent, lost, denied.
        ready: the link stands and the desk is introduced; ask for everything anew.
        heard: (event name, data).
    """

    state_changed = Signal(str, str)
    ready = Signal()
    heard = Signal(str, object)
    _answered = Signal(object, object)
    _linked = Signal(str, str)

    def __init__(
        self, host: str = "127.0.0.1", port: int = 0, password: str | None = None, name: str = ""
    ) -> None:
        super().__init__()
        self.state, self.why = CONNECTING, ""
        self.name = name or "desk"
        self.garbage = 0
        self.prepare: Prepare = lambda name, data: data
        self._host, self._port, self._password = host, port, password
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._task: asyncio.Task[None] | None = None
        self._socket: Any = None
        self._protocol = ObsClientProtocol(Subscription.VENDORS)
        self._numbers = itertools.count(1)
        self._waiting: dict[str, Waiting] = {}
        self._latest: dict[str, float] = {}
        self._last_heard = 0.0
        self._writes: set[asyncio.Future[None]] = set()
        self._answered.connect(self._give, Qt.ConnectionType.QueuedConnection)
        self._linked.connect(self._set_state, Qt.ConnectionType.QueuedConnection)
        self._watch = QTimer(self)
        self._watch.timeout.connect(self._look)
        self._watch.start(WATCH_MS)

    @property
    def host(self) -> str:
        """The machine of the engine."""
        return self._host

    # -- for the window ------------------------------------------------------------------------

    def start(self) -> None:
        """Begins to connect."""
        self._thread = threading.Thread(target=self._run, name="door", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the link and its thread."""
        self._stopping.set()
        self._watch.stop()
        loop, task = self._loop, self._task
        if loop is not None and task is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(task.cancel)
        if self._thread is not None:
            self._thread.join(3.0)

    @property
    def is_up(self) -> bool:
        """Whether a call can be sent now."""
        return self.state in (LIVE, SILENT)

    def call(
        self,
        kind: str,
        data: Plain | None = None,
        done: Callable[[Reply], None] | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Asks a question or runs a command.

        Args:
            kind: id of the question or command.
            data: plain arguments.
            done: called in the window's thread with the reply.
            owner: who waits for it; when it is gone by then, nobody is told. The object whose
                method ``done`` is where none is given: a function names its own.
        """
        number = str(next(self._numbers))
        loop = self._loop
        if not self.is_up or loop is None or loop.is_closed():
            if done is not None:
                done(failure("unavailable", "ui.link.no_engine"))
            return
        try:
            text = self._protocol.vendor_request(number, kind, data)
        except ValueError as fault:
            _log.warning("%s cannot be sent: %s", kind, fault)
            if done is not None:
                done(failure("invalid", "ui.link.unwritable"))
            return
        now = time.monotonic()
        self._waiting[number] = (done, owner or owner_of(done), now)
        self._latest[number] = now + PATIENT_S.get(kind, ANSWER_S)
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(self._send, text)

    @property
    def silent_s(self) -> float:
        """Seconds since the engine was last heard."""
        return time.monotonic() - self._last_heard if self._last_heard else 0.0

    # -- in the window's thread ----------------------------------------------------------------

    def _look(self) -> None:
        if self.state == LIVE and self.silent_s > SILENT_S:
            self._set_state(SILENT, "")
        elif self.state == SILENT and self.silent_s < SILENT_S:
            self._set_state(LIVE, "")
        now = time.monotonic()
        for number in [n for n in self._waiting if now > self._latest.get(n, 0.0)]:
            seconds = round(self._latest[number] - self._waiting[number][2])
            self._give(number, failure("unavailable", "ui.link.no_answer", seconds=seconds))

    def _set_state(self, state: str, why: str) -> None:
        if (state, why) == (self.state, self.why):
            return
        came_up = state == LIVE and self.state != SILENT
        self.state, self.why = state, why
        if not self.is_up:
            for number in list(self._waiting):
                self._give(number, failure("unavailable", "ui.link.no_engine"))
        self.state_changed.emit(state, why)
        if came_up:
            self.call("session.introduce", {"name": self.name})
            self.call("events.subscribe", {"names": FREQUENT})
            self.ready.emit()

    def _give(self, number: object, reply: object) -> None:
        done, owner, at = self._waiting.pop(str(number), (None, None, 0.0))
        self._latest.pop(str(number), None)
        is_gone = owner is not None and not isValid(owner)
        if done is not None and not is_gone and isinstance(reply, Reply):
            done(replace(reply, took_ms=(time.monotonic() - at) * 1000))

    # -- in the link's thread ------------------------------------------------------------------

    def _run(self) -> None:
        self._loop = asyncio.new_event_loop()
        try:
            self._task = self._loop.create_task(self._stay_linked())
            if self._stopping.is_set():
                self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                self._loop.run_until_complete(self._task)
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()

    def _send(self, text: str) -> None:
        """Hands a message to the socket; in the link's thread."""
        if self._socket is not None:
            task = asyncio.ensure_future(self._write(text))
            self._writes.add(task)
            task.add_done_callback(self._writes.discard)

    async def _write(self, text: str) -> None:
        with contextlib.suppress(Exception):  # the reader sees the end of a broken link
            await self._socket.send(text)

    async def _stay_linked(self) -> None:
        backoff = Backoff(STEPS_S)
        while True:
            why = await self._link(backoff)
            await asyncio.sleep(backoff.next_s())
            if why is not None:
                self._linked.emit(LOST, why)

    async def _link(self, backoff: Backoff) -> str | None:
        """One link from its beginning to its end; why it ended, None when that is said already."""
        from websockets.asyncio.client import connect
        from websockets.exceptions import ConnectionClosed, WebSocketException

        address = f"ws://{self._host}:{self._port}" if self._port else remote_address()
        if not address:
            return "ui.link.no_note"
        try:
            async with asyncio.timeout(CONNECT_S):
                socket = await connect(address, max_size=32 * 1024 * 1024, compression=None)
        except (OSError, TimeoutError, WebSocketException, ValueError):
            return "ui.link.no_engine"
        try:
            async with asyncio.timeout(CONNECT_S):
                await self._greet(socket)
            self._socket = socket
            self._last_heard = time.monotonic()
            self._linked.emit(LIVE, "")
            backoff.reset()
            async for frame in socket:
                self._frame(frame)
        except StudioError:
            self._linked.emit(DENIED, "ui.link.denied")
            return None
        except ConnectionClosed as end:
            code = end.rcvd.code if end.rcvd else 0
            if code == Close.AUTH_FAILED:
                self._linked.emit(DENIED, "ui.link.denied")
                return None
        except Exception as fault:  # whatever a stranger on that port says, it is tried again
            _log.info("link: %s: %s", type(fault).__name__, fault)
        finally:
            self._socket = None
            try:
                with contextlib.suppress(Exception):
                    async with asyncio.timeout(0.5):
                        await socket.close()
            finally:  # also when the close is cancelled: the other side waits for an end
                socket.transport.abort()
        self._linked.emit(LOST, "ui.link.lost")
        return None

    async def _greet(self, socket: Any) -> None:
        password = self._password
        if self._protocol.take_hello(await socket.recv()) and password is None:
            password = await asyncio.to_thread(remote_password)
        await socket.send(self._protocol.identify(password or ""))
        if not self._protocol.is_admitted(await socket.recv()):
            raise StudioError("denied", "ui.link.denied")

    def _frame(self, frame: str | bytes) -> None:
        """One message of the engine; what cannot be read is counted and never harms."""
        self._last_heard = time.monotonic()
        try:
            told = self._protocol.read(frame)
            if isinstance(told, VendorNews):
                self.heard.emit(told.name, self.prepare(told.name, told.data))
            elif told is not None:
                self._answered.emit(str(told.number), _reply(told))
        except (KeyError, TypeError, AttributeError, ValueError) as fault:
            self.garbage += 1
            _log.warning("a message could not be read: %s", fault)


def _reply(answer: ObsAnswer) -> Reply:
    told = answer.vendor
    if told is None:
        words = answer.comment or f"code {answer.code}"
        return Reply(False, None, "failed", {"zh": words, "en": words})
    if told.ok:
        return Reply(True, told.result)
    text = told.error.get("text") or {}
    code = str(told.error.get("code", "failed"))
    return Reply(False, None, code, {name: str(words) for name, words in text.items()})
