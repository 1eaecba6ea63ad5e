"""Runs plans: judges triggers, a run for each plan and subject, and what a person says to it."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

from studio.core.asking import asked_by, asking
from studio.core.clock import now_ns, utc_iso
from studio.core.command import Bus, Spec
from studio.core.errors import StudioError
from studio.core.extension import Kinds
from studio.core.log import logger
from studio.plans.control import RunControl
from studio.plans.events import PlanEnded, PlanStarted
from studio.plans.files import PlanFile
from studio.plans.missed import MissedCauses
from studio.plans.model import Incident, Moment, Outcome, Plan, PlanText, Step, StepView
from studio.plans.reach import asker_of_trigger, highest, steps_of
from studio.plans.resume import Resumer, record_of
from studio.plans.run_file import RunFile
from studio.plans.runs import KeptRuns, PlanStop, Run, RunKey
from studio.plans.steps import JUDGE_S, StepWorker, said, with_programme
from studio.plans.triggers.base import Cause, Situation, Trigger

__all__ = ["JUDGE_S", "KEPT", "Plans"]
_log = logger(__name__)

KEPT = 50
MOST_RUNS = 10
"""Of one plan: a hundred products that sell out leave room for what is grave."""
BY_HAND = PlanText("手动执行", "Run by hand")


class IncidentKeeper(Protocol):
    """Where incidents are kept."""

    def put(self, incident: Incident) -> None:
        """Keeps one as it is now."""
        ...


class Plans(RunControl):
    """All plans of the show, and their runs.

    Args:
        bus: where their commands go.
        kinds: the triggers there are.
        look: gives the situation now.
        announce: publishes events.
        touch: says that the part "plans" changed.
        keeper: where incidents are kept; None for nowhere.
        file: where runs are written before each step; None for nowhere.
    """

    def __init__(
        self,
        bus: Bus,
        kinds: Kinds[Trigger],
        look: Callable[[], Situation],
        announce: Callable[[Any], None],
        touch: Callable[[], None],
        keeper: IncidentKeeper | None = None,
        file: RunFile | None = None,
    ) -> None:
        super().__init__(
            kinds,
            StepWorker(
                bus, look, announce, touch, lambda: self._triggers.values(), self._start_for
            ),
        )
        self._bus, self._look = bus, look
        self._announce, self._touch = announce, touch
        self._keeper, self._file = keeper, file
        self.incidents: deque[Incident] = deque(maxlen=KEPT)
        self.told = self.worker.told
        self.last_run_utc: dict[str, str] = {}
        self.is_drill = False
        self._wrong_since: dict[RunKey, int] = {}
        self._rest_until: dict[RunKey, int] = {}
        self._missed = MissedCauses()
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)

    # -- what there is -------------------------------------------------------------------------

    def load(
        self, plans: Iterable[Plan], enabled: Iterable[str] | None, own: Iterable[PlanFile] = ()
    ) -> None:
        """Takes over plans (`PlanBook.load`); no trigger remembers anything."""
        self._wrong_since.clear()
        self._rest_until.clear()
        self._missed.clear()
        self._ended.clear()
        self.worker.air.forget()
        super().load(plans, enabled, own)

    def accept(self, id: str, is_accepted: bool) -> None:
        """Lets a plan of the show work, or no longer: then its runs end, too."""
        super().accept(id, is_accepted)
        for key in [key for key in self._wrong_since if key[0] == id]:
            del self._wrong_since[key]
        if not is_accepted:
            for run in self.runs_of(id):
                self.end(run, "stop")

    def steps_of(self, plan: Plan) -> tuple[StepView, ...]:
        """What a plan may do, for whoever is to accept it."""
        return steps_of(plan, self._bus.specs)

    def specs(self) -> dict[str, Spec]:
        """The commands there are, by id."""
        return {spec.id: spec for spec in self._bus.specs()}

    def highest(self, plan: Plan) -> str:
        """The role that its highest command needs."""
        return highest(plan, self._bus.specs).name.lower()

    # -- starting ------------------------------------------------------------------------------

    def watch(self) -> None:
        """Judges the triggers by the situation now."""
        self.judge(self._look())

    def judge(self, now: Situation) -> None:
        """Starts the plans whose trigger has stood long enough, one run for each subject."""
        home = self.worker.air.home(now.scenes.programme)
        views = [now] if home is None else [now, with_programme(now, home)]
        for id, trigger in self._triggers.items():
            plan = self.plans[id]
            if id not in self.enabled or not plan.is_auto:
                continue
            causes = {cause.subject: cause for view in views for cause in trigger.causes(view)}
            if trigger.is_momentary:
                causes = self._missed.with_missed(
                    id, causes, lambda key: now.at_ns < self._rest_until.get(key, 0),
                    partial(trigger.is_well, now),
                )  # fmt: skip
            for key in [key for key in self._wrong_since if key[0] == id]:
                if key[1] not in causes:
                    del self._wrong_since[key]
            for cause in causes.values():
                if self._is_due((id, cause.subject), trigger, now.at_ns):
                    armed = self.armed.get(id)
                    by = asker_of_trigger(plan, self.digest(id), self._bus.specs)
                    with asked_by(armed.asker if armed else by), asked_by(by):
                        self.start(plan, cause, "trigger")

    def _is_due(self, key: RunKey, trigger: Trigger, at_ns: int) -> bool:
        """Has this stood long enough, and is nobody at it?"""
        if key in self._runs or len(self.runs_of(key[0])) >= MOST_RUNS:
            return False
        if at_ns < self._rest_until.get(key, 0):
            return False
        since = self._wrong_since.setdefault(key, at_ns)
        if at_ns - since < trigger.for_ms * 1_000_000:
            return False
        self._wrong_since.pop(key, None)
        return True

    def start(self, plan: Plan, cause: Cause | None, origin: str) -> Incident:
        """Starts a plan; by hand without a cause. Its steps have the right of whoever asks now.

        Raises:
            StudioError: conflict, when it runs already on this subject.
        """
        trigger = self._triggers.get(plan.id)
        if cause is None:
            if self.is_running(plan.id):
                raise StudioError("conflict", "plans.running", plan=plan.id)
            if trigger is not None:  # by hand, while what it is for has happened
                cause = trigger.judge(self._look())
        why = cause or Cause("", BY_HAND)
        if (plan.id, why.subject) in self._runs:
            raise StudioError("conflict", "plans.running", plan=plan.id)
        id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{next(self._numbers)}"
        incident = Incident(id, plan.id, plan.label, why.words, utc_iso(), origin)
        incident.subject, incident.is_drill = why.subject, self.is_drill
        incident.level, incident.is_confidential = plan.level, plan.is_confidential
        incident.timeline = [Moment(utc_iso(), 0, why.words)]
        self.incidents.appendleft(incident)
        self.last_run_utc[plan.id] = incident.began_utc
        run = Run(plan, why, incident, trigger if cause is not None else None)
        self._announce(PlanStarted(plan=plan.id, incident=id, cause=why.words, origin=origin))
        self._begin(run)
        return incident

    def _start_for(self, plan: str, run: Run) -> None:
        """Starts another plan for a run, on the same subject; it never has more right."""
        wanted = self.get(plan)
        asker = asker_of_trigger(wanted, self.digest(plan), self._bus.specs)
        with asked_by(asker):
            self.start(wanted, run.cause, run.incident.origin)

    def _begin(self, run: Run) -> None:
        """Lets a run work with the right of whoever asks now."""
        self._runs[run.key] = run
        run.context, run.asker = contextvars.copy_context(), asking()
        run.known = self._look().scenes.programme
        self._keep(run)
        self._touch()
        run.task = self.spawn(self._work(run), run)

    def spawn(self, work: Coroutine[Any, Any, None], run: Run) -> asyncio.Task[None]:
        """Begins work with the right of a run."""
        loop = asyncio.get_running_loop()
        task: asyncio.Task[None] = loop.create_task(
            work, name=f"plan {run.plan.id}", context=run.context
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop(self) -> None:
        """Ends all runs where they are; nothing of them is gone on with."""
        for run in self._runs.values():
            run.end = run.end or "stop"
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._runs.clear()
        if self._file is not None:
            self._file.remove()

    # -- one run -------------------------------------------------------------------------------

    async def _work(self, run: Run) -> None:
        state: Outcome = "saved"
        run.has_started = True
        try:
            if run.end:
                raise asyncio.CancelledError
            await self._go_on(run)
        except PlanStop as stop:
            state = stop.state
        except asyncio.CancelledError:
            state = "aborted"
            self.worker.note(run, said("plans.aborted"), is_ok=False)
        except Exception as fault:
            state = "failed"
            _log.exception("plan %s", run.plan.id)
            self.worker.note(run, PlanText(f"出错：{fault}", f"Failed: {fault}"), is_ok=False)
        if run.end == "undo":
            with suppress(asyncio.CancelledError):
                run.incident.is_undone = await self.worker.take_all_back(run)
        await self._over(run, state)

    async def _go_on(self, run: Run) -> None:
        """From where the run stands to its end."""
        incident = run.incident
        if run.phase == "steps":
            await self._phase(run)
            if self.worker.air.has(incident.id) or run.trigger is None:
                # Viewers are off it, or there is nothing to measure.
                incident.saved_ms = run.at_ms
            self._enter(run, "watch")
        if run.trigger is None:
            return
        if run.phase == "watch":
            await self._write()
            incident.recovered_ms = await self.worker.wait_well(run, 0)
            if incident.saved_ms is None:
                incident.saved_ms = incident.recovered_ms
            self.worker.note(run, said("plans.well"))
            self._enter(run, "recover")
        await self._phase(run)

    def _enter(self, run: Run, phase: Any) -> None:
        run.phase, run.step, run.is_retry = phase, 0, False
        run.began_step()
        self._touch()

    async def _phase(self, run: Run) -> None:
        """The steps from the one it is at; each is written down, with its undo, before it."""
        steps = run.steps
        while run.step < len(steps):
            step = steps[run.step]
            if not run.is_retry:
                run.began_step()
                run.programme = dict(self._look().scenes.programme)
            if not await self.worker.wait_held(run):
                declared = self.worker.declared_undo(run, step)
                if declared is not None and not any(e.step == declared.step for e in run.undo):
                    run.undo.append(declared)
                await self._write()
                await self._one(run, step)
            run.step, run.is_retry = run.step + 1, False
            self._touch()

    async def _one(self, run: Run, step: Step) -> None:
        """One step, counted as right or wrong."""
        lines = run.incident.timeline
        before = len(lines)
        try:
            await self.worker.do(run, step)
        finally:
            run.incident.done += 1
            run.incident.failed += any(not line.is_ok for line in lines[before:])

    async def _over(self, run: Run, state: Outcome) -> None:
        incident = run.incident
        incident.state = state
        incident.over_ms = run.at_ms
        self._runs.pop(run.key, None)
        self.questions.pop(incident.id, None)
        if run.undo or self.worker.air.has(incident.id):
            self._ended.appendleft(run)
        kept = [*self.runs, *self._ended]
        self.worker.air.keep_only(other.incident.id for other in kept)
        self._rest_until[run.key] = now_ns() + int(run.plan.cooldown_s * 1e9)
        if run.trigger is not None and run.trigger.is_momentary:
            seen = {cause.subject for cause in run.trigger.causes(self._look())}
            self._missed.ended(run.key, run.cause.subject in seen)
        self._keep(run)
        self._announce(
            PlanEnded(
                plan=run.plan.id,
                incident=incident.id,
                state=state,
                saved_ms=incident.saved_ms,
                over_ms=incident.over_ms,
            )
        )
        self._touch()
        await self._write()

    async def undo_ended(self, run: Run) -> None:
        """Takes back what a run did that has ended."""
        run.incident.is_undone = await self.worker.take_all_back(run)
        self._keep(run)
        self._touch()

    def _keep(self, run: Run) -> None:
        if self._keeper is not None:
            self._keeper.put(run.incident)

    # -- over a kill ---------------------------------------------------------------------------

    def kept(self) -> KeptRuns:
        """What must survive a kill."""
        return KeptRuns(tuple(record_of(run) for run in self.runs), dict(self.worker.air.holds))

    async def _write(self) -> None:
        if self._file is not None:
            await self._file.write(self.kept())

    def recall(self, incidents: list[Incident], runs: KeptRuns | None = None) -> None:
        """Incidents and runs of an engine that was killed.

        A run whose plan is the same goes on at the step it was at; any other is undone. What is
        not known any more was cut off. All of it is said in the incident.
        """
        runs = runs or KeptRuns()
        going = {record.incident.id for record in runs.runs}
        known = {incident.id for incident in self.incidents}
        for incident in reversed(incidents):
            if incident.id in known | going:
                continue
            if incident.state == "running":
                incident.state = "aborted"
            self.incidents.appendleft(incident)
        Resumer(self, self.worker).resume(runs)

    def recall_old(self, incidents: Iterable[Incident]) -> None:
        """Incidents of earlier shows, behind those of this one."""
        known = {incident.id for incident in self.incidents}
        for incident in incidents:
            if incident.id in known or len(self.incidents) >= KEPT:
                continue
            if incident.state == "running":
                incident.state = "aborted"
                text = said("plans.cut_off")
                incident.timeline.append(Moment(utc_iso(), incident.over_ms or 0, text, False))
                if self._keeper is not None:
                    self._keeper.put(incident)
            self.incidents.append(incident)
        self._touch()

    def trigger_of(self, plan: str) -> Trigger | None:
        """What starts a plan by itself."""
        return self._triggers.get(plan)

    def go_on(self, run: Run) -> None:
        """Lets a run of the engine before go on."""
        self._put_first(run.incident)
        self._begin(run)

    def _put_first(self, incident: Incident) -> None:
        others = [other for other in self.incidents if other.id != incident.id]
        self.incidents.clear()
        self.incidents.extend([incident, *others])

    def take_back(self, run: Run) -> None:
        """Undoes a run of the engine before."""
        self._put_first(run.incident)
        self._runs[run.key] = run
        run.context, run.asker = contextvars.copy_context(), asking()
        run.task = self.spawn(self._take_back_now(run), run)

    async def _take_back_now(self, run: Run) -> None:
        run.incident.is_undone = await self.worker.take_all_back(run)
        await self._over(run, "aborted")
