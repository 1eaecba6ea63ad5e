"""What of the comments comes back after a kill of the engine."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from studio.comments.model import Entry, EntryKept, Mute
from studio.comments.rings import CommentRings, Ring
from studio.core.clock import NS, now_ns

RINGS: tuple[Ring, ...] = ("held", "good")
MOST_ROWS = 100
"""Rows of each list that come back."""
MOST_AUTHORS = 400


def kept_rows(rings: CommentRings, pinned: Entry | None) -> tuple[EntryKept, ...]:
    """The newest that wait for a person, oldest first; the pinned one is kept by itself."""
    newest = (itertools.islice(rings.newest(ring), MOST_ROWS) for ring in RINGS)
    rows = [entry for entries in newest for entry in entries if entry is not pinned]
    return tuple(map(_kept_row, sorted(rows, key=lambda entry: entry.number)))


def _kept_row(entry: Entry) -> EntryKept:
    return EntryKept(
        entry.comment, entry.verdict, entry.state, entry.rank, entry.topic, entry.asked, entry.by,
        entry.count, tuple(sorted(entry.authors)[:MOST_AUTHORS]), entry.last_utc, entry.decider,
    )  # fmt: skip


def entry_of(row: EntryKept, number: int) -> Entry:
    """A row as it was."""
    return Entry(
        row.comment, row.verdict, row.state, number, row.rank, row.topic, row.asked, by=row.by,
        count=row.count, authors=set(row.authors), last_utc=row.last_utc, came_ns=now_ns(),
        decider=row.decider,
    )  # fmt: skip


def until_ns_of(kept: Mute) -> int:
    """When a mute that was kept ends, on today's monotonic clock."""
    if kept.until_ns and kept.until_ns - now_ns() <= kept.minutes * 60 * NS:
        return kept.until_ns
    # The machine was started again, its monotonic clock too: the wall clock is what is left.
    left_s = (datetime.fromisoformat(kept.until_utc) - datetime.now(UTC)).total_seconds()
    return now_ns() + int(left_s * NS)
