"""Experiments made up, to show that a result holds however often one looks at it.

Sales in a slot wander along the show (slow drift, jumps between products), viewers within it are
overdispersed; none of it was fitted to the tests of `studio.insight.sequential`. Beside each of
them stands what is done without thinking: a z-test over viewers at each look.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.insight.sequential import ALPHA, SRM_ALPHA, SignFlip, rate_differences, split_e_value

SLOT_MINUTES, SHOW_MINUTES = 3, 240
PAIRS = SHOW_MINUTES // (2 * SLOT_MINUTES)
SHARE_USED = 2 / 3
"""Of a slot: its first minute is dropped."""


def switched(
    rng: np.random.Generator, shows: int, effect: float = 0.0, parts: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Buyers and viewers in the slots of A and B, (shows, pairs) each; ``parts`` shows in a row.

    Returns:
        (buyers of A, buyers of B, viewers of A, viewers of B).
    """
    slots = 2 * PAIRS * parts
    drift = np.cumsum(rng.normal(0, 0.05, (shows, slots)), axis=1)
    drift -= np.linspace(0, 1, slots) * drift[:, -1:] * 0.7
    jumps = np.repeat(rng.normal(0, 0.15, (shows, -(-slots // 5))), 5, axis=1)[:, :slots]
    level = np.log(0.03) + rng.normal(0, 0.2, (shows, 1))
    rate = np.exp(level + drift * 0.5 + jumps + rng.normal(0, 0.13, (shows, slots)))
    viewers = rng.poisson(600 * SHARE_USED * np.exp(rng.normal(0, 0.2, (shows, slots))))
    is_b = np.zeros((shows, slots), bool)
    coin = rng.random((shows, slots // 2)) < 0.5
    is_b[:, ::2], is_b[:, 1::2] = coin, ~coin
    buyers = rng.binomial(viewers, np.minimum(0.9, rate * np.where(is_b, 1 + effect, 1.0)))

    def side(values: NDArray[np.int64], which: NDArray[np.bool_]) -> NDArray[np.int64]:
        return values[which].reshape(shows, slots // 2)

    return (
        side(buyers, ~is_b).astype(float), side(buyers, is_b).astype(float),
        side(viewers, ~is_b), side(viewers, is_b),
    )  # fmt: skip


VIEWERS, RATE = 20_000, 0.03
FIRST_LOOK, LOOK_EACH = 200, 10


class FalseWinners(NamedTuple):
    """Share of experiments with a winner at any look, by our result and by the z-test."""

    e_value: float
    naive: float


def switched_winners(seed: int, shows: int, effect: float = 0.0, parts: int = 1) -> FalseWinners:
    """Experiments switched in time, a look after each pair of slots."""
    buyers_a, buyers_b, of_a, of_b = switched(np.random.default_rng(seed), shows, effect, parts)
    difference = np.log((buyers_b + 0.5) / (of_b + 1)) - np.log((buyers_a + 0.5) / (of_a + 1))
    test, winners = SignFlip(shows), np.zeros(shows, bool)
    for pair in range(difference.shape[1]):
        test.add(difference[:, pair])
        winners |= test.e_value >= 1 / ALPHA
    sums = (np.cumsum(values, axis=1) for values in (buyers_a, of_a, buyers_b, of_b))
    return FalseWinners(float(winners.mean()), float((_z(*sums) > 1.96).any(axis=1).mean()))


def power_switched(seed: int, experiments: int, effect: float, parts: int = 4) -> float:
    """How often an effect is found within so many shows."""
    return switched_winners(seed, experiments, effect, parts).e_value


def aa_by_viewer(seed: int, shows: int) -> FalseWinners:
    """Links split by viewer, a look every ten viewers."""
    rng = np.random.default_rng(seed)
    ours = naive = 0
    for _ in range(shows):
        is_b, did = rng.random(VIEWERS) < 0.5, rng.random(VIEWERS) < RATE
        parts = (did & ~is_b, ~is_b, did & is_b, is_b)
        did_a, of_a, did_b, of_b = (
            np.cumsum(part, dtype=np.int64)[FIRST_LOOK::LOOK_EACH] for part in parts
        )
        low, high = rate_differences(did_a, of_a, did_b, of_b)
        ours += bool(((low > 0) | (high < 0)).any())
        naive += bool((_z(did_a, of_a, did_b, of_b) > 1.96).any())
    return FalseWinners(ours / shows, naive / shows)


def srm_found(seed: int, runs: int, share: float) -> list[int]:
    """After how many viewers a split of ``share`` was found, within 20,000; only those found."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(runs):
        in_b = np.cumsum(rng.random(VIEWERS) < share)
        for at in range(99, VIEWERS, 100):
            count = int(in_b[at])
            if split_e_value((at + 1 - count, count), (0.5, 0.5)) >= 1 / SRM_ALPHA:
                found.append(at + 1)
                break
    return found


def srm_false(seed: int, runs: int) -> float:
    """How often a fair split is called broken at any look."""
    return len(srm_found(seed, runs, 0.5)) / runs


def _z(
    did_a: NDArray[Any], of_a: NDArray[Any], did_b: NDArray[Any], of_b: NDArray[Any]
) -> NDArray[np.float64]:  # fmt: skip
    share = (did_a + did_b) / (of_a + of_b)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (did_b / of_b - did_a / of_a) / np.sqrt(share * (1 - share) * (1 / of_a + 1 / of_b))
    return np.asarray(np.abs(np.nan_to_num(z)))
