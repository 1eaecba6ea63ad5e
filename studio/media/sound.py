"""Sound inside the studio: 48 kHz stereo float blocks, and a ring that sources fill."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
CHANNELS = 2
NS_PER_SAMPLE = 1_000_000_000 / RATE
Samples = NDArray[np.float32]

# A reader that is off by more than this jumps; by less it bends the speed until it is in step.
JUMP_NS = 80_000_000
BEND = 0.004


def silence(count: int) -> Samples:
    """(count, 2) float32 zeros."""
    return np.zeros((count, CHANNELS), np.float32)


def bend(samples: Samples, count: int) -> Samples:
    """``samples`` stretched or squeezed to ``count`` by linear interpolation (drift, ≤ 0.4 %)."""
    if len(samples) == count:
        return samples
    at = np.linspace(0, len(samples) - 1, count, dtype=np.float32)
    known = np.arange(len(samples), dtype=np.float32)
    out = np.empty((count, CHANNELS), np.float32)
    for channel in range(CHANNELS):
        out[:, channel] = np.interp(at, known, samples[:, channel])
    return out


class SoundRing:
    """Holds what a source has delivered until the mixer takes it, each sample with its time.

    One writer (the source's thread), one reader (the tick). The reader says which moment it wants;
    a source whose clock runs fast or slow is bent by at most 0.4 % until it is in step, so that
    drift never grows. Far off (a seek, a stall) it jumps. What is missing is silence, counted.
    """

    def __init__(self, seconds: float = 3.0) -> None:
        self._data = np.zeros((int(seconds * RATE), CHANNELS), np.float32)
        self._start = 0
        self._count = 0
        self._head_ns = 0.0
        self._lock = threading.Lock()
        self.underruns = 0
        self.jumps = 0
        self.error_ms = 0.0

    def __len__(self) -> int:
        return self._count

    def clear(self) -> None:
        """Throws everything away (after a seek or a lost device)."""
        with self._lock:
            self._count = 0

    def put(self, samples: Samples, pts_ns: int) -> None:
        """Adds (n, 2) float32 samples, the first of them due at ``pts_ns`` (monotonic)."""
        with self._lock:
            size = len(self._data)
            samples = samples[-size:]
            end_ns = self._head_ns + self._count * NS_PER_SAMPLE
            if self._count and abs(pts_ns - end_ns) > JUMP_NS:
                self._count = 0
            spare = size - self._count
            if len(samples) > spare:
                self._drop(len(samples) - spare)
            # The newest stamp counts: earlier samples lie before it without a gap.
            self._head_ns = pts_ns - self._count * NS_PER_SAMPLE
            end = (self._start + self._count) % size
            first = min(len(samples), size - end)
            self._data[end : end + first] = samples[:first]
            self._data[: len(samples) - first] = samples[first:]
            self._count += len(samples)

    def take(self, count: int, due_ns: int) -> Samples:
        """``count`` samples of which the first is the one due at ``due_ns``."""
        with self._lock:
            if not self._count:
                return silence(count)
            error_ns = self._head_ns - due_ns
            self.error_ms = error_ns / 1e6
            lead = 0
            if error_ns > JUMP_NS or (error_ns > 0 and self._count < count):
                lead = min(count, round(error_ns / NS_PER_SAMPLE))
            elif error_ns < -JUMP_NS:
                self._drop(min(self._count, round(-error_ns / NS_PER_SAMPLE)))
                self.jumps += 1
            if lead:
                return np.concatenate([silence(lead), self._read(count - lead, count - lead)])
            most = max(1, int(count * BEND))
            wanted = count - max(-most, min(most, round(error_ns / NS_PER_SAMPLE / 16)))
            return self._read(wanted, count)

    def _drop(self, count: int) -> None:
        self._start = (self._start + count) % len(self._data)
        self._count -= count
        self._head_ns += count * NS_PER_SAMPLE

    def _read(self, wanted: int, count: int) -> Samples:
        if count <= 0:
            return silence(0)
        have = min(wanted, self._count)
        first = min(have, len(self._data) - self._start)
        taken = np.empty((have, CHANNELS), np.float32)
        taken[:first] = self._data[self._start : self._start + first]
        taken[first:] = self._data[: have - first]
        self._drop(have)
        if have == wanted:
            return bend(taken, count)
        self.underruns += 1
        out = silence(count)
        out[: min(have, count)] = taken[:count]
        return out
