"""Plans and incidents as plain data."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec

Level = Literal["green", "amber", "red"]
Role = Literal["streamer", "controller", "technician", "owner"]
Outcome = Literal["running", "saved", "failed", "aborted"]


WHOLE = frozenset(("all", "engine", "machine"))
"""Subjects of causes that concern the whole studio: nothing to name beside the plan."""


class PlanText(msgspec.Struct, frozen=True):
    """A sentence in both languages; may hold {subject} and the cause's other parameters."""

    zh: str
    en: str

    def filled(self, params: dict[str, str]) -> PlanText:
        """With its parameters put in; an unknown one is left standing."""
        return PlanText(fill(self.zh, params), fill(self.en, params))

    def pair(self) -> tuple[str, str]:
        """(zh, en), as views show it."""
        return (self.zh, self.en)


def fill(text: str, params: dict[str, str]) -> str:
    """``{name}`` becomes its parameter; an unknown one, and any other form, is left standing.

    Not `str.format`: a plan from outside could ask for a text of a gigabyte or look into objects.
    """
    return re.sub(r"\{(\w+)\}", lambda entry: params.get(entry[1], entry[0]), text)


class UndoCommand(msgspec.Struct, frozen=True):
    """What takes a step back, said by the plan itself: it is written down before the step."""

    command: str
    args: dict[str, Any] = {}


class RunCommand(msgspec.Struct, frozen=True, tag="command"):
    """Runs a command of the engine."""

    command: str
    args: dict[str, Any] = {}
    is_optional: bool = False
    """Its failure is noted and the plan goes on."""
    undo: UndoCommand | None = None
    """The command's own undo counts where there is none."""


class Tell(msgspec.Struct, frozen=True, tag="tell"):
    """Tells a role something."""

    role: Role
    text: PlanText
    level: Level = "amber"


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """Asks a role; without an answer in time, ``otherwise`` is taken as the answer.

    An answer that is "stop" ends the plan there.

    Attributes:
        keys: how many people must give the same answer; 2 lets the plan start or end a stream.
    """

    role: Role
    question: PlanText
    options: tuple[str, ...]
    within_s: float = 15.0
    otherwise: str = ""
    keys: Annotated[int, msgspec.Meta(ge=1, le=2)] = 1


class WaitWell(msgspec.Struct, frozen=True, tag="wait"):
    """Waits until the cause is gone on evidence; gives up after ``within_s`` (0: never)."""

    within_s: float = 0.0


class TakeBack(msgspec.Struct, frozen=True, tag="return"):
    """Takes the scene from before, unless somebody has taken another one meanwhile."""


class StartPlan(msgspec.Struct, frozen=True, tag="start"):
    """Starts another plan on the same subject, with the right this one has."""

    plan: str


class UndoSteps(msgspec.Struct, frozen=True, tag="undo"):
    """Takes back all that the plan did so far."""


Step = RunCommand | Tell | Ask | WaitWell | TakeBack | StartPlan | UndoSteps


class TriggerSpec(msgspec.Struct, frozen=True):
    """What starts a plan by itself."""

    kind: str
    settings: dict[str, Any] = {}


class Plan(msgspec.Struct, frozen=True):
    """A plan: a file that people can read.

    Attributes:
        level: red plans want a confirmation from whoever runs them by hand.
        trigger: None for a plan that is only run by hand.
        is_auto: the trigger starts it; otherwise it is only offered.
        steps: what is done at once.
        recover: what is done when the cause is gone for ``well_ms``.
        cooldown_s: the trigger rests so long after the plan ended.
        role: the highest role its commands need; they get no more. "" is what they need.
        is_confidential: its incidents are shown to the owner alone, once they are over.
    """

    id: str
    label: PlanText
    help: PlanText
    level: Level = "amber"
    trigger: TriggerSpec | None = None
    is_auto: bool = True
    steps: tuple[Step, ...] = ()
    recover: tuple[Step, ...] = ()
    well_ms: int = 2000
    cooldown_s: float = 1.0
    role: Literal["", "streamer", "controller", "technician", "owner"] = ""
    is_confidential: bool = False


class Moment(msgspec.Struct, frozen=True):
    """One line of an incident's timeline."""

    at_utc: str
    at_ms: int
    text: PlanText
    is_ok: bool = True


class Incident(msgspec.Struct):
    """What happened and what was done about it.

    Attributes:
        saved_ms: from the trigger until the show was safe: viewers were taken off the fault, or
            the fault was measured to be gone.
        recovered_ms: from the trigger until the fault was measured to be gone; None where nothing
            was measured.
        over_ms: from the trigger to the end of the recovery.
        subject: what it is about: the source, the output; "" for a plan run by hand.
        is_drill: it happened in a drill.
        is_undone: all that the plan did was taken back.
        done, failed: steps that were carried out, and those of them that went wrong.
        level: of its plan; "" in incidents of before it was noted.
        is_confidential: its plan says so.
    """

    id: str
    plan: str
    label: PlanText
    cause: PlanText
    began_utc: str
    origin: str
    state: Outcome = "running"
    saved_ms: int | None = None
    recovered_ms: int | None = None
    over_ms: int | None = None
    timeline: list[Moment] = []
    subject: str = ""
    is_drill: bool = False
    is_undone: bool = False
    done: int = 0
    failed: int = 0
    level: Literal["", "green", "amber", "red"] = ""
    is_confidential: bool = False


class Question(msgspec.Struct, frozen=True):
    """A question that waits for an answer."""

    incident: str
    role: Role
    text: PlanText
    options: tuple[str, ...]
    until_utc: str
    keys: int = 1
    given: int = 0


class Told(msgspec.Struct, frozen=True):
    """Something a role was told."""

    at_utc: str
    role: Role
    text: PlanText
    level: Level
    incident: str = ""


class PlansPart(msgspec.Struct, frozen=True):
    """The plans in a show: which are on; None is all that are shipped or in the show."""

    enabled: tuple[str, ...] | None = None


Pair = tuple[str, str]
"""A sentence for views: Chinese, English."""


class StepView(msgspec.Struct, frozen=True):
    """One command that a plan runs, for whoever accepts the plan.

    Attributes:
        args: as JSON, "" for none.
        role: that the command needs; "" where there is no such command.
        never: no plan may run it, accepted or not.
    """

    command: str
    label: Pair = ("", "")
    args: str = ""
    role: str = ""
    never: bool = False


class PlanView(msgspec.Struct, frozen=True):
    """One plan in the part "plans" of the state.

    Attributes:
        level: green (a click), amber, red (held down).
        auto: starts by itself when its trigger fires.
        needs_accept: a plan out of the show, off until a technician at this machine accepts it.
        stands_in: the shipped plan of this id works meanwhile.
        may: the commands of the plan out of the show.
        highest: the role that the highest of them needs.
        digest: of its file; what was read is what is accepted.
    """

    id: str
    label: Pair = ("", "")
    help: Pair = ("", "")
    level: str = "green"
    auto: bool = False
    enabled: bool = True
    running: bool = False
    last_run_utc: str | None = None
    needs_accept: bool = False
    stands_in: bool = False
    may: tuple[StepView, ...] = ()
    highest: str = ""
    digest: str = ""


class RunView(msgspec.Struct, frozen=True):
    """A plan at work.

    Attributes:
        subject: what it is about.
        phase: "steps", "watch" (waits for evidence that the fault is gone), "recover".
        step, steps: number of the step it is at in this phase, and of all in it.
        now, next: what it does and what comes then.
        until_utc: when the step ends by itself.
        held: a person holds it.
        can_undo: it has done something that can be taken back.
        overruled: a person has taken the picture; it takes it no more.
    """

    incident: str
    plan: str
    label: Pair = ("", "")
    subject: str = ""
    level: str = "amber"
    phase: str = "steps"
    step: int = 0
    steps: int = 0
    now: Pair = ("", "")
    next: Pair = ("", "")
    until_utc: str = ""
    held: bool = False
    can_undo: bool = False
    overruled: bool = False


class MomentView(msgspec.Struct, frozen=True):
    """One line of an incident."""

    at_utc: str = ""
    at_ms: int = 0
    text: Pair = ("", "")
    ok: bool | None = None


class IncidentView(msgspec.Struct, frozen=True):
    """What happened once."""

    id: str
    plan: str = ""
    label: Pair = ("", "")
    cause: Pair = ("", "")
    state: str = ""
    began_utc: str = ""
    saved_ms: float | None = None
    recovered_ms: float | None = None
    over_ms: float | None = None
    timeline: tuple[MomentView, ...] = ()
    subject: str = ""
    drill: bool = False
    undone: bool = False


class AskView(msgspec.Struct, frozen=True):
    """A question a plan waits for.

    Attributes:
        keys: so many people must give the same answer.
        given: so many have, as things stand.
    """

    incident: str
    role: str = ""
    question: Pair = ("", "")
    options: tuple[str, ...] = ()
    until_utc: str = ""
    keys: int = 1
    given: int = 0


class ToldView(msgspec.Struct, frozen=True):
    """What a role was told."""

    at_utc: str = ""
    role: str = ""
    text: Pair = ("", "")
    level: str = ""


class PlansView(msgspec.Struct, frozen=True):
    """The part "plans" of the state: what can be done, and what was."""

    plans: tuple[PlanView, ...] = ()
    incidents: tuple[IncidentView, ...] = ()
    asks: tuple[AskView, ...] = ()
    told: tuple[ToldView, ...] = ()
    errors: tuple[str, ...] = ()
    runs: tuple[RunView, ...] = ()
