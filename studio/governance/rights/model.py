"""People who run the studio, and how far their rights reach: plain data."""

from __future__ import annotations

import math
from typing import Annotated

import msgspec

from studio.core.asking import PERSONAL, Scope
from studio.core.clock import NS, now_ns, seconds_of, utc_ms, utc_of

Pattern = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"^[a-z_.*?]+$")]
ShowName = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
MOST_PATTERNS = 50
Patterns = Annotated[tuple[Pattern, ...], msgspec.Meta(max_length=MOST_PATTERNS)]


_BEGAN_S, _BEGAN_NS = utc_ms() / 1000, now_ns()


def _now_s() -> float:
    """The wall clock; one that was set back while this runs brings nothing back that was over."""
    return max(utc_ms() / 1000, _BEGAN_S + (now_ns() - _BEGAN_NS) / NS)


def left_s(until: str) -> float:
    """Seconds until this moment by the wall clock; "" is never, what cannot be read is over."""
    if not until:
        return math.inf
    try:
        return seconds_of(until) - _now_s()
    except ValueError:
        return 0.0


def ends_in(hours: float) -> str:
    """The moment so many hours from now, UTC; "" for 0."""
    return utc_of(utc_ms() / 1000 + hours * 3600) if hours else ""


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who runs the studio; devices (tokens) are theirs.

    Attributes:
        role: what they may do at most, with whatever device.
        only, without: patterns of commands ("scenes.*"); ``only`` () is every one.
        shows: names of the shows they work at; () is every one.
        data: classes of data shown to them besides what is public or inner.
        until: when it ends, UTC, ISO 8601; "" holds until it is taken back.
        may_break_glass: they may take full rights in need, which is loud and reviewed.
    """

    name: str
    role: str = "controller"
    only: Patterns = ()
    without: Patterns = ()
    shows: tuple[ShowName, ...] = ()
    data: tuple[str, ...] = (PERSONAL,)
    until: str = ""
    may_break_glass: bool = False

    @property
    def scope(self) -> Scope:
        """How far their right reaches."""
        return Scope(self.only, self.without, self.shows, self.data)

    @property
    def left_s(self) -> float:
        """Seconds until it ends, infinite for one that holds."""
        return left_s(self.until)


class RedRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a command that cannot be taken back needs besides a right.

    Attributes:
        commands: a pattern.
        needs_reason: whoever asks says why.
        needs_second: somebody else agrees.
        within_s: so long it waits for them.
    """

    commands: Pattern
    needs_reason: bool = True
    needs_second: bool = True
    within_s: Annotated[int, msgspec.Meta(ge=5, le=3600)] = 60


class OperatorView(msgspec.Struct, frozen=True, kw_only=True):
    """An operator as the desk shows them.

    Attributes:
        devices: names of their tokens.
        is_here: somebody is in with one of them.
        has_glass: they have full rights for now.
    """

    operator: Operator
    devices: tuple[str, ...] = ()
    is_here: bool = False
    has_glass: bool = False


class AskedView(msgspec.Struct, frozen=True, kw_only=True):
    """A command that waits for a second person.

    Attributes:
        id: names it for `rights.agree`.
        command, words: what is asked; its arguments as text, without secrets.
        asked_by, reason: who, why.
        until: when it is over, UTC.
    """

    id: str
    command: str
    label: tuple[str, str] = ("", "")
    words: str = ""
    asked_by: str = ""
    reason: str = ""
    until: str = ""


class GlassView(msgspec.Struct, frozen=True, kw_only=True):
    """Full rights taken in need.

    Attributes:
        id: names it for `rights.review`.
        until: when they end, UTC.
        commands: that ran with them.
        reviewed_by, verdict: by whom it was looked at afterwards; "" still waits.
    """

    id: str
    operator: str
    reason: str
    at_utc: str
    until: str
    commands: tuple[str, ...] = ()
    reviewed_by: str = ""
    verdict: str = ""


class RightsView(msgspec.Struct, frozen=True, kw_only=True):
    """What desks see of rights.

    Attributes:
        devices: tokens that are nobody's.
        glass: the newest last.
    """

    operators: tuple[OperatorView, ...] = ()
    devices: tuple[str, ...] = ()
    red: tuple[RedRule, ...] = ()
    asked: tuple[AskedView, ...] = ()
    glass: tuple[GlassView, ...] = ()
