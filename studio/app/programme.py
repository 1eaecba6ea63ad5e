"""The programme: at each tick one immutable snapshot is composed, mixed and handed to outputs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, Protocol

from studio.audio import routing
from studio.audio.desk import SoundDesk
from studio.audio.mixer import Channel, Mixer
from studio.audio.transition_sound import TransitionSound
from studio.core.clock import NS, now_ns
from studio.core.event import Events
from studio.core.service import Service
from studio.core.state import State
from studio.graphics import qt
from studio.graphics.ai_label import ai_label
from studio.insight.latency import CutLatency
from studio.media.picture_file import write_picture
from studio.outputs.pipeline import OutputPipeline
from studio.outputs.virtual_camera import VirtualCamera
from studio.plans.triggers.base import Situation
from studio.scenes.events import TallyChanged
from studio.scenes.graph import shown_of
from studio.scenes.keeper import SceneRepository
from studio.scenes.stage import (
    Graphics,
    GraphicsOver,
    ProgramPicture,
    ProgramRenderer,
    Renderer,
    Snapshot,
)
from studio.scenes.visibility import PictureFacts, cover_of, light_of
from studio.shop.wearing import TryOnController
from studio.sources.bank import SourceManager

FIRST_PICTURE_S = 5.0
STEP_S = 0.01
LATE_MS = 10


class Viewers(Protocol):
    """Who looks at a canvas beside the outputs: previews of desks and phones."""

    def looks_at(self, canvas: str) -> bool:
        """Does anybody? Called on the picture thread."""
        ...


class NoViewers:
    """Nobody looks: there is no door yet."""

    def looks_at(self, canvas: str) -> bool:
        """No."""
        return False


class SnapshotSlot:
    """The snapshot of this tick, for whoever draws outside the picture thread."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None


class Programme(Service):
    """Owns the picture thread and what it composes and mixes.

    Args:
        fps: ticks a second.
        slot: where the snapshot is put.
        scenes, sources, sound, mixer: what is composed and mixed.
        graphics: what lies over it.
        pipeline, camera: where it goes.
        wearer: try-on, as far as plans look at it.
        latency: measures cuts.
        events, state: told and telling.
        over: what will lie over another scene.

    Attributes:
        over: what will lie over a scene when it is taken, for previews.
        viewers: who looks at it beside the outputs.
    """

    name: ClassVar[str] = "programme"

    def __init__(
        self,
        fps: Fraction,
        slot: SnapshotSlot,
        scenes: SceneRepository,
        sources: SourceManager,
        sound: SoundDesk,
        mixer: Mixer,
        graphics: Graphics,
        pipeline: OutputPipeline,
        camera: VirtualCamera,
        wearer: TryOnController,
        latency: CutLatency,
        events: Events,
        state: State,
        over: GraphicsOver,
    ) -> None:
        self._slot, self._scenes, self._sources = slot, scenes, sources
        self._sound, self._mixer, self._wearer = sound, mixer, wearer
        self._pipeline, self._camera, self._latency = pipeline, camera, latency
        self._events, self._state = events, state
        self._channels: tuple[Channel, ...] = ()
        self._transition_sound = TransitionSound()
        self._tally: dict[str, str] = {}
        self.viewers: Viewers = NoViewers()
        self.over = over
        self.stage = ProgramRenderer(fps, graphics, self._on_tick, self._is_wanted)
        pipeline.look = self._look
        state.watch(("scenes", "sources", "sound"), self.refresh_picture)

    # -- what is composed ----------------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot:
        """What the picture thread composes now."""
        assert self._slot.snapshot is not None
        return self._slot.snapshot

    @property
    def main_canvas(self) -> str:
        """The canvas that always runs: landscape, or the first that is on."""
        canvases = self._scenes.state.canvases
        return next((c.name for c in canvases if c.is_enabled), canvases[0].name)

    def refresh_picture(self) -> None:
        """Hands the picture thread scenes, sources and sound as they are now."""
        scenes, runners = self._scenes, self._sources.runners
        self._slot.snapshot = Snapshot(scenes.state, scenes.changes, runners)
        self._draw_labels(self._slot.snapshot)
        self.stage.show(self._slot.snapshot)
        state, main = scenes.state, self.main_canvas
        buses = (main, *(c.name for c in state.canvases if c.is_enabled and c.name != main))
        shown = {bus: scenes.sources_on([state.programme.get(bus, "")]) for bus in buses}
        standby = frozenset(bus for bus in buses if state.is_on_standby(bus))
        self._mixer.buses = buses
        self._channels = routing.channels(
            self._sound.strips,
            runners,
            shown,
            buses,
            {
                canvas: routing.leaving(
                    change,
                    scenes.sources_of(change.before),
                    is_standby=change.before.is_standby,
                )
                for canvas, change in scenes.changes.items()
            },
            standby,
        )
        closed = routing.closed_strips(self._sound.strips, runners, shown, buses, standby)
        routing.tell_runners(self._channels, runners, buses)
        self._channels += tuple(self._transition_sound.channels(scenes.changes))
        self._mixer.master_db = self._sound.master_db
        self._tell_tally()
        if closed != self._sound.closed:
            self._sound.closed = closed
            self._state.touch("sound")

    def _draw_labels(self, snapshot: Snapshot) -> None:
        """The label of generated content is drawn before it is needed: the tick waits for none."""
        if any(snapshot.is_labelled(scene) for scene in snapshot.state.scenes):
            for canvas in snapshot.state.canvases:
                ai_label(canvas.width, canvas.height)

    def hold_picture(self, is_held: bool) -> None:
        """Held, the last picture goes out again and again."""
        self.stage.hold(is_held)

    async def first_picture(self) -> None:
        """Waits until every source on programme has a picture (or is known to have none)."""
        self.stage.start()
        until = now_ns() + int(FIRST_PICTURE_S * NS)
        while now_ns() < until:
            self._sources.watch()
            shown = self._scenes.on_programme()
            health = self._sources.health
            states = [health[name].state for name in shown if name in health]
            has_picture = self.stage.latest[self.main_canvas].get() is not None
            if has_picture and "opening" not in states:
                return
            await asyncio.sleep(STEP_S)

    async def renew_standby(self) -> None:
        """Gives the senders the standby scene as it looks now."""
        await asyncio.to_thread(self._draw_standby)

    def _draw_standby(self) -> None:
        scene = self._scenes.for_purpose("standby")
        if scene is None:
            return
        renderer = Renderer()
        for canvas in self._scenes.state.canvases:
            frame = renderer.draw(self.snapshot, scene, canvas, now_ns())
            self._pipeline.set_standby(canvas.name, (frame.keep.copy(),))

    def write_picture(self, file: Path) -> None:
        """Writes the programme as it is now."""
        picture = self.stage.latest[self.main_canvas].get()
        if picture is not None:
            snapshot = self.snapshot
            scene = snapshot.state.scene(snapshot.state.programme.get(self.main_canvas, ""))
            is_generated = snapshot.is_labelled(scene, self.main_canvas, is_programme=True)
            write_picture(picture.frame.copy(), file, is_generated=is_generated)

    async def load(self, part: object, context: object) -> None:
        """Nothing of its own; Qt draws in the engine's main thread from here on."""
        qt.ready()

    async def stop(self) -> None:
        """Ends the picture thread."""
        await asyncio.to_thread(self.stage.stop)

    # -- for others ----------------------------------------------------------------------------

    def situation(self) -> Situation:
        """How things stand, for triggers."""
        late = list(self.stage.figures.late_recent)  # the picture thread goes on writing it
        return Situation(
            at_ns=now_ns(),
            scenes=self._scenes.state,
            health=self._sources.health,
            outputs={status.name: status for status in self._pipeline.destinations.statuses()},
            late_percent=100 * sum(1 for ms in late if ms > LATE_MS) / max(1, len(late)),
            qualities={name: worn.quality for name, worn in self._wearer.filters().items()},
            pictures={name: self._facts(name) for name in self._sources.specs},
        )

    def _facts(self, source: str) -> PictureFacts:
        runner = self._sources.runners.get(source)
        spec = self._sources.specs[source]
        kinds = self._sources.kinds
        kind = kinds.get(spec.kind) if spec.kind in kinds else None
        shown = shown_of(self._sources.specs)(source)
        is_still = kind is not None and kind.is_still
        if runner is None:
            return PictureFacts(None, False, is_still, kind is None or kind.has_video, shown)
        shot = runner.latest
        frame = shot.frame if shot else None
        return PictureFacts(
            (frame.width, frame.height) if frame else None,
            frame is not None and frame.alpha is None,
            is_still,
            runner.watch.has_video,
            shown,
            None if frame is None or frame.alpha is None else cover_of(frame.alpha),
            None if frame is None else light_of(frame),
        )

    def _tell_tally(self) -> None:
        """Lights that changed since the last time; what was acknowledged counts for its light."""
        before, self._tally = self._tally, self._scenes.tally()
        for source in before.keys() | self._tally.keys():
            light = self._tally.get(source, "off")
            if before.get(source, "off") != light:
                self._scenes.acknowledged.pop(source, None)
                self._events.publish(TallyChanged(source=source, state=light))
        for name, runner in self._sources.runners.items():
            runner.put_on_air(self._tally.get(name) == "programme")

    # -- on the picture thread -----------------------------------------------------------------

    def _is_wanted(self, canvas: str) -> bool:
        """The main canvas always runs; another one only while it is sent or looked at."""
        return (
            canvas == self.main_canvas
            or self._pipeline.needs(canvas)
            or self._camera.needs(canvas)
            or self.viewers.looks_at(canvas)
        )

    def _on_tick(self, tick: int, at_ns: int, pictures: Sequence[ProgramPicture]) -> None:
        for picture in pictures:
            canvas, keep = picture.canvas, picture.frame.keep
            if self._pipeline.needs(canvas):
                if picture.is_cut:
                    self._latency.shown(canvas, tick)
                self._pipeline.video(canvas, keep, tick, is_cut=picture.is_cut)
            if self._camera.needs(canvas):
                self._camera.put(canvas, keep)
        samples = self._mixer.mix(self._channels, tick, at_ns)
        self._sound.watch.hear(samples)
        self._sound.monitor.hear(self._mixer.phones, at_ns)
        at = self._mixer.samples_until(tick) - len(samples)
        self._pipeline.sound(samples, at, self._mixer.sent)

    def _look(self, canvas: str) -> tuple[float | None, float | None]:
        """Mean luma and loudness in dB of what is on programme; None where there is nothing."""
        slot = self.stage.latest.get(canvas)
        picture = slot.get() if slot else None
        luma = float(picture.frame.y[::8, ::8].mean()) if picture else None
        meter = self._mixer.meters.get("programme")
        return luma, max(meter.rms_db) if meter else None
