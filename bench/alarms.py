"""Alarms over made-up shows: how often they are false, how soon a fall by 70 % is found.

Twenty healthy shows say what is normal, the next ones are watched. The reference is the trivial
alarm: a figure outside ±3 standard deviations of the same twenty shows, in ten seconds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.alarm_shows import FIGURES, IS_DOWN, FallenFigure, healthy, with_falls
from bench.base import BenchReport, Row
from studio.insight.detector import MOST_SHOWS, STEP_S, DeviationDetector, calibrate

SHOWS, GROUP = 60, 10
SEEDS = (701, 702, 703, 704, 705)
"""Held out: no constant of the detector was chosen with them."""


class AlarmScore(NamedTuple):
    """Of healthy shows and of the same shows with a fall.

    Attributes:
        false_a_show, trivial_a_show: alarms in a healthy show; by ±3 σ.
        found: share of the falls that raised an alarm in their figure.
        delay_s: median until then.
    """

    false_a_show: float
    trivial_a_show: float
    found: float
    delay_s: float
    late_s: float


def score(seed: int, shows: int = SHOWS) -> AlarmScore:
    """Watches ``shows`` healthy shows, and the same with a fall, each ten with their own past."""
    false = trivial = 0
    delays: list[float] = []
    for group in range(shows // GROUP):
        first = seed * 1000 + group * 7
        past, coming = healthy(first + 1, MOST_SHOWS), healthy(first + 2, GROUP)
        normal = calibrate(past, IS_DOWN)
        false += int(_alarms(normal, coming).sum())
        mean, spread = past.mean(axis=(1, 2)), past.std(axis=(1, 2))
        far = np.abs(coming - mean[:, None, None]) > 3 * spread[:, None, None]
        trivial += int(far.sum())
        fallen, falls = with_falls(coming, first + 3)
        delays += _delays(_alarms(normal, fallen), falls)
    known = [delay for delay in delays if delay < np.inf]
    return AlarmScore(
        false / shows, trivial / shows, len(known) / len(delays), float(np.median(delays)),
        float(np.quantile(known, 0.9)),
    )  # fmt: skip


def _alarms(
    normal: tuple[NDArray[np.float64], ...], counts: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """(figures, shows, steps) where an alarm is raised."""
    shows = counts.shape[1]
    profile, phi, limit, down = (np.repeat(array, shows, axis=0) for array in (*normal, IS_DOWN))
    detector = DeviationDetector(profile, phi, limit, down)
    flat = counts.reshape(len(FIGURES) * shows, -1)
    raised = [detector.step(flat[:, at]) for at in range(flat.shape[1])]
    return np.array(raised).T.reshape(counts.shape)


def _delays(raised: NDArray[np.bool_], falls: list[FallenFigure]) -> list[float]:
    found = []
    for show, fall in enumerate(falls):
        at = np.flatnonzero(raised[fall.figure, show, fall.step :])
        found.append((float(at[0]) + 1) * STEP_S if len(at) else np.inf)
    return found


def run() -> BenchReport:
    """All held-out seeds together."""
    report = BenchReport("alarms", "±3 σ of the same own shows")
    scores = [score(seed) for seed in SEEDS]
    total = AlarmScore(*(float(np.mean(column)) for column in zip(*scores, strict=True)))
    rows = report.rows
    rows.append(Row("false alarms in a healthy show of 4 h", total.false_a_show,
                    total.trivial_a_show, ""))  # fmt: skip
    rows.append(Row("  at most", total.false_a_show, None, "", 0.3))
    rows.append(Row("falls by 70 % not found", 1 - total.found, None, "", 0.05))
    rows.append(Row("found after, median", total.delay_s, None, "s", 130.0))
    rows.append(Row("found after, nine of ten", total.late_s, None, "s"))
    return report
