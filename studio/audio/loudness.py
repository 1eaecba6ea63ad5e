"""Loudness as viewers feel it: momentary, short-term and integrated LUFS.

Source: ITU-R BS.1770-4 (K-weighting, gating) and EBU Tech 3341 (400 ms, 3 s). The two filters of
the K-weighting are folded into one finite response of 85 ms and applied by FFT, 100 ms at a time:
0.2 ms of work ten times a second, and no recursion in Python.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from queue import Empty, SimpleQueue

import numpy as np
from numpy.typing import NDArray

from studio.audio.model import LoudnessReading, Verdict
from studio.media.sound import CHANNELS, RATE, Samples

STEP = RATE // 10
TAPS = 4096
SIZE = 16384
ABSOLUTE, RELATIVE = -70.0, -10.0
FLOOR = -120.0
# BS.1770-4, tables 1 and 2: a shelf for the head, a high-pass; at 48 kHz.
SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))  # fmt: skip


@lru_cache(maxsize=1)
def _weighting() -> NDArray[np.complex128]:
    """The spectrum of the K-weighting's impulse response."""
    response = np.zeros(TAPS)
    response[0] = 1.0
    for (b0, b1, b2), (a1, a2) in (SHELF, PASS):
        out = np.zeros(TAPS)
        x1 = x2 = y1 = y2 = 0.0
        for n in range(TAPS):
            x = float(response[n])
            y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
            out[n] = y
            x2, x1, y2, y1 = x1, x, y1, y
        response = out
    return np.fft.rfft(response, SIZE)


def lufs(energy: float) -> float:
    """Mean square of both channels together to LUFS; -120 for silence."""
    return max(FLOOR, -0.691 + 10 * float(np.log10(energy))) if energy > 1e-12 else FLOOR


@dataclass(slots=True)
class Loudness:
    """Takes sound, tells how loud it is. One thread; blocks of any length."""

    _tail: NDArray[np.float64] = field(default_factory=lambda: np.zeros((TAPS - 1, CHANNELS)))
    _waiting: NDArray[np.float32] = field(
        default_factory=lambda: np.zeros((0, CHANNELS), np.float32)
    )
    _steps: deque[float] = field(default_factory=lambda: deque(maxlen=30))
    _bins: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1300, np.int64))

    def feed(self, samples: Samples) -> bool:
        """Adds (n, 2) samples at 48 kHz; True when the readings have changed."""
        self._waiting = np.concatenate([self._waiting, samples])
        has_changed = False
        while len(self._waiting) >= STEP:
            self._step(self._waiting[:STEP].astype(np.float64))
            self._waiting = self._waiting[STEP:]
            has_changed = True
        return has_changed

    def reset(self) -> None:
        """Begins the integrated figure anew, as at the start of a show."""
        self._bins[:] = 0

    @property
    def momentary(self) -> float:
        """Of the last 400 ms."""
        return self._over(4)

    @property
    def short_term(self) -> float:
        """Of the last 3 s."""
        return self._over(30)

    @property
    def integrated(self) -> float:
        """Of everything since the start that is not silence, gated; -120 before the first."""
        levels = (np.arange(1300) + 0.5) / 10 - 120
        energy = 10 ** ((levels + 0.691) / 10)
        total = int(self._bins.sum())
        if not total:
            return FLOOR
        gate = lufs(float((self._bins * energy).sum() / total)) + RELATIVE
        bins = np.where(levels >= gate, self._bins, 0)
        kept = int(bins.sum())
        return lufs(float((bins * energy).sum() / kept)) if kept else FLOOR

    def _step(self, block: NDArray[np.float64]) -> None:
        padded = np.concatenate([self._tail, block])
        self._tail = padded[-(TAPS - 1) :]
        spectrum = np.fft.rfft(padded, SIZE, axis=0) * _weighting()[:, None]
        heard = np.fft.irfft(spectrum, SIZE, axis=0)[TAPS - 1 : TAPS - 1 + STEP]
        self._steps.append(float(np.square(heard).mean(axis=0).sum()))
        if len(self._steps) >= 4:  # a 400 ms block every 100 ms, as BS.1770 overlaps them
            level = self.momentary
            if level > ABSOLUTE:
                self._bins[min(1299, int((level + 120) * 10))] += 1

    def _over(self, steps: int) -> float:
        last = list(self._steps)[-steps:]
        return lufs(sum(last) / len(last)) if last else FLOOR


class LoudnessWatch:
    """Measures the programme in a thread of its own and judges it against a target.

    Attributes:
        target, tolerance: LUFS, LU.
    """

    LATE_S = 10.0
    """So long the short-term figure must be off before a warning: speech has pauses."""

    def __init__(self) -> None:
        self.target, self.tolerance = -16.0, 3.0
        self.reading = LoudnessReading()
        self._loudness = Loudness()
        self._queue: SimpleQueue[Samples | None] = SimpleQueue()
        self._off_s = 0.0
        self._silent_s = 0.0
        self._wants_reset = False
        self._thread = threading.Thread(target=self._run, name="loudness", daemon=True)

    def start(self) -> None:
        """Begins to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Ends its thread."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(2.0)

    def hear(self, samples: Samples) -> None:
        """Takes a block; never blocks. A meter that cannot keep up skips."""
        if self._queue.qsize() < 64:
            self._queue.put(samples)

    def reset(self) -> None:
        """The integrated figure starts over."""
        self._wants_reset = True

    def _run(self) -> None:
        while True:
            try:
                samples = self._queue.get(timeout=5.0)
            except Empty:
                continue
            if samples is None:
                return
            if self._wants_reset:
                self._wants_reset = False
                self._loudness.reset()
            if self._loudness.feed(samples):
                self._judge()

    def _judge(self) -> None:
        meter = self._loudness
        short = meter.short_term
        self._silent_s = self._silent_s + 0.1 if meter.momentary < -60 else 0.0
        is_off = short > ABSOLUTE and abs(short - self.target) > self.tolerance
        self._off_s = self._off_s + 0.1 if is_off else 0.0
        verdict: Verdict = "ok"
        if self._silent_s >= 5.0:
            verdict = "silent"
        elif self._off_s >= self.LATE_S:
            verdict = "loud" if short > self.target else "quiet"
        self.reading = LoudnessReading(
            momentary=round(meter.momentary, 1),
            short_term=round(short, 1),
            integrated=round(meter.integrated, 1),
            target=self.target,
            verdict=verdict,
        )
