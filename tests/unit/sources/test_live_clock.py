"""A live input's clock is followed, whatever its jitter, its drift, its late sound."""

from __future__ import annotations

import random

import pytest

from studio.sources.live_clock import LiveClock

MS = 1_000_000
DELAY = 80 * MS
HOLD = 70 * MS


def run(seconds, ppm=0.0, jitter_ms=8, sound_late_ms=20, seed=1, burst_ms=400):
    """30 pictures and 47 blocks of sound a second; returns (arrival, due, is_sound) of the end."""
    chance = random.Random(seed)
    clock, events = LiveClock(DELAY), []
    for n in range(int(seconds * 30)):
        events.append((n / 30, False))
    for n in range(int(seconds * 48_000 / 1024)):
        events.append((n * 1024 / 48_000, True))
    arrivals = []
    for media_s, is_sound in events:
        real = media_s / (1 + ppm * 1e-6) * 1e9
        late = chance.uniform(0, jitter_ms) * MS + (sound_late_ms * MS if is_sound else 0)
        opening = max(0.0, burst_ms * MS - real) if real < burst_ms * MS else 0.0
        arrivals.append((int(real + late + opening), round(media_s * 1e9), is_sound))
    out = []
    for arrival, media, is_sound in sorted(arrivals):
        out.append((arrival, clock.came(media, arrival + 10**12, is_sound=is_sound) - 10**12,
                    is_sound, media))  # fmt: skip
    return out


@pytest.mark.parametrize("ppm", [0, 200, -200])
def test_thirty_minutes_of_another_clock(ppm):
    for arrival, due, is_sound, media in run(1800, ppm)[-2000:]:
        real = media / (1 + ppm * 1e-6)
        assert abs(due - real) < 20 * MS  # nothing has piled up
        if is_sound:
            assert arrival <= due + DELAY
        else:
            assert arrival <= due + HOLD


def test_what_was_read_while_opening_does_not_delay_the_rest():
    last = run(12, burst_ms=900)[-1]
    assert abs(last[1] - last[3]) < 15 * MS


def test_sound_that_comes_late_gets_the_room_it_needs():
    late = run(20, sound_late_ms=150)[-200:]
    assert all(arrival <= due + DELAY for arrival, due, is_sound, _ in late if is_sound)
    early = run(20, sound_late_ms=0)[-200:]
    assert all(abs(due - media) < 12 * MS for _, due, _, media in early)


def test_a_stream_that_begins_anew_is_followed_at_once():
    clock = LiveClock(DELAY)
    for n in range(90):
        clock.came(n * 33 * MS, 10**12 + n * 33 * MS)
    again = clock.came(0, 10**12 + 20_000 * MS)
    assert again == 10**12 + 20_000 * MS


def test_the_mapping_moves_slowly_once_it_has_settled():
    points = [(arrival, due - media) for arrival, due, _, media in run(60, 200, jitter_ms=15)]
    settled = [p for p in points if p[0] > 4e9]
    for (a0, z0), (a1, z1) in zip(settled, settled[1:], strict=False):
        assert abs(z1 - z0) <= max(1, (a1 - a0)) * 0.0021 + 1000


@pytest.mark.parametrize("stall_s", [0.4, 0.6, 1.0, 3.0])
def test_a_burst_after_a_stall_holds_nothing_back(stall_s):
    """What waited comes all at once: nothing of later is shown any later than before."""
    clock, begun = LiveClock(DELAY), 10**12
    for n in range(30 * 20):
        real = n / 30
        is_stalled = 8 <= real < 8 + stall_s
        came = begun + int((8 + stall_s if is_stalled else real) * 1e9) + (n % 7) * MS // 2
        for is_sound in (False, True):
            due = clock.came(round(real * 1e9), came, is_sound=is_sound)
        if real > 8 + stall_s:
            assert due - begun - round(real * 1e9) < 60 * MS, real


@pytest.mark.parametrize("shift_s", [0.5, 2.0])
def test_a_stream_that_goes_on_later_is_followed(shift_s):
    """A phone that stood still and did not catch up: within half a second it is in step again."""
    clock, begun = LiveClock(DELAY), 10**12
    for n in range(30 * 20):
        media = n / 30
        late = shift_s if media >= 8 else 0.0
        came = begun + int((media + late) * 1e9)
        for is_sound in (False, True):
            due = clock.came(round(media * 1e9), came, is_sound=is_sound)
        if media > 8.5:
            assert came <= due + DELAY


def test_sound_alone_that_comes_very_late_gets_its_room():
    late = run(20, sound_late_ms=400)[-200:]
    assert all(arrival <= due + DELAY for arrival, due, is_sound, _ in late if is_sound)
