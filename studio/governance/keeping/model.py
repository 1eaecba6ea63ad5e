"""Rules of keeping and what they come to: plain data."""

from __future__ import annotations

from typing import Annotated

import msgspec

Days = Annotated[int, msgspec.Meta(ge=0, le=36_500)]
RuleId = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[a-z_]+$")]


class KeepingRule(msgspec.Struct, frozen=True, kw_only=True):
    """How long a kind of thing is kept.

    Attributes:
        id: names it; its words are ``keeping.ID``.
        data: its class (`studio.governance.catalogue`).
        days: after which it is due; 0 is never.
        least: days that the law asks for at least.
        ground: which law, or "interest".
    """

    id: str
    data: str
    days: int
    least: int = 0
    ground: str = ""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """Something whose time is over.

    Attributes:
        item: what it is, without a name of anybody.
        since_utc: how old it is.
        held: by which legal hold it stays; "" for one that goes.
    """

    rule: str
    item: str
    since_utc: str
    size: int = 0
    held: str = ""


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """What must stay although its time is over: a quarrel, an authority's order.

    Attributes:
        rule: that it stops; "*" is all of them.
        reason, by, at_utc: why, who said so, when.
    """

    id: str
    rule: str
    reason: str
    by: str
    at_utc: str


class Deletion(msgspec.Struct, frozen=True, kw_only=True):
    """Proof of a deletion; names nobody.

    Attributes:
        dropped: how many of each rule.
        digest: SHA-256 over what went, so that a list that was kept can be held against it.
        anchor: of the audit log then.
    """

    at_utc: str
    by: str
    dropped: dict[str, int]
    digest: str
    anchor: str = ""


class RuleView(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as desks show it."""

    rule: KeepingRule
    due: int = 0
    held: int = 0


class KeepingView(msgspec.Struct, frozen=True, kw_only=True):
    """The part "keeping" of the state."""

    rules: tuple[RuleView, ...] = ()
    holds: tuple[Hold, ...] = ()
    last: Deletion | None = None
