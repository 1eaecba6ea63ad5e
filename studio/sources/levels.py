"""How loud each source is just now, for filters that listen to another source."""

from __future__ import annotations

import math

import numpy as np

from studio.core.clock import now_ns
from studio.media.sound import Samples

STALE_NS = 250_000_000


class Levels:
    """A board: every source's thread writes its own line, any thread reads all.

    Attributes:
        is_read: somebody reads: else nothing is measured.
    """

    def __init__(self) -> None:
        self.is_read = False
        self._peaks: dict[str, tuple[float, int]] = {}

    def put(self, source: str, samples: Samples) -> None:
        """The source delivered (n, 2) samples."""
        if self.is_read and len(samples):
            self._peaks[source] = float(np.abs(samples).max()), now_ns()

    def level_db(self, source: str) -> float:
        """Peak of its last block in dB of full scale; -inf when it is silent or gone."""
        self.is_read = True
        peak, at_ns = self._peaks.get(source, (0.0, 0))
        if peak <= 0 or now_ns() - at_ns > STALE_NS:
            return -math.inf
        return 20 * math.log10(peak)

    def forget(self, source: str) -> None:
        """The source is gone."""
        self._peaks.pop(source, None)
