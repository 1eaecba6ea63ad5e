"""A day's plan of experiments: from the weakest step of the funnel, with what each needs to end.

What is on the picture is seen by everybody, so it switches in time: slots in pairs, which of a
pair is B by a coin that is committed before the show. Links and coupons are split by viewer. A
person starts each; none is started by itself.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.insight.model import LabelPair
from studio.insight.sequential import ALPHA

MOST_TESTS = 3
RATES = ("enter_rate", "product_seen_rate", "click_rate", "pay_rate")
SLOT_MINUTES, DROPPED_MINUTES = 3, 1
USUAL_SPREAD = 0.3
"""Standard deviation of a pair's log-ratio while no own pairs are known."""
EFFECTS = (0.1, 0.2, 0.3, 0.5)


class ExperimentIdea(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that can be tried on a step of the funnel.

    Attributes:
        step: the rate it may lift.
        unit: "time": on the picture, switched in time; "viewer": a link or coupon, split.
        a, b: the two ways.
        guards: metrics that must not get worse meanwhile.
    """

    id: str
    step: str
    unit: Literal["time", "viewer"]
    label: LabelPair
    a: LabelPair
    b: LabelPair
    guards: tuple[str, ...] = ("return_rate", "negative")


class PlannedExperiment(msgspec.Struct, frozen=True):
    """A test with what it needs.

    Attributes:
        pairs: slots in pairs until an effect of ``effect`` is usually found; 0 by viewer.
        viewers: by viewer: how many; 0 in time.
        shows: four-hour shows that takes.
        stop: the e-value at which it may be ended, at any look.
    """

    idea: ExperimentIdea
    effect: float
    pairs: int
    viewers: int
    shows: float
    stop: float


class DayPlan(msgspec.Struct, frozen=True):
    """The plan of a day.

    Attributes:
        step: the weakest one; "" when the rates are not known.
        rates: what is known of each, in per cent.
        normal: what it usually is.
    """

    step: str
    rates: dict[str, float | None]
    normal: dict[str, float | None]
    tests: tuple[PlannedExperiment, ...]


@functools.cache
def ideas() -> tuple[ExperimentIdea, ...]:
    """All there are.

    Raises:
        StudioError: invalid, with the file.
    """
    file: Path = assets_dir() / "experiments" / "ideas.json"
    try:
        return msgspec.convert(read_json(file.read_bytes()), tuple[ExperimentIdea, ...])
    except (OSError, ValueError) as error:
        raise StudioError("invalid", "insight.bad_file", path=str(file), why=error) from None


def pairs_needed(effect: float, spread: float, alpha: float = ALPHA) -> int:
    """Pairs of slots until the sign-flip e-value usually passes 1 / alpha.

    It grows by about (log(1 + effect) / spread)² / 2 in logarithm a pair; half of that is lost on
    stakes that fit less well, and a side that is not known.
    """
    growth = (math.log1p(effect) / spread) ** 2 / 2
    return math.ceil((math.log(1 / alpha) + math.log(2)) / (growth * 0.7))


def viewers_needed(rate: float, effect: float) -> int:
    """Viewers of both arms until a confidence sequence usually leaves 0."""
    width = rate * effect
    return math.ceil(2 * 2 * rate * (1 - rate) / width**2 * (math.log(1 / ALPHA) * 2 + 4))


def plan_day(
    rates: Mapping[str, float | None], normal: Mapping[str, float | None],
    spread: float = USUAL_SPREAD,
) -> DayPlan:  # fmt: skip
    """At most three tests for the step that is furthest below what it usually is.

    Args:
        rates: the last show's, per cent; None is not known.
        normal: what they usually are; where that is not known either, the lowest rate is taken.
        spread: of the own pairs' log-ratios.
    """
    known = {step: rate for step in RATES if (rate := rates.get(step)) is not None}
    below = {step: rate / usual for step, rate in known.items() if (usual := normal.get(step))}
    step = min(below or known, key=lambda name: (below or known)[name], default="")
    chosen = [idea for idea in ideas() if idea.step == step][:MOST_TESTS]
    tests = tuple(planned(idea, known.get(step, 0.0) / 100, spread) for idea in chosen)
    return DayPlan(
        step, {name: rates.get(name) for name in RATES},
        {name: normal.get(name) for name in RATES}, tests,
    )  # fmt: skip


def planned(idea: ExperimentIdea, rate: float, spread: float) -> PlannedExperiment:
    """With the smallest effect that four shows can find."""
    pairs_a_show = 240 // (2 * SLOT_MINUTES)
    for effect in EFFECTS:
        pairs = pairs_needed(effect, spread)
        if idea.unit == "time" and (pairs <= 4 * pairs_a_show or effect == EFFECTS[-1]):
            return PlannedExperiment(
                idea, effect, pairs, 0, round(pairs / pairs_a_show, 1), 1 / ALPHA
            )
        if idea.unit == "viewer" and rate > 0:
            viewers = viewers_needed(rate, effect)
            if viewers <= 200_000 or effect == EFFECTS[-1]:
                return PlannedExperiment(idea, effect, 0, viewers, 0.0, 1 / ALPHA)
    return PlannedExperiment(idea, EFFECTS[-1], 0, 0, 0.0, 1 / ALPHA)


def commitment(secret: bytes) -> str:
    """What is shown before the show, so that the coin cannot be changed afterwards."""
    return hashlib.sha256(secret).hexdigest()


def coin(secret: bytes, pairs: int) -> Sequence[bool]:
    """For each pair of slots, whether B comes first."""
    return [is_b_first(secret, pair) for pair in range(pairs)]


def is_b_first(secret: bytes, pair: int) -> bool:
    """Which of a pair of slots is B, by the coin."""
    return bool(hmac.digest(secret, pair.to_bytes(4, "big"), "sha256")[0] & 1)
