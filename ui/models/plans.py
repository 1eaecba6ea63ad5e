"""The part "plans": what can be done when something goes wrong, and what was done."""

from __future__ import annotations

import msgspec

Pair = tuple[str, str]
EMPTY: Pair = ("", "")


class PlanView(msgspec.Struct, frozen=True):
    """One plan.

    Attributes:
        level: green (a click), amber, red (held down).
        auto: starts by itself when its trigger fires.
    """

    id: str
    label: Pair = EMPTY
    help: Pair = EMPTY
    level: str = "green"
    auto: bool = False
    enabled: bool = True
    running: bool = False
    last_run_utc: str | None = None


class Moment(msgspec.Struct, frozen=True):
    """One line of an incident."""

    at_utc: str = ""
    text: Pair = EMPTY
    ok: bool | None = None


class Incident(msgspec.Struct, frozen=True):
    """What happened once."""

    id: str
    plan: str = ""
    label: Pair = EMPTY
    state: str = ""
    began_utc: str = ""
    saved_ms: float | None = None
    timeline: tuple[Moment, ...] = ()


class Ask(msgspec.Struct, frozen=True):
    """A question a plan waits for."""

    incident: str
    role: str = ""
    question: Pair = EMPTY
    options: tuple[object, ...] = ()
    until_utc: str = ""


class Told(msgspec.Struct, frozen=True):
    """What a role was told."""

    at_utc: str = ""
    role: str = ""
    text: Pair = EMPTY
    level: str = ""


class Plans(msgspec.Struct, frozen=True):
    """Everything the panel shows."""

    plans: tuple[PlanView, ...] = ()
    incidents: tuple[Incident, ...] = ()
    asks: tuple[Ask, ...] = ()
    told: tuple[Told, ...] = ()
    errors: tuple[object, ...] = ()
