"""The rights of persons as a service."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.log import logger
from studio.core.service import Every, Service, ShowContext
from studio.core.state import State
from studio.core.troubles import tell_trouble
from studio.governance.catalogue import PARTS, RULES
from studio.governance.database import DatabaseError
from studio.governance.events import ErasedAgain
from studio.governance.model import ClassView, PrivacyView
from studio.governance.people import PeopleKeys
from studio.governance.persons import Persons
from studio.governance.privacy_commands import (
    KeyCommands,
    MaskCommands,
    PrivacyCommands,
    RequestCommands,
)
from studio.governance.requests import RequestBook, late_of
from studio.governance.rights.book import OperatorBook

_log = logger(__name__)
LOOK_S, LATE_S = 1.0, 60.0


class PrivacyService(Service):
    """Finds, gives out and erases what is kept of persons.

    Args:
        persons: over every store.
        people: their keys.
        operators: to whom personal data are shown in full, for a while.
        requests: of persons, and their consents.
        events, state: heard and told.
    """

    name: ClassVar[str] = "privacy"
    View: ClassVar[Any] = PrivacyView

    def __init__(
        self,
        persons: Persons,
        people: PeopleKeys,
        operators: OperatorBook,
        requests: RequestBook,
        events: Events,
        state: State,
    ) -> None:
        self._operators, self._state, self._requests = operators, state, requests
        self._persons, self._events = persons, events
        self._has_looked = False
        self._view = PrivacyView(classes=_classes())
        self._commands = (
            PrivacyCommands(persons),
            RequestCommands(requests, self._count),
            MaskCommands(operators, events),
            KeyCommands(people),
        )
        self.every = (
            Every("masks", LOOK_S, self._look), Every("deadlines", LATE_S, self._look_late)
        )  # fmt: skip

    def view(self) -> PrivacyView:
        """What waits, and the classes of data."""
        return self._view

    async def load(self, part: Any, context: ShowContext) -> None:
        """With the first show, before anything of it is seen: whom an old copy of the data
        brought back is erased again."""
        if self._has_looked:
            return
        self._has_looked = True
        try:
            returned = await asyncio.to_thread(self._persons.erase_again)
        except (StudioError, DatabaseError, OSError) as error:  # the show opens all the same
            why = error.in_language() if isinstance(error, StudioError) else str(error)
            tell_trouble("privacy.not_again", why=why)
            return
        if returned.persons or returned.missing:
            self._events.publish(ErasedAgain(persons=returned.persons, missing=returned.missing))

    async def start(self) -> None:
        """Counts what waits."""
        await self._count()

    async def _count(self) -> None:
        try:
            counted = await asyncio.to_thread(self._requests.view)
            self._view = msgspec.structs.replace(counted, classes=self._view.classes)
        except StudioError as error:
            _log.warning("requests of persons cannot be read: %s", error)
        self._state.touch(self.name)

    def _look(self) -> None:
        """What was shown in full for a while is masked again."""
        if self._operators.end_unmasked():
            self._state.touch(*PARTS)

    def _look_late(self) -> None:
        """Deadlines pass by the clock, without an event."""
        late = late_of(self._view.requests)
        if late != self._view.late:
            self._view = msgspec.structs.replace(self._view, late=late)
            self._state.touch(self.name)

    def commands(self) -> Sequence[object]:
        """find, export, erase; a new key."""
        return self._commands


def _classes() -> tuple[ClassView, ...]:
    return tuple(
        ClassView(name=name, purpose=rule.purpose, ground=rule.ground)
        for name, rule in RULES.items()
    )
