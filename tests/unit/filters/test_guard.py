"""A filter that is slow or broken is bypassed and says so; the picture goes on."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from studio.core.errors import StudioError
from studio.media.frame import Frame, blank
from studio.media.sound import Samples
from studio.sources import guard as guard_module
from studio.sources.guard import OVER, TRIAL, Guard
from studio.sources.levels import Levels


class Odd:
    """A filter that does as told."""

    def __init__(self, work: Callable[[Frame], Frame]) -> None:
        self.work = work
        self.error: Exception | None = None

    def apply(self, frame: Frame) -> Frame:
        return self.work(frame)

    def apply_sound(self, samples: Samples) -> Samples:
        return samples[:-1]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    now = [1]
    monkeypatch.setattr(guard_module, "now_ns", lambda: now[0])
    return now


def slow(frame: Frame) -> Frame:
    time.sleep(0.003)
    return frame.copy()


def test_over_its_budget_many_times_in_a_row_it_is_bypassed_and_tried_again(
    clock: list[int],
) -> None:
    frame, odd = blank(32, 32), Odd(slow)
    guard = Guard("slow", odd, 1.0)
    for _ in range(OVER):
        assert guard.apply(frame) is not frame
        assert guard.status.state == "ok" or guard.status.state == "slow"
    assert guard.status.state == "slow"
    assert guard.status.error == "filters.too_slow"
    assert guard.apply(frame) is frame, "bypassed"
    clock[0] += 4_000_000_000
    odd.work = lambda f: f.copy()
    for _ in range(TRIAL - 1):
        assert guard.apply(frame) is frame, "on trial its work is thrown away"
    assert guard.apply(frame) is not frame
    assert guard.status.state == "ok"
    assert guard.status.error == ""


@pytest.mark.parametrize(("size", "state"), [((1920, 1080), "slow"), ((3840, 2160), "ok")])
def test_a_larger_picture_may_take_longer(
    size: tuple[int, int], state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = itertools.count(0, 0.012)  # each time 12 ms
    clock = SimpleNamespace(perf_counter=lambda: next(ticks))
    monkeypatch.setattr(guard_module, "time", clock)
    frame, guard = blank(*size), Guard("key", Odd(lambda f: f), 8.0)
    for _ in range(OVER):
        guard.apply(frame)
    assert guard.status.state == state


def test_a_slow_one_now_and_then_is_forgiven(clock: list[int]) -> None:
    frame, odd = blank(32, 32), Odd(slow)
    guard = Guard("x", odd, 1.0)
    for n in range(3 * OVER):
        odd.work = (lambda f: f) if n % 5 == 0 else slow
        guard.apply(frame)
    assert guard.status.state == "ok"


def test_one_that_raises_is_contained_counted_and_told(clock: list[int]) -> None:
    def broken(_frame: Frame) -> Frame:
        raise ZeroDivisionError("oh")

    frame, guard = blank(32, 32), Guard("x", Odd(broken), 8.0)
    assert guard.apply(frame) is frame
    assert guard.faults == 1
    assert guard.status.state == "failed"
    assert "ZeroDivisionError" in guard.status.params["why"]
    guard.apply(frame)
    assert guard.faults == 1, "bypassed: not called again at once"
    clock[0] += 4_000_000_000
    guard.apply(frame)
    assert guard.faults == 2
    clock[0] += 4_000_000_000
    guard.apply(frame)
    assert guard.faults == 2, "it waits longer each time"
    guard.forgive()
    guard.apply(frame)
    assert guard.faults == 3, "changed by somebody: tried at once"


def test_what_is_no_picture_or_too_short_is_a_fault(clock: list[int]) -> None:
    frame = blank(32, 32)
    guard = Guard("x", Odd(lambda f: None), 8.0)  # type: ignore[arg-type,return-value]
    assert guard.apply(frame) is frame
    assert guard.status.state == "failed"
    sound = np.zeros((480, 2), np.float32)
    other = Guard("y", Odd(lambda f: f), 8.0)
    assert other.apply_sound(sound) is sound
    assert other.status.state == "failed"


def test_a_filter_that_says_why_it_has_no_effect_is_heard(clock: list[int]) -> None:
    odd = Odd(lambda f: f)
    guard = Guard("x", odd, 8.0)
    odd.error = StudioError("unavailable", "tryon.model_missing", path="/x")
    assert guard.status.state == "failed"
    assert guard.status.error == "tryon.model_missing"


def test_levels_are_measured_once_somebody_reads() -> None:
    levels, sound = Levels(), np.full((480, 2), 0.5, np.float32)
    levels.put("mic", sound)
    assert levels.level_db("mic") == -np.inf
    levels.put("mic", sound)
    assert levels.level_db("mic") == pytest.approx(-6.02, abs=0.01)
    levels.forget("mic")
    assert levels.level_db("mic") == -np.inf
