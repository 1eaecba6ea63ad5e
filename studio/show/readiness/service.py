"""Readiness as a service: gathers what the others show, and tells when the answer is another."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any, ClassVar, Protocol

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.service import Every, Service
from studio.core.services import Services
from studio.core.state import State
from studio.insight.stats import disk_free_gb
from studio.outputs.judging import LevelMemory
from studio.outputs.model import CheckLine
from studio.sender.evidence import Evidence
from studio.sender.model import OutputSettings, OutputState, OutputStatus
from studio.show.readiness.facts import (
    LIVE_KINDS,
    GoodsFacts,
    PlanFacts,
    ShowFacts,
    StreamFacts,
    address_facts,
)
from studio.show.readiness.judge import judge
from studio.show.readiness.model import ReadinessView

LISTEN_S, JUDGE_S, DARK_S, DISK_S = 0.25, 1.0, 2.0, 5.0
READS = ("sources", "scenes", "shop", "stock", "plans", "show", "outputs", "air")
_DOWN = (OutputState.REFUSED, OutputState.FAILED)


class ProgrammeLook(Protocol):
    """Looks at the programme."""

    def __call__(self, canvas: str) -> tuple[float | None, float | None]:
        """Mean luma, and loudness in dB; None where there is nothing."""
        ...


class KeptDestinations(Protocol):
    """Destinations with their keys (`studio.outputs.destinations.Destinations`)."""

    def names(self) -> list[str]: ...
    def settings(self, name: str) -> OutputSettings: ...
    def keys(self, name: str) -> tuple[str, str]: ...


class WayOut(Protocol):
    """Programme and destinations (`studio.outputs.pipeline.OutputPipeline`)."""

    @property
    def look(self) -> ProgrammeLook: ...
    @property
    def destinations(self) -> KeptDestinations: ...


class KnownCameras(Protocol):
    """Cameras of this machine by id, as they were last looked for."""

    cameras: dict[str, str]


class RecordingDisk(Protocol):
    """Where recordings go."""

    @property
    def path(self) -> Path: ...


class ReadinessService(Service):
    """Is the show ready? One answer for the desk, the phone, and every other remote.

    Args:
        way_out: the programme, destinations and their keys.
        devices: cameras there are.
        disk: where recordings go.
        state: told when the answer is another.
    """

    name: ClassVar[str] = "ready"
    View: ClassVar[Any] = ReadinessView

    def __init__(
        self,
        way_out: WayOut,
        devices: KnownCameras,
        disk: RecordingDisk,
        state: State,
    ) -> None:
        self._way_out, self._destinations = way_out, way_out.destinations
        self._devices, self._disk, self._state = devices, disk, state
        self._services: dict[str, Service] = {}
        self._seen: dict[str, Any] = {}
        self._stale = set(READS)
        self._level, self._evidence = LevelMemory(), Evidence()
        self._lumas: deque[float | None] = deque(maxlen=round(DARK_S / LISTEN_S))
        self._free: tuple[int, float | None] = (0, None)
        self._view = ReadinessView()
        self.every = (Every("listen", LISTEN_S, self._listen), Every("judge", JUDGE_S, self._judge))
        state.on_touch(self._touched)

    def attach(self, services: Services) -> None:
        """Whose views are read."""
        self._services = {service.name: service for service in services if service.name in READS}

    def view(self) -> ReadinessView:
        """As it was last judged."""
        return self._view

    async def reset(self) -> None:
        """What was heard and seen was of another show."""
        self._level = LevelMemory()
        self._lumas.clear()
        self._stale.update(READS)

    async def ready(self, context: object) -> None:
        """The new show is judged at once."""
        self._judge()

    # -- how -----------------------------------------------------------------------------------

    def _touched(self, parts: tuple[str, ...]) -> None:
        self._stale.update(part for part in parts if part in READS)

    def _listen(self) -> None:
        luma, level = self._way_out.look("landscape")
        self._lumas.append(luma)  # a fade through black is no black picture
        self._level.hear(level)

    def _judge(self) -> None:
        for part in self._stale & self._services.keys():
            self._seen[part] = self._services[part].view()
            if part == "outputs":
                self._evidence.note(self._seen[part])
        self._stale.clear()
        if len(self._seen) < len(READS):
            return
        view = judge(self._facts())
        if view != self._view:
            self._view = view
            self._state.touch("ready")

    def _facts(self) -> ShowFacts:
        seen = self._seen
        sources, plans, show = seen["sources"], seen["plans"].plans, seen["show"]
        is_known = all(source.health is not None for source in sources)
        shown = tuple(s.name for s in sources if s.kind in LIVE_KINDS and s.has_video)
        used = {str(s.settings.get("device", "")) for s in sources if s.kind == "camera"}
        trial: tuple[CheckLine, ...] = seen["air"].check.lines
        return ShowFacts(
            cameras=shown,
            troubled=tuple(s.name for s in sources if s.health and s.health.needs_look)
            if is_known or any(s.health and s.health.needs_look for s in sources)
            else None,
            measuring=tuple(
                s.name for s in sources if s.name in shown and s.health and s.health.is_measuring
            ),
            unused=tuple(name for id, name in self._devices.cameras.items() if id not in used),
            luma=max((luma for luma in self._lumas if luma is not None), default=None),
            level_db=self._level.level_db(),
            scenes=len(seen["scenes"].scenes),
            has_standby=any(scene.purpose == "standby" for scene in seen["scenes"].scenes),
            free_gb=self._free_gb(),
            streams=tuple(
                self._stream(status) for status in seen["outputs"] if status.kind == "rtmp"
            ),
            goods=self._goods(),
            plans=PlanFacts(
                sum(plan.needs_accept for plan in plans),
                sum(plan.auto and plan.enabled for plan in plans),
            ),
            show=show.name,
            is_readonly=show.is_readonly,
            error=show.error,
            trial=trial,
        )

    def _stream(self, status: OutputStatus) -> StreamFacts:
        name = status.name
        if name not in self._destinations.names():
            return StreamFacts(name)
        facts = address_facts(self._destinations.settings(name), self._destinations.keys(name)[0])
        refused: dict[str, str] = {}
        if status.state in _DOWN and status.reason.key:
            refused = StudioError("failed", status.reason.key, **status.reason.params).in_both()
        return StreamFacts(
            name,
            facts.has_key,
            facts.wrong,
            refused,
            self._evidence.flows(status),
            status.queue_ms > 1000,
            status.is_measuring,
            round(self._evidence.kbps(name), -2),
        )

    def _goods(self) -> GoodsFacts:
        products = self._seen["shop"].products
        return GoodsFacts(
            len(products),
            tuple(product.name for product in products if product.stock == 0),
            tuple(product.name for product in products if product.stock is None),
            self._seen["stock"].error or self._seen["stock"].caution,
        )

    def _free_gb(self) -> float | None:
        """Looked at every few seconds: a network disk may take its time."""
        at, free = self._free
        if now_ns() - at > DISK_S * NS or free is None:
            free = disk_free_gb(self._disk.path)
            self._free = (now_ns(), None if free < 0 else free)
        return self._free[1]
