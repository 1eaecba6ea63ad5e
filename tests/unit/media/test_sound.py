"""The ring gives each moment its own samples, and follows a clock that drifts."""

from __future__ import annotations

import numpy as np

from studio.core.clock import NS
from studio.media.sound import RATE, SoundRing, bend

TICK = RATE // 30


def ramp(start, count):
    line = np.arange(start, start + count, dtype=np.float32)
    return np.stack([line, line], axis=1)


def ns(samples):
    return samples * NS // RATE


def test_the_samples_of_the_moment_are_given():
    ring = SoundRing()
    ring.put(ramp(0, RATE), 0)
    first = ring.take(TICK, 0)
    second = ring.take(TICK, ns(TICK))
    assert first[0, 0] == 0
    assert second[0, 0] == TICK
    assert ring.underruns == 0


def test_nothing_there_is_silence():
    assert not SoundRing().take(TICK, 0).any()


def test_what_is_not_due_yet_waits():
    ring = SoundRing()
    ring.put(ramp(1, RATE), ns(RATE))
    assert not ring.take(TICK, 0).any()
    assert ring.take(TICK, ns(RATE))[0, 0] == 1


def test_a_reader_that_was_away_catches_up():
    ring = SoundRing()
    ring.put(ramp(0, 2 * RATE), 0)
    late = ring.take(TICK, ns(RATE))
    assert abs(late[0, 0] - RATE) <= 1
    assert ring.jumps == 1


def test_a_source_clock_200_ppm_fast_is_followed_without_a_gap():
    ring, put, worst = SoundRing(), 0, 0.0
    fast = 1.0002
    for tick in range(30 * 120):
        while put / (RATE * fast) < (tick + 5) / 30:
            ring.put(ramp(put, 480), int(put / (RATE * fast) * NS))
            put += 480
        block = ring.take(TICK, tick * NS // 30)
        assert len(block) == TICK
        if tick > 90:
            worst = max(worst, abs(ring.error_ms))
    assert ring.jumps == 0
    assert ring.underruns == 0
    assert worst < 5


def test_bending_keeps_the_ends():
    bent = bend(ramp(0, 100), 102)
    assert len(bent) == 102
    assert bent[0, 0] == 0
    assert bent[-1, 0] == 99


def test_a_full_ring_keeps_the_newest():
    ring = SoundRing(seconds=1)
    for second in range(3):
        ring.put(ramp(second * RATE, RATE), ns(second * RATE))
    assert ring.take(TICK, ns(2 * RATE))[0, 0] == 2 * RATE
