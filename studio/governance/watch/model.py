"""What the watch knows: plain data."""

from __future__ import annotations

from typing import Literal

import msgspec

AlarmKind = Literal[
    "new_address", "mass_export", "unmasked_at_night", "chain_broken", "guessing", "glass",
    "breach", "anchor_lost", "chain_back", "erased_again",
    "two_places", "secret_pasted",
]  # fmt: skip
ChainState = Literal["unknown", "whole", "broken"]
Sealing = Literal["sealed", "older", "clear", "unreadable"]


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """A connection that is in.

    Attributes:
        address: it comes from.
        is_here: with the key of this run.
    """

    who: str
    role: str = ""
    address: str = ""
    is_here: bool = False


class Guesses(msgspec.Struct, frozen=True, kw_only=True):
    """Wrong answers of an address, of late."""

    address: str
    count: int


class ClearText(msgspec.Struct, frozen=True, kw_only=True):
    """The owner's exception by which phones are spoken with in clear.

    Attributes:
        who: allowed it.
        until_utc: it ends by itself then.
    """

    who: str
    reason: str
    at_utc: str
    until_utc: str


class DoorReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the remote door has to tell.

    Attributes:
        limits: how often a limit was hit since the start, by its name.
        certificate_until: of the phone's door, UTC; "" without one.
        clear: the exception for clear text that holds; None without one.
    """

    present: tuple[Presence, ...] = ()
    guesses: tuple[Guesses, ...] = ()
    limits: dict[str, int] = {}
    certificate_until: str = ""
    clear: ClearText | None = None


class RedCommand(msgspec.Struct, frozen=True, kw_only=True):
    """Something that cannot be undone and was done today."""

    at_utc: str
    command: str
    origin: str
    reason: str = ""


class WatchAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """Something that somebody should look at.

    Attributes:
        subject: what it is about, an address, a person or a file.
    """

    kind: AlarmKind
    subject: str
    at_utc: str


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """Personal data got out, or may have.

    Attributes:
        known_utc: when it was known here: the clocks run from then.
        latest_by: when the authority must have been told: at once (个保法 57), within 72 h by
            GDPR 33, which this is.
        told: whom, with when.
    """

    id: str
    what: str
    known_utc: str
    latest_by: str
    by: str = ""
    told: dict[str, str] = {}
    closed_utc: str = ""


class AnchorPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where anchors are kept, and how that goes.

    Attributes:
        folder: "" while none is chosen.
        at_utc: of the newest anchor there.
        waiting: those that could not be written yet.
        error: why the last one could not.
        is_same_disk: it stands on the disk of the log itself, and may be lost with it.
    """

    folder: str = ""
    at_utc: str = ""
    waiting: int = 0
    error: str = ""
    is_same_disk: bool = False


class StoreState(msgspec.Struct, frozen=True, kw_only=True):
    """How a store stands.

    Attributes:
        file: below the data folder.
        is_now: "sealed" with the key that counts; "older": with one that was changed, until
            whoever has it open writes again; "clear"; "unreadable": with no key that is here, or
            it cannot be opened.
    """

    file: str
    is_now: Sealing


class WatchView(msgspec.Struct, frozen=True, kw_only=True):
    """The part "watch" of the state.

    Attributes:
        refused: commands that were denied since the start.
        anchor_age_s: since the last signed checkpoint; -1 without one.
        anchors: where the log's anchors are kept outside.
        audit_lost: entries of the log that could not be written.
        chain_utc: when the chain was last checked.
        stores: databases, as they were when the chain was last checked.
        records_due, records_broken: to be read again; not whole when they were read.
        due, held: things over their time.
        requests, late: of persons that wait, and of them over their deadline.
    """

    door: DoorReport = DoorReport()
    refused: int = 0
    chain: ChainState = "unknown"
    chain_utc: str = ""
    anchor_age_s: int = -1
    anchors: AnchorPlace = AnchorPlace()
    audit_lost: int = 0
    stores: tuple[StoreState, ...] = ()
    records_due: int = 0
    records_broken: tuple[str, ...] = ()
    due: int = 0
    held: int = 0
    requests: int = 0
    late: int = 0
    unmasked: tuple[str, ...] = ()
    red: tuple[RedCommand, ...] = ()
    alarms: tuple[WatchAlarm, ...] = ()
    breaches: tuple[Breach, ...] = ()
