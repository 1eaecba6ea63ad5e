"""Hands: a palm detector finds them, a 21-point network follows them.

Networks and their pre- and post-processing: MediaPipe Hand Landmarker (Apache-2.0).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.tryon import models
from studio.tryon.detect.anchors import HAND_GRIDS, decode
from studio.tryon.detect.face import box_of
from studio.tryon.detect.roi import Roi, cut, whole
from studio.tryon.model import Hand

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame

BUNDLE = "hand_landmarker.task"
LEAST_PRESENCE = 0.5
_SIDE = 224
_PALM = np.array([0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18])
"""Points that move little when fingers bend: the square follows them."""


def _upward(start: NDArray[np.floating], end: NDArray[np.floating]) -> float:
    """The turn that makes ``start`` → ``end`` point up in the cut."""
    return float(np.arctan2(end[1] - start[1], end[0] - start[0]) + np.pi / 2)


def _shifted(cx: float, cy: float, side: float, angle: float, up: float, scale: float) -> Roi:
    """The square moved ``up`` sides towards the fingers, then scaled."""
    cx += side * up * float(np.sin(angle))
    cy -= side * up * float(np.cos(angle))
    return Roi(cx, cy, side * scale, side * scale, angle)


def roi_of(points: NDArray[np.float32]) -> Roi:
    """Where to look for a hand whose points were these a frame ago."""
    knuckles = (points[5, :2] + points[13, :2]) / 4 + points[9, :2] / 2
    angle = _upward(points[0, :2], knuckles)
    c, s = np.cos(angle), np.sin(angle)
    turned = points[_PALM, :2] @ np.array([[c, -s], [s, c]], np.float32)
    low, high = turned.min(0), turned.max(0)
    mid = (low + high) / 2
    side = float((high - low).max())
    cx, cy = float(mid[0] * c - mid[1] * s), float(mid[0] * s + mid[1] * c)
    return _shifted(cx, cy, side, angle, 0.1, 2.0)


class HandFinder:
    """Finds hands and their points. One thread at a time.

    Raises:
        StudioError: unavailable or failed when a model file is missing or broken.
    """

    def __init__(self, where: Path | None = None) -> None:
        self._detector = models.load(BUNDLE, "hand_detector.tflite", where)
        self._points = models.load(BUNDLE, "hand_landmarks_detector.tflite", where)

    def detect(self, frame: Frame, area: Roi | None = None, most: int = 2) -> list[Roi]:
        """Squares of the frame in which a hand seems to be, best first."""
        area = area or whole(frame)
        side = self._detector.width
        cut(frame, area, self._detector.picture())
        raw, logits = self._detector.run("Identity", "Identity_1")
        out = []
        for entry in decode(raw[0], logits[0, :, 0], HAND_GRIDS, side, most=most):
            keys = area.to_frame(entry.keys)
            centre = area.to_frame(entry.box[None, :2])[0]
            size = float(entry.box[2:].max()) * area.width
            angle = _upward(keys[0], keys[2])
            out.append(_shifted(float(centre[0]), float(centre[1]), size, angle, 0.5, 2.6))
        return out

    def points(self, frame: Frame, roi: Roi, track: int = 0) -> Hand:
        """The points of the hand in a square; ``score`` says whether there is one."""
        cut(frame, roi, self._points.picture())
        raw, presence, right = self._points.run("Identity", "Identity_1", "Identity_2")
        points = roi.to_frame(raw.reshape(21, 3) * np.float32(1 / _SIDE))
        # The published label says "left" for this, but it supposes mirrored (selfie) pictures.
        is_right = float(right.ravel()[0]) > 0.5
        return Hand(float(presence.ravel()[0]), points, box_of(points), is_right, track)
