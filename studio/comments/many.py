"""One decision about many comments at once, and its way back."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from studio.comments.model import Entry, State
from studio.comments.rings import CommentRings
from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError

Which = Literal["held", "best", "all"]
BULK = "person, with others"
MOST_KEPT = 20
"""Decisions that can be taken back."""


class CommentsWanted(msgspec.Struct, frozen=True):
    """Which comments are meant; "" and 0 mean all.

    Attributes:
        author: as mutes know them ("douyin/u9").
        text: part of the text or of what the rules read.
        last_s: of the last seconds.
    """

    rule: str = ""
    category: str = ""
    author: str = ""
    text: str = ""
    last_s: float = 0.0

    def fits(self, entry: Entry) -> bool:
        """Is this one meant?"""
        verdict = entry.verdict
        if self.last_s:
            age_s = (now_ns() - entry.came_ns) / NS
            if age_s > self.last_s:
                return False
        return (
            self.rule in ("", verdict.rule)
            and self.category in ("", verdict.category)
            and (not self.author or self.author in entry.authors)
            and (self.text in entry.comment.text or self.text in verdict.normalised)
        )


class DecidedList(Protocol):
    """The comments of a show (`studio.comments.keeper.CommentQueue`)."""

    rings: CommentRings
    pinned: Entry | None

    def listed(self, which: str, most: int) -> list[Entry]: ...

    def decide(self, entry: Entry, state: State, by: str = "person") -> None: ...


class ManyDecisions:
    """Decides about those that are meant, and takes it back.

    Args:
        queue: whose comments they are.
    """

    def __init__(self, queue: DecidedList) -> None:
        self._queue = queue
        self._settled: dict[str, list[tuple[Entry, State, str]]] = {}
        self._numbers = itertools.count(1)

    def pick(self, which: Which, wanted: CommentsWanted) -> list[Entry]:
        """Those of a list that are meant; newest first, folds as one entry."""
        listed = self._queue.listed(which, len(self._queue.rings))
        return [entry for entry in listed if wanted.fits(entry)]

    def settle(self, entries: Sequence[Entry], state: State) -> str:
        """One decision about all of them; returns the name under which it is taken back."""
        name = str(next(self._numbers))
        self._settled[name] = [(entry, entry.state, entry.by) for entry in entries]
        while len(self._settled) > MOST_KEPT:
            self._settled.pop(next(iter(self._settled)))
        for entry in reversed(entries):  # the newest are the last to fall out of their ring
            self._queue.decide(entry, state, BULK)
        return name

    def take_back(self, name: str) -> int:
        """Gives what `settle` decided back the state it had; how many rows.

        What has fallen out of its ring since then comes back; what somebody decided again
        meanwhile stays as it is.

        Raises:
            StudioError: not_found.
        """
        before = self._settled.pop(name, None)
        if before is None:
            raise StudioError("not_found", "audience.no_bulk", id=name)
        count = 0
        for entry, state, by in reversed(before):
            if entry.by != BULK:
                continue
            if entry.comment.id in self._queue.rings:
                self._queue.decide(entry, state, by)
            else:
                entry.state, entry.by = state, by
                self._queue.rings.add(entry, self._queue.pinned)
            count += 1
        return count

    def forget(self) -> None:
        """Another show: nothing of this one is taken back."""
        self._settled.clear()
