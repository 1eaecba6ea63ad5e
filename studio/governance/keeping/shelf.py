"""Records of shows on their shelf: when each was last read through, and which are due again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import read_json
from studio.core.clock import age_days, utc_iso
from studio.governance.document import PrivateDocument

EVERY_DAYS = 183
"""Twice a year: a disk forgets quietly."""
MANIFEST = "manifest.json"
MOST_MANIFEST, MOST_NOTES = 256 << 20, 16 << 20
Reading = Literal["packed", "whole", "broken", "unreadable"]


class ShelvedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record, and how it was when somebody looked.

    Attributes:
        name: of its folder.
        read_utc: when it was last read through; when it was packed, before that.
        found: what that said; "packed" is not read since.
        faults: how many it had.
        is_due: to be read again.
    """

    name: str
    read_utc: str
    found: Reading = "packed"
    faults: int = 0
    is_due: bool = False


class _Note(msgspec.Struct, frozen=True, kw_only=True):
    read_utc: str
    found: Reading
    faults: int = 0


class _Notes(msgspec.Struct):
    records: dict[str, _Note] = {}


class RecordShelf:
    """Knows the records of a folder; reads files.

    Args:
        folder: where records stand.
        notes: the document of what was found.
    """

    def __init__(self, folder: Callable[[], Path], notes: Path) -> None:
        self._folder = folder
        self._notes = PrivateDocument(
            notes, _Notes, most_bytes=MOST_NOTES, unreadable="record.notes_unreadable",
            not_kept="record.notes_not_kept",
        )  # fmt: skip

    def records(self) -> list[ShelvedRecord]:
        """All of them, those that were read longest ago first.

        Raises:
            StudioError: failed: the notes cannot be read.
        """
        folder, notes = self._folder(), self._notes.read().records
        found = [
            self._record(path, notes.get(path.name))
            for path in (folder.iterdir() if folder.is_dir() else ())
            if path.is_dir() and not path.name.endswith(".part")
        ]
        return sorted(found, key=lambda record: (record.read_utc, record.name))

    def note(self, name: str, faults: int | None) -> ShelvedRecord:
        """Keeps what reading a record said.

        Args:
            faults: how many; None where it could not be read at all.

        Raises:
            StudioError: failed: it cannot be kept.
        """
        found: Reading = "unreadable" if faults is None else "broken" if faults else "whole"
        made = _Note(read_utc=utc_iso(), found=found, faults=faults or 0)
        folder = self._folder()
        with self._notes.changing() as notes:
            notes.records[name] = made
            for gone in [known for known in notes.records if not (folder / known).is_dir()]:
                del notes.records[gone]
        return self._record(folder / name, made)

    @staticmethod
    def _record(path: Path, note: _Note | None) -> ShelvedRecord:
        if note is None:
            made = _made_utc(path / MANIFEST)
            is_due = not made or age_days(made) > EVERY_DAYS
            return ShelvedRecord(name=path.name, read_utc=made, is_due=is_due)
        return ShelvedRecord(
            name=path.name, read_utc=note.read_utc, found=note.found, faults=note.faults,
            is_due=note.found == "unreadable" or age_days(note.read_utc) > EVERY_DAYS,
        )  # fmt: skip


def _made_utc(manifest: Path) -> str:
    """When it was packed; "" where that cannot be told."""
    try:
        raw = read_json(read_bounded(manifest, MOST_MANIFEST))
        made = str(raw["made"]) if isinstance(raw, dict) else ""
        age_days(made)
    except (OSError, ValueError, KeyError):
        return ""
    return made
