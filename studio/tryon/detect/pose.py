"""Bodies: a person detector finds them, a 33-point network follows them.

Networks and their pre- and post-processing: MediaPipe Pose Landmarker "full" (Apache-2.0).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.tryon import models
from studio.tryon.detect.anchors import POSE_GRIDS, decode
from studio.tryon.detect.face import box_of
from studio.tryon.detect.roi import Roi, cut, whole
from studio.tryon.model import Pose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame

BUNDLE = "pose_landmarker.task"
LEAST_PRESENCE = 0.5
_SIDE = 256
_MARGIN = 1.25


def _roi(centre: NDArray[np.float32], up: NDArray[np.float32]) -> Roi:
    """The square around ``centre`` that reaches to ``up`` and is turned so that it is up."""
    reach = up - centre
    side = 2 * float(np.hypot(reach[0], reach[1])) * _MARGIN
    angle = float(np.arctan2(reach[1], reach[0]) + np.pi / 2)
    return Roi(float(centre[0]), float(centre[1]), side, side, angle)


class PoseFinder:
    """Finds bodies and their points. One thread at a time.

    Raises:
        StudioError: unavailable or failed when a model file is missing or broken.
    """

    def __init__(self, where: Path | None = None) -> None:
        self._detector = models.load(BUNDLE, "pose_detector.tflite", where)
        # Without its picture-sized mask the network takes two thirds of the time.
        self._points = models.load(
            BUNDLE, "pose_landmarks_detector.tflite", where, ("Identity", "Identity_1")
        )

    def detect(self, frame: Frame, area: Roi | None = None, most: int = 1) -> list[Roi]:
        """Squares of the frame in which a body seems to be, best first."""
        area = area or whole(frame)
        side = self._detector.width
        cut(frame, area, self._detector.picture(), -1.0, 1.0)
        raw, logits = self._detector.run("Identity", "Identity_1")
        out = []
        for entry in decode(raw[0], logits[0, :, 0], POSE_GRIDS, side, most=most):
            keys = area.to_frame(entry.keys)
            out.append(_roi(keys[0], keys[1]))
        return out

    def points(self, frame: Frame, roi: Roi, track: int = 0) -> tuple[Pose, Roi]:
        """The points of the body in a square, and the square to look at in the next frame."""
        cut(frame, roi, self._points.picture())
        raw, score = self._points.run("Identity", "Identity_1")
        values = raw.reshape(39, 5)
        points = roi.to_frame(values[:35, :3] * np.float32(1 / _SIDE))
        seen = (1 / (1 + np.exp(-np.clip(values[:33, 3], -80, 80)))).astype(np.float32)
        body = points[:33]
        pose = Pose(float(score.ravel()[0]), body, seen, box_of(body), track)
        return pose, _roi(points[33, :2], points[34, :2])
