"""Alarms by a deviation that holds: each figure against its own normal, the day's level removed.

Every ten seconds what came is compared with what is normal at this time of a show (a profile from
the last own shows) times today's level (from the last quarter of an hour). A CUSUM adds up how
much likelier a fall is than no fall (quasi-Poisson, with each figure's own dispersion); its limit
is a little above the worst that the own shows, in which nothing was wrong, ever came to. All
arrays have one lane a figure (or a figure of a show, when many are gone through at once).

CUSUM: Page 1954; quasi-likelihood: Wedderburn 1974.
"""

from __future__ import annotations

from collections import deque

import msgspec
import numpy as np
from numpy.typing import NDArray

Lanes = NDArray[np.float64]

STEP_S = 10
BIN_STEPS = 30
"""Of the profile: five minutes."""
LEAST_SHOWS, MOST_SHOWS = 5, 20
LEVEL_STEPS, LAG_STEPS = 90, 18
"""Today's level: a quarter of an hour that ended three minutes ago; what falls now is not in it."""
PRIOR_STEPS = 12.0
"""The own shows' level counts as so many steps, until today's is known."""
FALL = 0.15
"""The fall that the CUSUM looks for. What is below 45 % of normal adds to the sum: a fall by 70 %
is found soon, and a figure that wanders to half of its normal is seen in its band alone."""
RISE = 2.0
HOLD_STEPS = 8
FALLEN, RISEN, RECOVERED = 0.5, 1.5, 0.85
"""Over eighty seconds, of what is normal: it holds; it is over."""
LEAST_LIMIT = 6.0
WARM_STEPS = 30
"""The first five minutes say what today's level is; nothing is an alarm in them."""
OPENING_STEPS = 120
"""Twenty minutes, while today's level is known roughly: limits of their own."""
QUANTILE = 0.985
MARGIN, FLOOR = 1.5, 2.0
"""The limit lies so far above the tail of the own shows' worst."""


class Baseline(msgspec.Struct):
    """What is normal for the figures of one show.

    Attributes:
        metrics: in the order of the rows.
        profile: (figures, bins) expected in a step, at the level 1.
        phi: dispersion: variance over mean of a step.
        limit: of the CUSUM.
        level: of the own shows: geometric mean; spread: standard deviation of its logarithm.
        shows: how many own shows it is made of.
    """

    metrics: tuple[str, ...]
    profile: list[list[float]]
    phi: list[float]
    limit: list[list[float]]
    shows: int


class DeviationDetector:
    """Steps through shows; lanes are independent.

    Args:
        profile: (lanes, bins) expected in a step at level 1.
        phi: (lanes,).
        limit: (lanes, 2), in the opening and after it.
        is_down: (lanes,) True where a fall is bad; elsewhere a rise is.
    """

    def __init__(
        self, profile: Lanes, phi: Lanes, limit: Lanes, is_down: NDArray[np.bool_]
    ) -> None:
        lanes = len(profile)
        self._profile, self._phi, self._limits = np.maximum(profile, 1e-9), phi, limit
        self._limit = limit[:, 0]
        ratio = np.where(is_down, FALL, RISE)
        self._log, self._gap = np.log(ratio), 1 - ratio
        self._is_down = is_down
        self._seen: deque[tuple[Lanes, Lanes]] = deque()
        self._waiting: deque[tuple[Lanes, Lanes]] = deque()
        self._got, self._due = np.zeros(lanes), np.zeros(lanes)
        self._held: deque[tuple[Lanes, Lanes]] = deque(maxlen=HOLD_STEPS)
        self.step_number = 0
        self.total = np.zeros(lanes)
        self.began = np.zeros(lanes, np.int64)
        self.is_alarm = np.zeros(lanes, np.bool_)
        self._calm = np.zeros(lanes, np.int64)
        self.expected = np.zeros(lanes)
        self.ratio = np.ones(lanes)
        self.level = np.ones(lanes)

    def step(self, counts: Lanes) -> NDArray[np.bool_]:
        """Ten seconds more; ``counts`` (lanes,), NaN is not known. Returns new alarms."""
        at = min(self.step_number // BIN_STEPS, self._profile.shape[1] - 1)
        base = self._profile[:, at]
        self._limit = self._limits[:, int(self.step_number >= OPENING_STEPS)]
        is_known = ~np.isnan(counts)
        counts = np.where(is_known, counts, 0.0)
        self.level = (self._got + PRIOR_STEPS * base) / (self._due + PRIOR_STEPS * base)
        expected = np.where(is_known, base * self.level, 0.0)
        self.expected = expected
        gain = (counts * self._log + expected * self._gap) / self._phi
        # One odd moment is not a deviation that holds: a step adds no more than a third.
        gain = np.minimum(gain, self._limit / 3)
        before = self.total
        if self.step_number < WARM_STEPS:
            gain = np.zeros_like(gain)
        self.total = np.where(is_known, np.maximum(0.0, before + gain), before)
        self.began = np.where((before <= 0) & (self.total > 0), self.step_number, self.began)
        self._held.append((counts, expected))
        got = np.sum([pair[0] for pair in self._held], axis=0)
        due = np.sum([pair[1] for pair in self._held], axis=0)
        self.ratio = np.where(due > 0, got / np.maximum(due, 1e-9), 1.0)
        fresh = self._judge()
        self._learn(counts, np.where(is_known, base, 0.0))
        self.step_number += 1
        return fresh

    def _judge(self) -> NDArray[np.bool_]:
        holds = np.where(self._is_down, self.ratio < FALLEN, self.ratio > RISEN)
        is_over = (self.total > self._limit) & holds
        is_well = np.where(self._is_down, self.ratio > RECOVERED, self.ratio < 1 / RECOVERED)
        self._calm = np.where(is_well, self._calm + 1, 0)
        fresh = is_over & ~self.is_alarm
        ended = self.is_alarm & (self._calm >= HOLD_STEPS * 2)
        self.is_alarm = (self.is_alarm | fresh) & ~ended
        self.total = np.where(ended, 0.0, np.minimum(self.total, self._limit * 2))
        return np.asarray(fresh)

    def _learn(self, counts: Lanes, base: Lanes) -> None:
        """Today's level; while something is odd it stays what it was."""
        is_odd = (self.total > self._limit / 5) | self.is_alarm
        pair = (np.where(is_odd, base * self.level, counts), base)
        self._waiting.append(pair)
        lag = min(LAG_STEPS, max(0, self.step_number - WARM_STEPS))
        while len(self._waiting) > lag:
            old = self._waiting.popleft()
            self._seen.append(old)
            self._got, self._due = self._got + old[0], self._due + old[1]
        while len(self._seen) > LEVEL_STEPS:
            gone = self._seen.popleft()
            self._got, self._due = self._got - gone[0], self._due - gone[1]


def profiles(history: NDArray[np.float64]) -> NDArray[np.float64]:
    """The normal course of a show for each of its shows, made of the others.

    Args:
        history: (lanes, shows, steps) counts; NaN where a show was over.

    Returns:
        (lanes, shows + 1, bins); the last is made of all.
    """
    lanes, shows, steps = history.shape
    bins = max(1, -(-steps // BIN_STEPS))
    padded = np.full((lanes, shows, bins * BIN_STEPS), np.nan)
    padded[:, :, :steps] = history
    with np.errstate(invalid="ignore", divide="ignore"):
        level = np.nanmean(history, axis=2, keepdims=True)
        usual = np.exp(np.nanmean(np.log(np.maximum(level, 1e-9)), axis=1, keepdims=True))
        shape = padded / np.maximum(level, 1e-9) * usual
        parts = shape.reshape(lanes, shows, bins, BIN_STEPS)
        is_there = ~np.isnan(parts)
        sums = np.where(is_there, parts, 0.0).sum(axis=3)
        counts = is_there.sum(axis=3)
        own = np.concatenate([sums, np.zeros((lanes, 1, bins))], axis=1)
        left = np.concatenate([counts, np.zeros((lanes, 1, bins), np.int64)], axis=1)
        found = (sums.sum(axis=1, keepdims=True) - own) / np.maximum(
            counts.sum(axis=1, keepdims=True) - left, 1
        )
    whole = found.mean(axis=2, keepdims=True)
    return np.asarray(np.where(found > 0, found, np.maximum(whole, 1e-9)))


def calibrate(
    history: NDArray[np.float64], is_down: NDArray[np.bool_]
) -> tuple[Lanes, Lanes, Lanes]:
    """Profile (lanes, bins), dispersion and limit from own shows in which nothing was wrong.

    Args:
        history: (lanes, shows, steps).
        is_down: (lanes,).
    """
    lanes, shows, steps = history.shape
    course = profiles(history)
    flat = history.reshape(lanes * shows, steps)
    down = np.repeat(is_down, shows)
    apart = course[:, :-1].reshape(lanes * shows, -1)
    never = np.full((lanes * shows, 2), np.inf)
    first = DeviationDetector(apart, np.ones(lanes * shows), never, down)
    off, count = np.zeros(lanes * shows), np.zeros(lanes * shows)
    for at in range(steps):
        first.step(flat[:, at])
        is_known = ~np.isnan(flat[:, at]) & (first.expected > 0)
        gap = np.where(is_known, flat[:, at] - first.expected, 0.0)
        off += np.where(is_known, gap**2 / np.maximum(first.expected, 1e-9), 0.0)
        count += is_known
    spread = (off / np.maximum(count, 1)).reshape(lanes, shows)
    phi = np.maximum(1e-9, np.median(spread, axis=1))
    second = DeviationDetector(apart, np.repeat(phi, shows), never, down)
    worst = np.zeros((lanes * shows, 2))
    for at in range(steps):
        second.step(flat[:, at])
        holds = np.where(down, second.ratio < FALLEN, second.ratio > RISEN)
        phase = int(at >= OPENING_STEPS)
        worst[:, phase] = np.where(
            holds, np.maximum(worst[:, phase], second.total), worst[:, phase]
        )
    limit = _limits(worst.reshape(lanes, shows, 2))
    return course[:, -1], phi, np.maximum(LEAST_LIMIT, limit)


def _limits(worst: NDArray[np.float64]) -> NDArray[np.float64]:
    """Limits from the worst of each figure's shows: (lanes, shows, phases) to (lanes, phases).

    Twenty shows say what is usual for a figure, but little about its tail: how far the worst may
    lie above the usual is taken from all figures together.
    """
    usual = np.maximum(worst.mean(axis=1), worst.mean(axis=(0, 1)) / FLOOR)
    tails = worst / np.maximum(usual[:, None, :], 1e-9)
    apart = np.quantile(tails, QUANTILE, axis=(0, 1))
    return np.asarray(usual * apart * MARGIN)


def baseline_of(
    names: tuple[str, ...], history: NDArray[np.float64], is_down: NDArray[np.bool_]
) -> Baseline:
    """What is normal for these figures."""
    profile, phi, limit = calibrate(history, is_down)
    return Baseline(names, profile.tolist(), phi.tolist(), limit.tolist(), history.shape[1])


def detector_of(baseline: Baseline, is_down: NDArray[np.bool_]) -> DeviationDetector:
    """A detector for a show that begins now."""
    profile, phi, limit = (
        np.array(values, np.float64) for values in (baseline.profile, baseline.phi, baseline.limit)
    )
    return DeviationDetector(profile, phi, limit, is_down)
