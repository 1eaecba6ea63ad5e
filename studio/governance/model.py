"""What desks show of audit log and persons' rights: plain data."""

from __future__ import annotations

from typing import Literal

import msgspec

from studio.governance.watch.model import AnchorPlace


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what; what a viewer said or is called is not opened.

    Attributes:
        what: the command, or the event.
        why: the error of a refusal, else the reason that was given.
    """

    file: str = ""
    at_utc: str = ""
    what: str = ""
    who: str = ""
    is_done: bool = True
    why: str = ""
    args: str = ""


class AuditView(msgspec.Struct, frozen=True):
    """How the log is doing.

    Attributes:
        file: in the folder ``audit`` of the data.
        anchor: of the last signed checkpoint; kept elsewhere it shows a log that was cut.
        key: that signs, public, hex.
        at_utc, signature: of the anchor.
        place: where anchors are kept outside.
        lost: entries that could not be written.
    """

    file: str = ""
    anchor: str = ""
    key: str = ""
    lost: int = 0
    at_utc: str = ""
    signature: str = ""
    place: AnchorPlace = AnchorPlace()


RequestKind = Literal["access", "correct", "erase", "object_profiling", "object_ads"]


class RequestView(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks of us.

    Attributes:
        who: sealed where it is kept, "" in the state.
        proof: how it was made sure that it is them.
        due_utc: by when it must be answered.
        outcome, note, answered_utc: what became of it; "" still waits.
    """

    id: str
    who: str = ""
    kind: RequestKind = "access"
    proof: str = ""
    asked_utc: str = ""
    due_utc: str = ""
    outcome: str = ""
    note: str = ""
    answered_utc: str = ""


class ConsentView(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody agreed to, or took back.

    Attributes:
        person: their number here.
        text_version: of the words they were shown.
    """

    person: str
    who: str
    purpose: str
    text_version: str
    is_given: bool
    at_utc: str


class ClassView(msgspec.Struct, frozen=True, kw_only=True):
    """A class of data: for what, on what ground (keys of messages)."""

    name: str
    purpose: str
    ground: str


class PrivacyView(msgspec.Struct, frozen=True, kw_only=True):
    """The part "privacy" of the state; names nobody.

    Attributes:
        requests: that wait.
        late: of them, over their time.
    """

    requests: tuple[RequestView, ...] = ()
    late: int = 0
    answered: int = 0
    consents: int = 0
    classes: tuple[ClassView, ...] = ()
