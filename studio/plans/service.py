"""The plans of the show as a service of the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Protocol

import msgspec

from studio.core.clock import utc_iso
from studio.core.command import Bus, CommandRan
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.extension import Kinds
from studio.core.loopback import is_drill, refuse_outside
from studio.core.service import CommandSpecs, Every, Finding, Service, ShowContext
from studio.core.state import State
from studio.plans.checking.base import World
from studio.plans.checking.check import check_plans
from studio.plans.commands import PlanCommands
from studio.plans.editing_commands import PlanEditing
from studio.plans.events import RoleTold
from studio.plans.files import read_plan_files
from studio.plans.incident_store import IncidentStore
from studio.plans.incidents.book import IncidentBook
from studio.plans.model import Incident, PlansPart, PlansView, Told
from studio.plans.probe import Probe
from studio.plans.reach import AcceptedPlans, ArmedRight
from studio.plans.resume import joined
from studio.plans.run_file import RunFile
from studio.plans.runner import JUDGE_S, KEPT, Plans
from studio.plans.runs import KeptRuns
from studio.plans.steps import said
from studio.plans.triggers.base import Situation, Trigger

KEPT_INCIDENTS = 20
TAKEN_OUT = ("rights.remove", "remote.token_remove")


class PlansCheckpoint(msgspec.Struct, frozen=True):
    """What the next engine needs: incidents for people, runs to go on with."""

    incidents: tuple[Incident, ...] = ()
    runs: KeptRuns = KeptRuns()
    armed: dict[str, ArmedRight] = {}


class SituationSource(Protocol):
    """Knows how things stand."""

    def situation(self) -> Situation:
        """What triggers judge by."""
        ...


class RepeatHeard(Protocol):
    """Told the state of a comment that says what a row says already."""

    def __call__(self, state: str, /) -> None: ...


class CommentRoom(Protocol):
    """The room's comments."""

    def on_repeat(self, listener: RepeatHeard) -> None:
        """Calls ``listener`` with each comment of which no event tells."""
        ...


class PlanService(Service):
    """Emergency plans, their runs and incidents.

    Args:
        bus: where plans' commands go.
        kinds: the triggers there are.
        source: how things stand.
        events, state: where changes are told.
    """

    name: ClassVar[str] = "plans"
    Part: ClassVar[Any] = PlansPart
    View: ClassVar[Any] = PlansView
    Checkpoint: ClassVar[Any] = PlansCheckpoint

    def __init__(
        self,
        bus: Bus,
        kinds: Kinds[Trigger],
        source: SituationSource,
        room: CommentRoom,
        events: Events,
        state: State,
    ) -> None:
        self.store, self._file = IncidentStore(), RunFile()
        self._is_restored = self._has_started = False
        self._source, self._probe = source, Probe(events)
        self.plans = Plans(
            bus,
            kinds,
            self.situation,
            events.publish,
            lambda: state.touch("plans"),
            self.store,
            self._file,
        )
        room.on_repeat(self._probe.count_comment)
        self.plans.is_drill = is_drill()
        if self.plans.is_drill:  # whatever is asked of a shadow stays on this machine
            bus.gate(lambda spec, args: refuse_outside(msgspec.to_builtins(args)))
        events.on(CommandRan, self.plans.heard)
        events.on(CommandRan, self._disarm)
        self.book = IncidentBook()
        self._plan_commands = PlanCommands(self.plans, self.store, self.book)
        self._folder, self._kinds, self._bus = Path(), kinds, bus
        self._events, self._state = events, state
        self._editing = PlanEditing(self.plans, lambda: self._folder, self._world_now)
        self.every = (Every("judge", JUDGE_S, self.plans.watch),)

    def situation(self) -> Situation:
        """How things stand, with figures and events."""
        figures = self._probe.sample()
        return replace(self._source.situation(), figures=figures, heard=self._probe.log)

    @property
    def errors(self) -> Sequence[StudioError]:
        """Plan files and triggers that cannot be used."""
        return self.plans.errors

    def commands(self) -> Sequence[object]:
        """Run, abort, answer, switch; read, try and keep as text."""
        return (self._plan_commands, self._editing)

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """Plan files with faults, and plans nobody here has accepted."""
        files, errors = read_plan_files(context.folder)
        if context.commands is not None and context.kinds is not None:
            faults = check_plans(context.folder, _world(context, context.commands))
            errors = [fault.error for fault in faults]
        accepted = AcceptedPlans()
        errors += [
            StudioError("denied", "plans.needs_accept", plan=file.plan.id)
            for file in files
            if not accepted.holds(file.digest)
        ]
        return [Finding("plans", error, "warning") for error in errors]

    async def reset(self) -> None:
        """Ends what runs: its scenes and sources are gone. Incidents stay, they are history."""
        await self.plans.stop()
        self.plans.errors = []
        self._folder = Path()
        self.plans.load((), ())

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over the shipped plans and the show's own; those are off until accepted."""
        self._folder = context.folder
        files, errors = read_plan_files(context.folder)
        self.plans.errors = errors
        shipped = [file.plan for file in files if not file.digest]
        self.plans.load(shipped, part.enabled, [file for file in files if file.digest])

    def _world_now(self) -> World:
        """What plans may name now."""
        now = self.situation()
        shop = self._state.get(["shop"]).get("shop")
        return World(
            {spec.id: spec for spec in self._bus.specs()},
            self._kinds,
            _names(now.scenes.scenes, "name"),
            frozenset(now.health),
            frozenset(now.outputs),
            _names(getattr(shop, "products", ()), "id"),
        )

    def _disarm(self, ran: CommandRan) -> None:
        """Who is taken out leaves no plan behind that acts with their right."""
        if not ran.ok or ran.command not in TAKEN_OUT:
            return
        person = str(ran.args.get("name", ""))
        for id in self.plans.disarm(person):
            plan = self.plans.plans.get(id)
            label = plan.label if plan is not None else id
            text = said("plans.disarmed", plan=label, person=person)
            self.plans.told.appendleft(Told(utc_iso(), "technician", text, "amber"))
            self._events.publish(RoleTold(role="technician", text=text, level="amber"))
            self._state.touch("plans")

    def save(self) -> PlansPart:
        """Which are on; all of them is nothing to write down."""
        return self.plans.part()

    def view(self) -> PlansView:
        """Plans, incidents, questions."""
        return self._plan_commands.view()

    def checkpoint(self) -> PlansCheckpoint:
        """The last incidents, and what runs."""
        incidents = tuple(list(self.plans.incidents)[:KEPT_INCIDENTS])
        return PlansCheckpoint(incidents, self.plans.kept(), dict(self.plans.armed))

    async def restore(self, kept: Any) -> None:
        """Incidents and runs of the engine before: a run goes on, or is undone, and says which.

        The file is written before each step; what takes a step back stands in the checkpoint as
        soon as what it changed does.
        """
        self._is_restored = True
        if not self._has_started:
            self._probe.resumed()
        self.plans.armed = {
            id: right for id, right in kept.armed.items() if id in self.plans.enabled
        }
        written = await asyncio.to_thread(self._file.read)
        self.plans.recall(list(kept.incidents), joined(written, kept.runs))

    async def start(self) -> None:
        """Shows the incidents of earlier shows, too; runs that nobody took up are over."""
        self._has_started = True
        if not self._is_restored:
            await asyncio.to_thread(self._file.remove)
        await asyncio.to_thread(self.book.read)
        self.plans.recall_old(await self.store.begin(KEPT))

    async def stop(self) -> None:
        """Ends all runs."""
        await self.plans.stop()
        await self.store.close()


def _world(context: ShowContext, commands: CommandSpecs) -> World:
    """What plans of this show may name."""
    parts = context.parts
    return World(
        {spec.id: spec for spec in commands.specs()},
        context.kinds_of(Trigger),  # type: ignore[type-abstract]
        _names(getattr(parts.get("scenes"), "scenes", ()), "name"),
        _names(parts.get("sources") or (), "name"),
        _names(parts.get("outputs") or (), "name"),
        _names(getattr(parts.get("shop"), "products", ()), "id"),
    )


def _names(rows: Iterable[Any], field: str) -> frozenset[str]:
    return frozenset(str(getattr(row, field, "")) for row in rows)
