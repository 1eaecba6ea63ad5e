"""Injected truth against what is shown: 200 drawn states, none of them green without evidence."""

from __future__ import annotations

import random
from types import SimpleNamespace

import numpy as np
import pytest

from studio.core.clock import NS
from studio.media.frame import blank
from studio.plans.triggers.base import Situation
from studio.plans.triggers.output_state import OutputStateSettings, OutputStateTrigger
from studio.scenes.model import ScenesState
from studio.sender.evidence import FRESH_S, Evidence
from studio.sender.model import OutputState, OutputStatus
from studio.sources import health as health_module
from studio.sources.health import Fault, HealthWatch
from ui.models.air_state import Air, air_state
from ui.models.outputs import tone_of

COUNT = 200
CLAIMS = [state for state in OutputState if state is not OutputState.RECORDING]


def test_a_badge_says_live_only_while_media_is_taken_and_lost_while_a_line_is_down():
    """What is true: were bytes taken just now, and had the line been up; the state only claims."""
    rolls, false_greens, seen = random.Random(1), [], set()
    for number in range(COUNT):
        evidence, now, acked = Evidence(), 1000.0, 0
        was_up, is_taken = rolls.random() < 0.7, rolls.random() < 0.5
        state = rolls.choice(CLAIMS)
        live_ms = 60_000 if was_up else 0
        if was_up:
            for _ in range(8):
                acked, now = acked + 50_000, now + 0.25
                before = OutputStatus(name="a", state=OutputState.LIVE, acked_bytes=acked)
                evidence.note([before], now)
        down_s = 0.0 if is_taken else FRESH_S + rolls.uniform(0.1, 300)
        now += down_s
        acked += 50_000 if is_taken else 0
        is_new = rolls.random() < 0.4
        now_status = OutputStatus(
            name="a", state=state, acked_bytes=acked, live_ms=live_ms, is_measuring=is_new
        )
        evidence.note([now_status], now)
        shown, seconds = air_state([now_status], evidence, now)
        tone = tone_of(now_status, evidence.flows(now_status, now))
        seen.add(shown)
        if (is_new or not is_taken) and (shown is Air.LIVE or tone == "good"):
            false_greens.append((number, state, shown, tone))
        is_over = state in (OutputState.IDLE, OutputState.STOPPED)
        if was_up and not is_taken and not is_over:
            assert shown is Air.LOST, (number, state)
            assert seconds == pytest.approx(down_s, abs=0.3), "the timer runs from the last byte"
        if is_over:
            assert shown is Air.OFF
    assert false_greens == []
    assert seen == set(Air)


def test_an_incident_is_solved_only_when_the_output_takes_media_again():
    rolls = random.Random(2)
    trigger = OutputStateTrigger(OutputStateSettings())
    for _ in range(COUNT):
        state, kbps = rolls.choice(CLAIMS), rolls.choice((0, 0, 300, 4000))
        now = Situation(0, ScenesState(), {}, {
            "a": OutputStatus(name="a", state=state, taken_kbps=kbps)
        })  # fmt: skip
        is_back = state in (OutputState.LIVE, OutputState.CONGESTED) and kbps > 0
        is_ended = state is OutputState.STOPPED
        assert trigger.is_well(now, "a") is (is_back or is_ended), (state, kbps)
        assert not (trigger.is_well(now, "a") and trigger.judge(now)), "down and well at once"


@pytest.fixture
def clock(monkeypatch):
    made = SimpleNamespace(ns=10 * NS)
    monkeypatch.setattr(health_module, "now_ns", lambda: made.ns)
    return made


def test_a_source_below_nine_tenths_of_its_own_rate_is_not_green(clock):
    rolls, wrong = random.Random(3), []
    for number in range(COUNT):
        own = rolls.choice((5.0, 10.0, 15.0, 24.0, 25.0, 29.97, 30.0, 50.0, 60.0))
        part = rolls.choice((1.0, 0.97, 0.93, 0.87, 0.7, 0.5, 9 / 25, 0.2))
        watch = HealthWatch(is_live=True, has_video=True)
        watch.begin()
        watch.own_fps = own
        step = NS / (own * part)
        if step > 0.65 * NS:  # that far apart it is lost, not slow
            continue
        frame, began = blank(64, 48), clock.ns
        for count in range(int(4 * own * part)):
            jitter = rolls.uniform(-0.1, 0.1) * step
            clock.ns = began + round(count * step + jitter)
            frame.y[:] = rolls.randrange(60, 200)
            watch.saw(frame, still=False)
            early = watch.health(clock.ns, None, Fault.NONE)
            is_early = clock.ns - began < 2 * NS and early.state == "ok"
            if is_early and not (early.is_measuring or early.is_slow):
                wrong.append((number, own, part, early))
        found = watch.health(clock.ns + round(0.5 * step), None, Fault.NONE)
        is_green = found.state == "ok" and not (found.is_slow or found.is_measuring)
        if is_green != (part >= 0.9):
            wrong.append((number, own, part, found))
    assert wrong == []


def test_a_source_without_a_rate_of_its_own_is_not_judged(clock):
    watch, frame = HealthWatch(is_live=True, has_video=True), blank(64, 48)
    for count in range(20):
        clock.ns += NS // 4
        frame.y[:] = np.uint8(60 + count)
        watch.saw(frame, still=False)
    assert not watch.health(clock.ns, None, Fault.NONE).needs_look
