"""What requests, consents and the audit log have of a person; all of it is sealed as written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.governance.audit import logs
from studio.governance.people import SEALED, PeopleKeys, Person
from studio.governance.persons import StoreAnswer
from studio.governance.requests import RequestBook

MOST_LINE = 10_000_000
MOST_LINES = 100_000
"""Of a person: with more, the newest ones."""
LINK = 65
"""Signs before the words of a line: its hash and a space."""


class RequestPersons:
    """What somebody asked of us and agreed to, as a store of persons.

    Args:
        file: of the requests; it may not be there.
        people: open what is sealed.
    """

    name = "requests"

    def __init__(self, file: Path, people: PeopleKeys) -> None:
        self._file, self._people = file, people

    def called(self, name: str) -> list[Person]:
        """Nobody: names are not read out of them."""
        return []

    def about(self, persons: Sequence[Person]) -> list[dict[str, Any]]:
        """Requests and consents.

        Raises:
            StudioError: failed: they cannot be read.
        """
        return RequestBook(self._file, self._people).about([person.id for person in persons])

    def erase(self, persons: Sequence[Person]) -> StoreAnswer:
        """How many their keys seal."""
        return StoreAnswer(len(self.about(persons)))


class AuditPersons:
    """The audit log as a store of persons: what was done about somebody, and by whose hand.

    Args:
        folder: of the logs; it may not be there.
        people: open what is sealed.
    """

    name = "audit"

    def __init__(self, folder: Path, people: PeopleKeys) -> None:
        self._folder, self._people = folder, people

    def called(self, name: str) -> list[Person]:
        """Nobody: names are not read out of it."""
        return []

    def about(self, persons: Sequence[Person]) -> list[dict[str, Any]]:
        """Its entries that name them, without what names anybody else.

        Raises:
            StudioError: failed: it cannot be read.
        """
        own = [person.id for person in persons]
        entries: list[Any] = [
            self._people.opened(read_json(line[LINK:]), own) for line in self._lines(own)
        ]
        return [entry for entry in entries[-MOST_LINES:] if isinstance(entry, dict)]

    def erase(self, persons: Sequence[Person]) -> StoreAnswer:
        """How many entries their keys seal; the chain stays as it is."""
        return StoreAnswer(sum(1 for _ in self._lines([person.id for person in persons])))

    def _lines(self, persons: Sequence[str]) -> Iterator[bytes]:
        marks = [f"{SEALED}{person}:".encode() for person in persons]
        try:
            for path in logs(self._folder):
                with path.open("rb") as file:
                    while line := file.readline(MOST_LINE):
                        if line.endswith(b"\n") and any(mark in line for mark in marks):
                            yield line
        except OSError as error:
            why = error.strerror or str(error)
            raise StudioError(
                "failed", "audit.unreadable", path=str(error.filename), why=why
            ) from None
