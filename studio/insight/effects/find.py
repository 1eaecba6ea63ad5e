"""The figure that an action named, in the own shows before it was done and since. In the child.

Before and after is no experiment: what else changed meanwhile is in it too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from studio.core.clock import seconds_of, utc_of
from studio.insight.analysis.sums import AiringRow, airings, sums_of
from studio.insight.effects.model import ActionEffect, DoneAction, EffectVerdict, ShowValue
from studio.insight.metrics import Metric, metrics, value_of

if TYPE_CHECKING:
    import duckdb

LEAST_SHOWS, MOST_BEFORE, MOST_AFTER = 5, 20, 20
LEAST_MINUTES = 15.0
MOST_ACTIONS, DAYS = 20, 90.0
T_95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
)  # fmt: skip
"""Two-sided 95 % of Student's t with 1, 2, … degrees of freedom."""


def find_effects(
    base: duckdb.DuckDBPyConnection, airing: AiringRow, actions: Sequence[DoneAction]
) -> tuple[ActionEffect, ...]:
    """The effect of the actions of the shows before a time on air, the last ones first.

    Args:
        airing: up to which shows count; an action that was made after it began is none of before.
    """
    began_utc = utc_of(airing.began_us / 1e6)
    oldest_utc = utc_of(airing.began_us / 1e6 - DAYS * 86_400)
    last = [action for action in actions if oldest_utc <= action.made_utc < began_utc]
    last = sorted(last, key=lambda action: action.made_utc, reverse=True)[:MOST_ACTIONS]
    own = [each for each in airings(base) if each.minutes >= LEAST_MINUTES and each.id <= airing.id]
    sums = {each.id: sums_of(base, each.id) for each in own} if last else {}
    return tuple(_effect(action, own, sums) for action in last)


def _effect(
    action: DoneAction, own: Sequence[AiringRow], sums: dict[int, dict[str, float]]
) -> ActionEffect:
    metric = metrics().get(action.metric)
    if metric is None:
        return ActionEffect(action=action, verdict="no_figure")
    unit = metric.unit if _is_rate(metric) else f"{metric.unit}/h"
    if not action.done_utc:
        return ActionEffect(action=action, label=metric.label, unit=unit, verdict="open")
    done_us = round(seconds_of(action.done_utc) * 1e6)
    values = []
    for each in own:
        value = _value(metric, sums[each.id], each.minutes)
        if value is not None and not each.began_us < done_us < each.ended_us:
            values.append(ShowValue(airing=each.id, began_utc=utc_of(each.began_us / 1e6),
                                    value=value, is_after=each.began_us >= done_us))  # fmt: skip
    before = [show for show in values if not show.is_after][-MOST_BEFORE:]
    after = [show for show in values if show.is_after][:MOST_AFTER]
    mean = _mean(before), _mean(after)
    band = mean_band([show.value for show in before], len(after))
    return ActionEffect(
        action=action, label=metric.label, unit=unit, before=mean[0], after=mean[1],
        low=band[0] if band else None, high=band[1] if band else None,
        shows=(*before, *after), verdict=_verdict(metric, mean[1], len(before), band),
    )  # fmt: skip


def mean_band(values: Sequence[float], count: int) -> tuple[float, float] | None:
    """Where the mean of ``count`` more shows lies in 19 of 20 cases if nothing changes.

    A prediction interval of Student's t; none of under five shows, or for none.
    """
    if len(values) < LEAST_SHOWS or count < 1:
        return None
    numbers = np.array(values, np.float64)
    spread = float(numbers.std(ddof=1)) * math.sqrt(1 / count + 1 / len(values))
    reach = T_95[min(len(values) - 1, len(T_95)) - 1] * spread
    mean = float(numbers.mean())
    return mean - reach, mean + reach


def _verdict(
    metric: Metric, after: float | None, before: int, band: tuple[float, float] | None
) -> EffectVerdict:
    if after is None:
        return "few_after"
    if band is None:
        return "few_before" if before < LEAST_SHOWS else "few_after"
    low, high = band
    if low <= after <= high:
        return "same"
    if not metric.better:
        return "other"
    return "better" if (after > high) == (metric.better == "up") else "worse"


def _value(metric: Metric, sums: dict[str, float], minutes: float) -> float | None:
    value = value_of(metric, sums)
    return value if value is None or _is_rate(metric) else value / (minutes / 60)


def _is_rate(metric: Metric) -> bool:
    """Does it not grow with the length of a show?"""
    return bool(metric.formula) or metric.kind == "level"


def _mean(shows: Sequence[ShowValue]) -> float | None:
    return sum(show.value for show in shows) / len(shows) if shows else None
