"""Landmarks without jitter and without lag: One-Euro filters on place and on shape apart.

The One-Euro filter (Casiez, Roussel, Vogel, CHI 2012) is a low-pass whose cut-off rises with
speed. A head moves fast as a whole while its shape hardly changes, so both get their own: the
place (shift, size, turn) follows at once when it moves, the shape stays calm.
"""

from __future__ import annotations

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
        self._value: NDArray[np.float64] | None = None
        self._raw: NDArray[np.float64] | None = None
        self._rate: NDArray[np.float64] | float = 0.0

    def update(self, value: NDArray[np.float64], dt_s: float) -> NDArray[np.float64]:
        """The filtered value, ``dt_s`` seconds after the last one; same shape."""
        if self._value is None or self._raw is None:
            self._value = self._raw = value
            return value
        dt_s = min(max(dt_s, 1e-3), 1.0)
        rate = (value - self._raw) / dt_s
        self._rate = self._rate + _share(self._speed_hz, dt_s) * (rate - self._rate)
        cutoff = self._rest_hz + self._speed * np.abs(self._rate)
        self._value = self._value + _share(cutoff, dt_s) * (value - self._value)
        self._raw = value
        return self._value


def _share(cutoff_hz: NDArray[np.float64] | float, dt_s: float) -> NDArray[np.float64] | float:
    """How much of a new value is taken: 1 / (1 + tau / dt)."""
    return 1 / (1 + 1 / (2 * np.pi * cutoff_hz * dt_s))


class Steady:
    """Smooths one thing's landmarks; forget it when the thing is lost.

    Args:
        steady: indices of the points that tell the place, all when None.
    """

    def __init__(self, steady: NDArray[np.int32] | None = None) -> None:
        self._steady = steady
        self._place = OneEuro(1.2, 60.0)
        self._shape = OneEuro(0.8, 6.0)
        self._reference: NDArray[np.float64] | None = None
        self._pts_ns: int | None = None

    def update(self, points: NDArray[np.float32], pts_ns: int) -> NDArray[np.float32]:
        """Smoothed points (n, 3), the same shape and unit as those given."""
        base = points if self._steady is None else points[self._steady]
        centre = base[:, :2].mean(0, dtype=np.float64)
        spread = base[:, :2] - centre
        size = float(np.sqrt((spread * spread).sum(1).mean()))
        if not np.isfinite(size) or size < 1e-3:
            return points
        spread = spread / size
        if self._reference is None:
            self._reference = spread
            self._size0 = size
        turn = _turn(self._reference, spread)
        # In units of the thing's own size, so that near and far are filtered alike.
        place = np.array([*(centre / self._size0), np.log(size / self._size0), turn])
        dt_s = 1 / 30 if self._pts_ns is None else (pts_ns - self._pts_ns) / 1e9
        self._pts_ns = pts_ns
        shape = _turned(points.astype(np.float64), centre, 1 / size, -turn, back=False)
        x, y, log_size, turn = self._place.update(place, dt_s)
        shape = self._shape.update(shape, dt_s)
        middle = np.array([x, y]) * self._size0
        size = float(np.exp(log_size)) * self._size0
        return _turned(shape, middle, size, float(turn), back=True).astype(np.float32)


def _turn(start: NDArray[np.float64], end: NDArray[np.float64]) -> float:
    """The angle that turns centred points onto centred points (least squares)."""
    dot = float((start * end).sum())
    cross = float((start[:, 0] * end[:, 1] - start[:, 1] * end[:, 0]).sum())
    return float(np.arctan2(cross, dot))


def _turned(
    points: NDArray[np.float64], centre: NDArray[np.float64], scale: float, angle: float, back: bool
) -> NDArray[np.float64]:
    """(n, 3) about ``centre``, turned and scaled; ``back`` puts it there instead of taking it."""
    c, s = np.cos(angle) * scale, np.sin(angle) * scale
    turn = np.array([[c, s], [-s, c]])
    out = points * scale
    if back:
        out[:, :2] = points[:, :2] @ turn + centre
    else:
        out[:, :2] = (points[:, :2] - centre) @ turn
    return out
