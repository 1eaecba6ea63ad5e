"""A turned square of the frame, cut to a network's size, and the way back.

The cut is done on the planes, straight to the network's size, and only the small picture is
converted to RGB: a 720p frame costs no full conversion.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from studio.media.cv import cv2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame


@dataclass(frozen=True, slots=True)
class Roi:
    """A rectangle of the frame: centre and size in pixels, turned by ``angle`` radians."""

    cx: float
    cy: float
    width: float
    height: float
    angle: float = 0.0

    def matrix(self, width: int, height: int) -> NDArray[np.float64]:
        """The (2, 3) map from pixel indices of the cut to pixel indices of the frame."""
        c, s = np.cos(self.angle), np.sin(self.angle)
        sx, sy = self.width / width, self.height / height
        linear = np.array([[c * sx, -s * sy], [s * sx, c * sy]])
        offset = linear @ np.array([0.5 - width / 2, 0.5 - height / 2])
        return np.column_stack([linear, np.array([self.cx, self.cy]) + offset])

    def to_frame(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Points (n, 2 or 3) given in 0..1 of the cut, in pixels of the frame."""
        c, s = np.float32(np.cos(self.angle)), np.float32(np.sin(self.angle))
        x = (points[:, 0] - np.float32(0.5)) * np.float32(self.width)
        y = (points[:, 1] - np.float32(0.5)) * np.float32(self.height)
        out = np.empty_like(points, dtype=np.float32)
        out[:, 0] = x * c - y * s + np.float32(self.cx)
        out[:, 1] = x * s + y * c + np.float32(self.cy)
        if points.shape[1] > 2:
            out[:, 2:] = points[:, 2:] * np.float32(self.width)
        return out


def whole(frame: Frame, aspect: float = 1.0) -> Roi:
    """The whole frame, letterboxed into a rectangle of ``aspect`` (width to height)."""
    height, width = frame.y.shape
    long = max(width, height * aspect)
    return Roi((width - 1) / 2, (height - 1) / 2, long, long / aspect)


@cache
def _rgb_matrix() -> NDArray[np.float32]:
    """(3, 4) from 8-bit BT.709 limited YUV to 8-bit RGB (ITU-R BT.709-6, section 3)."""
    kr, kb = 0.2126, 0.0722
    kg = 1 - kr - kb
    linear = np.array(
        [[1, 0, 2 * (1 - kr)],
         [1, -2 * (1 - kb) * kb / kg, -2 * (1 - kr) * kr / kg],
         [1, 2 * (1 - kb), 0]]
    ) @ np.diag([1 / 219, 1 / 224, 1 / 224])  # fmt: skip
    offset = linear @ np.array([-16.0, -128.0, -128.0])
    return (np.column_stack([linear, offset]) * 255).astype(np.float32)


def cut(
    frame: Frame, roi: Roi, out: NDArray[np.float32], low: float = 0.0, high: float = 1.0
) -> None:
    """Puts the rectangle as an RGB picture into ``out``, float32 (h, w, 3), values low..high."""
    height, width = out.shape[:2]
    shrink = max(roi.width / width, roi.height / height)
    y, u, v = frame.y, frame.u, frame.v
    matrix = roi.matrix(width, height)
    if shrink >= 2:  # bilinear sampling would skip pixels: average the neighbourhood first
        y, u, v, matrix = _shrunk(y, u, v, roi, matrix, shrink)
    # Chroma is coarse anyway: it is cut at half the size and doubled.
    linear = matrix[:, :2]
    chroma = matrix.copy()
    chroma[:, 2] = (linear.sum(1) * 0.5 + matrix[:, 2]) * 0.5 - 0.25
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size, half = (width, height), (width // 2, height // 2)
    luma = cv2.warpAffine(y, matrix, size, flags=flags, borderValue=16)
    coarse = [cv2.warpAffine(p, chroma, half, flags=flags, borderValue=128) for p in (u, v)]
    both = cv2.resize(cv2.merge(coarse), size, interpolation=cv2.INTER_LINEAR)
    # In bytes as long as possible: what is not in the cache any more costs the network time.
    rgb = cv2.transform(cv2.merge([luma, both]), _rgb_matrix())
    cv2.addWeighted(rgb, (high - low) / 255, rgb, 0, low, dst=out, dtype=cv2.CV_32F)


def _shrunk(
    y: NDArray[np.uint8],
    u: NDArray[np.uint8],
    v: NDArray[np.uint8],
    roi: Roi,
    matrix: NDArray[np.float64],
    shrink: float,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float64]]:
    """The planes of the needed part, area-averaged by a whole factor, and the matrix for them."""
    factor = int(shrink)
    reach = 0.5 * (abs(np.cos(roi.angle)) + abs(np.sin(roi.angle)))
    half = max(roi.width, roi.height) * reach + 2 * factor
    step = 2 * factor
    x0 = max(0, int((roi.cx - half) // step) * step)
    y0 = max(0, int((roi.cy - half) // step) * step)
    x1 = min(y.shape[1], int(-(-(roi.cx + half) // step)) * step)
    y1 = min(y.shape[0], int(-(-(roi.cy + half) // step)) * step)
    wide, high = (x1 - x0) // step * step, (y1 - y0) // step * step
    if wide < step or high < step:
        return y, u, v, matrix
    small = (wide // factor, high // factor)
    half_small = (small[0] // 2, small[1] // 2)
    rows, columns = slice(y0, y0 + high), slice(x0, x0 + wide)
    half_rows = slice(y0 // 2, y0 // 2 + high // 2)
    half_columns = slice(x0 // 2, x0 // 2 + wide // 2)
    out = matrix.copy()
    out[:, :] /= factor
    out[:, 2] = (matrix[:, 2] + 0.5 - np.array([x0, y0])) / factor - 0.5
    return (
        cv2.resize(y[rows, columns], small, interpolation=cv2.INTER_AREA),
        cv2.resize(u[half_rows, half_columns], half_small, interpolation=cv2.INTER_AREA),
        cv2.resize(v[half_rows, half_columns], half_small, interpolation=cv2.INTER_AREA),
        out,
    )
