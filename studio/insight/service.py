"""Journal and figures of the engine as a service."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Protocol

from studio.core.clock import NS, now_ns
from studio.core.event import Events
from studio.core.service import Every, Service
from studio.core.state import State
from studio.insight.journal import Journal
from studio.insight.latency import CutLatency
from studio.insight.stats import ProcessFigures, Stats, disk_free_gb

FIGURES_S = 1.0


class TickFigures(Protocol):
    """What the picture thread measures of itself (`studio.scenes.stage.Figures`)."""

    ticks: int
    late: int
    missed: int

    def compose_at(self, part: float) -> float:
        """A percentile (0..1) of the compose time, ms."""
        ...


class EncoderDrops(Protocol):
    """Frames that encoders threw away (`studio.outputs.pipeline.OutputPipeline`)."""

    def dropped(self) -> int:
        """By all encoders, since they were opened."""
        ...


class DiskPlace(Protocol):
    """A folder whose disk fills."""

    @property
    def path(self) -> Path:
        """The folder."""
        ...


class InsightService(Service):
    """Writes the journal, and tells figures once a second.

    Args:
        journal: where events go.
        ticks: the picture thread's own figures.
        drops: the encoders'.
        latency: of cuts.
        disk: where recordings go.
        events, state: heard and told.
    """

    name: ClassVar[str] = "insight"

    def __init__(
        self,
        journal: Journal,
        ticks: TickFigures,
        drops: EncoderDrops,
        latency: CutLatency,
        disk: DiskPlace,
        events: Events,
        state: State,
    ) -> None:
        self._journal, self._ticks, self._drops = journal, ticks, drops
        self._latency, self._disk = latency, disk
        self._events, self._state = events, state
        self._process = ProcessFigures()
        self._began_ns = self._seen_ns = now_ns()
        self._seen_ticks = 0
        self.stats: dict[str, Any] = {}
        self.every = (Every("figures", FIGURES_S, self._tell),)
        events.on_all(journal.event)

    async def stop(self) -> None:
        """Writes what is waiting, and closes the journal."""
        self._journal.close()

    def _tell(self) -> None:
        ticks, now = self._ticks, now_ns()
        done = ticks.ticks - self._seen_ticks if ticks.ticks >= self._seen_ticks else ticks.ticks
        cuts = self._latency.ms
        self.stats = {
            "fps": round(done * NS / (now - self._seen_ns), 2),
            "ticks": ticks.ticks,
            "late": ticks.late,
            "missed": ticks.missed,
            "dropped": self._drops.dropped(),
            "cpu_percent": self._process.cpu_percent(),
            "memory_mb": self._process.memory_mb(),
            "compose_ms_p50": round(ticks.compose_at(0.5), 3),
            "compose_ms_p99": round(ticks.compose_at(0.99), 3),
            "disk_free_gb": disk_free_gb(self._disk.path),
            "cut_ms": round(cuts[-1], 1) if cuts else None,
            "uptime_s": round((now - self._began_ns) / NS, 1),
        }
        self._seen_ticks, self._seen_ns = ticks.ticks, now
        self._events.publish(Stats(figures=self.stats))
        self._state.touch("outputs", "air")
