"""The part "comments": what viewers say and what was decided about it."""

from __future__ import annotations

import msgspec


class Reason(msgspec.Struct, frozen=True):
    """Why a comment is held or blocked.

    Attributes:
        rule: id of the rule.
        matched: the words of the rule, as they were read.
        normalised: the text as the rule read it.
        span: what matched, as a part of the comment's own text.
        text: the reason in words, by language.
    """

    rule: str = ""
    matched: str = ""
    normalised: str = ""
    span: tuple[int, int] | None = None
    text: dict[str, str] = {}


class Entry(msgspec.Struct, frozen=True):
    """One comment."""

    id: str
    platform: str = ""
    author: str = ""
    text: str = ""
    at_utc: str = ""
    state: str = "allowed"
    category: str = ""
    topic: str = ""
    reason: Reason | None = None
    rank: int = 0
    asked: int = 0
    answered: bool = False
    by: str = ""

    @property
    def is_open(self) -> bool:
        """May it go on the picture?"""
        return self.state in ("allowed", "released", "pinned")


class Counts(msgspec.Struct, frozen=True):
    """How many there are of each."""

    held: int = 0
    best: int = 0
    all: int = 0
    blocked: int = 0
    dropped: int = 0


class Muted(msgspec.Struct, frozen=True):
    """Somebody who may not speak."""

    author: str = ""
    platform: str = ""
    until_utc: str = ""


class Feed(msgspec.Struct, frozen=True):
    """Where comments come from."""

    name: str = ""
    kind: str = ""
    state: str = ""
    error: str | dict[str, str] | None = None


class Comments(msgspec.Struct, frozen=True):
    """Everything the panel shows."""

    counts: Counts = Counts()
    held: tuple[Entry, ...] = ()
    best: tuple[Entry, ...] = ()
    all: tuple[Entry, ...] = ()
    pinned: Entry | None = None
    muted: tuple[Muted, ...] = ()
    feeds: tuple[Feed, ...] = ()
    is_slow: bool = False
