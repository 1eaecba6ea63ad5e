"""A source's sound through its filters; one that is switched on or off fades over a block."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from studio.media.sound import Samples


class SoundFilter(Protocol):
    """What the runner needs of a sound filter."""

    def apply_sound(self, samples: Samples) -> Samples:
        """The changed samples."""
        ...


class SoundChain:
    """Belongs to the source's thread."""

    def __init__(self) -> None:
        self._before: tuple[SoundFilter, ...] | None = None

    def run(self, filters: tuple[SoundFilter, ...], samples: Samples) -> Samples:
        """(n, 2) samples through ``filters``, from first to last."""
        before, self._before = self._before, filters
        if before is None or before is filters or not len(samples):
            for filter_ in filters:
                samples = filter_.apply_sound(samples)
            return samples
        row = list(filters)
        for at, gone in enumerate(before):
            if gone not in filters:
                row.insert(min(at, len(row)), gone)
        into = np.linspace(0, 1, len(samples), dtype=np.float32)[:, None]
        for entry in row:
            made = entry.apply_sound(samples)
            if entry not in filters:
                made = made + (samples - made) * into
            elif entry not in before:
                made = samples + (made - samples) * into
            samples = made
        return samples
