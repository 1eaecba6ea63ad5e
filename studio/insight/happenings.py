"""The journal for other rooms: what happened between two times, and how it looked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from studio.core.clean import read_json
from studio.core.clock import seconds_of
from studio.core.errors import StudioError
from studio.core.happening import Happening
from studio.governance.database import Database, DatabaseError, MissingTableError
from studio.insight.journal import open_to_read
from studio.insight.moment import entry_after, picture_bytes

_COLUMNS = "id, run, at_ns, at_utc, name, data, scene, sku, value_cents, currency"
MOST = 200_000
AT_ONCE, BREATH_S = 250, 0.001
"""So many entries, then the interpreter is let go: it also makes pictures."""


class JournalWindow:
    """Reads a journal that an engine may be writing.

    Args:
        path: of the journal.
        recordings: says where recordings go.
    """

    def __init__(self, path: Path, recordings: Callable[[], Path]) -> None:
        self._path, self._recordings = path, recordings

    def find(self, name: str, text: str) -> Happening | None:
        """The first entry of this name whose data hold a text."""
        rows = self._read(
            "WHERE name = ? AND instr(data, ?) ORDER BY id LIMIT 1", lambda _: (name, text)
        )
        return rows[0] if rows else None

    def between(self, first_utc: str, last_utc: str, *names: str) -> Iterator[Happening]:
        """Entries from one time to another, one by one in their order; the first 200,000.

        Args:
            names: the kinds that are asked for; all without any.
        """
        first, last = seconds_of(first_utc), seconds_of(last_utc)
        kinds = f"AND name IN ({','.join('?' * len(names))}) " if names else ""
        return self._each(
            f"WHERE id >= ? AND id < ? {kinds}ORDER BY id LIMIT ?",
            lambda base: (
                entry_after(base, first - 0.001), entry_after(base, last), *names, MOST,
            ),
        )  # fmt: skip

    def before(self, first_utc: str, name: str, most: int) -> list[Happening]:
        """The last entries of a name before a time, in their order."""
        first = seconds_of(first_utc)
        rows = self._read(
            "WHERE name = ? AND id < ? ORDER BY id DESC LIMIT ?",
            lambda base: (name, entry_after(base, first - 0.001), most),
        )
        return rows[::-1]

    def picture(self, at_utc: str) -> bytes | None:
        """The programme's picture of a moment as JPEG; None where no recording shows it."""
        try:
            return picture_bytes(self._path, at_utc, self._recordings())
        except (StudioError, OSError, DatabaseError):
            return None

    def _read(
        self, where: str, values: Callable[[Database], tuple[object, ...]]
    ) -> list[Happening]:
        return list(self._each(where, values))

    def _each(
        self, where: str, values: Callable[[Database], tuple[object, ...]]
    ) -> Iterator[Happening]:
        if not self._path.is_file():
            return
        with closing(open_to_read(self._path)) as base:
            try:
                rows = base.execute(f"SELECT {_COLUMNS} FROM entries {where}", values(base))
            except MissingTableError:  # a journal of before it knew scenes and money
                return
            while some := list(islice(rows, AT_ONCE)):
                yield from map(_happening, some)
                if len(some) == AT_ONCE:
                    time.sleep(BREATH_S)


def _happening(row: tuple[object, ...]) -> Happening:
    entry, run, at_ns, at_utc, name, data, scene, sku, cents, currency = row
    found = read_json(str(data))
    return Happening(
        int(str(entry)), int(str(run)), int(str(at_ns)), str(at_utc), str(name),
        found if isinstance(found, dict) else {}, str(scene or ""), str(sku or ""),
        None if cents is None else int(str(cents)), str(currency or ""),
    )  # fmt: skip
