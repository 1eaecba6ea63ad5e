"""How a benchmark is written and told."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Row:
    """One comparison: ours beside the reference, medians in the same unit."""

    what: str
    ours: float
    reference: float | None
    unit: str = "ms"
    limit: float | None = None
    """The most that ours / reference may be (or ours, without a reference)."""

    @property
    def ratio(self) -> float | None:
        """Ours / reference."""
        return self.ours / self.reference if self.reference else None

    @property
    def is_kept(self) -> bool | None:
        """Is the limit kept? None without a limit."""
        if self.limit is None:
            return None
        value = self.ratio if self.reference else self.ours
        return value is not None and value <= self.limit


@dataclass(slots=True)
class BenchReport:
    """What a benchmark found."""

    name: str
    reference: str
    rows: list[Row] = field(default_factory=list)


BLOCK = 10


def interleaved(jobs: dict[str, Callable[[], object]], rounds: int = 12) -> dict[str, float]:
    """Median CPU ms (all threads) of each job.

    They take turns in blocks of ten: noise of the machine hits all alike, and each has its own
    data in the cache as it has in a live show.
    """
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            job()
            for _ in range(BLOCK):
                began = time.process_time_ns()
                job()
                times[name].append((time.process_time_ns() - began) / 1e6)
    return {name: sorted(found)[len(found) // 2] for name, found in times.items()}
