"""Runs plans: judges triggers, does the steps, waits for evidence, keeps the incidents."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from studio.core.asking import asked_by
from studio.core.clock import now_ns, utc_iso
from studio.core.command import Bus, CommandRan, Role
from studio.core.errors import StudioError
from studio.core.extension import Kinds
from studio.core.i18n import translate
from studio.core.log import logger
from studio.plans.book import PlanBook
from studio.plans.events import PlanAsked, PlanEnded, PlanStarted, PlanStep, RoleTold
from studio.plans.files import PlanFile
from studio.plans.model import (
    Ask,
    Incident,
    Moment,
    Outcome,
    Plan,
    PlanText,
    Question,
    RunCommand,
    Step,
    StepView,
    Tell,
    Told,
    WaitWell,
    fill,
)
from studio.plans.reach import asker_of_trigger, highest, is_never, steps_of
from studio.plans.triggers.base import Cause, Situation, Trigger

ON_AIR = frozenset(f"scenes.{name}" for name in ("take", "standby", "back", "tbar", "put_air"))
_log = logger(__name__)

JUDGE_S = 0.1
KEPT = 50
BY_HAND = PlanText("手动执行", "Run by hand")


class PlanStop(Exception):
    """Ends a plan early with an outcome."""

    def __init__(self, state: Outcome) -> None:
        super().__init__(state)
        self.state: Outcome = state


class Run:
    """One plan at work."""

    def __init__(self, plan: Plan, cause: Cause, incident: Incident, trigger: Trigger | None):
        self.plan, self.cause, self.incident, self.trigger = plan, cause, incident, trigger
        self.began_ns = now_ns()
        self.took: dict[str, tuple[str, str]] = {}
        self.answer: asyncio.Future[str] | None = None
        self.task: asyncio.Task[None] | None = None

    @property
    def at_ms(self) -> int:
        """Time since it began."""
        return (now_ns() - self.began_ns) // 1_000_000


class Plans(PlanBook):
    """All plans of the show, and their runs.

    Args:
        bus: where their commands go.
        kinds: the triggers there are.
        look: gives the situation now.
        announce: publishes events.
        touch: says that the part "plans" changed.
    """

    def __init__(
        self,
        bus: Bus,
        kinds: Kinds[Trigger],
        look: Callable[[], Situation],
        announce: Callable[[Any], None],
        touch: Callable[[], None],
    ) -> None:
        super().__init__(kinds)
        self._bus, self._look = bus, look
        self._announce, self._touch = announce, touch
        self.incidents: deque[Incident] = deque(maxlen=KEPT)
        self.told: deque[Told] = deque(maxlen=KEPT)
        self.questions: dict[str, Question] = {}
        self.last_run_utc: dict[str, str] = {}
        self._wrong_since: dict[str, int] = {}
        self._rest_until: dict[str, int] = {}
        self._runs: dict[str, Run] = {}
        self._numbers = itertools.count(1)

    # -- what there is -------------------------------------------------------------------------

    def load(
        self, plans: Iterable[Plan], enabled: Iterable[str] | None, own: Iterable[PlanFile] = ()
    ) -> None:
        """Takes over plans (`PlanBook.load`); no trigger remembers anything."""
        self._wrong_since.clear()
        self._rest_until.clear()
        super().load(plans, enabled, own)

    def accept(self, id: str, is_accepted: bool) -> None:
        """Lets a plan of the show work, or no longer: then its run ends, too."""
        super().accept(id, is_accepted)
        self._wrong_since.pop(id, None)
        run = self._runs.get(id)
        if not is_accepted and run is not None and run.task is not None:
            run.task.cancel()

    def steps_of(self, plan: Plan) -> tuple[StepView, ...]:
        """What a plan may do, for whoever is to accept it."""
        return steps_of(plan, self._bus.specs)

    def highest(self, plan: Plan) -> str:
        """The role that its highest command needs."""
        return highest(plan, self._bus.specs).name.lower()

    def recall(self, incidents: list[Incident]) -> None:
        """Incidents of an engine that was killed; those that ran then were cut off."""
        for incident in reversed(incidents):
            if incident.state == "running":
                incident.state = "aborted"
            self.incidents.appendleft(incident)

    def is_running(self, id: str) -> bool:
        """Is the plan at work?"""
        return id in self._runs

    # -- running -------------------------------------------------------------------------------

    def watch(self) -> None:
        """Judges the triggers by the situation now."""
        self.judge(self._look())

    def judge(self, now: Situation) -> None:
        """Starts the plans whose trigger has stood long enough."""
        for id, trigger in self._triggers.items():
            plan = self.plans[id]
            if id not in self.enabled or not plan.is_auto or id in self._runs:
                continue
            if now.at_ns < self._rest_until.get(id, 0):
                continue
            cause = trigger.judge(now)
            if cause is None:
                self._wrong_since.pop(id, None)
                continue
            since = self._wrong_since.setdefault(id, now.at_ns)
            if now.at_ns - since >= trigger.for_ms * 1_000_000:
                self._wrong_since.pop(id, None)
                with asked_by(asker_of_trigger(plan, self.digest(id), self._bus.specs)):
                    self.start(plan, cause, "trigger")

    def start(self, plan: Plan, cause: Cause | None, origin: str) -> Incident:
        """Starts a plan; by hand without a cause. Its steps have the right of whoever asks now.

        Raises:
            StudioError: conflict, when it runs already.
        """
        if plan.id in self._runs:
            raise StudioError("conflict", "plans.running", plan=plan.id)
        trigger = self._triggers.get(plan.id)
        if cause is None and trigger is not None:  # by hand, while what it is for has happened
            cause = trigger.judge(self._look())
        why = cause or Cause("", BY_HAND)
        id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{next(self._numbers)}"
        incident = Incident(id, plan.id, plan.label, why.words, utc_iso(), origin)
        incident.timeline = [Moment(utc_iso(), 0, why.words)]
        self.incidents.appendleft(incident)
        self.last_run_utc[plan.id] = incident.began_utc
        run = Run(plan, why, incident, trigger if cause is not None else None)
        self._runs[plan.id] = run
        self._announce(PlanStarted(plan=plan.id, incident=id, cause=why.words, origin=origin))
        self._touch()
        run.task = asyncio.get_running_loop().create_task(self._work(run), name=f"plan {plan.id}")
        return incident

    def abort(self, id: str) -> None:
        """Ends a running plan where it is.

        Raises:
            StudioError: not_found, conflict (it does not run).
        """
        self.get(id)
        run = self._runs.get(id)
        if run is None or run.task is None:
            raise StudioError("conflict", "plans.not_running", plan=id)
        run.task.cancel()

    def answer(self, incident: str, option: str) -> None:
        """Answers a question.

        Raises:
            StudioError: not_found, invalid.
        """
        question = self.questions.get(incident)
        run = next((r for r in self._runs.values() if r.incident.id == incident), None)
        if question is None or run is None or run.answer is None or run.answer.done():
            raise StudioError("not_found", "plans.no_question", incident=incident)
        if option not in question.options:
            known = ", ".join(question.options)
            raise StudioError("invalid", "plans.bad_option", option=option, known=known)
        run.answer.set_result(option)

    async def stop(self) -> None:
        """Ends all runs."""
        tasks = [run.task for run in self._runs.values() if run.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- one run -------------------------------------------------------------------------------

    async def _work(self, run: Run) -> None:
        incident, plan = run.incident, run.plan
        state: Outcome = "saved"
        try:
            for step in plan.steps:
                await self._step(run, step)
            if (
                run.took or run.trigger is None
            ):  # viewers are off it, or there is nothing to measure
                incident.saved_ms = run.at_ms
            self._touch()
            if run.trigger is not None:
                incident.recovered_ms = await self._well(run, 0)
                if incident.saved_ms is None:
                    incident.saved_ms = incident.recovered_ms
                self._note(run, PlanText("已恢复", "Well again"))
                for step in plan.recover:
                    await self._step(run, step)
        except PlanStop as stop:
            state = stop.state
        except asyncio.CancelledError:
            state = "aborted"
            self._note(run, PlanText("已中止", "Aborted"), is_ok=False)
        except Exception as fault:
            state = "failed"
            _log.exception("plan %s", plan.id)
            self._note(run, PlanText(f"出错：{fault}", f"Failed: {fault}"), is_ok=False)
        incident.state = state
        incident.over_ms = run.at_ms
        del self._runs[plan.id]
        self.questions.pop(incident.id, None)
        self._rest_until[plan.id] = now_ns() + int(plan.cooldown_s * 1e9)
        self._announce(
            PlanEnded(
                plan=plan.id,
                incident=incident.id,
                state=state,
                saved_ms=incident.saved_ms,
                over_ms=incident.over_ms,
            )
        )
        self._touch()

    async def _step(self, run: Run, step: Step) -> None:
        if isinstance(step, RunCommand):
            await self._command(run, step)
        elif isinstance(step, Tell):
            self._tell(run, step)
        elif isinstance(step, Ask):
            await self._ask(run, step)
        elif isinstance(step, WaitWell):
            await self._well(run, step.within_s)
        else:
            await self._take_back(run)

    async def _command(self, run: Run, step: RunCommand) -> None:
        params = run.cause.params | {"subject": run.cause.subject}
        args = {
            key: fill(value, params) if isinstance(value, str) else value
            for key, value in step.args.items()
        }
        before = self._look().scenes.programme
        spec = next((s for s in self._bus.specs() if s.id == step.command), None)
        label = PlanText(*(spec.label if spec else (step.command, step.command)))
        try:
            if spec is not None and is_never(spec):
                raise StudioError("denied", "plans.never", command=step.command)
            confirm = {"confirm": True} if spec and spec.needs_confirm else {}
            await self._bus.run(
                step.command, {**args, **confirm}, role=Role.OWNER, origin=f"plan:{run.plan.id}"
            )
        except StudioError as error:
            said = PlanText(error.in_language("zh"), error.in_language("en"))
            self._note(run, said, is_ok=False)
            if not step.is_optional:
                raise PlanStop("failed") from error
            return
        after = self._look().scenes.programme
        for canvas, scene in after.items():
            if before.get(canvas) != scene:
                first = run.took.get(canvas, (before.get(canvas, ""), ""))[0]
                run.took[canvas] = (first, scene)
        self._note(run, label)

    def _tell(self, run: Run, step: Tell) -> None:
        words = step.text.filled(run.cause.params | {"subject": run.cause.subject})
        self.told.appendleft(Told(utc_iso(), step.role, words, step.level))
        self._announce(RoleTold(role=step.role, text=words, level=step.level))
        self._note(run, words)

    async def _ask(self, run: Run, step: Ask) -> None:
        words = step.question.filled(run.cause.params | {"subject": run.cause.subject})
        until = datetime.now(UTC) + timedelta(seconds=step.within_s)
        run.answer = asyncio.get_running_loop().create_future()
        self.questions[run.incident.id] = Question(
            run.incident.id, step.role, words, step.options, until.isoformat()
        )
        self._announce(
            PlanAsked(
                incident=run.incident.id,
                role=step.role,
                text=words,
                options=step.options,
                within_s=step.within_s,
            )
        )
        self._touch()
        answer = step.otherwise
        with suppress(TimeoutError):
            answer = await asyncio.wait_for(run.answer, step.within_s)
        self.questions.pop(run.incident.id, None)
        self._note(
            run, PlanText(f"{words.zh} → {answer or '未答'}", f"{words.en} → {answer or '-'}")
        )
        if answer == "stop":
            raise PlanStop("aborted")

    async def _well(self, run: Run, within_s: float) -> int:
        """Waits until the cause is gone for the plan's ``well_ms``; says when it went, in ms."""
        if run.trigger is None:
            return run.at_ms
        began, well_since = now_ns(), 0
        while True:
            now = self._look()
            if not run.trigger.is_well(now, run.cause.subject):
                well_since = 0
            elif not well_since:
                well_since = now.at_ns
            elif now.at_ns - well_since >= run.plan.well_ms * 1_000_000:
                return max(0, (well_since - run.began_ns) // 1_000_000)
            if within_s and now_ns() - began > within_s * 1e9:
                self._note(run, PlanText("等待超时", "Waited too long"), is_ok=False)
                raise PlanStop("failed")
            await asyncio.sleep(JUDGE_S)

    def heard(self, event: CommandRan) -> None:
        """A person decided what is on air: no plan that runs takes that back, whatever it was.

        Also the same scene once more: who presses standby while a plan is on it means it to stay.
        """
        if event.ok and event.command in ON_AIR and not event.origin.startswith("plan:"):
            for run in self._runs.values():
                run.took.clear()

    async def _take_back(self, run: Run) -> None:
        programme = self._look().scenes.programme
        by_scene: dict[str, list[str]] = {}
        for canvas, (before, ours) in run.took.items():
            if programme.get(canvas) == ours and before:
                by_scene.setdefault(before, []).append(canvas)
        if not by_scene:
            self._note(
                run, PlanText("画面已由人决定，不再切回", "A person has decided what is on air")
            )
            return
        for scene, canvases in by_scene.items():
            one = canvases[0] if len(canvases) == 1 and len(programme) > 1 else ""
            try:
                await self._bus.run(
                    "scenes.take",
                    {"scene": scene, "canvas": one, "transition": "cut"},
                    origin=f"plan:{run.plan.id}",
                )
            except StudioError as error:
                said = PlanText(error.in_language("zh"), error.in_language("en"))
                self._note(run, said, is_ok=False)
                raise PlanStop("failed") from error
            self._note(
                run,
                PlanText(
                    translate("plans.back", "zh", scene=scene),
                    translate("plans.back", "en", scene=scene),
                ),
            )

    def _note(self, run: Run, text: PlanText, *, is_ok: bool = True) -> None:
        run.incident.timeline.append(Moment(utc_iso(), run.at_ms, text, is_ok))
        self._announce(
            PlanStep(
                plan=run.plan.id,
                incident=run.incident.id,
                text=text,
                is_ok=is_ok,
                at_ms=run.at_ms,
            )
        )
        self._touch()
