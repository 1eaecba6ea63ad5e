"""What the journal knows of a person; entries of before, that stand in clear, lose their words."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from studio.core.clean import read_json, write_json
from studio.core.errors import StudioError
from studio.governance.database import Database, DatabaseError, open_database
from studio.governance.people import PeopleKeys, Person
from studio.governance.persons import StoreAnswer
from studio.governance.sealing import blanked
from studio.insight.entries import JournalRow
from studio.insight.journal import open_to_read

_OF_EVENTS = "comments.%"
_OF_COMMANDS = "command.ran"
_FIELDS = ", ".join(JournalRow._fields)


class JournalPersons:
    """The journal as a store of persons.

    Args:
        path: the database; it may not be there.
        people: open what is sealed.
    """

    name = "journal"

    def __init__(self, path: Path, people: PeopleKeys) -> None:
        self._path, self._people = path, people

    def called(self, name: str) -> list[Person]:
        """Nobody: names are not read out of entries."""
        return []

    def about(self, persons: Sequence[Person]) -> list[dict[str, Any]]:
        """Their entries: comments, and what was decided about them; nothing of others in them."""
        entries: list[dict[str, Any]] = []
        own = [person.id for person in persons]
        try:
            for row in self._rows(persons):
                plain = self._people.opened(read_json(row.data), own)
                entries.append({"at": row.at_utc, "name": row.name, "data": plain})
        except (DatabaseError, ValueError) as error:
            raise self._fault(error) from None
        return entries

    def seen_since(self, utc: str) -> set[str]:
        """Numbers of persons of whom there is an entry since then.

        Raises:
            DatabaseError: it cannot be read.
        """
        if not self._path.exists():
            return set()
        with closing(open_to_read(self._path)) as base:
            has = {row[1] for row in base.execute("PRAGMA table_info(entries)")}
            if "viewer" not in has:
                return set()
            rows = base.execute(
                "SELECT DISTINCT viewer FROM entries WHERE at_utc >= ? AND viewer <> ''", (utc,)
            )
            return {row[0] for row in rows}

    def erase(self, persons: Sequence[Person]) -> StoreAnswer:
        """Counts what its keys seal; takes words out of entries that were written in clear."""
        if not self._path.exists():
            return StoreAnswer()
        try:
            rows = self._rows(persons)
            fresh = {(row.run, row.seq): _without(row, persons) for row in rows}
            changed = {
                (row.run, row.seq): fresh[row.run, row.seq]
                for row in rows
                if fresh[row.run, row.seq] != row.data
            }
            if changed:
                self._rewrite(changed)
        except (DatabaseError, ValueError) as error:
            raise self._fault(error) from None
        return StoreAnswer(len(rows))

    def _rows(self, persons: Sequence[Person]) -> list[JournalRow]:
        if not self._path.exists():
            return []
        marks = [f"%:{person.id}:%" for person in persons]
        words = [
            f"%{write_json(text)}%"
            for person in persons
            for text in {person.who, person.author} - {""}
        ]
        likes = " OR ".join(["data LIKE ?"] * (len(marks) + len(words)))
        viewers = ", ".join("?" * len(persons))
        with closing(open_to_read(self._path)) as base:
            has = {row[1] for row in base.execute("PRAGMA table_info(entries)")}
            if "viewer" not in has:  # never written since names were known here
                return []
            rows = base.execute(
                f"SELECT {_FIELDS} FROM entries WHERE (name LIKE ? OR name = ?) "
                f"AND (viewer IN ({viewers}) OR {likes}) ORDER BY id",
                (_OF_EVENTS, _OF_COMMANDS, *(p.id for p in persons), *marks, *words),
            ).fetchall()
        return [JournalRow(*row) for row in rows]

    def _rewrite(self, changed: dict[tuple[int, int], str]) -> None:
        """Words out, links made anew from there on; nothing of the old bytes stays in the file."""
        with closing(open_database(self._path, wait_s=30)) as base:
            base.execute("PRAGMA secure_delete=ON").fetchall()
            with base.transaction():
                for run in sorted({run for run, _ in changed}):
                    self._rewrite_run(base, run, changed)
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @staticmethod
    def _rewrite_run(base: Database, run: int, changed: dict[tuple[int, int], str]) -> None:
        first = min(seq for its, seq in changed if its == run)
        before = base.execute(
            "SELECT link FROM entries WHERE run = ? AND seq < ? ORDER BY seq DESC LIMIT 1",
            (run, first),
        ).fetchone()
        link = before[0] if before and before[0] else b""
        rows = base.execute(
            f"SELECT id, link, {_FIELDS} FROM entries WHERE run = ? AND seq >= ? ORDER BY seq",
            (run, first),
        ).fetchall()
        for number, old, *fields in rows:
            row = JournalRow(*fields)
            text = changed.get((run, row.seq), row.data)
            link = row._replace(data=text).link(link) if old else b""
            base.execute(
                "UPDATE entries SET data = ?, link = ? WHERE id = ?", (text, link or None, number)
            )

    def _fault(self, error: Exception) -> StudioError:
        return StudioError("failed", "privacy.unreadable", path=str(self._path), why=str(error))


def _without(row: JournalRow, persons: Sequence[Person]) -> str:
    """The entry's data without words that stand in clear."""
    data = read_json(row.data)
    if not isinstance(data, dict):
        return row.data
    names = {person.who for person in persons} | {person.author for person in persons}
    place = row.name
    if row.name == _OF_COMMANDS:
        args = data.get("args")
        if not isinstance(args, dict):
            return row.data
        fresh = {**data, "args": blanked(str(data.get("command", "")), args, names)}
    else:
        fresh = blanked(place, data, names)
    return row.data if fresh == data else write_json(fresh)
