"""Time inside the studio: monotonic nanoseconds, and a tick that keeps absolute deadlines."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction

NS = 1_000_000_000
LATE_NS = 10_000_000

now_ns = time.monotonic_ns
_this_second = (-1, "")
_AWAKE = getattr(time, "CLOCK_BOOTTIME", None)


def awake_ns() -> int:
    """As `now_ns`, and it goes on while the machine sleeps, where the system can tell (Linux)."""
    return time.monotonic_ns() if _AWAKE is None else time.clock_gettime_ns(_AWAKE)


def utc_iso() -> str:
    """Now, UTC, ISO 8601 with milliseconds: the form in which time leaves the studio."""
    global _this_second
    second, rest_ms = divmod(time.time_ns() // 1_000_000, 1000)
    kept = _this_second  # a quarter of the time that writing the whole takes
    if kept[0] != second:
        kept = _this_second = second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
    return f"{kept[1]}.{rest_ms:03d}Z"


def utc_ms() -> int:
    """Now, UTC, milliseconds since 1970: for people, and for what outlives a restart."""
    return time.time_ns() // 1_000_000


def utc_of(seconds: float) -> str:
    """A time of the system, seconds since 1970 (as of a file), in the same form."""
    at = datetime.fromtimestamp(seconds, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def age_days(utc: str) -> float:
    """How many days ago a time in UTC was; 0 for one that lies ahead (a clock was set)."""
    return max(0.0, (datetime.now(UTC).timestamp() - seconds_of(utc)) / 86_400)


def seconds_of(iso: str) -> float:
    """Seconds since 1970 of a time in ISO 8601; one without a zone is in UTC.

    Raises:
        ValueError: it is no time.
    """
    at = datetime.fromisoformat(iso.strip())
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def zone_s(seconds: float) -> int:
    """How far this person's clock is ahead of UTC at a time (seconds since 1970), seconds."""
    return time.localtime(seconds).tm_gmtoff


def local_day() -> str:
    """Today on this person's calendar: "11-29"."""
    return datetime.now().astimezone().strftime("%m-%d")


def local_date(at_s: float | None = None) -> str:
    """The day of a moment on this person's calendar: "2026-11-29".

    Args:
        at_s: since 1970; None is now.
    """
    moment_s = utc_ms() / 1000 if at_s is None else at_s
    return utc_of(moment_s + zone_s(moment_s))[:10]


@dataclass(slots=True)
class TickClock:
    """Ticks at ``fps``; each deadline is counted from the first, so an error never adds up.

    A tick more than 10 ms past its deadline is late. A tick that is more than a whole frame
    behind skips forward: the skipped ticks are ``missed`` and their numbers are never reused.
    """

    fps: Fraction
    start_ns: int = field(default_factory=now_ns)
    tick: int = -1
    late: int = 0
    missed: int = 0
    worst_late_ns: int = 0

    def deadline_ns(self, tick: int) -> int:
        """Monotonic time of ``tick``."""
        return self.start_ns + tick * NS * self.fps.denominator // self.fps.numerator

    def wait(self, stopping: threading.Event) -> int:
        """Sleeps until the next tick; returns its number, or -1 when ``stopping`` is set."""
        nxt = self.tick + 1
        while True:
            if stopping.is_set():
                return -1
            left = self.deadline_ns(nxt) - now_ns()
            if left <= 0:
                break
            time.sleep(min(left / NS, 0.1))
        behind = -left
        self.worst_late_ns = max(self.worst_late_ns, behind)
        if behind > LATE_NS:
            self.late += 1
            whole = int(behind * self.fps / NS)
            if whole:
                self.missed += whole
                nxt += whole
        self.tick = nxt
        return nxt
