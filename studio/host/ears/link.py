"""The engine's side of the ears: keeps their process alive, feeds it, takes its words.

One thread of ours does all of it. The tick only leaves blocks in the tap; a worker that is slow
loses sound, one that says nothing is killed, one that ended is started again.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import threading

import msgspec
import numpy as np

from studio.audio.tap import SoundTap
from studio.core.backoff import Backoff
from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.worker import Worker
from studio.host.ears.model_files import HEARING
from studio.host.ears.wire import EarsRequest, HeardLine
from studio.host.guard.model import EarsState
from studio.host.model_process import ModelProcess, WorkerEnded
from studio.media.sound import Samples

_log = logger(__name__)
STEP_S = 0.1
SILENT_S, LOADING_S = 4.0, 60.0
"""So long without a sign of life and it hangs; loading the model takes its time."""
MOST_LINES, MOST_WAITING = 400, 256_000
THIRD = 3


class EarsLink:
    """Recognises what a tap hears.

    Args:
        tap: of the mixer.
        module: the worker's.

    Attributes:
        state, fault: how it is, for desks.
        restarts: how often the worker was started again.
    """

    def __init__(self, tap: SoundTap, module: str = "studio.host.ears.worker") -> None:
        self._tap, self._process = tap, ModelProcess(module, HEARING)
        self.state: EarsState = "off"
        self.fault: StudioError | None = None
        self.restarts = 0
        self._request: EarsRequest | None = None
        self._worker: Worker | None = None
        self._lines: list[HeardLine] = []
        self._lock = threading.Lock()
        self._is_checked = False

    @property
    def pid(self) -> int:
        """Of the worker; 0 while there is none."""
        return self._process.pid

    def listen(self, request: EarsRequest, source: str) -> None:
        """Begins with a strip ("" is the programme), or goes on with other words expected."""
        self._tap.source = source
        is_working = self._worker is not None and self._worker.is_alive
        if is_working and request == self._request:
            return
        self.rest()
        self._request, self._is_checked = request, False
        self._worker = Worker(
            "ears", self._serve, on_fault=self._failed, backoff=Backoff((0.1, 0.3, 1.0))
        )
        self._tap.is_on = True
        self._worker.start()

    def rest(self) -> None:
        """Ends the worker and forgets what it said."""
        self._tap.is_on = False
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stopping.set()
            self._process.end()
            worker.stop()
        self.state, self.fault, self._request = "off", None, None
        self.lines()

    def lines(self) -> list[HeardLine]:
        """What was heard since the last time."""
        with self._lock:
            found, self._lines = self._lines, []
        return found

    # -- the thread ----------------------------------------------------------------------------

    def _failed(self, error: Exception) -> None:
        self.state, self.restarts = "failed", self.restarts + 1
        self.fault = StudioError("failed", "ears.ended", why=str(error) or type(error).__name__)

    def _serve(self, stopping: threading.Event) -> None:
        request, missed = self._request, self._process.lacks()
        if missed is not None or request is None:
            self.state, self.fault = "absent", missed or StudioError("not_found", "ears.no_model")
            return
        if self._is_checked:
            request = msgspec.structs.replace(request, is_checked=True)
        self.state = "starting"
        process = self._process.start()
        try:
            self._talk(process, request, stopping)
        except StudioError as fault:
            # A model that is short or altered is so the next time too: nothing is started again.
            self.state, self.fault = "absent", fault
        finally:
            self._process.end()

    def _talk(
        self, process: subprocess.Popen[bytes], request: EarsRequest, stopping: threading.Event
    ) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        into, out = process.stdin.fileno(), process.stdout.fileno()
        os.set_blocking(into, False)
        os.set_blocking(out, False)
        waiting = bytearray(msgspec.json.encode(request) + b"\n")
        said, heard_ns, limit_s = bytearray(), now_ns(), LOADING_S
        self._tap.take()
        with selectors.DefaultSelector() as selector:
            selector.register(out, selectors.EVENT_READ)
            while not stopping.is_set():
                if selector.select(STEP_S):
                    got = _read(out)
                    if got == b"":
                        raise WorkerEnded
                    if got:
                        said += got
                        heard_ns = now_ns()
                        limit_s = SILENT_S
                        self._take(said)
                if now_ns() - heard_ns > limit_s * NS:
                    raise WorkerEnded
                if self.state == "listening":
                    waiting += _packed(self._tap.take())
                if len(waiting) > MOST_WAITING:
                    del waiting[: len(waiting) - MOST_WAITING & ~1]
                _write(into, waiting)

    def _take(self, said: bytearray) -> None:
        """Whole lines of what came.

        Raises:
            StudioError: the worker says why it cannot work.
        """
        *whole, rest = bytes(said).split(b"\n")
        said[:] = rest
        for raw in whole:
            line = msgspec.json.decode(raw, type=HeardLine)
            if line.error:
                raise StudioError("unavailable", line.error, path=line.where)
            self.state, self.fault, self._is_checked = "listening", None, True
            if line.text:
                with self._lock:
                    self._lines = [*self._lines, line][-MOST_LINES:]


def _read(pipe: int) -> bytes | None:
    try:
        return os.read(pipe, 65_536)
    except BlockingIOError:
        return None


def _write(pipe: int, waiting: bytearray) -> None:
    """As much as goes at once."""
    while waiting:
        try:
            done = os.write(pipe, waiting[:32_768])
        except BlockingIOError:
            return
        except OSError:
            raise WorkerEnded from None
        del waiting[:done]


def _packed(blocks: list[Samples]) -> bytes:
    """Stereo floats at 48 kHz as 16 bit, one channel, 16 kHz."""
    if not blocks:
        return b""
    mono = np.concatenate(blocks).mean(axis=1)
    mono = mono[: len(mono) // THIRD * THIRD].reshape(-1, THIRD).mean(axis=1)
    return bytes((np.clip(mono, -1, 1) * 32_767).astype("<i2").tobytes())
