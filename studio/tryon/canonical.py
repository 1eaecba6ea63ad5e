"""The average face: 468 points in centimetres with their triangles, out of the face bundle.

x to the picture's right, y up, z towards the camera; the origin lies inside the head. Source:
``geometry_pipeline_metadata_landmarks.binarypb`` of MediaPipe's face bundle (Apache-2.0), a
protobuf of which three fields are needed.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.core.errors import StudioError
from studio.tryon import models

if TYPE_CHECKING:
    from numpy.typing import NDArray

PUPIL_CM = 6.3
"""Mean distance of adults' pupils (Dodgson 2004: 63.36 mm)."""

IRIS_RIGHT, IRIS_LEFT = 468, 473
"""Centres of the irises; "right" is the person's own right, on the left of the picture."""

FACE_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
LIPS_OUTER = (
    61,
    146,
    91,
    181,
    84,
    17,
    314,
    405,
    321,
    375,
    291,
    409,
    270,
    269,
    267,
    0,
    37,
    39,
    40,
    185,
)
LIPS_INNER = (
    78,
    95,
    88,
    178,
    87,
    14,
    317,
    402,
    318,
    324,
    308,
    415,
    310,
    311,
    312,
    13,
    82,
    81,
    80,
    191,
)
EYE_RIGHT = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
EYE_LEFT = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
BROW_RIGHT = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
BROW_LEFT = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)


@dataclass(frozen=True, slots=True)
class Canonical:
    """The average face.

    Attributes:
        points: float32 (468, 3), centimetres.
        triangles: int32 (898, 3).
        steady: int32 (33,), points that hardly move with expressions.
        weights: float32 (33,), how much each steady point counts.
    """

    points: NDArray[np.float32]
    triangles: NDArray[np.int32]
    steady: NDArray[np.int32]
    weights: NDArray[np.float32]

    @property
    def pupils_cm(self) -> float:
        """Distance of the pupils, taken between the middles of the eyes."""
        right = self.points[[33, 133]].mean(0)
        left = self.points[[263, 362]].mean(0)
        return float(np.linalg.norm(left - right))


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Field numbers and raw values of one protobuf message."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        if wire == 2:
            size, at = _varint(data, at)
        else:
            size = {1: 8, 5: 4}[wire]
        yield key >> 3, data[at : at + size]
        at += size


def _bytes(data: bytes, number: int) -> list[bytes]:
    return [value for key, value in _fields(data) if key == number and isinstance(value, bytes)]


@functools.cache
def canonical(where: Path | None = None) -> Canonical:
    """The average face, read once.

    Raises:
        StudioError: unavailable or failed when the bundle is missing or broken.
    """
    name = "geometry_pipeline_metadata_landmarks.binarypb"
    data = models.part("face_landmarker.task", name, where)
    try:
        mesh = _bytes(data, 1)[0]
        vertices = np.frombuffer(b"".join(_bytes(mesh, 3)), "<f4").reshape(468, 5)
        indices = [value for key, value in _fields(mesh) if key == 4 and isinstance(value, int)]
        triangles = np.array(indices, np.int32).reshape(-1, 3)
        basis = [list(_fields(entry)) for entry in _bytes(data, 2)]
        steady = np.array([entry[0][1] for entry in basis], np.int32)
        raw = b"".join(value for entry in basis for _, value in entry if isinstance(value, bytes))
        weights = np.frombuffer(raw, "<f4")
    except (IndexError, KeyError, ValueError):
        raise StudioError("failed", "tryon.model_broken", path=name) from None
    return Canonical(vertices[:, :3].copy(), triangles, steady, weights.copy())
