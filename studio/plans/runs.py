"""One plan at work on one subject, and what of it is written down before each step."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from studio.core.asking import Asker, Scope
from studio.core.clock import now_ns
from studio.plans.air import AirHold
from studio.plans.model import Incident, Outcome, Plan, PlanText, Step
from studio.plans.triggers.base import Cause, Trigger

Phase = Literal["steps", "watch", "recover"]
RunKey = tuple[str, str]
"""A plan and what it is about: each has a run of its own."""
RANK = {"green": 0, "amber": 1, "red": 2}
BY_A_PERSON = 10


class UndoEntry(msgspec.Struct, frozen=True):
    """What takes back one step.

    Attributes:
        step: number of the step in its phase, by which a declared one is told from the real one.
    """

    command: str
    args: dict[str, Any] = {}
    label: PlanText = PlanText("", "")
    step: str = ""


class RunRecord(msgspec.Struct, frozen=True):
    """A run as it must survive a kill.

    Attributes:
        digest: of the plan; another plan of this id is not gone on with.
        phase, step: the step that is done just now, or the next one.
        step_ns: monotonic time at which that step began; it goes on in another process.
        role, is_here, without, scopes, person: whose right its steps have.
        programme: what was on air before the step; a take that was not noted is seen by it.
        is_command: the step is a command: what it took is the plan's. A way back is none.
    """

    plan: str
    digest: str
    subject: str
    words: PlanText
    params: dict[str, str]
    incident: Incident
    phase: Phase = "steps"
    step: int = 0
    began_ns: int = 0
    step_ns: int = 0
    role: int = 4
    is_here: bool = True
    without: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    person: str = ""
    has_trigger: bool = True
    is_overruled: bool = False
    is_held: bool = False
    undo: tuple[UndoEntry, ...] = ()
    programme: dict[str, str] = {}
    is_command: bool = True


class KeptRuns(msgspec.Struct, frozen=True):
    """All runs, and what they hold of the picture."""

    runs: tuple[RunRecord, ...] = ()
    air: dict[str, AirHold] = {}


class PlanStop(Exception):
    """Ends a plan early with an outcome."""

    def __init__(self, state: Outcome) -> None:
        super().__init__(state)
        self.state: Outcome = state


class Run:
    """One plan at work.

    Attributes:
        undo: what takes its steps back, the last step last.
        is_overruled: a person has taken the picture since; it takes it no more.
        is_held: a person holds it before its next step.
        end: what a person asked for, to be done instead of what is left.
        keys: answers to the question that waits, by who gave them.
        has_two_keys: two people agreed to what comes now.
        context: whose right its commands have, undo included.
        known: what was on air when it began, and after each of its own commands.
    """

    def __init__(self, plan: Plan, cause: Cause, incident: Incident, trigger: Trigger | None):
        self.plan, self.cause, self.incident, self.trigger = plan, cause, incident, trigger
        self.began_ns = now_ns()
        self.phase: Phase = "steps"
        self.step, self.step_ns = 0, self.began_ns
        self.undo: list[UndoEntry] = []
        self.is_overruled = self.is_held = self.is_retry = self.has_started = False
        self.end: Literal["", "stop", "undo"] = ""
        self.skipped = asyncio.Event()
        self.keys: dict[str, str] = {}
        self.has_two_keys = False
        self.answer: asyncio.Future[str] | None = None
        self.task: asyncio.Task[None] | None = None
        self.context: contextvars.Context | None = None
        self.asker = Asker()
        self.programme: Mapping[str, str] = {}
        self.known: Mapping[str, str] = {}

    @property
    def steps(self) -> tuple[Step, ...]:
        """Those of its phase."""
        return self.plan.recover if self.phase == "recover" else self.plan.steps

    def began_step(self) -> None:
        """Its next step begins now."""
        self.step_ns = now_ns()

    @property
    def key(self) -> RunKey:
        """The plan and what it is about."""
        return self.plan.id, self.cause.subject

    @property
    def at_ms(self) -> int:
        """Time since it began."""
        return (now_ns() - self.began_ns) // 1_000_000

    @property
    def rank(self) -> tuple[int, int]:
        """The greater one has the picture: a person's, then the graver, then the older."""
        person = 0 if self.incident.origin == "trigger" else BY_A_PERSON
        return RANK[self.plan.level] + person, -self.began_ns

    @property
    def params(self) -> dict[str, str]:
        """What is put into its texts and arguments."""
        return self.cause.params | {"subject": self.cause.subject}

    @property
    def place(self) -> str:
        """The step it is at, for its undo."""
        return f"{self.phase} {self.step}"
