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
FADE = 240


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
        self._waits = self._fades = False
        self._is_new = True
        self.underruns = 0
        self.jumps = 0
        self.error_ms = 0.0

    def __len__(self) -> int:
        return self._count

    def clear(self) -> None:
        """Throws everything away (after a seek or a lost device)."""
        with self._lock:
            self._count, self._is_new = 0, True

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

    def take(self, count: int, due_ns: int, *, is_leap: bool = False) -> Samples:
        """``count`` samples of which the first is the one due at ``due_ns``.

        Args:
            is_leap: the reader went to another moment: it is in step at once, not by bending.
        """
        with self._lock:
            if not self._count:
                return silence(count)
            error_ns = self._head_ns - due_ns
            self.error_ms = error_ns / 1e6
            is_far = is_leap or self._is_new or abs(error_ns) > JUMP_NS
            self._is_new = False
            if is_far and error_ns < 0:
                self._drop(min(self._count, round(-error_ns / NS_PER_SAMPLE)))
                self.jumps += error_ns < -JUMP_NS
                error_ns = 0.0
            # Who waits does so to the end: the last 80 ms would take twenty seconds to bend away.
            self._waits = error_ns > 0 and (is_far or self._waits)
            self._fades = self._fades or (is_leap and self._waits)
            if self._waits or (error_ns > 0 and self._count < count):
                lead = min(count, round(error_ns / NS_PER_SAMPLE))
                self._waits = self._waits and lead == count
                return np.concatenate([silence(lead), self._begin(count - lead, count - lead)])
            most = max(1, int(count * BEND))
            wanted = count - max(-most, min(most, round(error_ns / NS_PER_SAMPLE / 16)))
            return self._begin(wanted, count)

    def _begin(self, wanted: int, count: int) -> Samples:
        """Samples; after a leap into silence without a click."""
        block = self._read(wanted, count)
        if self._fades and count:
            self._fades = False
            part = block[:FADE]
            part *= np.linspace(0, 1, FADE, dtype=np.float32)[: len(part), None]
        return block

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
