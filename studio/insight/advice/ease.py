"""Which goods belong together: EASE, a linear model with a closed solution, and its baseline.

Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data": B = −P / diag(P) with
P = (XᵀX + λI)⁻¹ and a diagonal of zeros. Beside it stands what anybody would do without a model:
what sells most.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Baskets = Sequence[Sequence[int]]
RIDGES = (3.0, 10.0, 30.0, 100.0, 300.0)
MANY = 1_500
"""Of more goods one ridge is taken: a fit takes seconds."""
FIRST = 5
STRIP = 2_000
"""Baskets that are tried at once."""


class OwnRecall(NamedTuple):
    """Of baskets whose last product was hidden: the share in which it was proposed.

    Attributes:
        ridge: that was best for the model.
    """

    model: float
    popular: float
    ridge: float


def fit_ease(baskets: Baskets, items: int, ridge: float) -> NDArray[np.float32]:
    """The model: ``scores = chosen @ B``; an own product's score is 0.

    Args:
        baskets: numbers of goods below ``items``, one sequence for each order or viewer.
        ridge: the larger, the less a few baskets say.
    """
    return solve(together(baskets, items), ridge)


def solve(gram: NDArray[np.float32], ridge: float) -> NDArray[np.float32]:
    """The model, from how often two products are `together`."""
    damped = gram.copy()
    damped[np.diag_indices_from(damped)] += ridge
    inverse = np.linalg.inv(damped)
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return np.asarray(weights, np.float32)


def popularity(baskets: Baskets, items: int) -> NDArray[np.float64]:
    """In how many baskets each product is."""
    return np.bincount(np.fromiter(_all(baskets), np.int64), minlength=items).astype(np.float64)


def together(baskets: Baskets, items: int) -> NDArray[np.float32]:
    """In how many baskets two products are."""
    gram = np.zeros((items, items), np.float32)
    for basket in baskets:
        gram[np.ix_(basket, basket)] += 1.0
    return gram


def leave_last_out(baskets: Baskets, items: int, first: int = FIRST) -> OwnRecall:
    """Hides the last product of each basket and looks whether it would have been proposed."""
    learned = [basket[:-1] if len(basket) >= 2 else basket for basket in baskets]
    gram = together(learned, items)
    ridges = RIDGES if items <= MANY else RIDGES[3:4]
    models = [solve(gram, ridge) for ridge in ridges]
    recalls, popular = tried(models, learned, baskets, items, first)
    best, ridge = max(zip(recalls, ridges, strict=True))
    return OwnRecall(best, popular, ridge)


def tried(
    models: Sequence[NDArray[np.float32]], learned: Baskets, test: Baskets, items: int,
    first: int = FIRST,
) -> tuple[list[float], float]:  # fmt: skip
    """Recall of each model and of what sells most, on baskets whose last product is hidden.

    Strip by strip, so that a million orders of thousands of goods stay within bounds.
    """
    usable = [basket for basket in test if len(basket) >= 2]
    usual = popularity(learned, items)
    hits, popular_hits = [0.0] * len(models), 0.0
    for begin in range(0, len(usable), STRIP):
        strip = usable[begin : begin + STRIP]
        hidden = np.array([basket[-1] for basket in strip], np.int64)
        rows = _matrix([basket[:-1] for basket in strip], items)
        for number, weights in enumerate(models):
            hits[number] += _hits(rows @ weights, rows, hidden, first)
        popular_hits += _hits(np.tile(usual, (len(strip), 1)), rows, hidden, first)
    count = max(1, len(usable))
    return [each / count for each in hits], popular_hits / count


def _hits(
    scores: NDArray[np.floating], rows: NDArray[np.float32], hidden: NDArray[np.int64], first: int
) -> float:
    """Baskets whose hidden product is among the ``first`` highest scores; what is in it is not.

    Of goods with equal scores any may come first: the places that are left go by chance, or a
    model that knows nothing would have proposed everything.
    """
    scores[rows > 0] = -np.inf
    own = scores[np.arange(len(hidden)), hidden][:, None]
    left = first - (scores > own).sum(axis=1)
    return float(np.clip(left / (scores == own).sum(axis=1), 0.0, 1.0).sum())


def _matrix(baskets: Baskets, items: int) -> NDArray[np.float32]:
    rows = np.zeros((len(baskets), items), np.float32)
    for at, basket in enumerate(baskets):
        rows[at, list(basket)] = 1.0
    return rows


def _all(baskets: Baskets) -> Iterable[int]:
    return (item for basket in baskets for item in basket)
