"""Drills with people as plain data: what is asked, who did what, when one is armed."""

from __future__ import annotations

from typing import Annotated

import msgspec

from studio.plans.model import Pair

TeamName = Annotated[str, msgspec.Meta(max_length=60)]
PlanName = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
AskId = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Option = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Seed = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Hour = Annotated[int, msgspec.Meta(ge=0, le=24)]
Faults = Annotated[int, msgspec.Meta(ge=0, le=20)]


class PersonScore(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did in a drill.

    Attributes:
        accepted: tasks.
        answered: questions, with an answer that let the plan go on.
        wrong: answers that stopped a plan whose fault was real.
        first_s: from the fault to the first of it.
    """

    who: str
    accepted: int = 0
    answered: int = 0
    wrong: int = 0
    first_s: float = 0.0


class DrillRecord(msgspec.Struct, frozen=True):
    """One drill of one plan.

    Attributes:
        digest: of the plan as it was drilled.
        noticed_s, safe_picture_s, recovered_s: as `studio.app.drill.runner.DrillScore`.
        team: "" where nobody but the drill itself answered.
        tasks, asks: that there were for people.
        has_hints: it was training, with hints.
    """

    plan: str
    digest: str
    at_utc: str
    passed: bool
    fault: str = ""
    noticed_s: float | None = None
    safe_picture_s: float | None = None
    recovered_s: float | None = None
    steps_right: int = 0
    steps: int = 0
    wrong_actions: int = 0
    team: str = ""
    people: tuple[PersonScore, ...] = ()
    tasks: int = 0
    asks: int = 0
    has_hints: bool = False


class PersonRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody over all drills; first_s is the median."""

    who: str
    drills: int
    accepted: int
    tasks: int
    answered: int
    asks: int
    wrong: int
    first_s: float
    last_utc: str


class TeamDay(msgspec.Struct, frozen=True, kw_only=True):
    """A team's drills of a day: means of those that were noticed."""

    day: str
    drills: int
    passed: int
    first_s: float | None
    recovered_s: float | None


class TeamRow(msgspec.Struct, frozen=True, kw_only=True):
    """A team over time, by day, the oldest first."""

    team: str
    days: tuple[TeamDay, ...]


class DrillScores(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of people in drills."""

    people: tuple[PersonRow, ...] = ()
    teams: tuple[TeamRow, ...] = ()
    last: tuple[DrillRecord, ...] = ()


class DrillAsk(msgspec.Struct, frozen=True, kw_only=True):
    """A question of a plan in the drill; ``keys`` people must agree, ``given`` have answered."""

    id: str
    role: str
    text: Pair
    options: tuple[str, ...]
    until_utc: str = ""
    keys: int = 1
    given: int = 0


class DrillTask(msgspec.Struct, frozen=True, kw_only=True):
    """Something that somebody of a role is to do in the drill; ``by`` accepted it."""

    id: str
    role: str
    text: Pair
    by: str = ""


class ArmedGame(msgspec.Struct, frozen=True, kw_only=True):
    """A game day that begins by itself, at a moment that nobody is told.

    Attributes:
        from_day, to_day, from_hour, to_hour: the window, by this machine's clock.
        faults: how many, by surprise.
        at_ms: when, UTC; in the file alone.
    """

    from_day: str
    to_day: str
    from_hour: int
    to_hour: int
    faults: int
    seed: int
    team: str
    has_hints: bool
    operator: str
    at_ms: int = 0


class DrillsView(msgspec.Struct, frozen=True, kw_only=True):
    """The part "drills" of the state.

    Attributes:
        stage: "" (none), "starting", "running".
        hint: what is the matter and what is to be done, in training; else "".
        number, count: which fault of how many.
        armed: without its moment and seed.
        why: how the last one ended, where not as it should.
        last: the newest scores, without what each person did: the state is the same for all.
    """

    stage: str = ""
    team: str = ""
    has_hints: bool = False
    number: int = 0
    count: int = 0
    hint: Pair = ("", "")
    asks: tuple[DrillAsk, ...] = ()
    tasks: tuple[DrillTask, ...] = ()
    armed: ArmedGame | None = None
    why: Pair = ("", "")
    last: tuple[DrillRecord, ...] = ()
