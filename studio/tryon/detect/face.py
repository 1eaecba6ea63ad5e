"""Faces: a detector finds them, a 478-point mesh follows them from frame to frame.

Networks and their pre- and post-processing: MediaPipe Face Landmarker (Apache-2.0).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.tryon import models
from studio.tryon.detect.anchors import FACE_GRIDS, decode
from studio.tryon.detect.roi import Roi, cut, whole
from studio.tryon.model import Face, PixelBox

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame

BUNDLE = "face_landmarker.task"
LEAST_PRESENCE = 0.5
_MARGIN = 1.5
_EYE_OUT_RIGHT, _EYE_OUT_LEFT = 33, 263
_MESH_SIDE = 256


def box_of(points: NDArray[np.float32]) -> PixelBox:
    """The upright rectangle around points (n, 2 or more)."""
    # One column at a time: over rows of two, min and max take ten times as long.
    x, y = points[:, 0], points[:, 1]
    left, top = float(x.min()), float(y.min())
    return PixelBox(left, top, float(x.max()) - left, float(y.max()) - top)


def roi_of(points: NDArray[np.float32]) -> Roi:
    """Where the mesh will look for a face whose points were these a frame ago."""
    across = points[_EYE_OUT_LEFT, :2] - points[_EYE_OUT_RIGHT, :2]
    angle = float(np.arctan2(across[1], across[0]))
    c, s = np.cos(angle), np.sin(angle)
    box = box_of(points[:, :2] @ np.array([[c, -s], [s, c]], np.float32))
    x, y = box.centre
    side = max(box.width, box.height) * _MARGIN
    return Roi(float(x * c - y * s), float(x * s + y * c), side, side, angle)


class FaceFinder:
    """Finds faces and their meshes. One thread at a time.

    Raises:
        StudioError: unavailable or failed when a model file is missing or broken.
    """

    def __init__(self, where: Path | None = None) -> None:
        self._detector = models.load(BUNDLE, "face_detector.tflite", where)
        self._mesh = models.load(
            BUNDLE, "face_landmarks_detector.tflite", where, ("Identity", "Identity_1")
        )

    def detect(self, frame: Frame, area: Roi | None = None, most: int = 10) -> list[Roi]:
        """Squares of the frame in which a face seems to be, best first.

        Args:
            frame: the picture.
            area: the part to look at, by default the whole; faces smaller than about a tenth
                of it are missed.
            most: at most so many.
        """
        area = area or whole(frame)
        side = self._detector.width
        cut(frame, area, self._detector.picture(), -1.0, 1.0)
        raw, logits = self._detector.run("regressors", "classificators")
        out = []
        for entry in decode(raw[0], logits[0, :, 0], FACE_GRIDS, side, most=most):
            eyes = area.to_frame(entry.keys[:2])
            across = eyes[1] - eyes[0]
            centre = area.to_frame(entry.box[None, :2])[0]
            size = float(entry.box[2:].max()) * area.width * _MARGIN
            angle = float(np.arctan2(across[1], across[0]))
            out.append(Roi(float(centre[0]), float(centre[1]), size, size, angle))
        return out

    def mesh(self, frame: Frame, roi: Roi, track: int = 0) -> Face:
        """The mesh of the face in a square of the frame; ``score`` says whether there is one."""
        cut(frame, roi, self._mesh.picture())
        raw, presence = self._mesh.run("Identity", "Identity_1")
        points = roi.to_frame(raw.reshape(478, 3) * np.float32(1 / _MESH_SIDE))
        score = float(1 / (1 + np.exp(-np.clip(presence.ravel()[0], -80.0, 80.0))))
        return Face(score, points, box_of(points), track)
