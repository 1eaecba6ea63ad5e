"""Is a source well? Decided on what it delivered, never on what it says of itself."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

import msgspec
import numpy as np

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.media.frame import Frame, Plane

LOST_NS = 700_000_000
FROZEN_NS = 1_300_000_000
BLACK_NS = 2 * NS
OPENING_NS = 10 * NS
BLACK_LUMA = 20.0


class Fault(enum.Enum):
    """A fault put in on purpose (drills): the source behaves as if it had happened."""

    NONE = "none"
    LOST = "lost"
    FROZEN = "frozen"


class Health(msgspec.Struct, frozen=True):
    """A source's health as people see it.

    Attributes:
        state: "opening", "ok", "still" (a picture that is meant to stand), "frozen", "black",
            "lost", "missing" (could not be opened), "sound" (no picture by nature).
        fps: pictures a second over the last second.
        error: message key and parameters of the last error, or "".
    """

    state: str
    fps: float = 0.0
    error: str = ""
    params: dict[str, str] = {}

    @property
    def is_bad(self) -> bool:
        """Should somebody act?"""
        return self.state in ("lost", "frozen", "missing")


@dataclass(slots=True)
class Watch:
    """Follows one source's deliveries. Written by its thread, read by the engine loop."""

    is_live: bool
    has_video: bool
    is_still: bool = False
    _began_ns: int = field(default_factory=now_ns)
    _last_ns: int = 0
    _moved_ns: int = 0
    _lit_ns: int = 0
    _sample: Plane | None = None
    _stamps: list[int] = field(default_factory=list)

    def begin(self) -> None:
        """The source is being opened (again)."""
        self._began_ns = now_ns()

    def saw(self, frame: Frame, still: bool) -> None:
        """A picture arrived."""
        now = now_ns()
        # Every 16th row and column, offset so that letterbox bars are not all that is seen.
        sample = np.ascontiguousarray(frame.y[7::16, 7::16])
        same = self._sample is not None and np.array_equal(sample, self._sample)
        if not same:
            self._moved_ns = now
        if float(sample.mean()) > BLACK_LUMA:
            self._lit_ns = now
        self._sample, self.is_still, self._last_ns = sample, still, now
        self._stamps = [t for t in self._stamps if now - t < NS] + [now]

    def heard(self) -> None:
        """Sound arrived (of a source without picture)."""
        self._last_ns = now_ns()

    def health(self, at_ns: int, error: StudioError | None, fault: Fault) -> Health:
        """The verdict at ``at_ns``."""
        key, params = (
            (error.key, {k: str(v) for k, v in error.params.items()}) if error else ("", {})
        )
        if not self._last_ns:
            waiting = at_ns - self._began_ns < OPENING_NS and error is None
            return Health("opening" if waiting else "missing", 0.0, key, params)
        age = at_ns - self._last_ns
        if self.is_still and fault is Fault.NONE:
            return Health("still", 0.0, key, params)
        if age > LOST_NS:
            return Health("lost", 0.0, key or "sources.lost", params)
        if not self.has_video:
            return Health("sound", 0.0, key, params)
        fps = float(len([t for t in self._stamps if at_ns - t < NS]))
        if self.is_live and at_ns - self._moved_ns > FROZEN_NS:
            return Health("frozen", fps, "sources.frozen", params)
        if at_ns - self._lit_ns > BLACK_NS:
            return Health("black", fps, "sources.black", params)
        return Health("ok", fps, key, params)
