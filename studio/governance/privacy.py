"""The rights of persons as a service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from studio.core.service import Service
from studio.governance.people import PeopleKeys
from studio.governance.persons import Persons
from studio.governance.privacy_commands import KeyCommands, PrivacyCommands


class PrivacyService(Service):
    """Finds, gives out and erases what is kept of persons.

    Args:
        persons: over every store.
        people: their keys.
    """

    name: ClassVar[str] = "privacy"

    def __init__(self, persons: Persons, people: PeopleKeys) -> None:
        self._commands = (PrivacyCommands(persons), KeyCommands(people))

    def commands(self) -> Sequence[object]:
        """find, export, erase; a new key."""
        return self._commands
