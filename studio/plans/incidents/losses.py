"""What an incident cost: seconds off programme for each output, orders that did not come."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from studio.core.happening import Happening
from studio.core.usual_sales import UsualSales
from studio.plans.incidents.model import OrdersLost, OutputLoss, UsualLost

DOWN = frozenset({"reconnecting", "refused", "failed"})
FLOWS = frozenset({"live", "congested", "recording", "standby"})
ENDED = frozenset({"idle", "stopped"})
CLIP = "standby"
LEAST_BASIS_S, LEAST_UNITS = 300.0, 5
BAND = 1.28155
"""Four of five lie within so many standard deviations."""
Stretch = tuple[float, float]


@dataclass(slots=True)
class _OutputCourse:
    """One output, from change to change."""

    canvas: str = "landscape"
    is_stream: bool = True
    state: str = "idle"
    since_s: float = 0.0
    had_flow: bool = False
    down: list[Stretch] = field(default_factory=list)
    clip: list[Stretch] = field(default_factory=list)

    def step(self, at_s: float, state: str) -> None:
        """It is in another state from now on."""
        self.end(at_s)
        self.state = state
        self.had_flow = (self.had_flow or state in FLOWS) and state not in ENDED

    def end(self, at_s: float) -> None:
        """Counts the time up to now."""
        is_down = self.state in DOWN or (self.state == "connecting" and self.had_flow)
        if at_s > self.since_s and (is_down or self.state == CLIP):
            (self.down if is_down else self.clip).append((self.since_s, at_s))
        self.since_s = at_s


def output_losses(
    before: Iterable[Happening],
    within: Iterable[tuple[float, Happening]],
    standby: Sequence[tuple[str, Stretch]],
    end_s: float,
) -> tuple[OutputLoss, ...]:
    """Seconds off programme from 0 to ``end_s``, by output.

    Args:
        before: "outputs.changed" of the time before, in order.
        within: the same of the time itself, with seconds from its beginning.
        standby: when a standby scene was on which canvas ("" is all of them).
    """
    courses: dict[str, _OutputCourse] = {}
    for at_s, happening in [*((0.0, entry) for entry in before), *within]:
        data = happening.data
        status: dict[str, Any] = data.get("status") or {}
        course = courses.setdefault(str(data.get("output", "")), _OutputCourse())
        course.canvas = str(status.get("canvas") or course.canvas)
        course.is_stream = status.get("kind", "rtmp") == "rtmp"
        course.step(min(at_s, end_s), str(data.get("state", "")))
    losses = []
    for name, course in courses.items():
        course.end(end_s)
        if not course.had_flow and not course.down:
            continue  # nobody was to see anything by it
        scenes = [stretch for canvas, stretch in standby if canvas in ("", course.canvas)]
        losses.append(
            OutputLoss(
                name,
                course.canvas,
                course.is_stream,
                _length(course.down),
                _length(course.clip),
                _length(scenes),
                _length([*course.down, *course.clip, *scenes]),
            )  # fmt: skip
        )
    return tuple(losses)


def _length(stretches: Sequence[Stretch]) -> float:
    """Seconds that they cover together."""
    total, until = 0.0, -math.inf
    for begin, end in sorted(stretches):
        if end > until:
            total += end - max(begin, until)
            until = end
    return round(total, 3)


def orders_lost(
    before: Iterable[Happening], within: Iterable[Happening], basis_s: float, took_s: float
) -> OrdersLost:
    """Sold pieces against the rate of before.

    There is a forecast from five minutes with five pieces on; the band is that of two Poisson
    counts at one rate: the one that was measured, and the one that would have come.

    Args:
        before, within: "insight.sold" of both times.
        basis_s: how long the show was on air in the time before.
        took_s: how long the incident took.
    """
    units, cents = 0, 0
    currency = ""
    for happening in before:
        number = int(happening.data.get("units", 0))
        units += number
        cents += happening.value_cents or 0
        currency = happening.currency or currency
    sold = sum(int(happening.data.get("units", 0)) for happening in within)
    if basis_s < LEAST_BASIS_S or units < LEAST_UNITS or took_s <= 0:
        return OrdersLost(sold=sold, basis_s=round(basis_s, 1), basis_units=units)
    expected = units * took_s / basis_s
    spread = BAND * math.sqrt(expected * (1 + took_s / basis_s))
    lost = max(0.0, expected - sold)
    return OrdersLost(
        True, round(expected, 2), round(max(0.0, expected - spread), 2),
        round(expected + spread, 2), sold, round(lost, 2),
        round(lost * cents / units) if cents else None, currency, round(basis_s, 1), units,
    )  # fmt: skip


def against_usual(usual: UsualSales | None, sold: int) -> UsualLost:
    """Sold pieces against what own shows sell in such a stretch.

    Args:
        usual: None where nobody was asked.
        sold: in the incident's time.
    """
    if usual is None or not usual.is_known:
        return UsualLost(shows=usual.shows if usual else 0, is_slow=bool(usual and usual.is_slow))
    lost = max(0.0, usual.expected - sold)
    cents = None if usual.price_cents is None else round(lost * usual.price_cents)
    return UsualLost(
        True, usual.shows, usual.expected, usual.low, usual.high, round(lost, 2), cents,
        usual.currency,
    )  # fmt: skip
