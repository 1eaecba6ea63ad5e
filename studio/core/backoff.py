"""How long to wait before trying again: one place, so that every room retries alike."""

from __future__ import annotations

import random
from collections.abc import Sequence


class Backoff:
    """Delays that grow along ``steps_s`` and stay at the last; jitter keeps clients apart.

    ``reset()`` when it worked, so that the next fault is tried at once again.
    """

    def __init__(
        self,
        steps_s: Sequence[float] = (0.0, 0.5, 1.0, 2.0, 3.0),
        jitter: float = 0.1,
        rng: random.Random | None = None,
    ) -> None:
        self._steps_s = tuple(steps_s)
        self._jitter = jitter
        self._rng = rng or random.Random()
        self.attempt = 0

    def next_s(self) -> float:
        """Seconds until the next try; counts the try."""
        base = self._steps_s[min(self.attempt, len(self._steps_s) - 1)]
        self.attempt += 1
        return base * (1 + self._rng.uniform(-self._jitter, self._jitter))

    def reset(self) -> None:
        """It worked: start again from the first step."""
        self.attempt = 0
