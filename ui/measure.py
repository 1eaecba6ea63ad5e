"""How long the window's thread is busy: measured by itself, shown to the technician."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QEvent, QObject, QThread
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

LONG_MS = 50.0
NOTED_MS = 15.0
WORST = 10
SETTLE_S = 3.0


class Measure:
    """Counts what the UI thread does.

    Always: the processor time of the thread for each programme picture shown, painting, event
    handling and all; and how late the picture timer came, which is how long the loop was kept
    from it (by a long call, or by the machine). With `Watched` also each single call.
    What happens until `SETTLE_S` after the first picture (building the window) is left out.

    Attributes:
        pictures: programme pictures shown.
        paint_ns: time spent painting all pictures.
    """

    def __init__(self) -> None:
        self.first_picture_s: float | None = None
        self.start_longest_ms = 0.0
        self.is_watched = self.is_begun = False
        self._began = time.monotonic()
        self._settled_at: float | None = None
        self._is_settled = False
        self._beat_ns = 0
        self._reset()

    def _reset(self) -> None:
        self.pictures = self.paint_ns = 0
        self.longest_ms = self.longest_cpu_ms = self.stall_ms = 0.0
        self.long_calls = self.calls = 0
        self.longest_what = ""
        self.worst: dict[str, float] = {}
        self._cpu_ns = time.thread_time_ns()
        self._since = time.monotonic()

    def picture(self) -> None:
        """A programme picture was shown."""
        self.pictures += 1
        if self.first_picture_s is None:
            self.first_picture_s = time.monotonic() - self._began
            self._settled_at = time.monotonic() + SETTLE_S
        elif not self._is_settled and time.monotonic() > (self._settled_at or 0):
            self._is_settled = True
            self._reset()

    def begin(self) -> None:
        """Forgets what was until now: all that shall be measured is open."""
        self.is_begun = True
        self._reset()

    @property
    def is_settled(self) -> bool:
        """Whether the window is built and figures mean something."""
        return self._is_settled

    def painted(self, ns: int) -> None:
        """A picture view painted for so long."""
        self.paint_ns += ns

    def beat(self, due_ms: float) -> None:
        """The picture timer came; it was due ``due_ms`` after the last time."""
        now = time.perf_counter_ns()
        if self._beat_ns:
            self.stall_ms = max(self.stall_ms, (now - self._beat_ns) / 1e6 - due_ms)
        self._beat_ns = now

    def call(self, ms: float, cpu_ms: float, what: str) -> None:
        """One event was handled, in so much time and so much of it on the processor."""
        self.calls += 1
        if not self._is_settled:
            self.start_longest_ms = max(self.start_longest_ms, ms)
            return
        self.long_calls += ms > LONG_MS
        self.longest_cpu_ms = max(self.longest_cpu_ms, cpu_ms)
        if cpu_ms > NOTED_MS:
            self.worst[what] = max(self.worst.get(what, 0.0), cpu_ms)
        if ms > self.longest_ms:
            self.longest_ms, self.longest_what = ms, what

    def figures(self) -> dict[str, Any]:
        """What was measured since the window settled, as plain data; call it in the UI thread."""
        seconds = max(1e-9, time.monotonic() - self._since)
        shown = max(1, self.pictures)
        cpu_ms = (time.thread_time_ns() - self._cpu_ns) / 1e6
        found: dict[str, Any] = {
            "seconds": round(seconds, 1),
            "pictures": self.pictures,
            "pictures_per_s": round(self.pictures / seconds, 2),
            "paint_ms_per_picture": round(self.paint_ns / 1e6 / shown, 3),
            "ui_ms_per_picture": round(cpu_ms / shown, 3),
            "ui_ms_per_s": round(cpu_ms / seconds, 2),
            "stall_ms": round(self.stall_ms, 2),
            "first_picture_s": round(self.first_picture_s or 0.0, 2),
        }
        if self.is_watched:
            found |= {
                "calls": self.calls,
                "longest_ms": round(self.longest_ms, 2),
                "longest_cpu_ms": round(self.longest_cpu_ms, 2),
                "longest_what": self.longest_what,
                "longer_than_50_ms": self.long_calls,
                "worst_cpu_ms": {
                    what: round(ms, 1)
                    for what, ms in sorted(self.worst.items(), key=lambda pair: -pair[1])[:WORST]
                },
                "longest_at_start_ms": round(self.start_longest_ms, 1),
            }
        return found


class Watched(QApplication):
    """An application that times every event it hands out; for ``--measure``."""

    measure: Measure | None = None
    _depth = 0

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Times the outermost events of the UI thread."""
        measure = self.measure
        if measure is None or self._depth or QThread.currentThread() is not self.thread():
            return super().notify(receiver, event)
        kind = event.type()
        self._depth += 1
        began, cpu = time.perf_counter_ns(), time.thread_time_ns()
        try:
            return super().notify(receiver, event)
        finally:
            self._depth -= 1
            cpu_ms = (time.thread_time_ns() - cpu) / 1e6
            ms = (time.perf_counter_ns() - began) / 1e6
            what = ""
            if ms > measure.longest_ms or cpu_ms > NOTED_MS:
                what = f"{kind.name} {_named(receiver)}"
            measure.call(ms, cpu_ms, what)


def _named(receiver: QObject) -> str:
    """What it is and whose: a timer alone says nothing; one that this very event ended neither."""
    if not isValid(receiver):
        return f"{type(receiver).__name__} that has ended"
    owner = receiver.parent()
    own = f"{type(receiver).__name__} {receiver.objectName()}".strip()
    return f"{own} of {type(owner).__name__}" if owner is not None else own
