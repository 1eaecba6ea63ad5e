"""Forecast by the theta method: what grows, what repeats each week, and a band from its own errors.

Assimakopoulos and Nikolopoulos 2000, as simple exponential smoothing with half the drift (Hyndman
and Billah 2003), on a series whose week was taken out by ratios to its mean. Zeros and gaps are
allowed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WEEK = 7
ALPHAS = np.linspace(0.05, 0.6, 12)
BAND_LOW, BAND_HIGH = 0.07, 0.93
"""Four of five days lie between them: own errors of a few weeks are narrower than what comes."""
LEAST = 3 * WEEK


class Forecast(NamedTuple):
    """For each day ahead: the middle, and the ends of the band in which four of five days lie."""

    middle: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def forecast(history: NDArray[np.float64], days: int, period: int = WEEK) -> Forecast:
    """What comes after ``history``; never below 0.

    Args:
        history: a value a day, the oldest first; NaN is a gap and is taken as a usual day.
        days: ahead.

    Raises:
        ValueError: shorter than three weeks.
    """
    if len(history) < LEAST:
        raise ValueError(f"{len(history)} of {LEAST} days")
    filled = _filled(np.asarray(history, np.float64), period)
    middle = _theta(filled, days, period)
    errors = _own_errors(filled, days, period)
    low, high = (np.quantile(errors, part) for part in (BAND_LOW, BAND_HIGH))
    scale = np.maximum(middle, 1e-9)
    return Forecast(middle, np.maximum(0.0, middle + low * scale), middle + high * scale)


def _filled(history: NDArray[np.float64], period: int) -> NDArray[np.float64]:
    """Gaps as the mean of the same weekday; sales below 0 (more came back than went) stay."""
    filled = history.copy()
    usual = float(np.nanmean(history)) if not np.isnan(history).all() else 0.0
    for day in range(period):
        part = filled[day::period]
        known = part[~np.isnan(part)]
        part[np.isnan(part)] = known.mean() if len(known) else usual
    return filled


def _week(series: NDArray[np.float64], period: int) -> NDArray[np.float64]:
    """Factor of each day of the week, mean 1; drawn to 1 where there are few weeks."""
    mean = series.mean()
    if mean <= 0:
        return np.ones(period)
    weeks = len(series) // period
    recent = series[len(series) - weeks * period :].reshape(weeks, period)
    factors = (recent.sum(axis=0) / weeks + mean / weeks) / (mean * (1 + 1 / weeks))
    factors = np.maximum(factors, 0.05)
    return np.roll(factors / factors.mean(), (len(series) - weeks * period) % period)


def _theta(series: NDArray[np.float64], days: int, period: int) -> NDArray[np.float64]:
    count = len(series)
    factors = _week(series, period)
    at = np.arange(count + days) % period
    plain = series / factors[at[:count]]
    slope = float(np.polyfit(np.arange(count), plain, 1)[0])
    level, alpha = _smoothed(plain)
    ahead = np.arange(days)
    drift = slope / 2 * (ahead + (1 - (1 - alpha) ** count) / alpha)
    return np.asarray(np.maximum(0.0, (level + drift) * factors[at[count:]]))


def _smoothed(plain: NDArray[np.float64]) -> tuple[float, float]:
    """The last level and the weight that would have foretold each next day best."""
    best = (np.inf, 0.0, 0.1)
    for alpha in ALPHAS:
        level, off = float(plain[:WEEK].mean()), 0.0
        for value in plain:
            off += (value - level) ** 2
            level += alpha * (value - level)
        best = min(best, (off, level, float(alpha)))
    return best[1], best[2]


def _own_errors(series: NDArray[np.float64], days: int, period: int) -> NDArray[np.float64]:
    """Relative errors of forecasts from earlier days, whose outcome is known."""
    errors: list[float] = []
    for back in range(1, 9):
        cut = len(series) - back * days
        if cut < 2 * period:
            break
        middle = _theta(series[:cut], days, period)
        real = series[cut : cut + days]
        errors += list((real - middle) / np.maximum(middle, 1e-9))
    return np.array(errors or [-0.5, 0.5])
