"""An entry of the journal as plain data: what happened, when, in which run, show, scene, phase."""

from __future__ import annotations

import hashlib
import os
from typing import Literal, NamedTuple

import msgspec

SCHEMA = 2
"""Of an entry. 1: the journal before it knew shows, scenes and money."""

Phase = Literal["", "opening", "deepening", "closing"]


class EntryFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside what happened; "" and None are not known.

    Attributes:
        show, scene, phase: of the moment.
        room: of the platform, the room where it happened.
        sku: on air, or what the entry is about.
        platform, traffic: where it happened, and where the viewer came from.
        viewer: a pseudonym (`studio.governance.people.pseudonym`).
        value_cents, currency: minor units.
        happened_utc: of late data, when it happened; the entry's own time is when it came.
        uid: UUID of somebody else's entry, so that the same one counts once.
    """

    show: str = ""
    room: str = ""
    phase: str = ""
    scene: str = ""
    sku: str = ""
    platform: str = ""
    traffic: str = ""
    viewer: str = ""
    value_cents: int | None = None
    currency: str = ""
    happened_utc: str = ""
    uid: bytes = b""


class JournalRow(NamedTuple):
    """An entry as it stands in the table, in the order of its columns."""

    uid: bytes
    run: int
    seq: int
    at_ns: int
    at_utc: str
    happened_utc: str
    tick: int | None
    programme_ms: int | None
    name: str
    schema: int
    show: str
    room: str
    phase: str
    scene: str
    sku: str
    platform: str
    traffic: str
    viewer: str
    value_cents: int | None
    currency: str
    data: str

    def link(self, before: bytes) -> bytes:
        """Digest of this entry and of all before it in its run."""
        return hashlib.blake2b(repr((before, *self)).encode(), digest_size=16).digest()


class EntryIds:
    """UUIDv7 (RFC 9562): 48 bits of milliseconds, 12 counted, 62 random; they only grow.

    The random bits are drawn once a millisecond, within it the count tells entries apart. For one
    thread.
    """

    def __init__(self) -> None:
        self._ms = self._count = 0
        self._tail = b""

    def next(self, ms: int) -> bytes:
        """The next one; ``ms`` since 1970, UTC. A clock that was set back does not go back here."""
        self._count += 1
        if ms > self._ms or self._count > 0xFFF:
            self._ms, self._count = max(ms, self._ms + 1), 0
            drawn = os.urandom(8)
            self._tail = bytes((drawn[0] & 0x3F | 0x80,)) + drawn[1:]
        head = self._ms << 16 | 0x7000 | self._count
        return head.to_bytes(8, "big") + self._tail
