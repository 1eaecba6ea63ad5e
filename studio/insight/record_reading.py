"""Records are read through again, twice a year: what was found is noted on the shelf."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from studio.core.errors import StudioError
from studio.core.paths import data_dir
from studio.governance.keeping.shelf import RecordShelf, ShelvedRecord
from studio.insight.record import check_folder


def own_shelf(recordings: Callable[[], Path]) -> RecordShelf:
    """The records beside the recordings.

    Args:
        recordings: where they go.
    """
    return RecordShelf(lambda: recordings() / "records", data_dir() / "privacy" / "records.json")


def read_again(
    shelf: RecordShelf, folder: Path, most: int, *, everything: bool = False
) -> Iterator[ShelvedRecord]:
    """Reads those that are due, the longest unread first; each is noted as it was read.

    Args:
        folder: of the records.
        most: so many in one go.
        everything: also those that are not due.

    Raises:
        StudioError: failed: what was found cannot be kept.
    """
    chosen = [record for record in shelf.records() if record.is_due or everything]
    for record in chosen[:most]:
        try:
            faults: int | None = len(check_folder(folder / record.name).faults)
        except StudioError:
            faults = None
        yield shelf.note(record.name, faults)
