"""The rights of persons as a service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from studio.core.event import Events
from studio.core.service import Every, Service
from studio.core.state import State
from studio.governance.catalogue import PARTS
from studio.governance.people import PeopleKeys
from studio.governance.persons import Persons
from studio.governance.privacy_commands import KeyCommands, MaskCommands, PrivacyCommands
from studio.governance.rights.book import OperatorBook

LOOK_S = 1.0


class PrivacyService(Service):
    """Finds, gives out and erases what is kept of persons.

    Args:
        persons: over every store.
        people: their keys.
        operators: to whom personal data are shown in full, for a while.
        events, state: heard and told.
    """

    name: ClassVar[str] = "privacy"

    def __init__(
        self,
        persons: Persons,
        people: PeopleKeys,
        operators: OperatorBook,
        events: Events,
        state: State,
    ) -> None:
        self._operators, self._state = operators, state
        self._commands = (
            PrivacyCommands(persons),
            MaskCommands(operators, events),
            KeyCommands(people),
        )
        self.every = (Every("masks", LOOK_S, self._look),)

    def _look(self) -> None:
        """What was shown in full for a while is masked again."""
        if self._operators.end_unmasked():
            self._state.touch(*PARTS)

    def commands(self) -> Sequence[object]:
        """find, export, erase; a new key."""
        return self._commands
