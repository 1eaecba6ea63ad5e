"""Where landmarks have gone since they were found: optical flow of a small patch.

A frame is drawn with landmarks of the frame before it. Instead of guessing from their speed, the
patch around them is looked for again in the picture itself (pyramidal Lucas-Kanade on a 128 px
cut), which costs a tenth of finding them anew and knows about stops and turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from studio.media.cv import cv2
from studio.tryon.detect.roi import Roi

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame

_SIDE = 128
_LEAST_POINTS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A cut of the frame in which landmarks were found.

    Attributes:
        roi: where it was cut.
        luma: uint8 (128, 128).
        points: float32 (n, 1, 2), what to look for, in pixels of the cut.
    """

    roi: Roi
    luma: NDArray[np.uint8]
    points: NDArray[np.float32]


def _luma(frame: Frame, roi: Roi) -> NDArray[np.uint8]:
    plane = frame.y
    matrix = roi.matrix(_SIDE, _SIDE)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    if roi.width > 3 * _SIDE:  # look at every other pixel's mean only when far too fine
        matrix = matrix * 0.5
        matrix[:, 2] -= 0.25
        plane = _halved(plane, roi, matrix)
    cut: NDArray[np.uint8] = cv2.warpAffine(
        plane, matrix, (_SIDE, _SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return cut


def _halved(plane: NDArray[np.uint8], roi: Roi, matrix: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Half of ``plane`` around the roi, moving ``matrix`` to it in place."""
    reach = roi.width * 0.71
    x0, y0 = max(0, int(roi.cx - reach) & ~1), max(0, int(roi.cy - reach) & ~1)
    part = plane[y0 : int(roi.cy + reach) + 2, x0 : int(roi.cx + reach) + 2]
    if min(part.shape) < 4:
        return plane
    matrix[:, 2] -= (x0 / 2, y0 / 2)
    half: NDArray[np.uint8] = cv2.resize(
        part, (part.shape[1] // 2, part.shape[0] // 2), interpolation=cv2.INTER_AREA
    )
    return half


def patch(frame: Frame, points: NDArray[np.float32], margin: float = 1.35) -> Patch | None:
    """Remembers how the picture around ``points`` (n, 2 or more) looks now.

    None when they lie outside of the picture or too close together.
    """
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    centre = (low + high) / 2
    side = float((high - low).max()) * margin
    if side < 12 or not (0 <= centre[0] < frame.width and 0 <= centre[1] < frame.height):
        return None
    roi = Roi(float(centre[0]), float(centre[1]), side, side)
    inside = (points[:, :2] - centre) * (_SIDE / side) + (_SIDE / 2 - 0.5)
    return Patch(roi, _luma(frame, roi), inside.astype(np.float32)[:, None])


def moved(before: Patch, frame: Frame) -> NDArray[np.float64] | None:
    """The (2, 3) similarity that takes points of the patch's frame to this frame's pixels.

    None when too little of the patch is found again.
    """
    now = _luma(frame, before.roi)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.03)
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        before.luma, now, before.points, None, winSize=(15, 15), maxLevel=2, criteria=stop
    )
    good = found.ravel() == 1
    start, end = before.points[good, 0], there[good, 0]
    if len(start) < _LEAST_POINTS:
        return None
    matrix, inliers = cv2.estimateAffinePartial2D(
        start, end, ransacReprojThreshold=2.0, maxIters=100, confidence=0.99
    )
    if matrix is None or int(inliers.sum()) < max(_LEAST_POINTS, 0.4 * len(before.points)):
        return None
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if not 0.7 < scale < 1.4:
        return None
    # From patch pixels to frame pixels: p = c + k (q - h), with k the size of a patch pixel.
    size = before.roi.width / _SIDE
    half = _SIDE / 2 - 0.5
    centre = np.array([before.roi.cx, before.roi.cy])
    linear = matrix[:, :2]
    shift = size * (linear @ np.array([half, half]) + matrix[:, 2] - half) + centre
    return np.column_stack([linear, shift - linear @ centre])


def carried(points: NDArray[np.float32], matrix: NDArray[np.float64]) -> NDArray[np.float32]:
    """Points (n, 3) moved by a (2, 3) similarity; depth grows with the size."""
    linear = matrix[:, :2].astype(np.float32)
    out = np.empty_like(points)
    out[:, :2] = points[:, :2] @ linear.T + matrix[:, 2].astype(np.float32)
    out[:, 2] = points[:, 2] * np.hypot(linear[0, 0], linear[1, 0])
    return out
