"""Incidents when they are over, as a service of the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.happening import PastEvents
from studio.core.log import logger
from studio.core.service import Every, Service
from studio.core.state import State
from studio.core.text import Text
from studio.core.usual_sales import SalesNormal
from studio.governance.signing import TextSigner
from studio.plans.action_commands import ActionCommands
from studio.plans.incident_commands import IncidentCommands
from studio.plans.incidents.lines import labels_of
from studio.plans.incidents.model import IncidentsView
from studio.plans.service import PlanService

CHASE_S = 60.0
_log = logger(__name__)


class IncidentService(Service):
    """Reports, reviews, actions, cases.

    Args:
        plans: has the incidents.
        past: the journal.
        normal: what is usually sold.
        bus: knows what commands are called.
        events, state: where changes are told.
        signer: of this desk.
    """

    name: ClassVar[str] = "incidents"
    View: ClassVar[Any] = IncidentsView

    def __init__(
        self,
        plans: PlanService,
        past: PastEvents,
        normal: SalesNormal,
        bus: Bus,
        events: Events,
        state: State,
        signer: TextSigner,
    ) -> None:
        self._plans, self._bus, self._events, self._state = plans, bus, events, state
        self._incidents = IncidentCommands(
            plans.plans, plans.store, plans.book, past, normal, self, signer
        )
        self._actions = ActionCommands(plans.book, self._incidents.find)
        self._chasing: asyncio.Task[None] | None = None
        self._is_running = False
        self.every = (Every("chase", CHASE_S, self._chase_soon),)

    def standby_scenes(self) -> frozenset[str]:
        """Their names now."""
        scenes = self._plans.situation().scenes.scenes
        return frozenset(scene.name for scene in scenes if scene.is_standby)

    def command_labels(self) -> Mapping[str, tuple[Text, bool]]:
        """By id, and whether they only look."""
        return labels_of(self._bus.specs())

    def commands(self) -> Sequence[object]:
        """Incidents and actions."""
        return (self._incidents, self._actions)

    def view(self) -> IncidentsView:
        """Open actions."""
        return self._actions.view()

    async def start(self) -> None:
        """Reminds of what is due."""
        self._is_running = True
        self._chase_soon()

    async def stop(self) -> None:
        """Ends what is being written."""
        self._is_running = False
        if self._chasing is not None:
            await asyncio.gather(self._chasing, return_exceptions=True)

    def _chase_soon(self) -> None:
        if self._is_running and (self._chasing is None or self._chasing.done()):
            self._chasing = asyncio.get_running_loop().create_task(self._chase(), name="chase")

    async def _chase(self) -> None:
        try:
            due = await self._actions.chase()
        except StudioError as error:
            _log.warning("actions cannot be chased: %s", error)
            return
        for event in due:
            self._events.publish(event)
        if due:
            self._state.touch(self.name)
