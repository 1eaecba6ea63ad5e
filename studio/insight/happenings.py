"""The journal for other rooms: what happened between two times, and how it looked."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from studio.core.clean import read_json
from studio.core.clock import seconds_of
from studio.core.errors import StudioError
from studio.core.happening import Happening
from studio.insight.journal import open_to_read
from studio.insight.moment import entry_after, picture_bytes

_COLUMNS = "id, run, at_ns, at_utc, name, data, scene, sku, value_cents, currency"
MOST = 200_000


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

    def between(self, first_utc: str, last_utc: str) -> list[Happening]:
        """All entries from one time to another, in their order; the first 200,000."""
        first, last = seconds_of(first_utc), seconds_of(last_utc)
        return self._read(
            "WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
            lambda base: (entry_after(base, first - 0.001), entry_after(base, last), MOST),
        )

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
        except (StudioError, OSError, sqlite3.Error):
            return None

    def _read(
        self, where: str, values: Callable[[sqlite3.Connection], tuple[object, ...]]
    ) -> list[Happening]:
        if not self._path.is_file():
            return []
        with closing(open_to_read(self._path)) as base:
            try:
                rows = base.execute(f"SELECT {_COLUMNS} FROM entries {where}", values(base))
                return [_happening(row) for row in rows]
            except sqlite3.OperationalError:  # a journal of before it knew scenes and money
                return []


def _happening(row: tuple[object, ...]) -> Happening:
    entry, run, at_ns, at_utc, name, data, scene, sku, cents, currency = row
    found = read_json(str(data))
    return Happening(
        int(str(entry)), int(str(run)), int(str(at_ns)), str(at_utc), str(name),
        found if isinstance(found, dict) else {}, str(scene or ""), str(sku or ""),
        None if cents is None else int(str(cents)), str(currency or ""),
    )  # fmt: skip
