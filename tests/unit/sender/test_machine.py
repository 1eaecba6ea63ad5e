"""Whatever happens to an output in whatever order, these things stay true."""

from __future__ import annotations

import random

import pytest

from studio.sender.clip import Unit
from studio.sender.delay import DelayBuffer
from studio.sender.machine import Machine
from studio.sender.model import TRANSITIONS, Kind, OutputState, Step, next_state
from studio.sender.timeline import STEP_US, Timeline

KINDS: tuple[Kind, Kind] = ("rtmp", "file")
OFF = (OutputState.IDLE, OutputState.STOPPED, OutputState.FAILED)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(40))
def test_random_lives(kind: Kind, seed: int) -> None:
    rng = random.Random(seed)
    told: list[OutputState] = []
    machine = Machine(kind, lambda: told.append(machine.state))
    steps = list(Step)
    for _ in range(500):
        before, step = machine.state, rng.choice(steps)
        machine.fire(step)
        after = machine.state
        assert after is next_state(kind, before, step)
        if step is Step.STOP:
            assert after is OutputState.STOPPED
        if before in OFF and step not in (Step.START, Step.STOP):
            assert after is before, "what is off stays off until it is started"
        if before in OFF and step is Step.START:
            assert after is OutputState.CONNECTING
        if step is Step.BROKEN and before not in OFF:
            assert after is OutputState.FAILED
        if after in (OutputState.LIVE, OutputState.RECORDING) and before is not after:
            assert step is Step.TAKEN, "green only on evidence"
    wrong = OutputState.RECORDING if kind == "rtmp" else OutputState.LIVE
    assert wrong not in told


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_can_be_left_and_stopped(kind: Kind) -> None:
    table = TRANSITIONS[kind]
    for state in OutputState:
        assert table[state, Step.STOP] is OutputState.STOPPED
    reachable, frontier = {OutputState.IDLE}, [OutputState.IDLE]
    while frontier:
        state = frontier.pop()
        for (source, _), target in table.items():
            if source is state and target not in reachable:
                reachable.add(target)
                frontier.append(target)
    never = OutputState.RECORDING if kind == "rtmp" else OutputState.LIVE
    assert reachable == set(OutputState) - {never}


@pytest.mark.parametrize("seed", range(40))
def test_time_never_goes_back(seed: int) -> None:
    rng, line = random.Random(seed), Timeline()
    last = {True: -1, False: -1}
    origin, at = 0, 0
    for _ in range(600):
        if rng.random() < 0.03:  # another engine, or the clip, from any zero at any moment
            origin, at = rng.randrange(10**12), at + rng.randrange(-500_000, 3_000_000)
            line.begin(origin, max(0, at))
        is_video = rng.random() < 0.5
        origin += rng.randrange(-20_000, 60_000)
        placed = line.place(is_video, origin, origin, 33_333)
        if placed is not None:
            assert placed[1] // STEP_US > last[is_video]
            last[is_video] = placed[1] // STEP_US


def _unit(at_us: int) -> Unit:
    return Unit(True, at_us, at_us, 33_333, True, b"x")


def test_delay_holds_back_and_dump_throws_away() -> None:
    delay = DelayBuffer()
    delay.length_us = 2_000_000
    for number in range(90):
        delay.put(_unit(number), number * 33_333)
    out = delay.due(2_500_000)
    assert [unit.pts_us for unit in out if unit] == list(range(16))
    assert 2_300_000 < delay.waiting_us < 2_600_000
    delay.clear()
    assert delay.waiting_us == 0
    assert delay.due(60_000_000) == [None], "the engine's next keyframe is awaited"


def test_a_shorter_delay_does_not_come_out_in_a_burst() -> None:
    delay = DelayBuffer()
    delay.length_us = 10_000_000
    for number in range(300):
        delay.put(_unit(number), number * 33_333)
    delay.length_us = 2_000_000
    out = delay.due(10_000_000)
    assert out[0] is None
    assert 20 < len(out) < 40


def test_without_delay_everything_passes_at_once() -> None:
    delay = DelayBuffer()
    delay.put(_unit(1), 5)
    delay.put(None, 6)
    assert [unit.pts_us if unit else None for unit in delay.due(6)] == [1, None]
