"""Is a source well? Decided on what it delivered, never on what it says of itself."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

import numpy as np
from msgspec.structs import replace

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.media.frame import Frame, Plane
from studio.media.sound import Samples
from studio.sources.model import Health

FROZEN_NS = 1_300_000_000
BLACK_NS = 2 * NS
OPENING_NS = 10 * NS
BLACK_LUMA = 20.0
RATE_NS = 3 * NS
SLOW_PART = 0.9
LEAST_FPS, MOST_FPS = 1.0, 240.0
"""What a source may say of its own rate; some streams claim their time base."""
STANDS_NS = 600_000_000
SILENT_NS = 5 * NS
SILENT_PEAK = 0.001  # -60 dB of full scale


class Fault(enum.Enum):
    """A fault put in on purpose (drills): the source behaves as if it had happened."""

    NONE = "none"
    LOST = "lost"
    FROZEN = "frozen"


@dataclass(slots=True)
class HealthWatch:
    """Follows one source's deliveries. Written by its thread, read by the engine loop."""

    is_live: bool
    has_video: bool
    lost_ns: int = 700_000_000
    is_still: bool = False
    is_resting: bool = False
    is_waiting: bool = False
    has_failed: bool = False
    own_fps: float = 0.0
    _began_ns: int = field(default_factory=now_ns)
    _last_ns: int = 0
    _moved_ns: int = 0
    _lit_ns: int = 0
    _heard_ns: int = 0
    _stood_ns: int = 0
    _loud_ns: int = 0
    _sample: Plane | None = None
    _is_same: bool = False
    _is_dark: bool = False
    _stamps: list[int] = field(default_factory=list)

    def begin(self) -> None:
        """The source is being opened (again)."""
        self._began_ns = now_ns()
        self.is_resting = self.is_waiting = False

    def wait(self) -> None:
        """It is open and waits to be called: no fault before anybody has."""
        self.is_waiting = True

    def fail(self) -> None:
        """It broke off; until the next picture it is not well, however still that was."""
        self.has_failed, self.is_waiting = True, False

    def rest(self) -> None:
        """Nobody looks: no pictures from now on, which is no fault."""
        self.is_resting = True

    def wake(self) -> None:
        """Pictures are made again; it has as long as a fresh one to show the first."""
        if self.is_resting:
            now = now_ns()
            self._last_ns = self._moved_ns = self._lit_ns = now
            self.is_resting = False

    def stand(self) -> None:
        """It is paused, or stands at its end, on purpose; told again while it lasts."""
        self._stood_ns = now_ns()

    def beat(self, *, is_judged: bool = True) -> None:
        """A picture came that nobody needed to see.

        Where only one in many is looked at, the verdict of the last ones stands: two that are the
        same are frozen, and black stays black.
        """
        now = now_ns()
        self._last_ns = now
        if not is_judged:
            if not self._is_same and now - self._moved_ns < FROZEN_NS:
                self._moved_ns = now
            if now - self._lit_ns < BLACK_NS and not self._is_dark:
                self._lit_ns = now
        self._stamp(now)

    def saw(self, frame: Frame, still: bool) -> None:
        """A picture arrived."""
        now = now_ns()
        # Every 16th row and column, offset so that letterbox bars are not all that is seen.
        down, along = (min(7, side // 2) for side in frame.y.shape)
        sample = np.ascontiguousarray(frame.y[down::16, along::16])
        self._is_same = self._sample is not None and np.array_equal(sample, self._sample)
        # What is clear is not black: an overlay may well be empty.
        self._is_dark = frame.alpha is None and float(sample.mean()) <= BLACK_LUMA
        if not self._is_same:
            self._moved_ns = now
        if not self._is_dark:
            self._lit_ns = now
        self._sample, self.is_still, self._last_ns = sample, still, now
        self.is_resting = self.is_waiting = self.has_failed = False
        self._stamp(now)

    def heard(self, samples: Samples) -> None:
        """Sound arrived; for a source without picture that is its sign of life."""
        now = now_ns()
        if not self.has_video:
            self._last_ns = now
            self.is_waiting = self.has_failed = False
        if not self._heard_ns or now - self._heard_ns > NS:
            self._loud_ns = now  # it was not heard for a while: silence is counted anew
        self._heard_ns = now
        if len(samples) and max(samples.max(), -samples.min()) > SILENT_PEAK:
            self._loud_ns = now

    def is_settled(self, at_ns: int) -> bool:
        """It rests, or shows a picture that stands, and gives no sound: the verdict stays."""
        if self.has_failed or self.is_waiting or at_ns - self._heard_ns < NS:
            return False
        return self._last_ns > 0 and (self.is_resting or self.is_still)

    def _stamp(self, now: int) -> None:
        self._stamps = [t for t in self._stamps if now - t < RATE_NS] + [now]

    def measured_fps(self, at_ns: int) -> float | None:
        """Pictures a second over the last three seconds; None before there are so many."""
        stamps = [stamp for stamp in self._stamps if at_ns - stamp < RATE_NS]
        is_short = at_ns - self._began_ns < RATE_NS or len(stamps) < 2
        if is_short or at_ns - stamps[0] < RATE_NS * 0.6:
            return None
        span_ns = stamps[-1] - stamps[0]
        step_ns = span_ns / (len(stamps) - 1)
        if at_ns - stamps[-1] > 1.5 * step_ns:  # the next one is late: that counts already
            span_ns = at_ns - stamps[0]
        return (len(stamps) - 1) * NS / max(1, span_ns)

    def _rated(self, found: Health, at_ns: int) -> Health:
        """The verdict with the source's own rate; below nine tenths of it is slow."""
        if not self.own_fps or found.state != "ok" or found.is_resting:
            return found
        fps = self.measured_fps(at_ns)
        if fps is None or fps >= SLOW_PART * self.own_fps:
            return replace(found, own_fps=self.own_fps, is_measuring=fps is None)
        params = {"fps": f"{fps:.0f}", "own": f"{self.own_fps:.0f}"}
        return replace(
            found, own_fps=self.own_fps, is_slow=True, error="sources.slow", params=params
        )

    def _is_silent(self, at_ns: int) -> bool:
        is_heard = self._heard_ns > 0 and at_ns - self._heard_ns < NS
        return is_heard and at_ns - self._loud_ns > SILENT_NS

    def health(self, at_ns: int, error: StudioError | None, fault: Fault) -> Health:
        """The verdict at ``at_ns``."""
        found = self._rated(self._judge(at_ns, error, fault), at_ns)
        if not self._is_silent(at_ns) or found.is_bad:
            return found
        state = "silent" if found.state == "sound" else found.state
        return replace(found, state=state, error=found.error or "sources.silent", is_silent=True)

    def _judge(self, at_ns: int, error: StudioError | None, fault: Fault) -> Health:
        key, params = (
            (error.key, {k: str(v) for k, v in error.params.items()}) if error else ("", {})
        )
        if not self._last_ns:
            if self.is_waiting:
                return Health("waiting", 0.0, key, params)
            waiting = at_ns - self._began_ns < OPENING_NS and error is None
            return Health("opening" if waiting else "missing", 0.0, key, params)
        if self.has_failed and error is not None and at_ns - self._last_ns > self.lost_ns:
            is_gone = error.code == "not_found"
            return Health("missing" if is_gone else "lost", 0.0, key, params)
        if self.is_resting and error is None:
            if fault is not Fault.NONE:
                return Health(fault.value, 0.0, f"sources.{fault.value}", params)
            return Health("ok", 0.0, key, params, is_resting=True)
        if at_ns - self._stood_ns < STANDS_NS and fault is Fault.NONE:
            return Health("still", 0.0, key, params)
        age = at_ns - self._last_ns
        if self.is_still and fault is Fault.NONE:
            return Health("still", 0.0, key, params)
        if age > self.lost_ns:
            is_heard = self._heard_ns > 0 and at_ns - self._heard_ns < self.lost_ns
            lost = "sources.picture_lost" if is_heard and self.has_video else "sources.lost"
            return Health("lost", 0.0, key or lost, params)
        if not self.has_video:
            return Health("sound", 0.0, key, params)
        fps = float(len([t for t in self._stamps if at_ns - t < NS]))
        is_watched = self.is_live or fault is Fault.FROZEN
        if is_watched and at_ns - self._moved_ns > FROZEN_NS:
            return Health("frozen", fps, "sources.frozen", params)
        if at_ns - self._lit_ns > BLACK_NS:
            return Health("black", fps, "sources.black", params)
        return Health("ok", fps, key, params)
