"""Mixes what the sources delivered, block by block, at the tick of the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from studio.audio.model import Meter, Strip
from studio.audio.tap import SoundTap
from studio.core.clock import NS
from studio.media.sound import RATE, Samples, SoundRing, silence

FLOOR_DB = -100.0
CHANGE_TICKS = 2
"""After a change every strip takes part so long: one tick to fade, one to show that it is quiet."""
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


OFF, ON = (0.0, 0.0), (1.0, 1.0)
QUIET = Meter((FLOOR_DB, FLOOR_DB), (FLOOR_DB, FLOOR_DB))


@dataclass(frozen=True, slots=True)
class Channel:
    """A strip with where its samples come from.

    Attributes:
        is_open: it should be heard on the programme.
        open_on: canvases on which it is heard, where that differs from one to another.
        ahead_ms: so much sooner than usual its samples are there; nobody hears what has not come.
        levels: 0..1 by canvas where a hand on the T-bar holds it between two scenes.
        until_ns: it comes or goes with a transition that ends then, as slowly as the picture.
    """

    strip: Strip
    ring: SoundRing
    delay_ms: int
    is_open: bool
    open_on: frozenset[str] | None = None
    ahead_ms: int = 0
    levels: Mapping[str, float] = field(default_factory=dict)
    until_ns: int = 0

    @property
    def lag_ns(self) -> int:
        """How long after its moment a sample is heard."""
        return (self.delay_ms + max(self.strip.sync_ms, -self.ahead_ms)) * 1_000_000

    def gains(self, bus: str) -> tuple[float, float]:
        """Factors left and right on a bus."""
        strip = self.strip
        is_open = self.is_open if self.open_on is None else bus in self.open_on
        if strip.is_muted or not is_open:
            return (0.0, 0.0)
        send = strip.sends.get(bus, 0.0)
        gain = gain_of(strip.gain_db + send) if send > FLOOR_DB else 0.0
        gain *= self.levels.get(bus, 1.0)
        return (gain * min(1.0, 1 - strip.pan), gain * min(1.0, 1 + strip.pan))

    def is_heard(self, buses: Sequence[str]) -> bool:
        """Does anybody hear it: in a mix, alone, or in the headphones?"""
        strip = self.strip
        return (
            strip.is_solo
            or strip.is_monitored
            or self.until_ns > 0
            or any(self.gains(bus) != (0.0, 0.0) for bus in buses)
        )


@dataclass(slots=True)
class Mixer:
    """Belongs to the tick thread; channels are handed in as one immutable tuple.

    Attributes:
        buses: the mixes there are, the main one first; a canvas each.
        sent: the blocks of the last tick by bus. Buses that sound alike share one array.
        phones: what the headphones get.
        tap: who listens beside the programme.
    """

    fps: Fraction
    buses: tuple[str, ...] = ("landscape",)
    meters: dict[str, Meter] = field(default_factory=dict)
    sent: dict[str, Samples] = field(default_factory=dict)
    phones: Samples = field(default_factory=lambda: silence(0))
    master_db: float = 0.0
    tap: SoundTap = field(default_factory=SoundTap)
    _gains: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    _master: tuple[float, float] | None = None
    _lags: dict[str, int] = field(default_factory=dict)
    _leaping: set[str] = field(default_factory=set)
    _done: int = 0
    _known: tuple[Channel, ...] | None = None
    _known_buses: tuple[str, ...] = ()
    _heard: tuple[Channel, ...] = ()
    _changed_ticks: int = 0

    def samples_until(self, tick: int) -> int:
        """How many samples belong before ``tick`` + 1 since tick 0."""
        return (tick + 1) * RATE * self.fps.denominator // self.fps.numerator

    def mix(self, channels: tuple[Channel, ...], tick: int, at_ns: int) -> Samples:
        """The main bus's sound up to the end of ``tick``: (n, 2) float32, gapless.

        After skipped ticks the block is longer: sound and picture keep one length.
        """
        count = self.samples_until(tick) - self._done
        self._done += count
        if count <= 0:
            self.sent = dict.fromkeys(self.buses, silence(0))
            return silence(0)
        span_ns = count * NS // RATE
        tick_ns = NS * self.fps.denominator // self.fps.numerator
        channels = self._at_work(channels)
        blocks = []
        for channel in channels:
            blocks.append(self._block(channel, count, at_ns + tick_ns - span_ns))
        master = gain_of(self.master_db)
        self._master = (self._master[1] if self._master else master, master)
        made: dict[tuple[tuple[float, float], ...], Samples] = {}
        for bus in self.buses:
            steps = tuple(self._step(channel, bus, tick_ns, at_ns) for channel in channels)
            key = tuple(pair for step in steps for pair in step)
            found = made.get(key)
            if found is None:
                is_main = bus == self.buses[0]
                found = made[key] = self._sum(channels, blocks, steps, count, is_main)
            self.sent[bus] = found
        out = self.sent[self.buses[0]]
        self.meters["programme"] = measure(out)
        self.phones = self._listen(channels, blocks, out)
        if self.tap.is_on:
            self._tapped(channels, blocks, out)
        return out

    def _tapped(
        self, channels: tuple[Channel, ...], blocks: list[Samples], programme: Samples
    ) -> None:
        """A strip that nobody hears now says nothing to viewers: then it is silent here too."""
        wanted = self.tap.source
        if not wanted:
            self.tap.put(programme)
            return
        for channel, block in zip(channels, blocks, strict=True):
            if channel.strip.source == wanted and any(
                channel.gains(bus) != OFF for bus in self.buses
            ):
                self.tap.put(block)
                return
        self.tap.put(silence(len(programme)))

    def _block(self, channel: Channel, count: int, due_ns: int) -> Samples:
        """A strip's samples. Another sync offset: out in one tick, in again where it then is."""
        name, lag = channel.strip.source, channel.lag_ns
        before = self._lags.setdefault(name, lag)
        if name in self._leaping:
            self._leaping.discard(name)
            return _gained(channel.ring.take(count, due_ns - before, is_leap=True), OFF, ON)
        block = channel.ring.take(count, due_ns - before)
        if before == lag:
            return block
        self._lags[name] = lag
        self._leaping.add(name)
        return _gained(block, ON, OFF)

    def _at_work(self, channels: tuple[Channel, ...]) -> tuple[Channel, ...]:
        """All strips while something changes; else those that are heard: a large show has many."""
        if channels is not self._known or self.buses != self._known_buses:
            self._known, self._known_buses = channels, self.buses
            self._changed_ticks = CHANGE_TICKS
            self._heard = tuple(channel for channel in channels if channel.is_heard(self.buses))
        if self._changed_ticks:
            self._changed_ticks -= 1
            return channels
        return self._heard

    def _step(
        self, channel: Channel, bus: str, tick_ns: int, at_ns: int
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        """Gains at the beginning and end of this block."""
        wanted = channel.gains(bus)
        key = (bus, channel.strip.source)
        before = self._gains.get(key, wanted)
        left_ns = channel.until_ns - at_ns
        if left_ns > tick_ns and not channel.strip.is_muted:  # a straight line to the end
            part = tick_ns / left_ns
            wanted = (
                before[0] + (wanted[0] - before[0]) * part,
                before[1] + (wanted[1] - before[1]) * part,
            )
        self._gains[key] = wanted
        return before, wanted

    def _sum(
        self,
        channels: tuple[Channel, ...],
        blocks: list[Samples],
        steps: tuple[tuple[tuple[float, float], tuple[float, float]], ...],
        count: int,
        is_main: bool,
    ) -> Samples:
        out = silence(count)
        for channel, block, (before, wanted) in zip(channels, blocks, steps, strict=True):
            if before == wanted == (0.0, 0.0):  # most strips of a large show, at most ticks
                if is_main:
                    self.meters[channel.strip.source] = QUIET
                continue
            gained = _gained(block, before, wanted)
            if is_main:
                self.meters[channel.strip.source] = measure(gained)
            out += gained
        was, is_now = self._master or (1.0, 1.0)
        out = _gained(out, (was, was), (is_now, is_now))
        np.clip(out, -CEILING, CEILING, out=out)
        return out

    def _listen(
        self, channels: tuple[Channel, ...], blocks: list[Samples], programme: Samples
    ) -> Samples:
        """Solo strips alone, before their faders; else the programme and what is monitored."""
        solo = [b for c, b in zip(channels, blocks, strict=True) if c.strip.is_solo]
        if solo:
            return np.clip(np.sum(solo, axis=0, dtype=np.float32), -CEILING, CEILING)
        extra = [
            block * gain_of(channel.strip.gain_db)
            for channel, block in zip(channels, blocks, strict=True)
            if channel.strip.is_monitored and not any(channel.gains(self.buses[0]))
        ]
        if not extra:
            return programme
        heard: Samples = np.clip(programme + np.sum(extra, axis=0), -CEILING, CEILING)
        return heard.astype(np.float32)


def _gained(block: Samples, before: tuple[float, float], wanted: tuple[float, float]) -> Samples:
    if before == wanted:
        return block if wanted == (1.0, 1.0) else block * np.array(wanted, np.float32)
    # A ramp over the block: no click at a cut or a mute.
    ramp = np.linspace(0, 1, len(block), dtype=np.float32)[:, None]
    first, last = np.array(before, np.float32), np.array(wanted, np.float32)
    ramped: Samples = block * (first + (last - first) * ramp)
    return ramped
