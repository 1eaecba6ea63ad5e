"""Shows with an experiment, made up: switched in time, or split by viewer.

Sales in a slot wander along the show (slow drift, jumps between products), viewers within it are
overdispersed; none of it was fitted to the tests of `studio.insight.sequential`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
