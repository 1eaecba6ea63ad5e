"""What is known of an experiment: from the analysis in time, from counts by viewer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from studio.insight.analysis.base import open_analysis
from studio.insight.analysis.sums import sums_between
from studio.insight.metrics import Metric, metrics, value_of
from studio.insight.sequential import (
    ALPHA,
    SRM_ALPHA,
    SignFlip,
    holm,
    rate_difference,
    split_e_value,
)
from studio.insight.trials.model import ArmCounts, GuardResult, Trial, TrialResult, Verdict
from studio.insight.trials.slots import Slot, whole_pairs

if TYPE_CHECKING:
    import duckdb

STOP = 1 / ALPHA
COUNT_PRIOR = 0.5
RATE_PRIOR = 0.01
"""Kept away from 0: half a count, a hundredth of a per cent."""


def find_results(path: Path, trials: Sequence[Trial], now_ms: int) -> tuple[TrialResult, ...]:
    """Of each, corrected for looking at them together.

    Args:
        path: of the analysis; a file is only asked for experiments in time.
        now_ms: UTC, milliseconds since 1970.

    Raises:
        StudioError: not_found, failed.
    """
    found: list[TrialResult] = []
    share = ALPHA / max(1, len(trials))
    if any(trial.unit == "time" or trial.a_source for trial in trials):
        with closing(open_analysis(path, is_read_only=True)) as base:
            found = [
                in_time(base, trial, now_ms)
                if trial.unit == "time"
                else by_viewer(counted(base, trial, now_ms), share)
                for trial in trials
            ]
    else:
        found = [by_viewer(trial, share) for trial in trials]
    stands = holm([result.e_value for result in found])
    return tuple(
        corrected(result, stands=stands[at] or result.low is not None)
        for at, result in enumerate(found)
    )


def corrected(result: TrialResult, *, stands: bool) -> TrialResult:
    """A winner that is none beside the others stays open."""
    if stands or result.verdict not in ("a", "b"):
        return result
    return replace(result, verdict="open", is_corrected=False)


VISITORS = """
WITH seen AS (
  SELECT 'i' || visitor AS who, source AS way, max(order_id <> '') AS did FROM touches
    WHERE visitor <> '' AND at_us >= $first AND at_us < $last AND source IN ($a, $b) GROUP BY 1, 2
  UNION ALL SELECT 'j' || viewer, traffic, max(name = 'insight.sold') FROM events
    WHERE viewer > 0 AND at_us >= $first AND at_us < $last AND traffic IN ($a, $b) GROUP BY 1, 2
), people AS (SELECT who, count(*) AS ways, any_value(way) AS way, max(did) AS did FROM seen
  GROUP BY who)
SELECT count(*) FILTER (ways = 1 AND way = $a AND did), count(*) FILTER (ways = 1 AND way = $a),
  count(*) FILTER (ways = 1 AND way = $b AND did), count(*) FILTER (ways = 1 AND way = $b),
  count(*) FILTER (ways > 1) FROM people
"""


def counted(base: duckdb.DuckDBPyConnection, trial: Trial, now_ms: int) -> Trial:
    """With its visitors counted: by link or coupon, from touchpoints and the journal.

    Who came by both is in neither arm. Where nothing is to be counted, what was typed stands.
    """
    if not trial.a_source:
        return trial
    row = base.execute(VISITORS, {
        "first": 1000 * trial.began_ms, "last": 1000 * (trial.ended_ms or now_ms),
        "a": trial.a_source, "b": trial.b_source,
    }).fetchone()  # fmt: skip
    a_did, a_of, b_did, b_of, both = row or (0, 0, 0, 0, 0)
    counts = ArmCounts(a_did=a_did, a_of=a_of, b_did=b_did, b_of=b_of, both=both)
    return replace(trial, counts=counts)


def by_viewer(trial: Trial, alpha: float = ALPHA) -> TrialResult:
    """A confidence sequence, and whether the split is as it was designed.

    Args:
        alpha: its share of the error, where several are looked at together.
    """
    counts = trial.counts
    low, high = rate_difference((counts.a_did, counts.a_of), (counts.b_did, counts.b_of), alpha)
    split = split_e_value((counts.a_of, counts.b_of), (0.5, 0.5))
    a = counts.a_did / counts.a_of if counts.a_of else None
    b = counts.b_did / counts.b_of if counts.b_of else None
    verdict: Verdict = "open"
    if split > 1 / SRM_ALPHA:
        verdict = "mismatch"
    elif low > 0 or high < 0:
        verdict = "b" if low > 0 else "a"
    return TrialResult(
        id=trial.id, verdict=verdict, low=100 * low, high=100 * high,
        a=None if a is None else 100 * a, b=None if b is None else 100 * b,
        change=b / a - 1 if a and b is not None else None,
        split_e=split, split_stop=1 / SRM_ALPHA, both=counts.both, stop=STOP, counts=counts,
    )  # fmt: skip


def in_time(base: duckdb.DuckDBPyConnection, trial: Trial, now_ms: int) -> TrialResult:
    """An e-value over the pairs of slots that are over."""
    secret, end_ms = bytes.fromhex(trial.secret), trial.ended_ms or now_ms
    whole = whole_pairs(secret, end_ms - trial.began_ms)
    pairs = [pair for pair in whole if not trial.switches or _is_clean(trial, pair)]
    spoiled = len(whole) - len(pairs)
    known = metrics()
    sums = [(_sums(base, trial, a), _sums(base, trial, b)) for a, b in pairs]
    values = _compared(known[trial.metric], sums)
    flip = _flipped(known[trial.metric], values)
    guards = tuple(_guard(known[name], sums) for name in trial.guards if name in known)
    e_value, for_b, for_a = float(flip.e_value[0]), float(flip.for_b[0]), float(flip.for_a[0])
    verdict: Verdict = "open"
    if any(guard.e_value >= STOP for guard in guards):
        verdict = "guard"
    elif e_value >= STOP:
        is_b = (for_b > for_a) == (known[trial.metric].better != "down")
        verdict = "b" if is_b else "a"
    mean_a, mean_b = _means(values)
    return TrialResult(
        id=trial.id, verdict=verdict, e_value=e_value, stop=STOP, pairs=len(values),
        left_out=len(whole) - len(values), spoiled=spoiled, guards=guards, a=mean_a, b=mean_b,
        change=mean_b / mean_a - 1 if mean_a and mean_b is not None else None,
        split_stop=1 / SRM_ALPHA,
    )  # fmt: skip


def _is_clean(trial: Trial, pair: tuple[Slot, Slot]) -> bool:
    return all(turn.number in trial.clean for turn in pair)


def _sums(base: duckdb.DuckDBPyConnection, trial: Trial, turn: Slot) -> dict[str, float]:
    began = trial.began_ms
    return sums_between(
        base, 1000 * (began + turn.counts_from_ms), 1000 * (began + turn.ends_ms)
    )  # fmt: skip


def _compared(
    metric: Metric, sums: Sequence[tuple[dict[str, float], dict[str, float]]]
) -> list[tuple[float, float]]:
    """Both values of each pair that has both."""
    found = [(value_of(metric, a), value_of(metric, b)) for a, b in sums]
    return [(a, b) for a, b in found if a is not None and b is not None]


def _flipped(metric: Metric, values: Sequence[tuple[float, float]]) -> SignFlip:
    prior = RATE_PRIOR if metric.formula else COUNT_PRIOR
    flip = SignFlip()
    for a, b in values:
        flip.add(np.array([math.log((max(0.0, b) + prior) / (max(0.0, a) + prior))]))
    return flip


def _guard(
    metric: Metric, sums: Sequence[tuple[dict[str, float], dict[str, float]]]
) -> GuardResult:
    values = _compared(metric, sums)
    flip, (mean_a, mean_b) = _flipped(metric, values), _means(values)
    worse = flip.for_b if metric.better == "down" else flip.for_a
    return GuardResult(metric=metric.label, a=mean_a, b=mean_b, e_value=float(worse[0]))


def _means(values: Sequence[tuple[float, float]]) -> tuple[float | None, float | None]:
    if not values:
        return None, None
    return sum(a for a, _ in values) / len(values), sum(b for _, b in values) / len(values)
