"""Stands before each filter of a source: times it, contains its faults, bypasses what is too slow.

The picture never waits: a filter over its budget many times in a row, or one that raises, is left
out. After a while it is tried again on the side: its work is thrown away until it has kept its
budget, so that the effect does not flicker.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.media.frame import Frame
from studio.media.sound import Samples
from studio.sources.model import FilterStatus

_log = logger(__name__)
T = TypeVar("T", Frame, Samples)

OVER = 15
"""This many times in a row over budget: bypassed."""
TRIAL = 8
"""This many times in a row within budget: it works again."""
AGAIN_S = (3, 6, 12, 30, 60)
USUAL_SIZE, MOST_SIZE = 1920 * 1080, 2.0
"""A budget is that of a 1080p picture; a larger one may take more, up to twice as long."""


class Guarded(Protocol):
    """What a guard needs of a filter."""

    @property
    def error(self) -> Exception | None: ...
    def apply(self, frame: Frame) -> Frame: ...
    def apply_sound(self, samples: Samples) -> Samples: ...


class Guard:
    """One filter and what is known of its work. Called by the source's thread alone.

    Args:
        name: of the filter.
        one: the filter.
        budget_ms: the most it may take at a time.

    Attributes:
        is_moving: see `studio.filters.base.Filter`.
        ms: how long it takes, smoothed.
        faults: how often it raised.
    """

    def __init__(self, name: str, guarded: Guarded, budget_ms: float) -> None:
        self.name = name
        self.one = guarded
        self.budget_ms = budget_ms
        self.is_moving = bool(getattr(guarded, "is_moving", False))
        self.ms = 0.0
        self.faults = 0
        self._state = "ok"
        self._fault: StudioError | None = None
        self._over = self._well = self._bypasses = 0
        self._again_ns = 0

    @property
    def status(self) -> FilterStatus:
        """How it is, for people."""
        error: Exception | None = self._fault
        state = self._state
        if state == "ok":
            error = getattr(self.one, "error", None)
            state = "failed" if error else "ok"
        if error is None:
            return FilterStatus(state, round(self.ms, 2), self.budget_ms)
        key, params = "filters.failed", {"why": f"{type(error).__name__}: {error}"}
        if isinstance(error, StudioError):
            key, params = error.key, {k: str(v) for k, v in error.params.items()}
        return FilterStatus(state, round(self.ms, 2), self.budget_ms, key, params)

    def apply(self, frame: Frame) -> Frame:
        """The changed picture; as it was when the filter is bypassed."""
        size = frame.width * frame.height / USUAL_SIZE
        budget_ms = self.budget_ms * min(MOST_SIZE, max(1.0, size))
        return self._run(frame, self.one.apply, _is_picture, budget_ms)

    def apply_sound(self, samples: Samples) -> Samples:
        """The changed samples; as they were when the filter is bypassed."""
        return self._run(samples, self.one.apply_sound, _is_as_long, self.budget_ms)

    def forgive(self) -> None:
        """Somebody changed it: it is tried again at once."""
        self._state, self._fault = "ok", None
        self._over = self._well = self._bypasses = self._again_ns = 0

    def _run(
        self,
        given: T,
        work: Callable[[T], T],
        is_right: Callable[[T, T], bool],
        budget_ms: float,
    ) -> T:
        if self._state != "ok" and now_ns() < self._again_ns:
            return given
        began = time.perf_counter()
        try:
            made = work(given)
            if not is_right(given, made):
                raise ValueError(f"it gave {type(made).__name__}")
        except Exception as fault:
            self._failed(fault)
            return given
        took_ms = (time.perf_counter() - began) * 1e3
        self.ms += (took_ms - self.ms) * (0.1 if self.ms else 1.0)
        if took_ms <= budget_ms:
            self._over, self._well = 0, self._well + 1
            if self._state != "ok":
                if self._well < TRIAL:
                    return given
                _log.info("filter %s works again", self.name)
                self._state, self._fault, self._bypasses = "ok", None, 0
            return made
        self._over, self._well = self._over + 1, 0
        if self._state != "ok":
            if self._over >= 3:
                self._bypass()
            return given
        if self._over >= OVER:
            self._slow(budget_ms)
        return made

    def _slow(self, budget_ms: float) -> None:
        self._state = "slow"
        self._fault = StudioError(
            "failed", "filters.too_slow", filter=self.name, ms=f"{self.ms:.1f}",
            budget_ms=f"{budget_ms:g}",
        )  # fmt: skip
        _log.warning("filter %s is bypassed: %.1f ms, may take %g", self.name, self.ms,
                     budget_ms)  # fmt: skip
        self._bypass()

    def _failed(self, fault: Exception) -> None:
        self.faults += 1
        self._fault = (
            fault
            if isinstance(fault, StudioError)
            else StudioError(
                "failed", "filters.failed", why=f"{type(fault).__name__}: {fault}"[:200]
            )
        )
        if self._state != "failed":
            _log.warning("filter %s failed and is bypassed: %r", self.name, fault)
        self._state = "failed"
        self._bypass()

    def _bypass(self) -> None:
        wait_s = AGAIN_S[min(self._bypasses, len(AGAIN_S) - 1)]
        self._bypasses += 1
        self._over = self._well = 0
        self._again_ns = now_ns() + wait_s * NS


def _is_picture(_given: Frame, made: Frame) -> bool:
    return isinstance(made, Frame)


def _is_as_long(given: Samples, made: Samples) -> bool:
    return getattr(made, "shape", None) == given.shape
