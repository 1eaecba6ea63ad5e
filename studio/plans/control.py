"""What a person says to plans that run: hold, skip, stop, undo, an answer, a take by hand."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Coroutine
from typing import Any, Literal

from msgspec.structs import replace

from studio.core.asking import asking
from studio.core.command import CommandRan, Role
from studio.core.errors import StudioError
from studio.core.extension import Kinds
from studio.plans.book import PlanBook
from studio.plans.model import Ask, Question
from studio.plans.runs import Run
from studio.plans.steps import ON_AIR, StepWorker, said
from studio.plans.triggers.base import Trigger

NO_HAND = ("plan:", "experiment:")
"""Who takes by itself: a plan is overruled by a person's take alone."""

KEPT_ENDED = 20


class RunControl(PlanBook):
    """The runs there are, and what can be done to them.

    Args:
        kinds: the triggers there are.
        worker: does their steps.
    """

    def __init__(self, kinds: Kinds[Trigger], worker: StepWorker) -> None:
        super().__init__(kinds)
        self.worker = worker
        self.questions: dict[str, Question] = worker.questions
        self._runs = worker.runs
        self._ended: deque[Run] = deque(maxlen=KEPT_ENDED)

    def spawn(self, work: Coroutine[Any, Any, None], run: Run) -> asyncio.Task[None]:
        """Begins work with the right of a run."""
        raise NotImplementedError

    async def undo_ended(self, run: Run) -> None:
        """Takes back what a run did that has ended."""
        raise NotImplementedError

    def is_running(self, id: str) -> bool:
        """Is the plan at work on anything?"""
        return bool(self.runs_of(id))

    @property
    def runs(self) -> list[Run]:
        """All that run, the oldest first."""
        return list(self._runs.values())

    def runs_of(self, id: str) -> list[Run]:
        """The runs of a plan."""
        return [run for run in self._runs.values() if run.plan.id == id]

    def find(self, plan: str = "", incident: str = "") -> list[Run]:
        """The runs that a person means.

        Raises:
            StudioError: not_found, conflict: nothing of it runs.
        """
        if incident:
            found = [run for run in self.runs if run.incident.id == incident]
        elif plan:
            self.get(plan)
            found = self.runs_of(plan)
        else:
            found = self.runs
        if not found:
            raise StudioError("conflict", "plans.not_running", plan=incident or plan or "-")
        return found

    def abort(self, id: str = "", incident: str = "") -> None:
        """Ends what runs and takes back what it did.

        Raises:
            StudioError: not_found, conflict (it does not run).
        """
        for run in self.find(id, incident):
            self.end(run, "undo")

    def leave(self, id: str = "", incident: str = "") -> None:
        """Ends what runs where it is: what it did stays.

        Raises:
            StudioError: not_found, conflict.
        """
        for run in self.find(id, incident):
            self.end(run, "stop")

    def undo(self, id: str = "", incident: str = "") -> str:
        """Takes back all that a run did, whether it still runs or not; says which incident.

        Without a plan: what runs, else what ended last.

        Raises:
            StudioError: conflict: there is nothing to take back.
        """
        running = [r for r in self.runs if self._is_meant(r, id, incident)]
        if running:
            for run in running:
                self.end(run, "undo")
            return running[-1].incident.id
        for run in list(self._ended):
            if self._is_meant(run, id, incident) and self.can_undo(run):
                self._ended.remove(run)
                self.spawn(self.undo_ended(run), run)
                return run.incident.id
        raise StudioError("conflict", "plans.nothing_to_undo", plan=incident or id or "-")

    @staticmethod
    def _is_meant(run: Run, id: str, incident: str) -> bool:
        return incident in ("", run.incident.id) and id in ("", run.plan.id)

    def can_undo(self, run: Run) -> bool:
        """Has it done something that can be taken back?"""
        return bool(run.undo) or self.worker.air.has(run.incident.id)

    def hold(self, on: bool, id: str = "", incident: str = "") -> None:
        """Holds runs before their next step, or lets them go on.

        Raises:
            StudioError: conflict.
        """
        for run in self.find(id, incident):
            if run.is_held != on:
                run.is_held = on
                self.worker.note(run, said("plans.held" if on else "plans.goes_on"))

    def skip(self, id: str = "", incident: str = "") -> None:
        """Ends the wait or the question a run is in, or passes over the step it is held at.

        Raises:
            StudioError: conflict.
        """
        for run in self.find(id, incident):
            if run.answer is not None and not run.answer.done():
                step = run.steps[run.step]
                run.answer.set_result(getattr(step, "otherwise", ""))
            else:
                run.skipped.set()

    def answer(self, incident: str, option: str) -> None:
        """Answers a question.

        Raises:
            StudioError: not_found, invalid; denied: it is asked of a higher role.
        """
        question = self.questions.get(incident)
        run = next((r for r in self._runs.values() if r.incident.id == incident), None)
        if question is None or run is None or run.answer is None or run.answer.done():
            raise StudioError("not_found", "plans.no_question", incident=incident)
        if option not in question.options:
            known = ", ".join(question.options)
            raise StudioError("invalid", "plans.bad_option", option=option, known=known)
        if asking().role < Role[question.role.upper()]:
            raise StudioError("denied", "plans.ask_role", role=question.role)
        step = run.steps[run.step]
        if isinstance(step, Ask) and step.keys > 1 and option != "stop":
            run.keys[asking().individual] = option
            given = Counter(run.keys.values())
            if given[option] < step.keys:
                self.questions[incident] = replace(question, given=max(given.values()))
                self.worker.note(run, said("plans.one_key", option=option))
                return
        run.answer.set_result(option)

    def heard(self, event: CommandRan) -> None:
        """A person decided: no plan takes that back, whatever it was.

        Also the same scene once more: who presses standby while a plan is on it means it to stay.
        """
        if not event.ok or event.origin.startswith(NO_HAND):
            return
        if event.command in ON_AIR:
            self.worker.air.forget()
            for run in self._runs.values():
                if not run.is_overruled:
                    run.is_overruled = True
                    self.worker.note(run, said("plans.overruled_now"))
            return
        for run in (*self._runs.values(), *self._ended):
            run.undo = [e for e in run.undo if not _is_about(event, e.command, e.args)]

    def end(self, run: Run, how: Literal["stop", "undo"]) -> None:
        """Ends a run; what it waits for ends at once."""
        if run.task is not None and not run.end:
            run.end = how
            if run.has_started:  # a task that is cancelled before would never say that it ended
                run.task.cancel()


def _is_about(event: CommandRan, command: str, args: dict[str, Any]) -> bool:
    """Has a person just done to the same thing what an undo would do?"""
    if event.command != command:
        return False
    names = {k: v for k, v in args.items() if isinstance(v, str)}
    return all(event.args.get(name, value) == value for name, value in names.items())
