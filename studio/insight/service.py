"""Journal and figures of the engine as a service."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar, Protocol

from studio.core.clock import NS, now_ns
from studio.core.event import Events
from studio.core.paths import data_dir
from studio.core.service import Every, Service, ShowContext
from studio.core.state import State
from studio.insight.commands import InsightCommands, RecordingsPlace
from studio.insight.context import AirContext, PriceNow, ScenesOnAir
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


class PictureThread(Protocol):
    """The picture thread (`studio.scenes.stage.ProgramRenderer`)."""

    zero_ns: int
    fps: Fraction

    @property
    def figures(self) -> TickFigures:
        """What it measures of itself."""
        ...


class InsightService(Service):
    """Writes the journal, and tells figures once a second.

    Args:
        show: name of the first one.
        stage: the picture thread.
        drops: the encoders'.
        latency: of cuts.
        disk: where recordings go.
        events, state: heard and told.
        scenes, prices: what is on air and what it costs, for the journal's entries.
    """

    name: ClassVar[str] = "insight"

    def __init__(
        self,
        show: str,
        stage: PictureThread,
        drops: EncoderDrops,
        latency: CutLatency,
        disk: RecordingsPlace,
        events: Events,
        state: State,
        scenes: ScenesOnAir,
        prices: PriceNow,
    ) -> None:
        self._journal = journal = Journal(data_dir() / "journal.db", show)
        self._stage, self._drops = stage, drops
        self._latency, self._disk = latency, disk
        self._events, self._state = events, state
        self._process = ProcessFigures()
        self._began_ns = self._seen_ns = now_ns()
        self._seen_ticks = 0
        self.stats: dict[str, Any] = {}
        self.every = (Every("figures", FIGURES_S, self._tell),)
        journal.clock = stage
        self.context = AirContext(journal, events, scenes, prices)
        self._commands = InsightCommands(journal, disk)
        events.on_all(self.context.write)

    def commands(self) -> Sequence[object]:
        """The analysis, and figures of platforms."""
        return (self._commands,)

    async def load(self, part: object, context: ShowContext) -> None:
        """The journal says which show it is."""
        self.context.opened(context.name)

    async def stop(self) -> None:
        """Writes what is waiting, and closes the journal."""
        self._journal.close()

    def _tell(self) -> None:
        ticks, now = self._stage.figures, now_ns()
        self.context.refresh()
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
