"""Shows made up for the alarms: twelve figures over four hours, as they go when nothing is wrong.

Each show has its own level; figures rise and fall along the show, wander slowly, jump for a
minute when another product comes, and are counted (Poisson). None of it was fitted to the
detector; the tests and the benchmark take seeds that no constant was chosen with.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FIGURES = (
    ("exposed", 900.0), ("entered", 260.0), ("product_seen", 180.0), ("clicked", 70.0),
    ("paid", 24.0), ("comments", 60.0), ("likes", 400.0), ("shares", 20.0), ("followers", 20.0),
    ("cart", 40.0), ("left", 240.0), ("negative", 20.0),
)  # fmt: skip
"""Name, and how many come in a minute at a usual level."""
HOURS, STEP_S = 4, 10
STEPS = HOURS * 3600 // STEP_S
IS_DOWN = np.array([name not in ("left", "negative") for name, _ in FIGURES])


class FallenFigure(NamedTuple):
    """A fall that was put in."""

    figure: int
    step: int


def healthy(seed: int, shows: int) -> NDArray[np.float64]:
    """(figures, shows, steps) counts in ten seconds."""
    rng = np.random.default_rng(seed)
    figures = len(FIGURES)
    minutes = np.arange(STEPS) * STEP_S / 60
    rate = np.array([count for _, count in FIGURES])[:, None, None] * STEP_S / 60
    level = np.exp(rng.normal(0, 0.35, (1, shows, 1)) + rng.normal(0, 0.15, (figures, shows, 1)))
    ramp = 0.5 + 0.5 * np.minimum(1, minutes / rng.uniform(6, 14, (1, shows, 1)))
    end = HOURS * 60 - minutes
    closing = 1 + rng.uniform(0.0, 0.6, (figures, shows, 1)) * np.exp(-end / 12)
    phase = rng.uniform(0, 2 * np.pi, (figures, shows, 1))
    wave = 1 + 0.12 * np.sin(2 * np.pi * minutes / rng.uniform(25, 90, (1, shows, 1)) + phase)
    wander = np.zeros((figures, shows, STEPS))
    shared = rng.normal(0, 0.03, (1, shows, STEPS))
    noise = rng.normal(0, 0.03, (figures, shows, STEPS)) + shared
    for at in range(1, STEPS):
        wander[:, :, at] = 0.97 * wander[:, :, at - 1] + noise[:, :, at]
    jumps = np.ones((figures, shows, STEPS))
    for show in range(shows):
        for start in np.flatnonzero(rng.random(STEPS) < 1 / 60):  # another product each 10 minutes
            length = int(rng.integers(3, 10))
            size = np.exp(rng.normal(0, 0.2, figures))
            jumps[:, show, start : start + length] *= size[:, None]
    return rng.poisson(rate * level * ramp * closing * wave * np.exp(wander) * jumps).astype(float)


def with_falls(
    counts: NDArray[np.float64], seed: int, to: float = 0.3
) -> tuple[NDArray[np.float64], list[FallenFigure]]:
    """One figure of each show falls (or where a rise is bad, rises) from some time on to the end.

    Args:
        to: what is left of it: 0.3 is a fall by 70 %.
    """
    rng = np.random.default_rng(seed)
    changed, falls = counts.copy(), []
    down = np.flatnonzero(IS_DOWN)
    for show in range(counts.shape[1]):
        figure, step = int(rng.choice(down)), int(rng.integers(180, STEPS - 120))
        changed[figure, show, step:] = rng.binomial(counts[figure, show, step:].astype(int), to)
        falls.append(FallenFigure(figure, step))
    return changed, falls
