"""Bent goods: from a smooth surface seen in the picture to the map that draws it.

A grid of asset points and where they are seen gives, by least squares, the way back as a cubic
polynomial of the picture's coordinates. For the gently bent surfaces of worn goods it is exact to
a tenth of a pixel, and it is cheap: evaluated on a coarse grid, then interpolated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from studio.media.cv import cv2
from studio.tryon import paint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame
    from studio.media.yuv import Rect
    from studio.tryon.asset import Sprite
    from studio.tryon.paint import Light, Shape

_STEP = 8


def _terms(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    ones = np.ones_like(x)
    return np.stack([ones, x, y, x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3], axis=-1)


def back_map(
    asset: NDArray[np.float64], seen: NDArray[np.float64], rect: Rect
) -> NDArray[np.float32]:
    """For each pixel of ``rect`` the asset point seen there, float32 (h, w, 2).

    Args:
        asset: (n, 2) points of the asset, in its pixels.
        seen: (n, 2) where they are in the frame, in pixels.
        rect: the part of the frame.
    """
    middle = seen.mean(0)
    size = max(1.0, float(np.abs(seen - middle).max()))
    near = (seen - middle) / size
    # A hair of damping keeps the far terms quiet when the grid is seen almost edge-on.
    terms = _terms(near[:, 0], near[:, 1])
    damp = np.diag([0.0, 0, 0, *[1e-4] * 3, *[1e-3] * 4]) * len(near)
    factors = np.linalg.solve(terms.T @ terms + damp + 1e-9 * np.eye(10), terms.T @ asset)
    columns = np.arange(-_STEP / 2, rect.w + _STEP, _STEP) + rect.x + _STEP / 2 - 0.5
    rows = np.arange(-_STEP / 2, rect.h + _STEP, _STEP) + rect.y + _STEP / 2 - 0.5
    x, y = np.meshgrid((columns - middle[0]) / size, (rows - middle[1]) / size)
    coarse = (_terms(x, y) @ factors).astype(np.float32)
    width, height = coarse.shape[1] * _STEP, coarse.shape[0] * _STEP
    fine = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    edge = _STEP // 2
    return np.ascontiguousarray(fine[edge : edge + rect.h, edge : edge + rect.w])


def draw(
    frame: Frame,
    sprite: Sprite,
    asset: NDArray[np.float64],
    seen: NDArray[np.float64],
    *,
    opacity: float = 1.0,
    light: Light = paint.PLAIN,
    shape: Shape | None = None,
) -> Rect | None:
    """Draws a sprite whose points ``asset`` (n, 2) are seen at ``seen`` (n, 2).

    The points should reach over the whole asset. Returns the rectangle touched.
    """
    rect = paint.reach(seen, frame)
    if rect is None:
        return None
    wide = float(np.ptp(seen[:, 0])) / max(1.0, float(np.ptp(asset[:, 0])))
    high = float(np.ptp(seen[:, 1])) / max(1.0, float(np.ptp(asset[:, 1])))
    where = back_map(asset, seen, rect)
    paint.draw_map(
        frame, sprite, rect, where,
        opacity=opacity, light=light, shape=shape, scale=max(wide, high),
    )  # fmt: skip
    return rect


def grid(width: int, height: int, columns: int = 9, rows: int = 5) -> NDArray[np.float64]:
    """Points (n, 2) spread evenly over an asset of so many pixels, edges included."""
    x, y = np.meshgrid(np.linspace(0, width - 1, columns), np.linspace(0, height - 1, rows))
    return np.stack([x.ravel(), y.ravel()], 1)
