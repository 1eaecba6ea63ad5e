"""The composition root: every service of the engine, in the order in which they load.

A new feature is a package with a ``service.py`` and a line in `services`; starting, stopping,
opening, saving, checking, resuming and showing it are loops over that list.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from studio.app.engine_info import EngineInfo
from studio.app.extensions import Extensions
from studio.app.governing import GOVERN_SERVICES, governing
from studio.app.overlays import OverlayController, OverlayService
from studio.app.pack_trials import PackTrialProcess
from studio.app.persons import own_people
from studio.app.plugin_services import plugin_services
from studio.app.programme import Programme, SnapshotSlot
from studio.app.safe_areas import SafeAreas
from studio.audio.desk import SoundDesk
from studio.audio.mixer import Mixer
from studio.audio.service import SoundService
from studio.comments.platforms.base import CommentPlatform
from studio.comments.service import CommentService
from studio.core.command import Bus
from studio.core.event import Events
from studio.core.paths import log_dir, runtime_dir
from studio.core.service import Service
from studio.core.services import Services
from studio.core.state import State
from studio.core.state_text import state_text
from studio.encoding.model import AudioSettings, usual_video
from studio.filters.base import Filter
from studio.filters.service import FilterService
from studio.filters.workshop import FilterFactory
from studio.governance.audit import Signer
from studio.governance.rights.book import OperatorBook
from studio.governance.secrets import Secrets
from studio.governance.vault import use_own_vault
from studio.graphics.deck import OverlayStack
from studio.graphics.svg import rasterise
from studio.graphics.text import TextDrawer
from studio.host.rooms import HOST_SERVICES, host_services
from studio.insight.latency import CutLatency
from studio.insight.rooms import ADVICE_SERVICES, advice_services
from studio.insight.service import InsightService
from studio.media.drawings import use_svg
from studio.outputs.commands import OutputCommands
from studio.outputs.pipeline import OutputPipeline
from studio.outputs.recording_folder import RecordingFolder
from studio.outputs.service import AirService, CameraService, OutputService
from studio.plans.rooms import PLAN_SERVICES, plan_services
from studio.plans.triggers.base import Trigger
from studio.remote.certificate import own_context
from studio.remote.rooms import EngineFacade
from studio.scenes.graph import SceneGraph
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import Canvases
from studio.scenes.nested import NestedPictures
from studio.scenes.service import CanvasService, SceneService, canvases_of
from studio.scenes.transitions.base import Transition
from studio.shop.card.book import CardBook
from studio.shop.catalogue import Catalogue
from studio.shop.offers.book import OfferBook
from studio.shop.rooms import GAME_SERVICES, TRADE_SERVICES, game_services, trade_services
from studio.shop.service import ShopService, TryOnService
from studio.shop.stock.service import StockService
from studio.shop.wearing import TryOnController
from studio.show.keeper import OpenShow
from studio.show.readiness.service import ReadinessService
from studio.show.service import BrandService, ImportService, TemplateService
from studio.show.session import ShowFolders, ShowSession
from studio.sources.bank import SourceManager
from studio.sources.base import Source, SourceContext
from studio.sources.service import SourceService

SERVICES: tuple[type[Service], ...] = (
    InsightService, ShowSession, EngineInfo, CanvasService, SceneService, FilterService,
    SourceService, SoundService, Programme, OutputService, AirService, CameraService, ShopService,
    StockService, *TRADE_SERVICES, *ADVICE_SERVICES, TryOnService, OverlayService, BrandService,
    TemplateService, ImportService, CommentService, *GAME_SERVICES, *HOST_SERVICES, *PLAN_SERVICES,
    *GOVERN_SERVICES, ReadinessService,
)  # fmt: skip
"""The services by class, for whoever reads or checks a show without running it."""


def service_types(extensions: Extensions) -> tuple[type[Service], ...]:
    """The services of the studio and of its plugins."""
    types = list(SERVICES)
    for service in extensions.services:
        names = {service.name, service.show_key()} - {""}
        if not any(names & {other.name, other.show_key()} for other in types):
            types.append(service)
    return tuple(types)


@dataclass(slots=True)
class Parts:
    """What of an engine its process and the remote door work with."""

    bus: Bus
    events: Events
    state: State
    services: Services
    session: ShowSession
    programme: Programme
    outputs: OutputService
    latency: CutLatency
    insight: InsightService
    facade: EngineFacade


def build(show: OpenShow, extensions: Extensions, *, is_safe: bool = False) -> Parts:
    """Makes every service and wires it; nothing runs yet.

    Args:
        show: the first one, as read.
        extensions: sources, filters and the like.
        is_safe: without try-on and plugins, after it crashed twice.
    """
    fps: Fraction = show.fps
    events = Events()
    state = State(events, asyncio.get_running_loop().call_soon)
    bus = Bus(events, state)
    use_svg(rasterise)
    use_own_vault()

    # What owns the facts.
    slot, secrets, recordings = SnapshotSlot(), Secrets(), RecordingFolder()
    operators = OperatorBook(secrets)
    people = own_people(secrets)
    canvases = {c.name: c for c in canvases_of(show.parts.get("canvases", Canvases()))}
    transitions = extensions.of(Transition)  # type: ignore[type-abstract]
    scenes = SceneRepository(transitions, events.publish)
    for canvas in canvases.values():
        scenes.set_canvas(canvas)
    nested = NestedPictures(slot)
    workshop = FilterFactory(extensions.of(Filter), lambda: sources.around.base)
    sources = SourceManager(
        extensions.of(Source),  # type: ignore[type-abstract]
        SourceContext(
            show.folder,
            TextDrawer(),
            float(fps),
            canvases["landscape"].width,
            canvases["landscape"].height,
            render=nested.render,
            look=nested.look,
            has=nested.has,
            state=lambda path: state_text(state, path),
        ),  # fmt: skip
        workshop,
        events.publish,
    )
    graph, desk, mixer = SceneGraph(sources, scenes), SoundDesk(events.publish, sources), Mixer(fps)
    catalogue, wearer = Catalogue(), TryOnController(sources, scenes)
    pipeline = OutputPipeline(
        {name: usual_video(c.width, c.height, fps) for name, c in canvases.items()},
        AudioSettings(), runtime_dir(), log=log_dir(),
        on_change=lambda status: outputs.output_changed(status),
    )  # fmt: skip
    deck = OverlayStack(
        lambda canvas: wearer.faces(slot.snapshot, canvas) if slot.snapshot else (),
        lambda canvas: slot.snapshot and slot.snapshot.state.programme.get(canvas),
        SafeAreas(pipeline.destinations, state),
    )
    offers, cards, latency = OfferBook(catalogue), CardBook(), CutLatency(events)
    overlays = OverlayController(deck, scenes, catalogue, wearer, offers, cards, float(fps))
    output_commands = OutputCommands(pipeline, events.publish, state.touch, secrets, recordings)

    # The services.
    camera = CameraService(scenes, events, state)
    programme = Programme(
        fps, slot, scenes, sources, desk, mixer, overlays.at,
        pipeline, camera.camera, wearer, latency, events, state, overlays.over,
    )  # fmt: skip
    session = ShowSession(show, programme, bus, state, extensions, is_safe=is_safe)
    folders = ShowFolders(session.repository, recordings)
    info = EngineInfo(fps, is_safe, secrets, recordings, extensions)
    insight = InsightService(
        show.head.name, programme.stage, pipeline, latency, recordings, events, state, scenes,
        offers, people, bus,
    )  # fmt: skip
    outputs = OutputService(pipeline, output_commands, scenes, events, state)
    stock = StockService(catalogue, overlays, events, state)
    coupons, today, trade = trade_services(
        catalogue, offers, cards, stock, overlays, recordings, secrets, own_context, events, state
    )
    past, normal = insight.past, insight.normal
    brand = BrandService(sources, overlays, state)
    platforms = extensions.of(CommentPlatform)  # type: ignore[type-abstract]
    comments = CommentService(platforms, overlays, events, state, PackTrialProcess(), bus)
    signer = partial(Signer, secrets)
    triggers = extensions.of(Trigger)  # type: ignore[type-abstract]
    services = Services(
        (
            insight,
            session,
            info,
            CanvasService(scenes, pipeline),
            SceneService(scenes, graph, sources, pipeline, events, state),
            FilterService(),
            SourceService(sources, workshop, graph, desk, events, state),
            SoundService(desk, mixer, sources, events, state),
            programme,
            outputs,
            AirService(output_commands),
            camera,
            ShopService(catalogue, wearer, overlays, events, stock),
            stock,
            *trade,
            *advice_services(catalogue, offers, stock, today, bus, insight.board, events, state),
            TryOnService(wearer, catalogue, scenes, overlays, folders, events, state),
            OverlayService(overlays),
            brand,
            TemplateService(scenes, sources, graph, catalogue, brand.brand, wearer, events),
            ImportService(scenes, sources, desk, events),
            comments,
            *game_services(comments, coupons, overlays, catalogue, events, state),
            *host_services(catalogue, offers, cards, mixer.tap, slot, bus, events, state),
            *plan_services(bus, triggers, programme, comments, past, normal, signer, events, state),
            *governing(secrets, people, operators, comments, recordings, bus, events, state),
            ready := ReadinessService(pipeline, sources, recordings, state),
            *plugin_services(
                service_types(extensions)[len(SERVICES) :], extensions.errors, bus, events, state
            ),
        )
    )
    services.register(bus, state)
    session.attach(services)
    info.attach(services)
    ready.attach(services)
    facade = EngineFacade(
        bus=bus, events=events, state=state, scenes=scenes, bank=sources, sound=desk,
        catalogue=catalogue, pipeline=pipeline, stage=programme.stage,
        source_kinds=sources.kinds, filter_kinds=workshop.kinds, transition_kinds=transitions,
        feed_kinds=platforms, fps=fps, recordings=recordings, programme=programme, insight=insight,
        session=session, rights=operators,
    )  # fmt: skip
    return Parts(
        bus, events, state, services, session, programme, outputs, latency, insight, facade
    )
