"""What the engine does beside commands: watches health, ends transitions, tells figures, saves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from studio import standing
from studio.core.clock import NS, now_ns
from studio.core.command import CommandRan
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.insight.stats import Process, Stats, disk_free_gb
from studio.scenes.events import TransitionEnded
from studio.show import resume
from studio.sound.events import LoudnessChanged, Meters

if TYPE_CHECKING:
    from studio.engine import Engine

_log = logger(__name__)

WATCH_S = 0.1
METERS_S = 0.066
RESUME_S = 0.03


class Chores:
    """The engine's housekeeping, as tasks on its loop. A chore that fails is done again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tasks: list[asyncio.Task[None]] = []
        self._process = Process()
        self._ticks, self._seen_ns = 0, now_ns()
        self._has_edits = self._is_keeping = self._is_stopped = False
        self._saving: asyncio.Task[None] | None = None
        self._loudness = "ok"
        self._worn: object = None
        self.stats: dict[str, Any] = {}

    def start(self) -> None:
        """Starts all chores."""
        loop = asyncio.get_running_loop()
        for name, every_s, chore in (
            ("watch", WATCH_S, self._watch),
            ("meters", METERS_S, self._meters),
            ("figures", 1.0, self._figures),
        ):
            self._tasks.append(loop.create_task(self._again(every_s, chore), name=name))
        self._tasks.append(loop.create_task(self._warm(), name="warm"))

    async def stop(self) -> None:
        """Ends them; what is on air is not kept any more."""
        self._is_keeping = self._is_stopped = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def after_command(self, ran: CommandRan) -> None:
        """What every command may have changed is taken over."""
        engine = self._engine
        engine.sound.keep_only(engine.with_sound())
        engine.refresh()
        self._has_edits = self._has_edits or ran.ok
        if ran.ok and not self._is_stopped:
            # At once, not soon: what was answered must be there after a kill the next moment.
            resume.keep(standing.of(self._engine))

    def keep_soon(self) -> None:
        """Writes what is on air beside the loop; several changes at once are one write."""
        if not self._is_keeping:
            self._is_keeping = True
            self._engine.loop.call_later(RESUME_S, self._keep)

    def save(self) -> None:
        """Saves what was edited, and returns when it is on the disk; the demo stays as it is."""
        keeper = self._engine.keeper
        if not keeper.is_readonly:
            self._saved(keeper.collected())

    async def _save_beside(self) -> None:
        """The same in a thread: a disk may take its time, and a large show is long."""
        keeper = self._engine.keeper
        if not keeper.is_readonly:
            write = keeper.collected()
            await asyncio.to_thread(self._saved, write)

    def _saved(self, write: Callable[[], object]) -> None:
        keeper, loop = self._engine.keeper, self._engine.loop
        before = keeper.error
        try:
            write()
            keeper.error = None
        except StudioError as error:
            keeper.error = error
            _log.warning("%s", error)
        if keeper.error is not before:
            loop.call_soon_threadsafe(self._engine.state.touch, "show")

    @staticmethod
    async def _again(every_s: float, chore: Callable[[], None]) -> None:
        said = ""
        while True:
            await asyncio.sleep(every_s)
            try:
                chore()
            except Exception as fault:
                if str(fault) != said:
                    said = str(fault)
                    _log.exception("a chore failed and is done again")

    def _watch(self) -> None:
        engine = self._engine
        if engine.bank.watch():
            engine.state.touch("sources")
            engine.sound.keep_only(engine.with_sound())
            engine.refresh()
        self._end_transitions()
        engine.on_picture.mark()
        worn = engine.wearer.told()
        if worn != self._worn:
            self._worn = worn
            engine.state.touch("tryon")

    def _end_transitions(self) -> None:
        scenes, now = self._engine.scenes, now_ns()
        over = [c for c, change in scenes.changes.items() if change.progress(now) >= 1.0]
        for canvas in over:
            change = scenes.changes.pop(canvas)
            scene = scenes.state.programme.get(canvas, "")
            if canvas == "landscape" or len(over) == 1:
                kind = change.transition.kind
                self._engine.events.publish(TransitionEnded(scene=scene, transition=kind))
        if over:
            self._engine.refresh()

    def _figures(self) -> None:
        engine, now = self._engine, now_ns()
        figures, cuts = engine.stage.figures, engine.cuts.ms
        encoders = [engine.pipeline.encoder(canvas) for canvas in engine.pipeline.canvases]
        done = figures.ticks - self._ticks if figures.ticks >= self._ticks else figures.ticks
        self.stats = {
            "fps": round(done * NS / (now - self._seen_ns), 2),
            "ticks": figures.ticks,
            "late": figures.late,
            "missed": figures.missed,
            "dropped": sum(one.dropped for one in encoders if one),
            "cpu_percent": self._process.cpu_percent(),
            "memory_mb": self._process.memory_mb(),
            "compose_ms_p50": round(figures.compose_at(0.5), 3),
            "compose_ms_p99": round(figures.compose_at(0.99), 3),
            "disk_free_gb": disk_free_gb(engine.recordings),
            "cut_ms": round(cuts[-1], 1) if cuts else None,
            "uptime_s": round((now - engine.began_ns) / NS, 1),
        }
        self._ticks, self._seen_ns = figures.ticks, now
        engine.events.publish(Stats(figures=self.stats))
        engine.state.touch("outputs", "air")
        self.keep_soon()
        if engine.brand.mend():
            engine.state.touch("brand")
        if self._has_edits and (self._saving is None or self._saving.done()):
            self._has_edits = False
            self._saving = self._engine.loop.create_task(self._save_beside(), name="save")

    def _meters(self) -> None:
        levels = {
            name: {"peak": meter.peak_db, "rms": meter.rms_db}
            for name, meter in list(self._engine.mixer.meters.items())
        }
        reading = self._engine.sound.watch.reading
        loudness = msgspec.to_builtins(reading)
        self._engine.events.publish(Meters(levels=levels, loudness=loudness))
        if reading.verdict != self._loudness:
            self._loudness = reading.verdict
            self._engine.events.publish(
                LoudnessChanged(
                    verdict=reading.verdict,
                    short_term=reading.short_term,
                    target=reading.target,
                )
            )
            self._engine.state.touch("sound")

    async def _warm(self) -> None:
        if not self._engine.is_safe:
            products = self._engine.catalogue.state.products
            await asyncio.to_thread(self._engine.wearer.warm, products)

    def _keep(self) -> None:
        self._is_keeping = False
        self._engine.loop.run_in_executor(None, resume.keep, standing.of(self._engine))
