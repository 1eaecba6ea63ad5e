"""Results that may be looked at at any time: e-values, confidence sequences, the split check.

A test that is looked at again and again finds winners where there are none. What is here keeps
its error at every look at once.

- Switched in time (what is on the picture is seen by everybody): slots in pairs by a coin that was
  committed beforehand. Under "no difference" the sign of a pair's difference is a fair coin
  whatever its size, so that the sign-flip process is a martingale (Ville's inequality).
- Split by viewer (links, coupons): a confidence sequence for the difference of two rates
  (Robbins' normal mixture, asymptotic: Waudby-Smith et al. 2021).
- Sample ratio mismatch: a Beta mixture against the designed share (a likelihood-ratio martingale).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ALPHA = 0.05
SRM_ALPHA = 0.001
LAMBDAS = (0.1, 0.2, 0.35, 0.55, 0.8)
"""Stakes of the sign-flip process; the e-value is their mean, so that none has to be chosen."""
TRIM = 2.0
LEAST_VIEWERS = 500
"""An arm with fewer says nothing: the sequence is an asymptotic one."""
PLANNED_VIEWERS = 4000.0


# --- switched in time ---------------------------------------------------------------------------


class SignFlip:
    """E-value of "A and B are the same" over pairs of slots; many experiments at once.

    Each pair's log-ratio is scaled by what was seen before (never by itself), so that a stake is
    chosen before its pair comes.

    Args:
        lanes: experiments.

    Attributes:
        for_b, for_a: e-values of "B is better" and of "A is better"; above 2 / alpha is a result.
    """

    def __init__(self, lanes: int = 1) -> None:
        self._stakes = np.array(LAMBDAS)[:, None]
        self._log = {side: np.zeros((len(LAMBDAS), lanes)) for side in (1, -1)}
        self._squares, self.pairs = np.full(lanes, np.nan), 0

    def add(self, difference: NDArray[np.float64]) -> None:
        """One more pair: log of B over A (or any difference that is symmetric under no effect)."""
        scale = np.sqrt(self._squares / max(1, self.pairs))
        scaled = np.where(scale > 0, difference / np.where(scale > 0, scale, 1.0), 0.0)
        scaled = np.clip(scaled, -TRIM, TRIM)
        for side, log in self._log.items():
            # E[exp(l x - log cosh(l x))] = 1 where x and -x are equally likely.
            stake = self._stakes * side * scaled
            log += stake - np.log(np.cosh(stake))
        self._squares = np.nan_to_num(self._squares) + difference**2
        self.pairs += 1

    @property
    def for_b(self) -> NDArray[np.float64]:
        """How strongly B is better."""
        return np.asarray(np.exp(np.minimum(self._log[1], 500)).mean(axis=0))

    @property
    def for_a(self) -> NDArray[np.float64]:
        """How strongly A is better."""
        return np.asarray(np.exp(np.minimum(self._log[-1], 500)).mean(axis=0))

    @property
    def e_value(self) -> NDArray[np.float64]:
        """Of "they differ": the mean of both sides."""
        return (self.for_a + self.for_b) / 2


def pair_difference(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log of B over A for counts; half a count more on both sides keeps zeros."""
    return np.asarray(np.log((b + 0.5) / (a + 0.5)))


# --- split by viewer ----------------------------------------------------------------------------


def rate_difference(
    a: tuple[int, int], b: tuple[int, int], alpha: float = ALPHA
) -> tuple[float, float]:
    """Confidence sequence for rate B minus rate A; holds at every look.

    Args:
        a, b: (how many did, how many viewers).

    Returns:
        Lower and upper end; (-1, 1) while too few viewers came.
    """
    low, high = rate_differences(
        np.array([a[0]]), np.array([a[1]]), np.array([b[0]]), np.array([b[1]]), alpha
    )
    return float(low[0]), float(high[0])


def rate_differences(
    did_a: NDArray[np.int64], of_a: NDArray[np.int64], did_b: NDArray[np.int64],
    of_b: NDArray[np.int64], alpha: float = ALPHA,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
    """As `rate_difference`, for many."""
    count_a, count_b = np.maximum(of_a, 1), np.maximum(of_b, 1)
    rate_a, rate_b = (did_a + 0.5) / (count_a + 1), (did_b + 0.5) / (count_b + 1)
    variance = rate_a * (1 - rate_a) / count_a + rate_b * (1 - rate_b) / count_b
    total = np.asarray(of_a + of_b, np.float64)
    # The mixture is tuned to be tightest at PLANNED_VIEWERS.
    aim = -2 * math.log(alpha) + math.log(-2 * math.log(alpha)) + 1
    rho = aim / PLANNED_VIEWERS
    width = np.sqrt(
        variance * (total * rho + 1) / (total * rho)
        * np.log((total * rho + 1) / alpha**2)
    )  # fmt: skip
    middle = np.where(of_b > 0, did_b / count_b, 0.0) - np.where(of_a > 0, did_a / count_a, 0.0)
    is_few = np.minimum(of_a, of_b) < LEAST_VIEWERS
    return np.where(is_few, -1.0, middle - width), np.where(is_few, 1.0, middle + width)


# --- the split itself ---------------------------------------------------------------------------


def split_e_value(counts: Sequence[int], shares: Sequence[float]) -> float:
    """E-value of "viewers fall to the arms as designed"; above 1 / SRM_ALPHA they do not.

    A Dirichlet mixture around the designed shares over the multinomial likelihood under them.

    Args:
        counts: viewers by arm.
        shares: as designed, adding up to 1.

    Raises:
        ValueError: they do not belong together.
    """
    if len(counts) != len(shares) or not math.isclose(sum(shares), 1.0, abs_tol=1e-9):
        raise ValueError("counts and shares")
    prior = [MIXED * share for share in shares]
    log = math.lgamma(sum(prior)) - math.lgamma(sum(prior) + sum(counts))
    for count, share, weight in zip(counts, shares, prior, strict=True):
        log += math.lgamma(weight + count) - math.lgamma(weight) - count * math.log(share)
    return math.exp(min(700.0, log))


MIXED = 200.0
"""How tightly the mixture lies around the design: mismatches of some per cent are looked for."""


def holm(e_values: Sequence[float], alpha: float = ALPHA) -> list[bool]:
    """Which of several results stand when they are looked at together (e-Holm)."""
    order = sorted(range(len(e_values)), key=lambda at: -e_values[at])
    found = [False] * len(e_values)
    for rank, at in enumerate(order):
        if e_values[at] < (len(e_values) - rank) / alpha:
            break
        found[at] = True
    return found
