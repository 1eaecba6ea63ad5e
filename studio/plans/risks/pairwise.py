"""Weights from pairwise judgements (analytic hierarchy process, T. L. Saaty 1980)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from studio.core.errors import StudioError

MOST_CR = 0.1
# Saaty's mean consistency index of random matrices of order 1, 2, 3, …
RANDOM_INDEX = (
    0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
)  # fmt: skip
RECIPROCAL = 0.02
"""How far a·b may be from 1: people write 0.33 for a third."""
ROUNDS = 200
Matrix = Sequence[Sequence[float]]


class PairwiseWeights(NamedTuple):
    """Weights that add up to 1, and how far the judgements contradict each other."""

    weights: tuple[float, ...]
    consistency: float


def pairwise_weights(matrix: Matrix) -> PairwiseWeights:
    """The principal eigenvector of the judgements.

    Raises:
        StudioError: invalid: no square, not reciprocal, or CR of 0.1 and more; says which
            judgement disagrees most with the others.
    """
    count = len(matrix)
    if not 1 <= count <= len(RANDOM_INDEX) or any(len(row) != count for row in matrix):
        rows = ", ".join(str(len(row)) for row in matrix)
        most = len(RANDOM_INDEX)
        raise StudioError("invalid", "risks.not_square", rows=count, columns=rows, most=most)
    for i in range(count):
        for j in range(i, count):
            product = matrix[i][j] * matrix[j][i]
            if abs(product - 1) > RECIPROCAL:
                raise StudioError(
                    "invalid", "risks.not_reciprocal", row=i + 1, column=j + 1,
                    there=f"{matrix[i][j]:g}", back=f"{matrix[j][i]:g}",
                )  # fmt: skip
    weights, largest = _eigenvector(matrix)
    random = RANDOM_INDEX[count - 1]
    consistency = max(0.0, (largest - count) / (count - 1) / random) if random else 0.0
    if consistency >= MOST_CR:
        i, j = _odd_judgement(matrix, weights)
        raise StudioError(
            "invalid", "risks.inconsistent", cr=f"{consistency:.3f}", row=i + 1, column=j + 1,
            is_now=f"{matrix[i][j]:g}", better=f"{weights[i] / weights[j]:.2g}",
        )  # fmt: skip
    return PairwiseWeights(weights, consistency)


def _eigenvector(matrix: Matrix) -> tuple[tuple[float, ...], float]:
    """Eigenvector (adding up to 1) and the largest eigenvalue, by power iteration."""
    count = len(matrix)
    vector = [1 / count] * count
    largest = float(count)
    for _ in range(ROUNDS):
        product = [sum(a * v for a, v in zip(row, vector, strict=True)) for row in matrix]
        largest = sum(product)
        fresh = [value / largest for value in product]
        change = max(abs(a - b) for a, b in zip(fresh, vector, strict=True))
        vector = fresh
        if change < 1e-12:
            break
    return tuple(vector), largest


def _odd_judgement(matrix: Matrix, weights: Sequence[float]) -> tuple[int, int]:
    """The judgement that is farthest from what the weights of all of them say."""
    # Of a judgement and its reciprocal, the one that says "more".
    count = range(len(matrix))
    pairs = [(i, j) for i in count for j in count if i != j and matrix[i][j] >= 1]
    return max(pairs, key=lambda pair: _error(matrix, weights, *pair))


def _error(matrix: Matrix, weights: Sequence[float], i: int, j: int) -> float:
    ratio = matrix[i][j] * weights[j] / weights[i]
    return max(ratio, 1 / ratio)
