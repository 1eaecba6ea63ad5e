"""Where comments are kept: apart, so that none pushes out another, and equal ones as one."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Iterator
from typing import Literal

from studio.comments.model import Comment, Entry, Verdict
from studio.comments.moderation.readings import fold_key

Ring = Literal["held", "good", "talk"]
SIZES: dict[Ring, int] = {"held": 1000, "good": 1000, "talk": 500}
"""How many entries each ring keeps; what waits for a person has more room than talk."""
PLATFORM = "platform"
"""Who has taken away what was deleted where it was said."""
MOST_IDS = 2000
"""Ids of one fold that are remembered, and authors that are told apart."""


def ring_of(entry: Entry) -> Ring:
    """Where an entry belongs by its state and rank."""
    if entry.state == "held":
        return "held"
    if entry.state in ("allowed", "released") and entry.rank >= 2 and not entry.is_answered:
        return "good"
    return "talk"


def same_key(verdict: Verdict) -> str:
    """Comments with the same key mean the same; "" means nothing.

    What no rule objects to must be written the same but for politeness. What one does is taken
    by its sound too: who hides 假货 writes 假貨, jia huo and 亻叚货.
    """
    return fold_key(verdict.normalised, by_sound_too=verdict.action != "allow")


class CommentRings:
    """Entries by id, in rings of their own: held, good, talk.

    Comments of the same meaning (`Verdict.normalised`) are one entry, a fold: what is decided
    about it is decided about all in it, also those that are still to come.
    """

    def __init__(self) -> None:
        self._rings: dict[Ring, OrderedDict[str, Entry]] = {name: OrderedDict() for name in SIZES}
        self._ring_of: dict[str, Ring] = {}
        self._same: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        self.lost = 0
        """Held or good ones that fell out of a full ring."""

    def __len__(self) -> int:
        return len(self._ring_of)

    def __contains__(self, id: object) -> bool:
        return id in self._ring_of or id in self._folded

    def get(self, id: str) -> Entry | None:
        """The entry with this comment in it."""
        first = self._folded.get(id, id)
        ring = self._ring_of.get(first)
        return None if ring is None else self._rings[ring][first]

    def find_same(self, verdict: Verdict) -> Entry | None:
        """The entry whose comments mean the same."""
        key = same_key(verdict)
        first = self._same.get(key) if key else None
        return None if first is None else self.get(first)

    def values(self) -> list[Entry]:
        """All entries, oldest first by their last comment."""
        return sorted(
            (entry for ring in self._rings.values() for entry in ring.values()),
            key=lambda entry: entry.number,
        )

    def newest(self, ring: Ring) -> Iterator[Entry]:
        """The entries of a ring, newest first."""
        return reversed(self._rings[ring].values())

    def listed(self, which: str, most: int) -> list[Entry]:
        """ "held", "best" or "all", newest (or best) first."""
        if which == "held":
            return list(itertools.islice(self.newest("held"), most))
        if which == "best":
            good = list(self.newest("good"))
            good.sort(key=lambda e: (e.rank, min(e.asked, 20), e.number), reverse=True)
            return good[:most]
        return self.values()[: -most - 1 : -1]

    def count(self, ring: Ring) -> int:
        """How many entries a ring has."""
        return len(self._rings[ring])

    def add(self, entry: Entry, keep: Entry | None = None) -> None:
        """Keeps a new entry; ``keep`` (what is pinned) and what crosses fall out of no ring."""
        id = entry.comment.id
        key = same_key(entry.verdict)
        if key:
            self._same[key] = id
        self._put(ring_of(entry), entry, keep)

    def fold(self, entry: Entry, comment: Comment, number: int) -> None:
        """Another comment that means the same."""
        entry.count += 1
        entry.number, entry.last_utc = number, comment.at_utc
        if len(entry.authors) < MOST_IDS:
            entry.authors.add(comment.who)
        if len(entry.ids) < MOST_IDS:
            entry.ids.append(comment.id)
            self._folded[comment.id] = entry.comment.id
        self._rings[self._ring_of[entry.comment.id]].move_to_end(entry.comment.id)

    def remove(self, id: str, by: str) -> Entry | None:
        """Takes one comment out; the entry that held it, whose fold goes on without it."""
        entry = self.get(id)
        if entry is None:
            return None
        entry.by = by
        if entry.count <= 1:
            self._forget(entry)
            return entry
        entry.count -= 1
        if self._folded.pop(id, None) is not None:
            entry.ids.remove(id)
        return entry

    def remove_authors(self, authors: set[str], by: str) -> list[Entry]:
        """Takes out all of these authors; the entries they had a part in.

        Where others wrote the same, the row stays. One pass, however many authors there are.
        """
        met = [
            entry
            for ring in self._rings.values()
            for entry in ring.values()
            if entry.comment.who in authors or not authors.isdisjoint(entry.authors)
        ]
        for entry in met:
            entry.by = by
            if entry.authors <= authors:
                self._forget(entry)
            else:
                entry.authors -= authors
        return met

    def settle(self, entry: Entry, keep: Entry | None = None) -> None:
        """Moves an entry to the ring of its state, as something was decided about it."""
        id, ring = entry.comment.id, ring_of(entry)
        old = self._ring_of.get(id)
        if old is not None and old != ring:
            del self._rings[old][id]
            self._put(ring, entry, keep)

    def judge_anew(self, entry: Entry, verdict: Verdict) -> None:
        """Another verdict on an entry: comments of its meaning are found by that from now on."""
        id, key = entry.comment.id, same_key(entry.verdict)
        if self._same.get(key) == id:
            del self._same[key]
        entry.verdict = verdict
        key = same_key(verdict)
        if key:
            self._same.setdefault(key, id)

    def _put(self, ring: Ring, entry: Entry, keep: Entry | None) -> None:
        entries = self._rings[ring]
        entries[entry.comment.id] = entry
        self._ring_of[entry.comment.id] = ring
        while len(entries) > SIZES[ring]:
            oldest = next(e for e in entries.values() if e is not keep and not e.is_crossing)
            self._forget(oldest)
            self.lost += ring != "talk"

    def _forget(self, entry: Entry) -> None:
        id = entry.comment.id
        del self._rings[self._ring_of.pop(id)][id]
        for folded in entry.ids:
            self._folded.pop(folded, None)
        key = same_key(entry.verdict)
        if self._same.get(key) == id:
            del self._same[key]
