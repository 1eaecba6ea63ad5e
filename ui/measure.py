"""How long the window's thread is busy: measured by itself, shown to the technician."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QAbstractEventDispatcher, QObject

LONG_MS = 50.0
SETTLE_S = 3.0


class Measure(QObject):
    """Counts what the UI thread does between two sleeps of its event loop.

    A "burst" is everything from waking up to going to sleep again: no single call can have been
    longer than the longest burst. What happens until `SETTLE_S` after the first picture (building
    the window) is counted apart.

    Attributes:
        pictures: programme pictures shown.
        paint_ns: time spent painting all pictures.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pictures = 0
        self.paint_ns = 0
        self.start_longest_ms = 0.0
        self.first_picture_s: float | None = None
        self._began = time.monotonic()
        self._woke = 0
        self._settled_at: float | None = None
        self._reset()
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.awake.connect(self._awake)
        dispatcher.aboutToBlock.connect(self._sleep)

    def _reset(self) -> None:
        self.busy_ns = 0
        self.bursts = 0
        self.longest_ms = 0.0
        self.long_bursts = 0
        self.pictures = self.paint_ns = 0
        self._since = time.monotonic()

    def picture(self) -> None:
        """A programme picture was shown."""
        self.pictures += 1
        if self.first_picture_s is None:
            self.first_picture_s = time.monotonic() - self._began
            self._settled_at = time.monotonic() + SETTLE_S

    def painted(self, ns: int) -> None:
        """A picture view painted for so long."""
        self.paint_ns += ns

    def _awake(self) -> None:
        if not self._woke:
            self._woke = time.perf_counter_ns()

    def _sleep(self) -> None:
        if not self._woke:
            return
        took = time.perf_counter_ns() - self._woke
        self._woke = 0
        ms = took / 1e6
        if self._settled_at is None or time.monotonic() < self._settled_at:
            self.start_longest_ms = max(self.start_longest_ms, ms)
            return
        if not self.bursts:
            self._reset()
        self.bursts += 1
        self.busy_ns += took
        self.longest_ms = max(self.longest_ms, ms)
        self.long_bursts += ms > LONG_MS

    def figures(self) -> dict[str, Any]:
        """What was measured since the window settled, as plain data."""
        seconds = max(1e-9, time.monotonic() - self._since)
        shown = max(1, self.pictures)
        return {
            "seconds": round(seconds, 1),
            "pictures": self.pictures,
            "pictures_per_s": round(self.pictures / seconds, 2),
            "paint_ms_per_picture": round(self.paint_ns / 1e6 / shown, 3),
            "ui_ms_per_picture": round(self.busy_ns / 1e6 / shown, 3),
            "ui_busy_percent": round(self.busy_ns / 1e7 / seconds, 2),
            "longest_ms": round(self.longest_ms, 2),
            "longer_than_50_ms": self.long_bursts,
            "first_picture_s": round(self.first_picture_s or 0.0, 2),
            "longest_at_start_ms": round(self.start_longest_ms, 1),
        }
