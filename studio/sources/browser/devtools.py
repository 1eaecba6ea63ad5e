"""The DevTools protocol over a pipe: calls, answers and events, JSON with a zero byte behind each.

Chrome DevTools Protocol, https://chromedevtools.github.io/devtools-protocol/ ; the framing is that
of ``content/browser/devtools/devtools_pipe_handler.cc``.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable
from typing import Any

import msgspec

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError

MOST_BYTES = 48_000_000
"""The longest message; a picture of 4K with nothing in common has 33 MB and is base64."""
MOST_WAITING = 32
LIMIT_S = 8.0


class Event(msgspec.Struct):
    """What the browser says: an answer has an id, an event a method."""

    id: int = 0
    method: str = ""
    params: dict[str, Any] = {}
    result: dict[str, Any] = {}
    error: dict[str, Any] = {}
    sessionId: str = ""


def gone(why: str) -> StudioError:
    """The browser is not there any more, for people."""
    return StudioError("unavailable", "sources.browser_gone", why=why)


class DevTools:
    """One browser's pipe. Its thread reads; all else is called from one other thread.

    Args:
        reads, writes: our ends of the pipe.
        on_event: called for each event, from within `call` and `wait`.
    """

    def __init__(self, reads: int, writes: int, on_event: Callable[[Event], None]) -> None:
        self._reads, self._writes, self._on_event = reads, writes, on_event
        self._numbers = 0
        self._came: queue.Queue[Event | str] = queue.Queue(MOST_WAITING)
        self._answers: dict[int, Event] = {}
        self._awaited: set[int] = set()
        self._is_closed = threading.Event()
        self._reader = threading.Thread(target=self._read, name="browser pipe", daemon=True)
        self._reader.start()

    def send(self, method: str, params: dict[str, Any] | None = None, session: str = "") -> int:
        """Sends without waiting; the answer's number. Nobody needs the answer unless `awaited`.

        Raises:
            StudioError: unavailable: the browser is gone.
        """
        self._numbers += 1
        message: dict[str, Any] = {
            "id": self._numbers,
            "method": method,
            "params": params or {},
        }
        if session:
            message["sessionId"] = session
        data = msgspec.json.encode(message) + b"\0"
        try:
            while data:
                data = data[os.write(self._writes, data) :]
        except OSError as error:
            raise gone(error.strerror or str(error)) from None
        return self._numbers

    def call(
        self, method: str, params: dict[str, Any] | None = None, session: str = "",
        limit_s: float = LIMIT_S,
    ) -> dict[str, Any]:  # fmt: skip
        """Sends and waits for the answer; events that come meanwhile are handed on.

        Raises:
            StudioError: unavailable: gone, or no answer in time; failed: it refuses.
        """
        number = self.send(method, params, session)
        self._awaited.add(number)
        deadline = now_ns() + round(limit_s * NS)
        while number not in self._answers:
            left = (deadline - now_ns()) / NS
            if left <= 0:
                raise gone(f"{method}: silent")
            self.wait(min(left, 0.25))
        self._awaited.discard(number)
        answer = self._answers.pop(number)
        if answer.error:
            why = str(answer.error.get("message", ""))[:200]
            raise StudioError("failed", "sources.browser_failed", why=f"{method}: {why}")
        return answer.result

    def ask(self, method: str, session: str) -> int:
        """Sends; `has_answered` says later whether it was answered."""
        number = self.send(method, None, session)
        self._awaited.add(number)
        return number

    def has_answered(self, number: int) -> bool:
        """Is the answer of `ask` here? Asked until it is, it is then forgotten."""
        if self._answers.pop(number, None) is None:
            return False
        self._awaited.discard(number)
        return True

    def wait(self, seconds: float) -> None:
        """Waits for something, and handles all that is there by then.

        Raises:
            StudioError: unavailable: the browser is gone.
        """
        try:
            entry = self._came.get(timeout=seconds) if seconds > 0 else self._came.get_nowait()
            while True:
                self._take(entry)
                entry = self._came.get_nowait()
        except queue.Empty:
            return

    def close(self) -> None:
        """Reads no more; the pipe is its owner's, who ends the browser first."""
        self._is_closed.set()
        self._reader.join(2.0)

    def _take(self, entry: Event | str) -> None:
        if isinstance(entry, str):
            raise gone(entry)
        if entry.id:
            if entry.id in self._awaited:
                self._answers[entry.id] = entry
        else:
            self._on_event(entry)

    def _read(self) -> None:
        decoder, kept = msgspec.json.Decoder(Event), bytearray()
        while not self._is_closed.is_set():
            try:
                part = os.read(self._reads, 1 << 20)
            except OSError:
                part = b""
            if not part:
                self._put("ended")
                return
            begun = len(kept)
            kept += part
            if len(kept) > MOST_BYTES:
                self._put("too much at once")
                return
            end = kept.find(b"\0", begun)
            while end >= 0:
                with contextlib.suppress(msgspec.DecodeError):
                    self._put(decoder.decode(kept[:end]))
                del kept[: end + 1]
                end = kept.find(b"\0")

    def _put(self, entry: Event | str) -> None:
        """Waits while nobody takes: the browser then waits, too."""
        while not self._is_closed.is_set():
            with contextlib.suppress(queue.Full):
                self._came.put(entry, timeout=0.25)
                return
