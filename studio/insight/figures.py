"""What is counted while the show runs, in steps of ten seconds, from the journal's own events."""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

from studio.insight.detector import STEP_S
from studio.insight.metrics import metrics

KEPT_STEPS = 6 * 60
WINDOW_STEPS = 60 // STEP_S
LATEST_STEPS = 30
"""A platform's figure that has not come for so long is not known any more."""


class LiveFigures:
    """Counts of this time on air. Lives on the engine loop.

    Attributes:
        names: what is counted, in the order of a row.
        sums: since the show went on air; what never came is not in it.
    """

    def __init__(self) -> None:
        self._kinds = {id: metric.kind for id, metric in metrics().items() if not metric.formula}
        self.names = tuple(self._kinds)
        self.begin()

    def begin(self) -> None:
        """A new time on air."""
        self.sums: dict[str, float] = {}
        self._open: dict[str, float] = {}
        self._totals: dict[tuple[str, str], float] = {}
        self._silent: dict[str, int] = {}
        self._kept: deque[NDArray[np.float64]] = deque(maxlen=KEPT_STEPS)

    def add(self, name: str, value: float) -> None:
        """So many more; of a level, how it stands."""
        if name not in self._kinds or not math.isfinite(value):
            return
        self._silent[name] = 0
        if self._kinds[name] == "level":
            self.sums[name] = self._open[name] = value
            return
        self.sums[name] = self.sums.get(name, 0.0) + value
        self._open[name] = self._open.get(name, 0.0) + value

    def increase(self, name: str, platform: str, total: float) -> float:
        """What a running total of a platform has grown by since it was last told.

        The first one is what there was before; a total that fell began anew.
        """
        before = self._totals.get((name, platform))
        self._totals[name, platform] = total
        if before is None:
            return 0.0
        return total - before if total >= before else total

    def step(self) -> NDArray[np.float64]:
        """Ends ten seconds: a row of counts, NaN where nothing is known."""
        row = np.full(len(self.names), np.nan)
        for at, name in enumerate(self.names):
            if name not in self._silent:
                continue
            self._silent[name] += 1
            is_level = self._kinds[name] == "level"
            if self._silent[name] > LATEST_STEPS and self.sums.get(name) is not None and is_level:
                continue
            row[at] = self._open.get(name, 0.0)
        self._open = {name: value for name, value in self._open.items()
                      if self._kinds[name] == "level"}  # fmt: skip
        self._kept.append(row)
        return row

    def lately(self, name: str) -> float | None:
        """In the last minute; of a level, how it stood last."""
        at = self.names.index(name)
        rows = list(self._kept)[-WINDOW_STEPS:]
        values = [float(row[at]) for row in rows if not math.isnan(row[at])]
        if not values:
            return None
        return values[-1] if self._kinds[name] == "level" else sum(values)

    def minutes(self, name: str, count: int) -> tuple[float | None, ...]:
        """The last minutes, oldest first; None where nothing was known."""
        at, rows = self.names.index(name), list(self._kept)
        found: list[float | None] = []
        for end in range(len(rows), 0, -WINDOW_STEPS):
            if len(found) == count:
                break
            part = [float(row[at]) for row in rows[max(0, end - WINDOW_STEPS) : end]
                    if not math.isnan(row[at])]  # fmt: skip
            is_level = self._kinds[name] == "level"
            found.append(None if not part else part[-1] if is_level else sum(part))
        return tuple(reversed(found))
