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
    gram = _gram(baskets, items)
    gram[np.diag_indices(items)] += ridge
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return np.asarray(weights, np.float32)


def popularity(baskets: Baskets, items: int) -> NDArray[np.float64]:
    """In how many baskets each product is."""
    return np.bincount(np.fromiter(_all(baskets), np.int64), minlength=items).astype(np.float64)


def together(baskets: Baskets, items: int) -> NDArray[np.float32]:
    """In how many baskets two products are."""
    return _gram(baskets, items)


def recall(scores: NDArray[np.floating], hidden: NDArray[np.int64], first: int = FIRST) -> float:
    """The share of rows whose hidden product is among the ``first`` highest scores."""
    own = scores[np.arange(len(hidden)), hidden]
    above = (scores > own[:, None]).sum(axis=1)
    return float((above < first).mean()) if len(hidden) else 0.0


def leave_last_out(baskets: Baskets, items: int, first: int = FIRST) -> OwnRecall:
    """Hides the last product of each basket and looks whether it would have been proposed."""
    learned = [basket[:-1] if len(basket) >= 2 else basket for basket in baskets]
    best = (0.0, 0.0, RIDGES[-1])
    for ridge in RIDGES if items <= MANY else RIDGES[3:4]:
        model, popular = tried(fit_ease(learned, items, ridge), learned, baskets, items, first)
        best = max(best, (model, popular, ridge))
    return OwnRecall(*best)


def tried(
    weights: NDArray[np.float32], learned: Baskets, test: Baskets, items: int, first: int = FIRST
) -> tuple[float, float]:
    """Recall of a model and of what sells most, on baskets whose last product is hidden."""
    usable = [basket for basket in test if len(basket) >= 2]
    hidden = np.array([basket[-1] for basket in usable], np.int64)
    rows = _matrix([basket[:-1] for basket in usable], items)
    scores = rows @ weights
    popular = np.tile(popularity(learned, items), (len(usable), 1))
    for each in (scores, popular):
        each[rows > 0] = -np.inf
    return recall(scores, hidden, first), recall(popular, hidden, first)


def _matrix(baskets: Baskets, items: int) -> NDArray[np.float32]:
    rows = np.zeros((len(baskets), items), np.float32)
    for at, basket in enumerate(baskets):
        rows[at, list(basket)] = 1.0
    return rows


def _gram(baskets: Baskets, items: int) -> NDArray[np.float32]:
    """Counted in strips, so that a million orders of thousands of goods stay within bounds."""
    gram = np.zeros((items, items), np.float32)
    for first in range(0, len(baskets), 2_000):
        rows = _matrix(baskets[first : first + 2_000], items)
        gram += rows.T @ rows
    return gram


def _all(baskets: Baskets) -> Iterable[int]:
    return (item for basket in baskets for item in basket)
