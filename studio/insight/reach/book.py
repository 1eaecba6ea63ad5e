"""Writes reach lists, remembers them, and takes whoever is erased out of them again."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec.structs import replace

from studio.core.clock import age_days, utc_iso
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.personal import mask_name
from studio.core.table_text import csv_bytes
from studio.core.whole_file import PRIVATE, write_whole
from studio.governance.document import PrivateDocument
from studio.governance.model import ConsentView
from studio.governance.people import PeopleKeys, Person
from studio.governance.persons import Kept, StoreAnswer
from studio.insight.reach.model import ReachList, ReachPerson, ReachRow, Segment
from studio.insight.shape.segments import segment_of

MOST_BYTES, MOST_LISTS = 64_000_000, 500
MOST_FILE_BYTES = 64_000_000
HEADS = ("number", "platform", "identity", "name", "segment", "purpose", "text_version", "agreed")


class Consents(Protocol):
    """Who agreed to what (`studio.governance.requests.RequestBook`)."""

    def agreed(self, purpose: str) -> list[ConsentView]:
        """Those who may be addressed for a purpose now."""
        ...


class Buyers(Protocol):
    """What buyers ordered (`studio.shop.stock.persons.LedgerPersons`)."""

    def bought(self, whos: Sequence[str]) -> dict[str, tuple[int, str]]:
        """How many orders of each, and when the last one was."""
        ...


class ReachBook:
    """The lists of this data folder.

    Args:
        folder: of the lists, and of what is known of them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._document = PrivateDocument(
            folder / "lists.json", list[ReachList], most_bytes=MOST_BYTES,
            unreadable="reach.unreadable", not_kept="reach.not_kept",
        )  # fmt: skip

    def lists(self) -> list[ReachList]:
        """All, oldest first.

        Raises:
            StudioError: failed.
        """
        return self._document.read()

    def write(
        self, people: Sequence[ReachPerson], made: ReachList, consents: Consents,
        file: Path | None = None,
    ) -> ReachList:  # fmt: skip
        """Writes a list; the file is remembered before it is there.

        Args:
            made: what is known of it; its id, file, numbers and time are made here.
            consents: asked once more when it is written: who took it back or was erased while it
                was put together is not in it.
            file: where; None is the folder of the lists.

        Raises:
            StudioError: not_found: nobody may be addressed; conflict: the file is there, or there
                are too many lists; failed.
        """
        if not people:
            raise StudioError(
                "not_found", "reach.nobody", purpose=made.purpose,
                segment=translate(f"reach.segment_{made.segment}"),
            )  # fmt: skip
        id, at_utc = secrets.token_hex(4), utc_iso()
        place = file or self.folder / f"reach-{at_utc[:10]}-{id}.csv"
        if place.exists():
            raise StudioError("conflict", "reach.there", path=str(place))
        numbers = tuple(person.number for person in people)
        entry = replace(made, id=id, file=str(place), numbers=numbers, at_utc=at_utc)
        with self._document.changing() as lists:
            _make_room(lists)
            lists.append(entry)
        rows = [_row(person, entry) for person in people]
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(place, csv_bytes([HEADS, *rows]), mode=PRIVATE)
        except OSError as error:
            self._forget(id)
            why = error.strerror or str(error)
            raise StudioError("failed", "media.cannot_write", path=str(place), why=why) from None
        return self._without_gone(entry, {row.person for row in consents.agreed(made.purpose)})

    def _without_gone(self, made: ReachList, may: set[str]) -> ReachList:
        """What was written, without those who left while it was."""
        with self._document.changing() as lists:
            at = next((at for at, entry in enumerate(lists) if entry.id == made.id), -1)
            left = may.intersection(lists[at].numbers) if at >= 0 else set()
            made = _without(made, set(made.numbers) - left)
            if at >= 0:
                lists[at] = made
        return made

    def rows(self, consents: Consents) -> list[ReachRow]:
        """All lists, the newest first, with who must not be addressed any more.

        Raises:
            StudioError: failed.
        """
        lists = self.lists()
        may = {
            purpose: {consent.person for consent in consents.agreed(purpose)}
            for purpose in {entry.purpose for entry in lists}
        }
        return [
            ReachRow(
                id=entry.id, file=entry.file, purpose=entry.purpose, segment=entry.segment,
                is_full=entry.is_full, people=len(entry.numbers),
                withdrawn=len(set(entry.numbers) - may[entry.purpose]), operator=entry.operator,
                reason=entry.reason, at_utc=entry.at_utc, is_there=Path(entry.file).is_file(),
            )
            for entry in reversed(lists)
        ]  # fmt: skip

    def remove(self, id: str) -> ReachList:
        """Takes a list and its file away.

        Raises:
            StudioError: not_found; failed.
        """
        entry = next((entry for entry in self.lists() if entry.id == id), None)
        if entry is None:
            raise StudioError("not_found", "reach.no_list", id=id)
        try:
            if _is_ours(Path(entry.file)):
                Path(entry.file).unlink(missing_ok=True)
        except OSError as error:
            why = error.strerror or str(error)
            raise StudioError("failed", "reach.not_removed", path=entry.file, why=why) from None
        self._forget(id)
        return entry

    def take_out(self, numbers: Iterable[str]) -> int:
        """Takes persons out of every list; in how many they stood.

        A file that is not there any more, or is another one now, is left alone.

        Raises:
            StudioError: failed.
        """
        gone, count = set(numbers), 0
        with self._document.changing() as lists:
            for at, entry in enumerate(lists):
                if not gone.isdisjoint(entry.numbers):
                    lists[at] = _without(entry, gone)
                    count += 1
        return count

    def _forget(self, id: str) -> None:
        with self._document.changing() as lists:
            lists[:] = [entry for entry in lists if entry.id != id]


def people_of(
    agreed: Sequence[ConsentView], viewers: Mapping[str, str],
    bought: Mapping[str, tuple[int, str]], keys: PeopleKeys,
) -> list[ReachPerson]:  # fmt: skip
    """Those who may be addressed, with the segments they are in.

    Args:
        agreed: with ``who`` in clear.
        viewers: segment by number.
        bought: orders and the last one's time by ``who``.
        keys: know by which name they go.
    """
    found = []
    for consent in agreed:
        segments = set()
        if consent.person in viewers:
            segments.add(f"viewers_{viewers[consent.person]}")
        orders, last_utc = bought.get(consent.who, (0, ""))
        if orders:
            days = max(0.0, age_days(last_utc))
            segments.add(f"buyers_{segment_of(days, orders)}")
        known = keys.called(consent.person)
        found.append(ReachPerson(
            number=consent.person, who=consent.who, name=known[0].author if known else "",
            segments=frozenset(segments), text_version=consent.text_version,
            agreed_utc=consent.at_utc,
        ))  # fmt: skip
    return found


def chosen(people: Iterable[ReachPerson], segment: Segment) -> list[ReachPerson]:
    """Those of a segment."""
    return [person for person in people if segment == "everyone" or segment in person.segments]


class ReachPersons:
    """The lists as a store of persons: whoever is erased is taken out of their files.

    Args:
        book: of the lists.
    """

    name = "reach"

    def __init__(self, book: ReachBook) -> None:
        self._book = book

    def called(self, name: str) -> list[Person]:
        """Nobody: who is in a list is known by their consent."""
        return []

    def about(self, persons: Sequence[Person]) -> list[dict[str, Any]]:
        """Which lists they were put in."""
        numbers = {person.id for person in persons}
        return [
            {"at": entry.at_utc, "purpose": entry.purpose, "segment": entry.segment,
             "operator": entry.operator, "file": entry.file}
            for entry in self._book.lists()
            if not numbers.isdisjoint(entry.numbers)
        ]  # fmt: skip

    def erase(self, persons: Sequence[Person]) -> StoreAnswer:
        """Out of every file; copies that were handed on are told."""
        count = self._book.take_out(person.id for person in persons)
        return StoreAnswer(count, (Kept(self.name, "handed_on", count),) if count else ())


def _make_room(lists: list[ReachList]) -> None:
    """A list that is forgotten keeps whoever is erased: only one whose file is gone may be.

    Raises:
        StudioError: conflict: all of them are there.
    """
    if len(lists) < MOST_LISTS:
        return
    kept = [entry for entry in lists if Path(entry.file).exists()]
    if len(kept) >= MOST_LISTS:
        raise StudioError("conflict", "reach.full", most=MOST_LISTS)
    lists[:] = kept


def _without(entry: ReachList, gone: set[str]) -> ReachList:
    """A list without these, in its file too."""
    if gone.isdisjoint(entry.numbers):
        return entry
    _rewrite(Path(entry.file), gone)
    return replace(entry, numbers=tuple(n for n in entry.numbers if n not in gone))


def _row(person: ReachPerson, entry: ReachList) -> tuple[str, ...]:
    platform, _, identity = person.who.partition("/")
    if not entry.is_full:
        identity, name = mask_name(identity), mask_name(person.name) if person.name else ""
    else:
        name = person.name
    return (person.number, platform, identity, name, entry.segment, entry.purpose,
            person.text_version, person.agreed_utc)  # fmt: skip


def _read(file: Path) -> list[list[str]] | None:
    """Its rows; None when it is no list of ours."""
    if not file.is_file() or file.stat().st_size > MOST_FILE_BYTES:
        return None
    try:
        rows = list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        return None
    return rows if rows and tuple(rows[0]) == HEADS else None


def _is_ours(file: Path) -> bool:
    return _read(file) is not None


def _rewrite(file: Path, gone: set[str]) -> None:
    """The file without some of its rows.

    Raises:
        StudioError: failed.
    """
    try:
        rows = _read(file)
        if rows is None:
            return
        left = [row for row in rows if row and row[0] not in gone]
        write_whole(file, csv_bytes(left), mode=PRIVATE, is_synced=True)
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("failed", "reach.not_removed", path=str(file), why=why) from None
