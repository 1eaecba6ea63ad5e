"""What triggers judge by beside pictures and outputs: figures with their age, and events."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from studio.core.clock import NS, now_ns
from studio.core.event import Event, Events
from studio.core.loopback import is_drill
from studio.core.paths import runtime_dir

STALE_NS = 5 * NS
"""A figure that is older is no evidence; that it is, is a fault of the probe."""
KEPT_EVENTS = 2000
WINDOW_S, BASELINE_S, GUARD_S = 10, 600, 30
PASSED_OVER = frozenset({"state.changed", "sound.meters", "command.ran", "plans.step"})
RUDE = frozenset({"blocked"})
"""Held ones do not count: slow mode holds every comment."""
JUMP_S = 1.5
JUMP_SHOWN_S = 10.0

FIGURES = frozenset(
    {
        "engine.fps", "engine.cpu_percent", "engine.memory_mb", "engine.disk_free_gb",
        "engine.compose_ms_p99", "engine.dropped_per_s", "engine.late_per_s",
        "engine.since_resume_s", "clock.jump_s", "comments.rate", "comments.usual",
        "comments.rude_rate", "comments.rude_usual",
    }
)  # fmt: skip
"""Those that `metric` may name. Rates of comments are per ten seconds."""


class Figure(NamedTuple):
    """A number and when it was measured (monotonic)."""

    value: float
    at_ns: int


class HeardEvent(NamedTuple):
    """An event and when it came (monotonic)."""

    at_ns: int
    event: Event


class EventLog:
    """The last events, the latest first when they are asked for."""

    def __init__(self) -> None:
        self._heard: deque[HeardEvent] = deque(maxlen=KEPT_EVENTS)

    def add(self, event: Event, at_ns: int) -> None:
        """Keeps one."""
        self._heard.append(HeardEvent(at_ns, event))

    def since(self, name: str, at_ns: int) -> Iterator[HeardEvent]:
        """Events of a name that came after a time, the latest first."""
        for heard in reversed(self._heard):
            if heard.at_ns < at_ns:
                return
            if heard.event.name == name:
                yield heard


class _Rates:
    """How many came in the last ten seconds, and how many usually do."""

    def __init__(self) -> None:
        self._seconds: deque[list[int]] = deque(maxlen=BASELINE_S)

    def add(self, second: int) -> None:
        """One more in this second."""
        if not self._seconds or self._seconds[-1][0] != second:
            self._seconds.append([second, 0])
        self._seconds[-1][1] += 1

    def at(self, second: int) -> tuple[float, float]:
        """(in the last ten seconds, in ten seconds of the minutes before)."""
        recent = before = 0
        for at, count in self._seconds:
            if second - at < WINDOW_S:
                recent += count
            elif GUARD_S <= second - at < BASELINE_S:
                before += count
        return float(recent), before * WINDOW_S / (BASELINE_S - GUARD_S)


CLOCK_FILE = "drill-clock"


def drill_wall() -> float:
    """The wall clock of a shadow: a drill sets it on or back by what stands in its runtime folder.

    Nobody may set the clock of the computer that the real show runs on.
    """
    try:
        offset_s = float((runtime_dir() / CLOCK_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        offset_s = 0.0
    return time.time() + offset_s


class Probe:
    """Hears what the rooms tell and keeps it for the triggers. Lives on the engine loop.

    Args:
        events: heard.
        wall: seconds of the wall clock, for its jumps; None is the system's.
    """

    def __init__(self, events: Events, wall: Callable[[], float] | None = None) -> None:
        self._wall = wall or (drill_wall if is_drill() else time.time)
        self.figures: dict[str, Figure] = {}
        self.log = EventLog()
        self.began_ns = now_ns()
        self._rates = {"": _Rates(), "rude_": _Rates()}
        self._resumed_ns: int | None = None
        self._drift_s: float | None = None
        self._jump = Figure(0.0, -int(JUMP_SHOWN_S * NS) - 1)
        self._counters: dict[str, float] = {}
        events.on_all(self._hear)

    def resumed(self) -> None:
        """The engine before was killed, and this one goes on."""
        self._resumed_ns = now_ns()

    def _hear(self, event: Event) -> None:
        at_ns = now_ns()
        if event.name == "engine.stats":
            self._figures_of(getattr(event, "figures", {}), at_ns)
        elif event.name == "comments.received":
            self.count_comment(getattr(event, "entry", {}).get("state", ""))
        elif event.name not in PASSED_OVER:
            self.log.add(event, at_ns)

    def count_comment(self, state: str) -> None:
        """One more came; also one that says what others said, of which no event tells."""
        second = now_ns() // NS
        self._rates[""].add(second)
        if state in RUDE:
            self._rates["rude_"].add(second)

    def _figures_of(self, told: Mapping[str, Any], at_ns: int) -> None:
        for name, value in told.items():
            if isinstance(value, int | float):
                self.figures[f"engine.{name}"] = Figure(float(value), at_ns)
        for name in ("dropped", "late"):
            value = told.get(name)
            if isinstance(value, int | float):
                before = self._counters.get(name, value)
                self._counters[name] = value
                rate = max(0.0, float(value) - before)  # told once a second
                self.figures[f"engine.{name}_per_s"] = Figure(rate, at_ns)

    def sample(self) -> dict[str, Figure]:
        """The figures as they are now."""
        at_ns = now_ns()
        for name, rates in self._rates.items():
            rate, usual = rates.at(at_ns // NS)
            self.figures[f"comments.{name}rate"] = Figure(rate, at_ns)
            self.figures[f"comments.{name}usual"] = Figure(usual, at_ns)
        if self._resumed_ns is not None:
            since = (at_ns - self._resumed_ns) / NS
            self.figures["engine.since_resume_s"] = Figure(since, at_ns)
        drift_s = self._wall() - at_ns / NS
        if self._drift_s is not None and abs(drift_s - self._drift_s) > JUMP_S:
            self._jump = Figure(abs(drift_s - self._drift_s), at_ns)
        self._drift_s = drift_s
        is_shown = at_ns - self._jump.at_ns < JUMP_SHOWN_S * NS
        self.figures["clock.jump_s"] = Figure(self._jump.value if is_shown else 0.0, at_ns)
        return self.figures
