"""The board: figures with what is normal for them, and alarms by a deviation that holds."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import Protocol

import numpy as np
from msgspec.structs import replace

from studio.core.clock import NS, now_ns, utc_iso, utc_ms, utc_of
from studio.core.errors import StudioError
from studio.insight.detector import LEAST_SHOWS, STEP_S, Baseline, DeviationDetector, detector_of
from studio.insight.figures import WINDOW_STEPS, LiveFigures
from studio.insight.metrics import Metric, metrics, value_of
from studio.insight.model import BoardAlarm, BoardFigure, InsightView, Preceding

MINUTES = 30
MOST_ALARMS = 20
BEFORE_S = 180.0
BAND = 1.64
"""Of ten normal minutes nine lie in the band."""
OWN_SPREAD = 0.2
"""What a figure wanders by itself, beside what counting it scatters."""


class NowNs(Protocol):
    """A clock."""

    def __call__(self) -> int:
        """Monotonic nanoseconds."""
        ...


class Board:
    """Counts, compares and alarms. Lives on the engine loop.

    Args:
        now: monotonic nanoseconds.

    Attributes:
        figures: what is counted.
        alarms: the last ones, newest first.
    """

    def __init__(self, now: NowNs = now_ns) -> None:
        self._now_ns = now
        self.figures = LiveFigures()
        self.alarms: tuple[BoardAlarm, ...] = ()
        self._baseline = Baseline((), [], [], [], 0)
        self._detector: DeviationDetector | None = None
        self._lanes: list[int] = []
        self._happened: deque[tuple[int, Preceding]] = deque(maxlen=200)
        self._snoozed_ns: dict[str, int] = {}
        self._count = 0
        self.is_on_air = False

    # -- what comes ----------------------------------------------------------------------------

    def begin(self) -> None:
        """The show went on air."""
        self.figures.begin()
        self.is_on_air = True
        self._start_detector()

    def end(self) -> None:
        """It is off air; figures stay to be read, alarms end."""
        self.is_on_air = False
        self.alarms = tuple(
            replace(alarm, state="over") if alarm.state != "over" else alarm
            for alarm in self.alarms
        )

    def take_baseline(self, baseline: Baseline) -> None:
        """What is normal, from now on."""
        self._baseline = baseline
        self._start_detector()

    def happened(self, kind: str, what: str) -> None:
        """Something that an alarm may follow: a cut, a card, a price, a line."""
        self._happened.append((self._now_ns(), Preceding(utc_iso(), kind, what)))

    def _start_detector(self) -> None:
        self._detector, self._lanes = None, []
        known = [name for name in self._baseline.metrics if name in self.figures.names]
        if self._baseline.shows < LEAST_SHOWS or not known:
            return
        rows = [self._baseline.metrics.index(name) for name in known]
        part = Baseline(
            tuple(known), [self._baseline.profile[at] for at in rows],
            [self._baseline.phi[at] for at in rows], [self._baseline.limit[at] for at in rows],
            self._baseline.shows,
        )  # fmt: skip
        down = np.array([metrics()[name].better != "down" for name in known])
        self._detector = detector_of(part, down)
        self._lanes = [self.figures.names.index(name) for name in known]

    # -- ten seconds ---------------------------------------------------------------------------

    def step(self) -> list[BoardAlarm]:
        """Ends ten seconds; returns new alarms."""
        if not self.is_on_air:
            return []
        row = self.figures.step()
        fresh: list[BoardAlarm] = []
        if self._detector is not None:
            new = self._detector.step(row[self._lanes])
            fresh = [self._alarm(int(lane)) for lane in np.flatnonzero(new)]
            self._end_alarms()
        self.alarms = (*fresh, *self.alarms)[:MOST_ALARMS]
        self._wake()
        return fresh

    def _alarm(self, lane: int) -> BoardAlarm:
        detector = self._detector
        assert detector is not None
        metric = metrics()[self.figures.names[self._lanes[lane]]]
        steps = detector.step_number - int(detector.began[lane])
        since_ns = self._now_ns() - steps * STEP_S * NS
        normal = float(detector.expected[lane])
        value = normal * float(detector.ratio[lane])
        minute = 1 if metric.kind == "level" else WINDOW_STEPS
        before = [
            entry for at, entry in reversed(self._happened)
            if since_ns - BEFORE_S * NS <= at <= since_ns + STEP_S * NS
        ]  # fmt: skip
        self._count += 1
        is_snoozed = self._snoozed_ns.get(metric.id, 0) > self._now_ns()
        return BoardAlarm(
            f"{metric.id}-{self._count}", metric.id, metric.label, metric.unit,
            round(value * minute, 2), round(normal * minute, 2),
            utc_of(utc_ms() / 1000 - steps * STEP_S), utc_iso(), tuple(before[:5]),
            metric.advice, metric.plan, "snoozed" if is_snoozed else "active",
        )  # fmt: skip

    def _end_alarms(self) -> None:
        detector = self._detector
        assert detector is not None
        odd = {
            self.figures.names[index]
            for index, is_alarm in zip(self._lanes, detector.is_alarm, strict=True)
            if is_alarm
        }
        self.alarms = tuple(
            replace(alarm, state="over")
            if alarm.state != "over" and alarm.metric not in odd else alarm
            for alarm in self.alarms
        )  # fmt: skip

    def _wake(self) -> None:
        """Snoozed alarms that still hold are active again."""
        now = self._now_ns()
        self.alarms = tuple(
            replace(alarm, state="active", until_utc="")
            if alarm.state == "snoozed" and self._snoozed_ns.get(alarm.metric, 0) <= now
            else alarm
            for alarm in self.alarms
        )

    # -- what a person says --------------------------------------------------------------------

    def find(self, id: str) -> BoardAlarm:
        """An alarm.

        Raises:
            StudioError: not_found.
        """
        for alarm in self.alarms:
            if alarm.id == id:
                return alarm
        known = ", ".join(alarm.id for alarm in self.alarms)
        raise StudioError("not_found", "insight.no_alarm", id=id, known=known or "-")

    def put(self, id: str, state: str, minutes: float = 0.0) -> BoardAlarm:
        """Sets an alarm's state; returns it as it was.

        Raises:
            StudioError: not_found; conflict, when it is over.
        """
        before = self.find(id)
        if before.state == "over":
            raise StudioError("conflict", "insight.alarm_over", id=id)
        self._snoozed_ns.pop(before.metric, None)
        until = ""
        if state == "snoozed":
            self._snoozed_ns[before.metric] = self._now_ns() + int(minutes * 60 * NS)
            until = utc_of(utc_ms() / 1000 + minutes * 60)
        self.alarms = tuple(
            replace(alarm, state=state, until_utc=until) if alarm.id == id else alarm
            for alarm in self.alarms
        )
        return before

    # -- what is seen --------------------------------------------------------------------------

    def view(self) -> InsightView:
        """All figures, known or not."""
        sums = self.figures.sums
        figures = tuple(self._figure(metric, sums) for metric in metrics().values())
        return InsightView(figures, self.alarms, self._baseline.shows, self.is_on_air)

    def _figure(self, metric: Metric, sums: Mapping[str, float]) -> BoardFigure:
        empty = BoardFigure(
            metric.id, metric.label, metric.unit, metric.level, metric.better, metric.where
        )
        if metric.formula:
            value = value_of(metric, sums)
            shown = None if value is None else round(value, 4)
            return replace(empty, value=shown, state="unknown" if value is None else "learning")
        value = self.figures.lately(metric.id)
        if value is None:
            return empty
        low, high = self._band(metric)
        state = "learning"
        if low is not None and high is not None:
            state = "low" if value < low else "high" if value > high else "normal"
        return replace(
            empty, value=round(value, 2), total=round(sums.get(metric.id, 0.0), 2), low=low,
            high=high, state=state, minutes=self.figures.minutes(metric.id, MINUTES),
        )  # fmt: skip

    def _band(self, metric: Metric) -> tuple[float | None, float | None]:
        """What is normal in this minute: counting scatters, and a figure wanders by itself."""
        detector = self._detector
        at = self.figures.names.index(metric.id)
        if detector is None or at not in self._lanes or not detector.step_number:
            return None, None
        lane = self._lanes.index(at)
        steps = 1 if metric.kind == "level" else WINDOW_STEPS
        normal = float(detector.expected[lane]) * steps
        phi = float(self._baseline.phi[self._baseline.metrics.index(metric.id)])
        spread = math.sqrt(phi * normal + (OWN_SPREAD * normal) ** 2)
        return round(max(0.0, normal - BAND * spread), 2), round(normal + BAND * spread, 2)
