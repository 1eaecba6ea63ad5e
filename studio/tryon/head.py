"""Where the head is and how it is turned: the average face laid onto the mesh by PnP.

Head space is that of `canonical`: centimetres, x to the picture's right, y up, z to the camera.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from studio.media.cv import cv2
from studio.tryon.canonical import canonical

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FLIP = np.diag([1.0, -1.0, -1.0])
_FOCAL = 1.2
"""Focal length over the longer side: a webcam's 45° across. Its error hides in the distance."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadPose:
    """A head in front of the camera.

    Attributes:
        rotation: (3, 3), head space to camera space (x right, y down, z away).
        shift: (3,), the head's origin in camera space, centimetres.
        focal: pixels.
        centre: (2,), the optical axis in pixels.
        mend: (2, 3), a last similarity in the picture that lays anchors onto the landmarks.
    """

    rotation: NDArray[np.float64]
    shift: NDArray[np.float64]
    focal: float
    centre: NDArray[np.float64]
    mend: NDArray[np.float64]

    def project(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Head-space points (n, 3) in pixels of the frame, (n, 2)."""
        there = points @ self.rotation.T + self.shift
        flat = there[:, :2] * (self.focal / np.maximum(there[:, 2:], 1.0)) + self.centre
        return flat @ self.mend[:, :2].T + self.mend[:, 2]

    @property
    def camera(self) -> NDArray[np.float64]:
        """The camera's place in head space, (3,)."""
        return -self.rotation.T @ self.shift

    @property
    def px_per_cm(self) -> float:
        """Pixels to a centimetre at the head's origin."""
        size = float(np.hypot(self.mend[0, 0], self.mend[1, 0]))
        return self.focal / max(1.0, float(self.shift[2])) * size

    @property
    def yaw(self) -> float:
        """Radians, positive when the head is turned to the picture's right."""
        return float(np.arctan2(self.rotation[0, 2], -self.rotation[2, 2]))

    @property
    def pitch(self) -> float:
        """Radians, positive when it looks up."""
        return float(np.arcsin(np.clip(-self.rotation[1, 2], -1, 1)))

    def anchored(
        self, ids: tuple[int, ...], points: NDArray[np.float32], *, only_shift: bool = False
    ) -> HeadPose:
        """The head nudged in the picture so that these mesh points fall on the landmarks.

        Args:
            ids: mesh indices.
            points: the landmarks (478, 3).
            only_shift: leave size and turn as the whole face says.
        """
        bare = replace(self, mend=_NOTHING)
        mine = bare.project(canonical().points[list(ids)].astype(np.float64))
        there = points[list(ids), :2].astype(np.float64)
        if only_shift:
            mend = np.column_stack([np.eye(2), (there - mine).mean(0)])
            return replace(self, mend=mend)
        return replace(self, mend=similarity(mine, there))


_NOTHING = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def similarity(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """The (2, 3) shift, turn and scale that lays points onto points (least squares)."""
    a, b = start.mean(0), end.mean(0)
    p, q = start - a, end - b
    power = max(1e-9, float((p * p).sum()))
    c = float((p * q).sum()) / power
    s = float((p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum()) / power
    linear = np.array([[c, -s], [s, c]])
    return np.column_stack([linear, b - linear @ a])


def head_of(
    points: NDArray[np.float32], width: int, height: int, guess: HeadPose | None = None
) -> HeadPose | None:
    """The head whose mesh is ``points`` (478, 3) in a frame of this size.

    Args:
        points: landmarks in pixels.
        width, height: of the frame.
        guess: the head a frame ago; makes it quicker and steadier.

    Returns:
        None when the mesh fits no head.
    """
    face = canonical()
    model = np.ascontiguousarray(face.points[face.steady].astype(np.float64) @ _FLIP)
    seen = np.ascontiguousarray(points[face.steady, :2].astype(np.float64))
    focal = _FOCAL * max(width, height)
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    camera = np.array([[focal, 0, centre[0]], [0, focal, centre[1]], [0, 0, 1.0]])
    try:
        if guess is None:
            ok, turn, shift = cv2.solvePnP(model, seen, camera, None, flags=cv2.SOLVEPNP_SQPNP)
        else:
            turn = cv2.Rodrigues(guess.rotation @ _FLIP)[0]
            shift = guess.shift[:, None].copy()
            ok, turn, shift = cv2.solvePnP(
                model, seen, camera, None, turn, shift, True, cv2.SOLVEPNP_ITERATIVE
            )
    except cv2.error:
        return None
    if not ok or not np.isfinite(shift).all() or float(shift[2, 0]) < 5:
        return None if guess is None else head_of(points, width, height)
    rotation = cv2.Rodrigues(turn)[0] @ _FLIP
    head = HeadPose(rotation, shift[:, 0], focal, centre, _NOTHING)
    off = head.project(face.points[face.steady].astype(np.float64)) - seen
    size = float(np.ptp(seen, axis=0).max())
    if float(np.sqrt((off * off).sum(1).mean())) > 0.12 * size:
        return None if guess is None else head_of(points, width, height)
    return head
