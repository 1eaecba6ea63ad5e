"""Draws and games as plain data."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Stage = Literal["ready", "open", "closing", "drawn"]
GameKind = Literal["draw", "words", "quiz", "price", "vote"]


class Prize(msgspec.Struct, frozen=True):
    """What can be won.

    Attributes:
        value_cents: of one, in the currency's cents.
        coupon: a coupon of the show: a use of it is booked for each who wins it.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    count: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    value_cents: Annotated[int, msgspec.Meta(ge=0, le=10_000_000_00)] = 0
    coupon: Annotated[str, msgspec.Meta(max_length=40)] = ""


class DrawRules(msgspec.Struct, frozen=True):
    """What is shown before entries are taken, and locked then.

    Attributes:
        keyword: what a comment must be to enter; "" for any.
        counts: which comment of a person is the entry.
        excluded: names of host and staff.
        kind: a draw; lucky words (the keyword is told on air); a quiz, whose right answers are
            drawn from; guess the price, where the nearest wins; a vote (which outfit next),
            where all who voted are drawn from and there may be no prize.
        options: of a quiz or vote; nothing else is an entry, in a vote also their numbers from 1.
        products: of a vote, the product that each option stands for; as many as options, or none.
        open_s: entries close by themselves after this time; 0: by hand.
        likes: it begins by itself once the room has so many likes; 0: by hand.
        answer_sha256: of the answer and the seed; filled in here.
        claim_s: a winner must claim the prize in this time, or the next in rank has it; 0: never.
        claim_word: a winner's comment that claims it; "" is by hand alone.
    """

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    prizes: Annotated[tuple[Prize, ...], msgspec.Meta(max_length=20)]
    keyword: Annotated[str, msgspec.Meta(max_length=40)] = ""
    counts: Literal["first", "last"] = "first"
    excluded: tuple[str, ...] = ()
    currency: str = "CNY"
    terms: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    kind: GameKind = "draw"
    options: Annotated[
        tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=40)], ...],
        msgspec.Meta(max_length=8),
    ] = ()
    answer_sha256: Annotated[str, msgspec.Meta(max_length=64)] = ""
    claim_s: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 0
    claim_word: Annotated[str, msgspec.Meta(max_length=40)] = ""
    open_s: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 0
    products: Annotated[
        tuple[Annotated[str, msgspec.Meta(max_length=100)], ...], msgspec.Meta(max_length=8)
    ] = ()
    likes: Annotated[int, msgspec.Meta(ge=0, le=10**9)] = 0


class Heard(msgspec.Struct, frozen=True):
    """A comment as a draw sees it.

    Attributes:
        person: platform and identity ("douyin/u9").
        author: the name that is shown.
    """

    id: str
    person: str
    author: str
    text: str


class DrawView(msgspec.Struct, frozen=True):
    """A draw as desks see it; seed and answer are secret until it is drawn.

    Attributes:
        counts: which comment of a person is the entry.
        answers: of a quiz or vote, how many gave each, by option.
        winners: prize, entry, author; "claimed" or "left_s" where there is a time to claim;
            "coupon": "booked", or why it could not be, as a key of the texts.
        left_s: until entries close by themselves; 0 where a person closes them.
        leader: of a vote, the option with most votes; "" for none, or while two are equal.
        leader_product: the product it stands for.
        on_air: do viewers see its board?
        likes: it begins at so many of the room; 0: by hand.
        liked: of them there are so many.
    """

    id: str
    title: str
    stage: str
    commitment: str
    rules_sha256: str
    entries: int = 0
    beacon: int = 0
    winners: tuple[dict[str, str], ...] = ()
    kind: GameKind = "draw"
    keyword: str = ""
    options: tuple[str, ...] = ()
    counts: str = "first"
    prizes: tuple[Prize, ...] = ()
    answers: dict[str, int] = {}
    answer: str = ""
    proof: str = ""
    left_s: int = 0
    leader: str = ""
    leader_product: str = ""
    on_air: bool = False
    likes: int = 0
    liked: int = 0
