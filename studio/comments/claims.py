"""Who is looking at a comment just now, so that two moderators do not meet on one row."""

from __future__ import annotations

from typing import NamedTuple

from studio.comments.model import Entry
from studio.core.asking import asking
from studio.core.clock import NS, now_ns

CLAIM_S = 20.0
"""A claim that is not made again is over: whoever made it has gone."""


class _Claim(NamedTuple):
    entry: Entry
    until_ns: int


def who_asks() -> str:
    """Who runs the present command: an operator, a token, or what it came from."""
    asker = asking()
    return asker.person or asker.origin


class ClaimBook:
    """One row at most for each person. Lives on the engine loop.

    A claim keeps nobody away: it is shown, and a decision tells of one that came before it.
    """

    def __init__(self) -> None:
        self._by_person: dict[str, _Claim] = {}

    def claim(self, entry: Entry, who: str) -> str:
        """Says that ``who`` looks at it, and at nothing else; whose row it is now.

        The first one keeps it.
        """
        held = self._by_person.get(entry.claimed_by)
        if held is not None and held.entry is entry and entry.claimed_by != who:
            if held.until_ns > now_ns():
                return entry.claimed_by
            self.leave(entry.claimed_by)
        before = self._by_person.get(who)
        if before is not None and before.entry is not entry:
            self.leave(who)
        self._by_person[who] = _Claim(entry, now_ns() + int(CLAIM_S * NS))
        entry.claimed_by = who
        return who

    def leave(self, who: str) -> bool:
        """Looks at nothing any more; did this person look at something?"""
        claim = self._by_person.pop(who, None)
        if claim is not None and claim.entry.claimed_by == who:
            claim.entry.claimed_by = ""
        return claim is not None

    def end_those_over(self, at_ns: int) -> bool:
        """Takes out the claims that were not made again; was there one?"""
        over = [who for who, claim in self._by_person.items() if claim.until_ns <= at_ns]
        for who in over:
            self.leave(who)
        return bool(over)

    def decided(self, entry: Entry) -> None:
        """It is decided: nobody has to look at it any more."""
        if entry.claimed_by:
            self.leave(entry.claimed_by)

    def clear(self) -> None:
        """Another show."""
        for who in list(self._by_person):
            self.leave(who)
