"""Mixes what the sources delivered, block by block, at the tick of the picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from studio.core.clock import NS
from studio.media.sound import RATE, Samples, SoundRing, silence
from studio.sound.model import Meter, Strip

FLOOR_DB = -100.0
CEILING = 0.966
"""-0.3 dBFS: where the safety clip begins; an encoder overshoots a full-scale wave."""


def gain_of(db: float) -> float:
    """dB to a factor; -100 dB and less is silence."""
    return 0.0 if db <= FLOOR_DB else float(10 ** (db / 20))


def db_of(level: float) -> float:
    """A factor to dB, -100 at least."""
    return max(FLOOR_DB, 20 * float(np.log10(level))) if level > 1e-5 else FLOOR_DB


def measure(samples: Samples) -> Meter:
    """Peak and RMS of a block."""
    if not len(samples):
        return Meter((FLOOR_DB, FLOOR_DB), (FLOOR_DB, FLOOR_DB))
    peak = np.abs(samples).max(axis=0)
    rms = np.sqrt(np.mean(np.square(samples), axis=0))
    return Meter(
        (db_of(float(peak[0])), db_of(float(peak[1]))),
        (db_of(float(rms[0])), db_of(float(rms[1]))),
    )


@dataclass(frozen=True, slots=True)
class Channel:
    """A strip with where its samples come from; ``is_open`` while it should be heard."""

    strip: Strip
    ring: SoundRing
    delay_ms: int
    is_open: bool


@dataclass(slots=True)
class Mixer:
    """Belongs to the tick thread; channels are handed in as one immutable tuple."""

    fps: Fraction
    meters: dict[str, Meter] = field(default_factory=dict)
    master_db: float = 0.0
    _gains: dict[str, tuple[float, float]] = field(default_factory=dict)
    _done: int = 0

    def samples_until(self, tick: int) -> int:
        """How many samples belong before ``tick`` + 1 since tick 0."""
        return (tick + 1) * RATE * self.fps.denominator // self.fps.numerator

    def mix(self, channels: tuple[Channel, ...], tick: int, at_ns: int) -> Samples:
        """The programme's sound up to the end of ``tick``: (n, 2) float32, gapless.

        After skipped ticks the block is longer: sound and picture keep one length.
        """
        count = self.samples_until(tick) - self._done
        self._done += count
        if count <= 0:
            return silence(0)
        span_ns = count * NS // RATE
        tick_ns = NS * self.fps.denominator // self.fps.numerator
        out = silence(count)
        for one in channels:
            lag_ns = (one.delay_ms + one.strip.sync_ms) * 1_000_000
            block = one.ring.take(count, at_ns + tick_ns - span_ns - lag_ns)
            gained = self._gain(one, block)
            self.meters[one.strip.source] = measure(gained if one.is_open else block * 0)
            out += gained
        if self.master_db:
            out *= gain_of(self.master_db)
        np.clip(out, -CEILING, CEILING, out=out)
        self.meters["programme"] = measure(out)
        return out

    def _gain(self, channel: Channel, block: Samples) -> Samples:
        strip = channel.strip
        gain = gain_of(strip.gain_db) if channel.is_open and not strip.is_muted else 0.0
        wanted = (gain * min(1.0, 1 - strip.pan), gain * min(1.0, 1 + strip.pan))
        before = self._gains.get(strip.source, wanted)
        self._gains[strip.source] = wanted
        if before == wanted:
            if wanted == (1.0, 1.0):
                return block
            return block * np.array(wanted, np.float32)
        # A ramp over the block: no click at a cut or a mute.
        ramp = np.linspace(0, 1, len(block), dtype=np.float32)[:, None]
        first, last = np.array(before, np.float32), np.array(wanted, np.float32)
        ramped: Samples = block * (first + (last - first) * ramp)
        return ramped
