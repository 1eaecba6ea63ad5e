"""The composition root: builds every room, wires them, and owns their beginning and end."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

import studio.audience.platforms as platform_folder
import studio.filters as filter_folder
import studio.plans.triggers as trigger_folder
import studio.scenes.transitions as transition_folder
import studio.sources as source_folder
from studio import cuts, hearing, recordings
from studio.audience.commands import AudienceCommands
from studio.audience.keeper import Audience
from studio.audience.model import AudiencePart
from studio.audience.moderation.rules import shipped_rules
from studio.audience.platforms.base import Platform
from studio.chores import Chores
from studio.core.clock import NS, now_ns
from studio.core.command import Bus, CommandRan
from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.log import logger
from studio.core.paths import data_dir, log_dir, plugins_dir, runtime_dir
from studio.core.registry import discover, load_plugins
from studio.core.state import State
from studio.cuts import Cuts
from studio.filters.base import Filter
from studio.filters.workshop import Workshop
from studio.graphics import qt
from studio.graphics.deck import Deck
from studio.graphics.svg import rasterise
from studio.graphics.text import TextDrawer
from studio.insight.journal import Journal
from studio.media.picture_file import write_picture
from studio.nesting import Nesting, say
from studio.on_picture import OnPicture
from studio.outputs.camera_commands import CameraCommands
from studio.outputs.commands import OutputCommands
from studio.outputs.events import EffortChanged
from studio.outputs.model import (
    AudioSettings,
    OutputSettings,
    OutputStatus,
    StandbyMedia,
    VideoSettings,
)
from studio.outputs.pipeline import OutputPipeline
from studio.plans.commands import PlanCommands
from studio.plans.files import read_plans
from studio.plans.model import PlansPart
from studio.plans.runner import Plans
from studio.plans.triggers.base import Situation, Trigger
from studio.remote.rooms import Rooms
from studio.scenes.commands import SceneCommands
from studio.scenes.events import SceneListChanged, TallyChanged
from studio.scenes.item_commands import ItemCommands
from studio.scenes.keeper import Scenes
from studio.scenes.model import Canvas
from studio.scenes.rounds import Rounds
from studio.scenes.stage import Picture, Renderer, Snapshot, Stage
from studio.scenes.transitions.base import Transition
from studio.security.secrets import Secrets
from studio.shop.catalogue import Catalogue
from studio.shop.commands import ShopCommands
from studio.shop.tryon_commands import TryOnCommands
from studio.shop.wearing import Wearer
from studio.show.brand import Brand, BrandCommands
from studio.show.import_commands import ImportCommands
from studio.show.keeper import OpenShow, ShowCommands, ShowKeeper
from studio.show.layout_commands import LayoutCommands
from studio.show.obs_import import Strip as ImportedStrip
from studio.show.templates import Builder, Goods
from studio.sound.commands import SoundCommands
from studio.sound.desk import SoundDesk
from studio.sound.mixer import Channel, Mixer
from studio.sound.model import Strip
from studio.sources.bank import SourceBank
from studio.sources.base import Source, Surroundings
from studio.sources.commands import SourceCommands
from studio.sources.filter_commands import FilterCommands
from studio.switching import Switch
from studio.tryon.asset import use_svg
from studio.views import Views

_log = logger(__name__)

COMMENTS_S = 0.2
FIRST_PICTURE_S = 5.0


class Engine:
    """One running show.

    Args:
        show: what to run, already read and checked.
        is_safe: without try-on and plugins, after it crashed twice.
    """

    def __init__(self, show: OpenShow, *, is_safe: bool = False) -> None:
        self.show = show
        self.is_safe = is_safe
        self.began_ns = now_ns()
        self.fps: Fraction = show.fps
        self.warnings: list[StudioError] = []
        self.loop = asyncio.get_running_loop()
        self.events = Events()
        self.state = State(self.events, self.loop.call_soon)
        self.bus = Bus(self.events, self.state)
        self._build_picture()
        self._build_sound()
        self._build_outputs()
        self._build_shop()
        self._build_audience()
        self._build_plans()
        self._build_show()
        self.chores = Chores(self)
        self._plan_watch: asyncio.Task[None] | None = None
        self.cuts = Cuts()
        self._tally: dict[str, str] = {}
        self.pipeline.on_packet = self.cuts.packet
        self.journal = Journal(data_dir() / "journal.db", show.head.name)
        self.events.on_all(self.journal.event)
        self.events.on_all(self.outputs.film.event)
        self.events.on(CommandRan, self._ran)
        self.events.on(SceneListChanged, self._scene_renamed)
        self.views = Views(self)

    # -- building ------------------------------------------------------------------------------

    def _build_picture(self) -> None:
        self.plugins, errors = ([], []) if self.is_safe else load_plugins(plugins_dir())
        self.warnings += errors
        landscape = self.show.scenes.canvas("landscape")
        self.source_kinds = discover(source_folder, Source, self.plugins)  # type: ignore[type-abstract]
        self.filter_kinds = discover(filter_folder, Filter, self.plugins)
        self.transition_kinds = discover(transition_folder, Transition, self.plugins)  # type: ignore[type-abstract]
        self.nesting = Nesting(lambda: getattr(self, "_snapshot", None))
        self.around = Surroundings(
            self.show.folder,
            TextDrawer(),
            float(self.fps),
            landscape.width,
            landscape.height,
            render=self.nesting.render,
            look=self.nesting.look,
            has=self.nesting.has,
            state=lambda path: say(self.state.get, path),
        )
        workshop = Workshop(self.filter_kinds, lambda: self.around.base)
        self.bank = SourceBank(self.source_kinds, self.around, workshop, self.events.publish)
        self.scenes = Scenes(self.transition_kinds, self._announce_scene)
        self.wearer = Wearer(self.bank, self.scenes)
        self.deck = Deck(lambda canvas: self.wearer.faces(self.snapshot(), canvas))
        self.stage = Stage(
            self.fps,
            lambda canvas, at_ns: self.on_picture.at(canvas, at_ns),
            self._on_tick,
            self._is_wanted,
        )
        self.is_looked_at: Callable[[str], bool] = lambda canvas: False
        rounds = Rounds(lambda: self.bank.specs, lambda: self.scenes.state)
        self.scenes.shows, self.scenes.within = rounds.shown_through, rounds.within
        self.bus.add(
            SceneCommands(
                self.scenes,
                self._announce_scene,
                lambda canvas: canvas in self.pipeline.destinations.canvases(),
                rounds.check_scene,
            ),
            ItemCommands(
                self.scenes,
                self._announce_scene,
                lambda s: s in self.bank.specs,
                rounds.check_scene,
            ),
            SourceCommands(
                self.bank,
                self.events.publish,
                self._scenes_with,
                self._renamed,
                rounds.check_source,
                lambda name: self.sound.recall(name),
            ),
            FilterCommands(self.bank, workshop, self.events.publish),
        )

    def _build_sound(self) -> None:
        self.sound = SoundDesk(self.events.publish)
        self.sound.ahead_ms = lambda name: hearing.ahead_ms(name, self.bank.runners)
        self.mixer = Mixer(self.fps)
        self._channels: tuple[Channel, ...] = ()
        self.bus.add(SoundCommands(self.sound))

    def _build_outputs(self) -> None:
        self.secrets = Secrets()
        sizes = {canvas.name: canvas for canvas in self.show.scenes.canvases}
        self.pipeline = OutputPipeline(
            {name: self._video_settings(canvas) for name, canvas in sizes.items()},
            AudioSettings(),
            runtime_dir(),
            on_change=self._output_changed,
            log=log_dir(),
        )
        self.outputs = OutputCommands(
            self.pipeline, self.events.publish, self.state.touch, self.secrets, self.recordings
        )
        self.outputs.keep_folder = self._keep_recordings
        self.outputs.is_composed = lambda name: self.scenes.state.canvas(name).is_enabled
        self.pipeline.look = self._look
        self.pipeline.on_effort = self._effort_changed
        self.virtual = CameraCommands(
            lambda name: (self._canvas(name).width, self._canvas(name).height),
            self.events.publish,
            self.state.touch,
            self.loop.call_soon_threadsafe,
        )
        self.bus.add(self.outputs, self.outputs.air, self.outputs.film, self.virtual)

    def _build_shop(self) -> None:
        self.catalogue = Catalogue()
        self.on_picture = OnPicture(self.show, self.deck, self.scenes, self.catalogue, self.wearer)
        self.bus.add(
            ShopCommands(
                self.catalogue, self.events.publish, self.on_picture.refresh_card, self.wearer.wear
            )
        )
        self.tryon = TryOnCommands(
            self.catalogue,
            self.wearer,
            self.scenes,
            self.events.publish,
            self._own_assets,
            lambda: self.recordings,
            self.on_picture.marked,
        )
        self.bus.add(self.tryon)

    def _own_assets(self) -> Path:
        """Where cut-out goods go: into the show; the demo show stays as it is."""
        folder = data_dir() if self.keeper.is_readonly else self.show.folder
        return folder / "tryon"

    def _build_audience(self) -> None:
        self.platform_kinds = discover(platform_folder, Platform, self.plugins)  # type: ignore[type-abstract]
        self._comments_touched = False
        self.audience = Audience(
            shipped_rules(), self.events.publish, self._touch_comments, self.platform_kinds
        )
        self.bus.add(
            AudienceCommands(self.audience, self.events.publish, self.on_picture.show_comment)
        )

    def _touch_comments(self) -> None:
        """Told a few times a second at most, however many come."""
        if not self._comments_touched:
            self._comments_touched = True
            self.loop.call_later(COMMENTS_S, self._tell_comments)

    def _tell_comments(self) -> None:
        self._comments_touched = False
        self.state.touch("comments")

    def load_audience(self) -> None:
        """Starts the show's comment feeds and takes its words."""
        part = msgspec.convert(self.show.raw.get("audience", {}), AudiencePart)
        if part.rules:
            self.audience.add_words(list(part.rules), "own", "hold")
        self.audience.folder = self.show.folder
        for spec in part.feeds:
            try:
                self.audience.add_feed(spec)
            except StudioError as error:
                self.warnings.append(error)
                _log.warning("feed %s: %s", spec.name, error)

    def _build_plans(self) -> None:
        kinds = discover(trigger_folder, Trigger, self.plugins)  # type: ignore[type-abstract]
        self.plans = Plans(
            self.bus, kinds, self._situation, self.events.publish, lambda: self.state.touch("plans")
        )
        self.plan_commands = PlanCommands(self.plans)
        self.bus.add(self.plan_commands)

    def _builder(self) -> Builder:
        """Makes scenes from templates with the show as it is now."""
        shop = self.catalogue.state
        ordered = sorted(shop.products, key=lambda one: one.id != shop.explaining)
        goods = tuple(Goods(one.name, one.photo) for one in ordered)
        language = self.show.head.language
        return Builder(self.scenes, self.bank, goods, self.brand.kit, language)

    def _take_strip(self, source: str, given: ImportedStrip) -> None:
        """A source that was brought in gets its place in the mixer once it has sound."""
        self.sound.expect(
            Strip(
                source,
                gain_db=given.gain_db,
                is_muted=given.is_muted,
                pan=given.pan,
                sync_ms=given.sync_ms,
            )
        )

    def _face_in(self, source: str) -> tuple[float, float] | None:
        """Where the largest face is in a source's picture, 0..1."""
        one, runner = self.wearer.filters().get(source), self.bank.runners.get(source)
        shot = runner.latest if runner else None
        if one is None or shot is None or not one.boxes:
            return None
        box = max(one.boxes, key=lambda b: b.width * b.height)
        x, y = box.x + box.width / 2, box.y + box.height / 2
        return (
            min(1.0, max(0.0, x / shot.frame.width)),
            min(1.0, max(0.0, y / shot.frame.height)),
        )

    def _build_show(self) -> None:
        self.brand = Brand(self.bank, lambda kit: self.on_picture.wear_brand(kit))
        self.bus.add(
            BrandCommands(self.brand),
            LayoutCommands(
                self.scenes, self.bank, self._builder, self._announce_scene, self._face_in
            ),
            ImportCommands(
                self.scenes,
                self.bank,
                self.events.publish,
                self._take_strip,
                self.sound.recall,
            ),
        )
        self.keeper = ShowKeeper(self.show, lambda: self.views.collect())
        self.bus.add(ShowCommands(self.keeper, Switch(self).open))

    # -- beginning and end -----------------------------------------------------------------------

    async def start(self) -> None:
        """Loads the show and starts ticking; the first picture is there when this returns.

        Raises:
            StudioError: what in the show cannot be used.
        """
        qt.ready()  # in the main thread, where Qt wants its application object
        show = self.show
        use_svg(rasterise)
        if not qt.has_own_font():
            self.warnings.append(StudioError("unavailable", "graphics.no_font", used=qt.family()))
        self.wearer.folder = show.folder
        self.scenes.box.base = show.folder
        self.scenes.load(show.scenes)
        self.catalogue.load(show.shop)
        self.bank.load(show.sources, self.around)
        sound = show.sound
        self.sound.load(sound.strips, sound.master_db, sound.target_lufs, sound.tolerance_lu)
        self.sound.watch.start()
        self.sound.keep_only(self.with_sound())
        raw_outputs = self.show.raw.get("outputs", [])
        try:
            self.outputs.load(msgspec.convert(raw_outputs, list[OutputSettings]))
        except msgspec.ValidationError as error:
            raise StudioError(
                "invalid", "show.broken", path=str(show.folder), why=f"outputs: {error}"
            ) from None
        self.outputs.air.find = self.around.find
        with contextlib.suppress(msgspec.ValidationError):
            media = msgspec.convert(self.show.raw.get("standby", {}), StandbyMedia)
            self.outputs.air.load_standby(media)
        self.load_audience()
        part = msgspec.convert(show.raw.get("plans", {}), PlansPart)
        plans, self.plans.errors = read_plans(show.folder)
        self.plans.load(plans, part.enabled)
        self.refresh()
        self.stage.start()
        await self.first_picture()
        self.on_picture.open(with_try_on=not self.is_safe)
        self.brand.load(show.brand)
        if self.brand.error is not None:
            self.warnings.append(self.brand.error)
        self.chores.start()
        self._plan_watch = asyncio.create_task(self.plans.watch(), name="plans")

    async def first_picture(self) -> None:
        """Waits until every source on programme has a picture (or is known to have none)."""
        until = now_ns() + int(FIRST_PICTURE_S * NS)
        while now_ns() < until:
            self.bank.watch()
            shown = self.scenes.on_programme()
            states = [self.bank.health[name].state for name in shown if name in self.bank.health]
            has_picture = self.stage.latest[self.main_canvas].get() is not None
            if has_picture and "opening" not in states:
                return
            await asyncio.sleep(0.01)

    def set_standby_pictures(self) -> None:
        """Gives the senders the standby scene as it looks now."""
        scene = self.scenes.for_purpose("standby")
        if scene is None:
            return
        renderer = Renderer()
        for canvas in self.scenes.state.canvases:
            frame = renderer.draw(self.snapshot(), scene, canvas, now_ns())
            self.pipeline.set_standby(canvas.name, (frame.keep.copy(),))

    async def stop(self, *, keep_senders: bool = False) -> None:
        """Ends everything in order; outputs end within about 2 s."""
        await self.chores.stop()
        if self._plan_watch is not None:
            self._plan_watch.cancel()
            await asyncio.gather(self._plan_watch, return_exceptions=True)
        await self.plans.stop()
        for feed in self.audience.feeds.values():
            await feed.stop()
        await self.tryon.stop()
        await asyncio.to_thread(self.virtual.camera.stop)
        await asyncio.to_thread(self.pipeline.close, keep_senders=keep_senders)
        self.stage.stop()
        await asyncio.to_thread(self.sound.stop)
        await asyncio.to_thread(self.bank.stop)
        self.chores.save()
        self.journal.close()

    # -- what is shown -------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """What the picture thread composes now."""
        return self._snapshot

    def refresh(self) -> None:
        """Hands the picture thread the state as it is now."""
        self._snapshot = Snapshot(self.scenes.state, self.scenes.changes, self.bank.runners)
        self.stage.show(self._snapshot)
        state = self.scenes.state
        main = self.main_canvas
        buses = (main, *(c.name for c in state.canvases if c.is_enabled and c.name != main))
        shown = {bus: self.scenes.sources_on([state.programme.get(bus, "")]) for bus in buses}
        self.mixer.buses = buses
        self._channels = hearing.channels(
            self.sound.strips,
            self.bank.runners,
            shown,
            buses,
            hearing.leaving(self.scenes.changes, self.scenes.sources_of),
        )
        hearing.tell_runners(self._channels, self.bank.runners, buses)
        self.mixer.master_db = self.sound.master_db
        self._tell_tally()

    def _tell_tally(self) -> None:
        """Lights that changed since the last time; what was acknowledged counts for its light."""
        before, self._tally = self._tally, self.scenes.tally()
        for source in before.keys() | self._tally.keys():
            state = self._tally.get(source, "off")
            if before.get(source, "off") != state:
                self.scenes.acknowledged.pop(source, None)
                self.events.publish(TallyChanged(source=source, state=state))

    @property
    def main_canvas(self) -> str:
        """The canvas that always runs: landscape, or the first that is on."""
        canvases = self.scenes.state.canvases
        return next((c.name for c in canvases if c.is_enabled), canvases[0].name)

    def write_picture(self, file: Path) -> None:
        """Writes the programme as it is now."""
        picture = self.stage.latest[self.main_canvas].get()
        if picture is not None:
            write_picture(picture.frame.copy(), file)

    # -- threads' ways in ------------------------------------------------------------------------

    def _is_wanted(self, canvas: str) -> bool:
        """The main canvas always runs; another one only while it is sent or looked at."""
        return (
            canvas == self.main_canvas
            or self.pipeline.needs(canvas)
            or self.virtual.camera.needs(canvas)
            or self.is_looked_at(canvas)
        )

    def _on_tick(self, tick: int, at_ns: int, pictures: Sequence[Picture]) -> None:
        for one in pictures:
            if one.is_cut:
                self.cuts.shown(one.canvas, tick)
            if self.pipeline.needs(one.canvas):
                self.pipeline.video(one.canvas, one.frame.keep, tick, is_cut=one.is_cut)
            if self.virtual.camera.needs(one.canvas):
                self.virtual.camera.put(one.canvas, one.frame.keep)
        samples = self.mixer.mix(self._channels, tick, at_ns)
        self.sound.watch.hear(samples)
        self.sound.monitor.hear(self.mixer.phones, at_ns)
        at = self.mixer.samples_until(tick) - len(samples)
        self.pipeline.sound(samples, at, self.mixer.sent)

    def _look(self, canvas: str) -> tuple[float | None, float | None]:
        """Mean luma and loudness in dB of what is on programme; None where there is nothing."""
        slot = self.stage.latest.get(canvas)
        picture = slot.get() if slot else None
        luma = float(picture.frame.y[::8, ::8].mean()) if picture else None
        meter = self.mixer.meters.get("programme")
        return luma, max(meter.rms_db) if meter else None

    def _ran(self, ran: CommandRan) -> None:
        if ran.ok and ran.command in cuts.COMMANDS:
            self.cuts.asked(ran.took_ms)
        self.chores.after_command(ran)

    def _output_changed(self, status: OutputStatus) -> None:
        self.loop.call_soon_threadsafe(self.outputs.told, status)

    def _effort_changed(self, rung: str, is_eased: bool) -> None:
        event = EffortChanged(rung=rung, is_eased=is_eased)
        self.loop.call_soon_threadsafe(self.events.publish, event)

    # -- for others ----------------------------------------------------------------------------

    def _situation(self) -> Situation:
        late = list(self.stage.figures.late_recent)  # the picture thread goes on writing it
        return Situation(
            at_ns=now_ns(),
            scenes=self.scenes.state,
            health=self.bank.health,
            outputs={one.name: one for one in self.pipeline.destinations.statuses()},
            late_percent=100 * sum(1 for ms in late if ms > 10) / max(1, len(late)),
            qualities={name: one.quality for name, one in self.wearer.filters().items()},
        )

    def rooms(self) -> Rooms:
        """What the remote door may look at."""
        return Rooms(
            bus=self.bus,
            events=self.events,
            state=self.state,
            scenes=self.scenes,
            bank=self.bank,
            sound=self.sound,
            catalogue=self.catalogue,
            pipeline=self.pipeline,
            stage=self.stage,
            source_kinds=self.source_kinds,
            filter_kinds=self.filter_kinds,
            transition_kinds=self.transition_kinds,
            fps=self.fps,
            recordings=self.recordings,
            snapshot=self.snapshot,
            stats=self.stats,
            show=self.keeper.view,
        )

    # -- small answers -------------------------------------------------------------------------

    @functools.cached_property
    def recordings(self) -> Path:
        """Where recordings go."""
        return recordings.folder()

    def _keep_recordings(self, folder: Path) -> None:
        """Recordings go to ``folder`` from now on, also in the next run."""
        self.recordings = folder
        recordings.keep(folder)

    def stats(self) -> dict[str, Any]:
        """Figures of the last second."""
        return dict(self.chores.stats)

    def _announce_scene(self, event: Event) -> None:
        self.events.publish(event)

    def _scenes_with(self, source: str) -> list[str]:
        """Scenes on which it stands, or a mirror of it does."""
        specs = self.bank.specs.values()
        mirrors = (s for s in specs if s.kind == "mirror" and s.settings.get("source") == source)
        seen = {source, *(one.name for one in mirrors)}
        scenes = self.scenes.state.scenes
        return [s.name for s in scenes if any(i.source in seen for i in s.items)]

    def _renamed(self, old: str, new: str) -> None:
        for scene in self.scenes.state.scenes:
            items = tuple(
                msgspec.structs.replace(i, source=new) if i.source == old else i
                for i in scene.items
            )
            self.scenes.put(msgspec.structs.replace(scene, items=items))
        self.sound.rename(old, new)

    def _scene_renamed(self, told: SceneListChanged) -> None:
        if told.what == "renamed":
            self.bank.rename_in_settings("scene", told.before, told.scene)
            self.state.touch("sources")

    def with_sound(self) -> list[str]:
        """Sources that give sound."""
        return [name for name, r in self.bank.runners.items() if r.source.has_sound]

    def _canvas(self, name: str) -> Canvas:
        return self.scenes.state.canvas(name)

    def _video_settings(self, canvas: Canvas) -> VideoSettings:
        is_hd = canvas.width * canvas.height > 1280 * 720
        return VideoSettings(
            width=canvas.width,
            height=canvas.height,
            fps_num=self.fps.numerator,
            fps_den=self.fps.denominator,
            bitrate_kbps=4500 if is_hd else 2500,
        )
