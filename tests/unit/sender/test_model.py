"""The output's state machine keeps its promises whatever happens in whatever order."""

import random

import pytest

from studio.sender.model import TRANSITIONS, Kind, OutputState, Step, next_state

FLOWING = {OutputState.LIVE, OutputState.RECORDING, OutputState.CONGESTED, OutputState.STANDBY}
KINDS: tuple[Kind, ...] = ("rtmp", "file")


@pytest.mark.parametrize("kind", KINDS)
def test_stop_ends_every_state(kind: Kind) -> None:
    for state in OutputState:
        assert next_state(kind, state, Step.STOP) is OutputState.STOPPED


@pytest.mark.parametrize("kind", KINDS)
def test_random_walks(kind: Kind) -> None:
    rng = random.Random(11)
    for _ in range(500):
        state = OutputState.IDLE
        is_asked = False
        for _ in range(60):
            step = rng.choice(list(Step))
            before, state = state, next_state(kind, state, step)
            if step is Step.START:
                is_asked = True
            elif step is Step.STOP:
                is_asked = False
            if not is_asked:
                assert state in (OutputState.IDLE, OutputState.STOPPED, OutputState.FAILED)
            if state in FLOWING and before not in FLOWING:
                assert step is Step.TAKEN, "green only on evidence"
            if state is OutputState.FAILED and before is not OutputState.FAILED:
                assert step is Step.BROKEN
            assert not (kind == "rtmp" and state is OutputState.RECORDING)
            assert not (kind == "file" and state is OutputState.LIVE)


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_can_be_reached_and_left(kind: Kind) -> None:
    reached = {OutputState.IDLE}
    while True:
        more = {TRANSITIONS[kind][s, e] for s, e in TRANSITIONS[kind] if s in reached}
        if more <= reached:
            break
        reached |= more
    other = OutputState.RECORDING if kind == "rtmp" else OutputState.LIVE
    assert reached == set(OutputState) - {other}
