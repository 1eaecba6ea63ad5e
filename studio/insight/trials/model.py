"""Experiments as plain data."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from studio.core.asking import Scope
from studio.insight.model import LabelPair

Unit = Literal["time", "viewer"]
Command = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Verdict = Literal["open", "a", "b", "mismatch", "guard"]


class ArmCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What a person read off for an experiment that is split by viewer.

    Attributes:
        a_did, a_of: how many of A did it, of how many viewers; b_did, b_of the same of B.
        both: viewers who saw both ways; they are in neither, and are counted.
    """

    a_did: int = 0
    a_of: int = 0
    b_did: int = 0
    b_of: int = 0
    both: int = 0


class ArmUndo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command that takes another one back.

    Attributes:
        of, of_args: the one that it takes back.
    """

    command: Command
    args: dict[str, Any] = {}
    of: str = ""
    of_args: dict[str, Any] = {}


class ArmCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that an arm does to the picture when its turn comes.

    Attributes:
        args: as a program or a person writes them.
        undo: takes it back; without it the command's own way back is taken.
    """

    command: Command
    args: dict[str, Any] = {}
    undo: ArmUndo | None = None


Arm = Annotated[tuple[ArmCommand, ...], msgspec.Meta(max_length=8)]


class StarterRight(msgspec.Struct, frozen=True):
    """The right of whoever started it: what it does never has more."""

    role: int = 0
    is_here: bool = False
    without: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    person: str = ""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """An experiment as it is kept.

    Attributes:
        idea: what it is of (`studio.insight.experiments.ideas`).
        metric: what is compared.
        guards: metrics that must not get worse.
        pairs, viewers: what it needs until ``effect`` is usually found.
        commitment: SHA-256 of the coin's secret, shown from the start.
        secret: of the coin, hex; told when it is over.
        began_ms: UTC, milliseconds since 1970; slots count from there.
        by, ended_by: who.
        a_source, b_source: of which link or coupon visitors of each arm come, by viewer; then they
            are counted by the analysis.
        a_does, b_does: what the arms do; nothing at all where a person switches.
        right: of whoever started it.
        show: in which it switches.
        clean: slots whose arm was on the picture and untouched: they alone count.
        back: takes back what is on the picture now, the last first.
        is_held: a person's hand goes before, until it is let go on; held_why by what.
        ended_why: "" by a person, else what its result said.
    """

    id: str
    idea: str
    label: LabelPair
    a: LabelPair
    b: LabelPair
    unit: Unit
    metric: str
    guards: tuple[str, ...] = ()
    effect: float = 0.0
    pairs: int = 0
    viewers: int = 0
    commitment: str = ""
    secret: str = ""
    began_ms: int = 0
    began_utc: str = ""
    ended_ms: int = 0
    ended_utc: str = ""
    by: str = ""
    ended_by: str = ""
    counts: ArmCounts = ArmCounts()
    a_source: str = ""
    b_source: str = ""
    a_does: Arm = ()
    b_does: Arm = ()
    right: StarterRight = StarterRight()
    show: str = ""
    clean: tuple[int, ...] = ()
    back: tuple[ArmUndo, ...] = ()
    is_held: bool = False
    held_why: str = ""
    ended_why: str = ""

    @property
    def switches(self) -> bool:
        """Does the studio switch the picture?"""
        return bool(self.a_does or self.b_does)


class TrialView(msgspec.Struct, frozen=True, kw_only=True):
    """An experiment as desks see it.

    Attributes:
        arm: whose turn it is, "a" or "b"; "" by viewer, or when it is over.
        pair: that runs, from 1; slots of the pairs before are over.
        until_utc: when the turn ends.
        coin: the secret, once it is over: then everybody can toss it again.
        a_source, b_source: links or coupons whose visitors the analysis counts.
        switches: the studio switches the picture; else a person does.
        clean: slots that count; spoiled: slots that are over and do not.
        is_held: a person's hand goes before, by what.
        ended_why: "" by a person, else what its result said.
    """

    id: str
    label: LabelPair
    a: LabelPair
    b: LabelPair
    unit: Unit
    metric: LabelPair
    guards: tuple[LabelPair, ...] = ()
    effect: float = 0.0
    pairs: int = 0
    viewers: int = 0
    commitment: str = ""
    coin: str = ""
    arm: str = ""
    pair: int = 0
    until_utc: str = ""
    began_utc: str = ""
    ended_utc: str = ""
    operator: str = ""
    counts: ArmCounts = ArmCounts()
    a_source: str = ""
    b_source: str = ""
    switches: bool = False
    clean: int = 0
    spoiled: int = 0
    is_held: bool = False
    held_why: str = ""
    ended_why: str = ""


class TrialsView(msgspec.Struct, frozen=True, kw_only=True):
    """The part "trials" of the state: those that run, and the last that are over."""

    running: tuple[TrialView, ...] = ()
    ended: tuple[TrialView, ...] = ()


class GuardResult(msgspec.Struct, frozen=True, kw_only=True):
    """A metric that must not get worse.

    Attributes:
        a, b: its values; None where nobody told it.
        e_value: of "it is worse with B".
    """

    metric: LabelPair
    a: float | None = None
    b: float | None = None
    e_value: float = 1.0


class TrialResult(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an experiment now; it may be looked at at any time.

    Attributes:
        verdict: "open": go on; "a", "b": that way is better; "mismatch": the split is not as it
            was designed, nothing can be said; "guard": something that must not get worse did.
        e_value: of "A and B differ" in time; ``stop`` is where it may be ended.
        low, high: by viewer, B's rate less A's, in per cent, at every look at once.
        change: B over A, 0.2 is 20 per cent more; None while nothing is known.
        pairs: that count; left_out: those without figures on both sides, or partly off air.
        spoiled: of those left out, pairs whose picture was not as the coin said.
        split_e: of "viewers fell otherwise than designed"; above ``split_stop`` they did.
        both: viewers who saw both, left out.
        counts: of viewers, typed or counted.
        is_corrected: it stands beside the other experiments of the day too.
    """

    id: str
    verdict: Verdict = "open"
    e_value: float = 1.0
    stop: float = 20.0
    low: float | None = None
    high: float | None = None
    change: float | None = None
    a: float | None = None
    b: float | None = None
    pairs: int = 0
    left_out: int = 0
    spoiled: int = 0
    split_e: float = 1.0
    split_stop: float = 1000.0
    both: int = 0
    counts: ArmCounts = ArmCounts()
    is_corrected: bool = True
    guards: tuple[GuardResult, ...] = ()
