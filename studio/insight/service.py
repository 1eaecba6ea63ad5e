"""Journal and figures of the engine as a service."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar, Protocol

import msgspec

from studio.core.clock import NS, now_ns
from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.log import logger
from studio.core.paths import data_dir
from studio.core.service import Every, Service, ShowContext
from studio.core.state import State
from studio.governance.database import DatabaseError
from studio.governance.people import PeopleKeys
from studio.insight.analysis.apart import AnalysisRequest, analyse_apart
from studio.insight.board import Board
from studio.insight.board_commands import BoardCommands
from studio.insight.board_feed import BoardFeed
from studio.insight.commands import InsightCommands, RecordingsPlace
from studio.insight.context import AirContext, PriceNow, ScenesOnAir
from studio.insight.detector import LEAST_SHOWS, STEP_S, Baseline
from studio.insight.events import AlarmRaised
from studio.insight.happenings import JournalWindow
from studio.insight.import_commands import ImportsCommands
from studio.insight.journal import Journal, count_runs
from studio.insight.latency import CutLatency
from studio.insight.model import InsightView
from studio.insight.record_commands import RecordCommands
from studio.insight.rival_commands import RivalCommands
from studio.insight.stats import ProcessFigures, Stats, disk_free_gb
from studio.insight.usual_sales import OwnSalesNormal

FIGURES_S = 1.0
SAID = "host.said"
"""The host's room announces it; the two rooms meet through events."""
_log = logger(__name__)


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
        people: seal what viewers said; closed with the journal.
        bus: asked for the actions after shows.
    """

    name: ClassVar[str] = "insight"
    View: ClassVar[Any] = InsightView

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
        people: PeopleKeys,
        bus: Bus,
    ) -> None:
        self._journal = journal = Journal(data_dir() / "journal.db", show)
        self.past = JournalWindow(journal.path, lambda: disk.path)
        self.normal = OwnSalesNormal(journal.path)
        self._stage, self._drops, self._people = stage, drops, people
        self._latency, self._disk = latency, disk
        self._events, self._state = events, state
        self._process = ProcessFigures()
        self._began_ns = self._seen_ns = now_ns()
        self._seen_ticks = 0
        self.stats: dict[str, Any] = {}
        self.every = (
            Every("figures", FIGURES_S, self._tell),
            Every("board", STEP_S, self._step),
        )
        journal.clock = stage
        self.context = AirContext(journal, events, scenes, prices, people)
        self.board = Board()
        self._feed = BoardFeed(self.board, events)
        self.context.sales = self._feed
        self._commands = InsightCommands(journal, disk, bus)
        self._board_commands = BoardCommands(self.board, journal)
        self._record_commands = RecordCommands(disk)
        self._rival_commands = RivalCommands()
        self._imports_commands = ImportsCommands()
        self._learns: asyncio.Task[None] | None = None
        events.on_all(self.context.write)
        events.on_all(self._said)

    def commands(self) -> Sequence[object]:
        """The analysis, the board, figures of platforms, records, competitors."""
        return (
            self._commands, self._board_commands, self._record_commands, self._rival_commands,
            self._imports_commands,
        )  # fmt: skip

    def view(self) -> InsightView:
        """The board."""
        return self.board.view()

    async def load(self, part: object, context: ShowContext) -> None:
        """The journal says which show it is."""
        self.context.opened(context.name)

    async def stop(self) -> None:
        """Writes what is waiting, and closes the journal."""
        if self._learns is not None:
            self._learns.cancel()
            await asyncio.gather(self._learns, return_exceptions=True)
        self._journal.close()
        await asyncio.to_thread(self._people.close)

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

    def _said(self, event: Event) -> None:
        """What viewers heard too is an entry; what was said off air is none."""
        if event.name == SAID and self._journal.on_air_ns > 0:
            self._journal.write(event.name, event.data())

    # -- the board -----------------------------------------------------------------------------

    def _step(self) -> None:
        """Ten seconds are over."""
        is_on_air = self._journal.on_air_ns > 0
        if is_on_air != self.board.is_on_air:
            if is_on_air:
                self.board.begin()
                self._learn_soon()
            else:
                self.board.end()
        for alarm in self.board.step():
            self._journal.write("insight.alarm", msgspec.to_builtins(alarm))
            self._events.publish(AlarmRaised(alarm=alarm))
        if is_on_air:
            self._state.touch(self.name)

    def _learn_soon(self) -> None:
        """What is normal is asked of the own shows, once a time on air."""
        if self._learns is None or self._learns.done():
            self._learns = asyncio.get_running_loop().create_task(self._learn(), name="baseline")

    async def _learn(self) -> None:
        try:
            runs = await asyncio.to_thread(count_runs, self._journal.path)
            if runs < LEAST_SHOWS:
                return
            found = (await analyse_apart(AnalysisRequest("baseline"))).baseline
        except (StudioError, DatabaseError) as error:
            _log.warning("what is normal is not known: %s", error)
            return
        if found is not None:
            baseline = Baseline(found.metrics, found.profile, found.phi, found.limit, found.shows)
            self.board.take_baseline(baseline)
            self._state.touch(self.name)
