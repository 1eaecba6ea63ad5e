"""SSD anchors of the detectors, and the decoding of what they answer.

The layout is that of the published models: fixed-size anchors at the centres of square grids,
boxes and keypoints as offsets in input pixels, one logit a box.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FACE_GRIDS = ((16, 2), (8, 6))
HAND_GRIDS = ((24, 2), (12, 6))
POSE_GRIDS = ((28, 2), (14, 2), (7, 6))


@dataclass(frozen=True, slots=True)
class Found:
    """One detection: score 0..1, centre box (cx, cy, w, h) and keypoints (k, 2), all 0..1."""

    score: float
    box: NDArray[np.float32]
    keys: NDArray[np.float32]


@cache
def anchors(grids: tuple[tuple[int, int], ...]) -> NDArray[np.float32]:
    """Anchor centres, float32 (n, 2) in 0..1, row by row of each grid, so many a cell."""
    parts = []
    for size, per_cell in grids:
        line = (np.arange(size, dtype=np.float32) + 0.5) / size
        x, y = np.meshgrid(line, line)
        parts.append(np.repeat(np.stack([x.ravel(), y.ravel()], 1), per_cell, axis=0))
    return np.concatenate(parts)


def decode(
    raw: NDArray[np.float32],
    logits: NDArray[np.float32],
    grids: tuple[tuple[int, int], ...],
    size: int,
    *,
    least: float = 0.5,
    most: int = 10,
    overlap: float = 0.3,
) -> list[Found]:
    """Boxes worth keeping, best first; overlapping ones are averaged by their score.

    Args:
        raw: float32 (n, 4 + 2k), offsets in input pixels.
        logits: float32 (n,), one a box.
        grids: the (size, per cell) grids of the network.
        size: side of the network's square input in pixels.
        least: smallest score kept.
        most: how many are kept at most.
        overlap: boxes that share more than this of their union are one.
    """
    floor = float(np.log(least / (1 - least)))
    keep = np.flatnonzero(logits > floor)
    if keep.size == 0:
        return []
    scores = 1 / (1 + np.exp(-np.clip(logits[keep], -80, 80)))
    order = np.argsort(-scores)
    keep, scores = keep[order], scores[order]
    values = raw[keep] / size
    centres = anchors(grids)[keep]
    values[:, :2] += centres
    values[:, 4:] += np.tile(centres, (values.shape[1] - 4) // 2)
    left = values[:, :2] - values[:, 2:4] / 2
    right = values[:, :2] + values[:, 2:4] / 2
    area = values[:, 2] * values[:, 3]
    open_ = np.ones(len(keep), bool)
    out: list[Found] = []
    for i in range(len(keep)):
        if not open_[i] or len(out) == most:
            continue
        shared = np.clip(np.minimum(right, right[i]) - np.maximum(left, left[i]), 0, None)
        both = shared[:, 0] * shared[:, 1]
        same = open_ & (both / np.maximum(area + area[i] - both, 1e-9) > overlap)
        same[i] = True
        open_ &= ~same
        weight = scores[same]
        mean = (values[same] * weight[:, None]).sum(0) / weight.sum()
        out.append(Found(float(scores[i]), mean[:4], mean[4:].reshape(-1, 2)))
    return out
