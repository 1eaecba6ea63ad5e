"""The engine's side of the voice: keeps its process while there is something to say.

One thread of ours does all of it. Sentences that are to be said now go before those that are made
ahead; a worker that hangs or ends is started again, and one that nobody needs ends.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import threading
from collections import OrderedDict

import msgspec

from studio.core.backoff import Backoff
from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.worker import Worker
from studio.host.model_process import ModelProcess, WorkerEnded
from studio.host.standin.model import VoiceState
from studio.host.voice.model_files import SPEAKING
from studio.host.voice.wire import SpeechJob, SpeechMade, spoken_name
from studio.media.spoken import read_spoken

STEP_S = 0.1
JOB_S, IDLE_S, ABSENT_S = 60.0, 120.0, 10.0
"""So long a sentence may take; so long a worker waits for another; so long it stays absent."""
MOST_WAITING, MOST_KNOWN, MOST_TRIES = 32, 400, 2
WARM = SpeechJob("", "zh", "")
"""Loads the model and makes nothing."""
WARMED = spoken_name(WARM)


class VoiceLink:
    """Has sentences made.

    Args:
        module: the worker's.

    Attributes:
        state, fault: how it is, for desks.
        restarts: how often the worker was started again.
    """

    def __init__(self, module: str = "studio.host.voice.worker") -> None:
        self._process = ModelProcess(module, SPEAKING)
        self.state: VoiceState = "off"
        self.fault: StudioError | None = None
        self.restarts = 0
        self._absent_ns = 0
        self._jobs: OrderedDict[str, SpeechJob] = OrderedDict()
        self._tries: dict[str, int] = {}
        self._known: OrderedDict[str, str] = OrderedDict()
        self._changed = threading.Condition()
        self._worker: Worker | None = None
        self._is_wanted = False

    @property
    def pid(self) -> int:
        """Of the worker; 0 while there is none."""
        return self._process.pid

    @property
    def is_absent(self) -> bool:
        """Was the model missed a moment ago? Then nothing that is asked for will be made."""
        return self.state == "absent" and now_ns() - self._absent_ns < ABSENT_S * NS

    def made(self, job: SpeechJob) -> str | None:
        """Mouth shapes of a sentence that is made; None of others."""
        return self._known.get(spoken_name(job))

    def ask(self, job: SpeechJob, *, is_urgent: bool) -> None:
        """Has it made, soon or ahead of others; one that is made, or waits, is not made twice."""
        name = spoken_name(job)
        if name in self._known or self.is_absent or not job.text.strip():
            return
        with self._changed:
            if name not in self._jobs and len(self._jobs) >= MOST_WAITING:
                self._jobs.popitem()
            self._jobs[name] = job
            if is_urgent:
                self._jobs.move_to_end(name, last=False)
                self._tries.pop(name, None)
            self._changed.notify_all()
        self._start()

    def keep_ready(self, *, on: bool) -> None:
        """While on, the model is loaded before anything is asked, and stays loaded."""
        was, self._is_wanted = self._is_wanted, on
        if not on:
            self._tries.pop(WARMED, None)
        has_ended = not was or self.state == "off"  # one that was about to end has ended by now
        if on and has_ended and not self.is_absent and self._may_warm:
            self._start()

    @property
    def _may_warm(self) -> bool:
        """A model by which the worker ends each time is loaded for a sentence alone."""
        return self._is_wanted and self._tries.get(WARMED, 0) < MOST_TRIES

    def _start(self) -> None:
        if self._worker is None or not self._worker.is_alive:
            self._worker = Worker(
                "voice", self._serve, on_fault=self._failed, backoff=Backoff((0.1, 0.3, 1.0))
            )
            self._worker.start()

    def rest(self) -> None:
        """Ends the worker and forgets what waits."""
        self._is_wanted = False
        worker, self._worker = self._worker, None
        with self._changed:
            self._jobs.clear()
            if worker is not None:
                worker.stopping.set()
            self._changed.notify_all()
        if worker is not None:
            self._process.end()
            worker.stop()
        self.state, self.fault = "off", None
        self._known.clear()
        self._tries.clear()

    # -- the thread ----------------------------------------------------------------------------

    def _failed(self, error: Exception) -> None:
        self.state, self.restarts = "failed", self.restarts + 1
        self.fault = StudioError("failed", "voice.ended", why=str(error) or type(error).__name__)

    def _is_absent_now(self, fault: StudioError) -> None:
        self._absent_ns = now_ns()
        self.state, self.fault = "absent", fault
        with self._changed:
            self._jobs.clear()

    def _next(self, stopping: threading.Event, wait_s: float) -> tuple[str, SpeechJob] | None:
        """The first that waits; None when there is none for so long."""
        until_ns = now_ns() + round(wait_s * NS)
        with self._changed:
            while not self._jobs and not stopping.is_set():
                left_s = (until_ns - now_ns()) / NS
                if left_s <= 0:
                    return None
                self._changed.wait(left_s)
            return None if stopping.is_set() else next(iter(self._jobs.items()))

    def _is_kept(self, name: str) -> bool:
        """Was it made before, in this run or another? Then no process is needed."""
        kept = read_spoken(name)
        if kept is None:
            return False
        self._keep(name, kept.mouths)
        return True

    def _serve(self, stopping: threading.Event) -> None:
        while (first := self._next(stopping, STEP_S)) is not None and self._is_kept(first[0]):
            continue
        if first is None and not self._may_warm:
            if not self._is_wanted:
                self.state = "off"
            return
        missed = self._process.lacks()
        if missed is not None:
            self._is_absent_now(missed)
            return
        self.state = "starting"
        process = self._process.start()
        try:
            if first is None:
                self._tries[WARMED] = self._tries.get(WARMED, 0) + 1
                self._say_to(process, WARM, stopping)
                self._tries.pop(WARMED, None)
                self.state, self.fault = "ready", None
            while not stopping.is_set():
                job = self._next(stopping, IDLE_S)
                if job is not None:
                    self._have_made(process, *job, stopping)
                elif not self._is_wanted:
                    break
            self.state = "off"
        except StudioError as fault:
            # A model that is short or altered is so the next time too: nothing is started again.
            self._is_absent_now(fault)
        finally:
            self._process.end()

    def _have_made(
        self, process: subprocess.Popen[bytes], name: str, job: SpeechJob,
        stopping: threading.Event,
    ) -> None:  # fmt: skip
        self._tries[name] = self._tries.get(name, 0) + 1
        if self._tries[name] > MOST_TRIES:
            self._drop(name)
            return
        made = self._say_to(process, job, stopping)
        if made is not None:
            self._keep(made.name, made.mouths)
            self.state, self.fault = "ready", None

    def _say_to(
        self, process: subprocess.Popen[bytes], job: SpeechJob, stopping: threading.Event
    ) -> SpeechMade | None:
        """The worker's answer; None when nobody waits for it any more."""
        assert process.stdin is not None
        try:
            process.stdin.write(msgspec.json.encode(job) + b"\n")
            process.stdin.flush()
        except OSError:
            raise WorkerEnded from None
        made = self._answer(process, stopping)
        if made is not None and made.error:
            raise StudioError("unavailable", made.error, path=made.where)
        return made

    def _keep(self, name: str, mouths: str) -> None:
        """Its mouth shapes are known, so it waits no longer."""
        self._known[name] = mouths
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        self._drop(name)

    def _drop(self, name: str) -> None:
        with self._changed:
            self._jobs.pop(name, None)

    def _answer(
        self, process: subprocess.Popen[bytes], stopping: threading.Event
    ) -> SpeechMade | None:
        assert process.stdout is not None
        out, said, since_ns = process.stdout.fileno(), b"", now_ns()
        with selectors.DefaultSelector() as selector:
            selector.register(out, selectors.EVENT_READ)
            while not stopping.is_set():
                if now_ns() - since_ns > JOB_S * NS:
                    raise WorkerEnded
                if not selector.select(STEP_S):
                    continue
                got = os.read(out, 65_536)
                if not got:
                    raise WorkerEnded
                said += got
                if said.endswith(b"\n"):
                    return msgspec.json.decode(said, type=SpeechMade)
        return None
