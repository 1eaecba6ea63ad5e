"""Reach lists as plain data."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

Segment = Literal[
    "everyone",
    "viewers_new", "viewers_again", "viewers_regular", "viewers_away",
    "buyers_new", "buyers_once", "buyers_again", "buyers_best", "buyers_cooling",
]  # fmt: skip
SEGMENTS: tuple[Segment, ...] = get_args(Segment)
Purpose = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
LEAST_WHY = 2
"""Of a reason, characters."""
ListId = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class ReachPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may be addressed.

    Attributes:
        number: theirs on this machine.
        who: ``platform/identity``.
        name: they go by; "" is not known.
        segments: they are in, besides "everyone".
        text_version, agreed_utc: what they agreed to, and when.
    """

    number: str
    who: str
    name: str = ""
    segments: frozenset[str] = frozenset()
    text_version: str = ""
    agreed_utc: str = ""


class ReachList(msgspec.Struct, frozen=True, kw_only=True):
    """A list that was written; names nobody.

    Attributes:
        file: where it was written.
        numbers: of the persons in it, so that whoever is erased is found again.
        is_full: with names; else they are masked.
        operator, reason: who wrote it, and why.
    """

    id: str
    file: str
    purpose: str
    segment: Segment
    is_full: bool
    numbers: tuple[str, ...]
    operator: str
    reason: str
    at_utc: str


class ReachRow(msgspec.Struct, frozen=True, kw_only=True):
    """A list in an answer.

    Attributes:
        people: in it now.
        withdrawn: of them, who must not be addressed any more.
        is_there: the file is where it was written.
    """

    id: str
    file: str
    purpose: str
    segment: Segment
    is_full: bool
    people: int
    withdrawn: int
    operator: str
    reason: str
    at_utc: str
    is_there: bool
