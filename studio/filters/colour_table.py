"""A table of colours, as look files give it and filters ask it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_3D, MOST_1D = 129, 65536


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """A table.

    Attributes:
        table: float32, (n, 3) for 1D; (n, n, n, 3) for 3D, indexed blue, green, red.
        low, high: the input that the first and the last entry stand for, by channel.
        shaper: a 1D table that comes before, as DaVinci Resolve writes both into one file.
    """

    table: NDArray[np.float32]
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    shaper: Cube | None = None

    def look_up(self, rgb: NDArray[np.float32]) -> NDArray[np.float32]:
        """Colours (n, 3), 0..1, through the table: linear in 1D, trilinear in 3D."""
        if self.shaper is not None:
            rgb = self.shaper.look_up(rgb)
        low, high = np.array(self.low, np.float32), np.array(self.high, np.float32)
        at = np.clip((rgb - low) / (high - low), 0, 1) * (len(self.table) - 1)
        if self.table.ndim == 2:
            known = np.arange(len(self.table), dtype=np.float32)
            curve_points = [np.interp(at[:, i], known, self.table[:, i]) for i in range(3)]
            return np.stack(curve_points, axis=1).astype(np.float32)
        below = np.minimum(at.astype(np.int32), len(self.table) - 2)
        part = at - below
        r, g, b = below.T
        out = np.zeros_like(rgb)
        for corner in range(8):
            dr, dg, db = corner & 1, corner >> 1 & 1, corner >> 2
            weight = (
                (part[:, 0] if dr else 1 - part[:, 0])
                * (part[:, 1] if dg else 1 - part[:, 1])
                * (part[:, 2] if db else 1 - part[:, 2])
            )
            out += weight[:, None] * self.table[b + db, g + dg, r + dr]
        return out
