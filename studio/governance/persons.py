"""What is kept of a person: found, given out and erased over every store there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

import msgspec

from studio.core.clock import utc_iso
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.governance.document import PrivateDocument
from studio.governance.people import PeopleKeys, Person

_log = logger(__name__)
MOST_BYTES = 16_000_000
MOST_KEPT = 10_000
OPEN_ORDERS = "open_orders"


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


@runtime_checkable
class NamingStore(Protocol):
    """A store in which names stand in clear, not sealed under a person's key."""

    def named(self, erased: Mapping[str, str]) -> list[Person]:
        """Those who were erased and are named again, in what is done since before then.

        Args:
            erased: when, by number.

        Raises:
            StudioError: failed: it cannot be read.
        """
        ...


class Erasure(msgspec.Struct, frozen=True):
    """Proof of an erasure; names nobody.

    Attributes:
        persons: their numbers.
        keys: that were destroyed.
        erased: entries by store.
        kept: what stays, and why.
        aliases: numbers of the names they went by, by which a ledger brought back is known.
        since: when their keys were made, by which a key brought back is known from the new one of
            somebody who came back, whatever the clock said.
    """

    at_utc: str
    persons: tuple[str, ...]
    keys: int
    erased: dict[str, int]
    kept: tuple[Kept, ...] = ()
    aliases: tuple[str, ...] = ()
    since: tuple[str, ...] = ()


class ErasureNote(msgspec.Struct, frozen=True):
    """What is kept of an erasure outside of the data folder, which may be brought back."""

    at_utc: str
    persons: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    since: tuple[str, ...] = ()


class Returned(NamedTuple):
    """Who was brought back by an old copy of the data, and erased again.

    Attributes:
        persons: how many.
        missing: erasures that the data folder did not know of any more.
    """

    persons: int = 0
    missing: int = 0


class Persons:
    """The rights of persons over every store.

    Args:
        people: the keys.
        stores: asked one by one.
        proofs: file of the erasures.
        outside: file that knows of them too, where a copy of the data that is brought back does
            not reach; None keeps none.
    """

    def __init__(
        self,
        people: PeopleKeys,
        stores: Iterable[PersonStore],
        proofs: Path,
        outside: Path | None = None,
    ) -> None:
        self._people, self._stores = people, tuple(stores)
        self._outside: PrivateDocument[list[ErasureNote]] | None = None
        if outside is not None:
            self._outside = PrivateDocument(
                outside, list[ErasureNote], most_bytes=MOST_BYTES,
                unreadable="privacy.proofs_unreadable", not_kept="privacy.no_proof",
            )  # fmt: skip
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
            StudioError: not_found; conflict, when several people go by that name: what is given to
                one of them holds nothing of the others; failed.
        """
        persons = self._one(who)
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
        persons = self._with_aliases(self._one(who))
        answers = {store.name: store.erase(persons) for store in self._stores}
        return self._destroy(persons, answers)

    def _one(self, who: str) -> list[Person]:
        persons = self.find(who)
        identities = {person.who for person in persons if not person.who.startswith("/")}
        if len(identities) > 1:
            raise StudioError(
                "conflict", "privacy.several", who=who, names=", ".join(sorted(identities))
            )
        return persons

    def _destroy(self, persons: Sequence[Person], answers: Mapping[str, StoreAnswer]) -> Erasure:
        """Keys, and the proof; the one outside first: it is what a copy cannot take back."""
        numbers = tuple(person.id for person in persons)
        names = {
            self._people.person(f"{person.who.partition('/')[0]}/{person.author}")
            for person in persons if person.author
        }  # fmt: skip
        erasure = Erasure(
            utc_iso(), numbers, self._people.erase(numbers),
            {name: answer.erased for name, answer in answers.items()},
            tuple(kept for answer in answers.values() for kept in answer.kept),
            tuple(sorted(names - set(numbers))), tuple(person.since_utc for person in persons),
        )  # fmt: skip
        if self._outside is not None:
            with self._outside.changing() as notes:
                notes.append(_note(erasure))
                del notes[:-MOST_KEPT]
        with self._proofs.changing() as proofs:
            proofs.append(erasure)
            del proofs[:-MOST_KEPT]
        return erasure

    def erase_again(self) -> Returned:
        """Erases whom an old copy of the data brought back, and orders that are done meanwhile.

        Who came back by themselves, after they were erased, is somebody new and stays.

        Raises:
            StudioError: failed; whatever could be erased is.
        """
        proofs = self._proofs.read()
        kept = self._outside.read() if self._outside is not None else []
        notes: list[ErasureNote] = [_note(erasure) for erasure in proofs]
        both = set(notes) & set(kept)  # ten thousand of each are looked at while a show begins
        missing = [note for note in kept if note not in both]
        self._complete(missing, [note for note in notes if note not in both])
        notes += missing
        names: dict[str, str] = {}
        for note in notes:
            for number in (*note.persons, *note.aliases):
                names[number] = max(names.get(number, ""), note.at_utc)
        if not names:
            return Returned()
        persons = {
            person.id: person for person in self._people.kept_of(names)
            if any(_is_of(person, note) for note in notes)
        }  # fmt: skip
        is_due = bool(missing) or any(
            part.what == OPEN_ORDERS for erasure in proofs for part in erasure.kept
        )
        came_back = _count(persons.values())
        for store in self._stores if is_due else ():
            if isinstance(store, NamingStore):
                for person in store.named(names):
                    persons.setdefault(person.id, person)
        if persons:
            self._erase_all(self._with_aliases(list(persons.values())))
        return Returned(_count(persons.values()) if missing else came_back, len(missing))

    def _erase_all(self, persons: Sequence[Person]) -> None:
        """One store that is away keeps nobody from being erased in the others."""
        answers, fault = dict[str, StoreAnswer](), None
        for store in self._stores:
            try:
                answers[store.name] = store.erase(persons)
            except StudioError as error:
                _log.error("%s: %s", store.name, error.in_language("en"))
                fault = error
        if fault is not None:  # the keys stay: by them the next start knows whom to erase
            raise fault
        self._destroy(persons, answers)

    def _complete(self, missing: Sequence[ErasureNote], fresh: Sequence[ErasureNote]) -> None:
        """Both files know of every erasure."""
        if missing:
            with self._proofs.changing() as proofs:
                proofs.extend(
                    Erasure(note.at_utc, note.persons, 0, {}, (), note.aliases, note.since)
                    for note in missing
                )
                proofs.sort(key=lambda erasure: erasure.at_utc)
        if fresh and self._outside is not None:  # of before there was one
            with self._outside.changing() as notes:
                notes.extend(fresh)
                notes.sort(key=lambda note: note.at_utc)
                del notes[:-MOST_KEPT]

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


def _note(erasure: Erasure) -> ErasureNote:
    return ErasureNote(erasure.at_utc, erasure.persons, erasure.aliases, erasure.since)


def _is_of(person: Person, note: ErasureNote) -> bool:
    """Is this the key that was destroyed then, and not one that was made since?"""
    if person.id not in note.persons:
        return False
    if not note.since:  # of before that was noted
        return person.since_utc <= note.at_utc
    return person.since_utc in note.since


def _count(persons: Iterable[Person]) -> int:
    """How many people: a bare name beside an identity is nobody else."""
    found = list(persons)
    return sum(not person.who.startswith("/") for person in found) or len(found)
