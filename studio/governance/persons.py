"""What is kept of a person: found, given out and erased over every store there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from studio.core.clock import utc_iso
from studio.core.errors import StudioError
from studio.governance.document import PrivateDocument
from studio.governance.people import PeopleKeys, Person

MOST_BYTES = 16_000_000
MOST_KEPT = 10_000


class Kept(msgspec.Struct, frozen=True):
    """What stays although somebody was erased.

    Attributes:
        store: where.
        what: key of a message under ``privacy.kept``.
        count: of entries.
        until_utc: when it may go; "" when that is not set.
    """

    store: str
    what: str
    count: int
    until_utc: str = ""


class StoreAnswer(msgspec.Struct, frozen=True):
    """What a store did when somebody was erased.

    Attributes:
        erased: entries that lost their person.
        kept: what must stay, in least form.
    """

    erased: int = 0
    kept: tuple[Kept, ...] = ()


class PersonStore(Protocol):
    """Something that keeps data of persons."""

    name: str

    def called(self, name: str) -> list[Person]:
        """Those it knows by a name, an identity or a number of its own."""
        ...

    def about(self, persons: Sequence[Person]) -> list[dict[str, Any]]:
        """What it has of them, readable.

        Raises:
            StudioError: failed: it cannot be read.
        """
        ...

    def erase(self, persons: Sequence[Person]) -> StoreAnswer:
        """Takes their names and words out; called before their keys are destroyed.

        Raises:
            StudioError: failed: it cannot be written.
        """
        ...


class Erasure(msgspec.Struct, frozen=True):
    """Proof of an erasure; names nobody.

    Attributes:
        persons: their numbers.
        keys: that were destroyed.
        erased: entries by store.
        kept: what stays, and why.
    """

    at_utc: str
    persons: tuple[str, ...]
    keys: int
    erased: dict[str, int]
    kept: tuple[Kept, ...] = ()


class Persons:
    """The rights of persons over every store.

    Args:
        people: the keys.
        stores: asked one by one.
        proofs: file of the erasures.
    """

    def __init__(self, people: PeopleKeys, stores: Iterable[PersonStore], proofs: Path) -> None:
        self._people, self._stores = people, tuple(stores)
        self._proofs = PrivateDocument(
            proofs, list[Erasure], most_bytes=MOST_BYTES,
            unreadable="privacy.proofs_unreadable", not_kept="privacy.no_proof",
        )  # fmt: skip

    def find(self, who: str) -> list[Person]:
        """Those a name, ``platform/identity`` or number stands for.

        Raises:
            StudioError: not_found, invalid (no name).
        """
        name = who.strip()
        if not name:
            raise StudioError("invalid", "privacy.no_name")
        persons = {person.id: person for person in self._people.called(name)}
        for store in self._stores:
            for person in store.called(name):
                persons.setdefault(person.id, person)
        if not persons:
            raise StudioError("not_found", "privacy.nobody", who=name)
        return list(persons.values())

    def export(self, who: str) -> dict[str, Any]:
        """Everything there is of them, as plain data.

        Raises:
            StudioError: not_found; failed.
        """
        persons = self.find(who)
        return {
            "at": utc_iso(),
            "persons": [person._asdict() for person in persons],
            "stores": {store.name: store.about(persons) for store in self._stores},
        }

    def erase(self, who: str) -> Erasure:
        """Destroys their keys, and takes out what was not sealed.

        Raises:
            StudioError: not_found; conflict, when several people go by that name; failed.
        """
        persons = self.find(who)
        identities = {person.who for person in persons if not person.who.startswith("/")}
        if len(identities) > 1:
            raise StudioError(
                "conflict", "privacy.several", who=who, names=", ".join(sorted(identities))
            )
        persons = self._with_aliases(persons)
        answers = {store.name: store.erase(persons) for store in self._stores}
        numbers = tuple(person.id for person in persons)
        erasure = Erasure(
            utc_iso(), numbers, self._people.erase(numbers),
            {name: answer.erased for name, answer in answers.items()},
            tuple(kept for answer in answers.values() for kept in answer.kept),
        )  # fmt: skip
        with self._proofs.changing() as proofs:
            proofs.append(erasure)
            del proofs[:-MOST_KEPT]
        return erasure

    def _with_aliases(self, persons: list[Person]) -> list[Person]:
        """What was written down by the bare name goes with whoever goes by it."""
        known = {person.id: person for person in persons}
        for person in persons:
            if person.author:
                for other in self._people.called(person.author):
                    if other.who == f"/{person.author}":
                        known[other.id] = other
        return list(known.values())

    def erasures(self) -> list[Erasure]:
        """Proofs of those before, oldest first.

        Raises:
            StudioError: failed: the file cannot be read.
        """
        return self._proofs.read()
