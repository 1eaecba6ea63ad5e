"""Sound inside the studio: 48 kHz stereo float blocks, and a ring that sources fill."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
CHANNELS = 2
Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class SoundBlock:
    """A run of samples, (n, 2) float32 in -1..1, the first of them due at ``pts_ns``."""

    samples: Samples
    pts_ns: int


class SoundRing:
    """Holds what a source has delivered until the mixer takes it; bounded, oldest goes first.

    One writer (the source's thread), one reader (the tick). Short of samples it gives silence and
    counts it; with more than ``target_ms`` + slack waiting it drops the oldest.
    """

    def __init__(self, seconds: float = 2.0) -> None:
        self._data = np.zeros((int(seconds * RATE), CHANNELS), np.float32)
        self._start = 0
        self._count = 0
        self._lock = threading.Lock()
        self.underruns = 0
        self.overruns = 0

    def __len__(self) -> int:
        return self._count

    def clear(self) -> None:
        """Throws everything away (after a seek or a lost device)."""
        with self._lock:
            self._count = 0

    def put(self, samples: Samples) -> None:
        """Adds (n, 2) float32 samples."""
        with self._lock:
            size = len(self._data)
            if len(samples) > size:
                samples = samples[-size:]
            spare = size - self._count
            if len(samples) > spare:
                drop = len(samples) - spare
                self._start = (self._start + drop) % size
                self._count -= drop
                self.overruns += 1
            end = (self._start + self._count) % size
            first = min(len(samples), size - end)
            self._data[end : end + first] = samples[:first]
            self._data[: len(samples) - first] = samples[first:]
            self._count += len(samples)

    def take(self, count: int, keep: int = RATE // 2) -> Samples:
        """The next ``count`` samples; silence where there are too few.

        More than ``keep`` samples left waiting means the reader fell behind: it catches up.
        """
        out = np.zeros((count, CHANNELS), np.float32)
        with self._lock:
            size = len(self._data)
            if self._count > count + keep:
                drop = self._count - count - keep // 2
                self._start = (self._start + drop) % size
                self._count -= drop
                self.overruns += 1
            have = min(count, self._count)
            if 0 < have < count:
                self.underruns += 1
            first = min(have, size - self._start)
            out[:first] = self._data[self._start : self._start + first]
            out[first:have] = self._data[: have - first]
            self._start = (self._start + have) % size
            self._count -= have
        return out
