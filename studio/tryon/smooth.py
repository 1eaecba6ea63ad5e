"""Landmarks without jitter and without lag: One-Euro filters on place and on shape apart.

The One-Euro filter (Casiez, Roussel, Vogel, CHI 2012) is a low-pass whose cut-off rises with
speed. A head moves fast as a whole while its shape hardly changes, so both get their own: the
place (shift, size, turn) follows at once when it moves, the shape stays calm.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class OneEuro:
    """A One-Euro filter over an array of values.

    Args:
        rest_hz: cut-off at rest; lower is calmer.
        speed: how much the cut-off rises with each unit a second.
        speed_hz: cut-off of the speed estimate.
    """

    def __init__(self, rest_hz: float, speed: float, speed_hz: float = 3.0) -> None:
        self._rest_hz, self._speed, self._speed_hz = rest_hz, speed, speed_hz
        self._value: NDArray[np.floating] | None = None
        self._raw: NDArray[np.floating] | None = None
        self._rate: NDArray[np.floating] | float = 0.0

    def update(self, value: NDArray[np.floating], dt_s: float) -> NDArray[np.floating]:
        """The filtered value, ``dt_s`` seconds after the last one; same shape."""
        if self._value is None or self._raw is None:
            self._value = self._raw = value
            return value
        dt_s = min(max(dt_s, 1e-3), 1.0)
        rate = (value - self._raw) * (1 / dt_s)
        self._rate = self._rate + _share(self._speed_hz, dt_s) * (rate - self._rate)
        # share = 1 / (1 + 1 / w), w = 2 pi dt cutoff
        w = np.abs(self._rate) * (2 * math.pi * dt_s * self._speed)
        w += 2 * math.pi * dt_s * self._rest_hz
        self._value = self._value + w / (w + 1) * (value - self._value)
        self._raw = value
        return self._value


def _share(cutoff_hz: float, dt_s: float) -> float:
    """How much of a new value is taken: 1 / (1 + tau / dt)."""
    return 1 / (1 + 1 / (2 * math.pi * cutoff_hz * dt_s))


class Steady:
    """Smooths one thing's landmarks; forget it when the thing is lost.

    Args:
        steady: indices of the points that tell the place, all when None.
    """

    def __init__(self, steady: NDArray[np.int32] | None = None) -> None:
        self._steady = steady
        self._place = OneEuro(1.2, 60.0)
        self._shape = OneEuro(0.8, 6.0)
        self._reference: NDArray[np.float32] | None = None
        self._size0 = 1.0
        self._pts_ns: int | None = None

    def update(self, points: NDArray[np.float32], pts_ns: int) -> NDArray[np.float32]:
        """Smoothed points (n, 3), the same shape and unit as those given."""
        base = points if self._steady is None else points[self._steady]
        xs, ys = base[:, 0], base[:, 1]
        cx, cy = float(xs.mean()), float(ys.mean())
        xs, ys = xs - np.float32(cx), ys - np.float32(cy)
        size = math.sqrt(float(xs @ xs + ys @ ys) / len(base))
        if not math.isfinite(size) or size < 1e-3:
            return points
        spread = np.stack([xs, ys])
        if self._reference is None:
            self._reference = spread / np.float32(size)
            self._size0 = size
        turn = _turn(self._reference, spread)
        # In units of the thing's own size, so that near and far are filtered alike.
        size0 = self._size0
        place = np.array([cx / size0, cy / size0, math.log(size / size0), turn])
        dt_s = 1 / 30 if self._pts_ns is None else (pts_ns - self._pts_ns) / 1e9
        self._pts_ns = pts_ns
        there = points.copy()
        there[:, 0] -= np.float32(cx)
        there[:, 1] -= np.float32(cy)
        shape = self._shape.update(there @ _spin(-turn, 1 / size), dt_s)
        x, y, log_size, turn = self._place.update(place, dt_s).tolist()
        out = (shape @ _spin(turn, math.exp(log_size) * size0)).astype(np.float32)
        out[:, 0] += np.float32(x * size0)
        out[:, 1] += np.float32(y * size0)
        return out


def _turn(start: NDArray[np.float32], end: NDArray[np.float32]) -> float:
    """The angle that turns centred points (2, n) onto centred points (least squares)."""
    dot = float(start[0] @ end[0] + start[1] @ end[1])
    cross = float(start[0] @ end[1] - start[1] @ end[0])
    return math.atan2(cross, dot)


def _spin(angle: float, scale: float) -> NDArray[np.float32]:
    """(3, 3) that turns and scales points written as rows; depth is scaled alone."""
    c, s = math.cos(angle) * scale, math.sin(angle) * scale
    return np.array([[c, s, 0], [-s, c, 0], [0, 0, scale]], np.float32)
