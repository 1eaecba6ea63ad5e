"""Does the steps of a run: commands with their undo, words, questions, waits, the way back."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace as struct_replace

from studio.core.clock import now_ns, utc_iso
from studio.core.command import Bus, Changed, Role, Spec
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.loopback import MARK
from studio.plans.air import PlanAir
from studio.plans.events import PlanAsked, PlanStep, RoleTold
from studio.plans.model import (
    Ask,
    Moment,
    PlanText,
    Question,
    RunCommand,
    StartPlan,
    Step,
    Tell,
    Told,
    UndoSteps,
    WaitWell,
    fill,
)
from studio.plans.reach import TWO_KEYS, is_never
from studio.plans.runs import PlanStop, Run, UndoEntry
from studio.plans.triggers.base import Situation, Trigger

ON_AIR = frozenset(f"scenes.{name}" for name in ("take", "standby", "back", "tbar", "put_air"))
JUDGE_S = 0.1
TOLD_NS = 400_000_000
"""Who took the picture is told that late at most: `ShowSession` waits 0.25 s for the disk."""
KEPT_TOLD = 50


def said(key: str, /, **params: object) -> PlanText:
    """A sentence of the catalogue in both languages; texts among its parameters too."""
    zh = {
        name: value.zh if isinstance(value, PlanText) else value for name, value in params.items()
    }
    en = {
        name: value.en if isinstance(value, PlanText) else value for name, value in params.items()
    }
    return PlanText(translate(key, "zh", **zh), translate(key, "en", **en))


def said_error(error: StudioError) -> PlanText:
    """What went wrong, in both languages."""
    return PlanText(error.in_language("zh"), error.in_language("en"))


class Overruled(StudioError):
    """A person took the picture in the moment before a step did."""

    def __init__(self) -> None:
        super().__init__("conflict", "plans.overruled")


class _StepNotes:
    """Notes of a command what takes it back, before anything of it is kept or can be cut off."""

    def __init__(
        self, worker: StepWorker, run: Run, label: PlanText, before: dict[str, str], *,
        is_aimed: bool,
    ) -> None:  # fmt: skip
        self._worker, self._run, self._label = worker, run, label
        self._before, self._is_aimed = before, is_aimed

    def check(self) -> None:
        """A take by hand stands, however short before the plan's own it was."""
        if self._is_aimed and self._run.is_overruled:
            raise Overruled

    def done(self, done: Changed) -> Changed:
        """Of a step that is done again after a kill the first undo stays: it knows what was."""
        run = self._run
        after = run.known = self._worker.programme()
        self._worker.air.took(run.incident.id, self._before, after, aimed=self._is_aimed)
        is_known = run.is_retry and any(entry.step == run.place for entry in run.undo)
        if done.undo is not None and not self._is_aimed and not is_known:
            run.undo = [entry for entry in run.undo if entry.step != run.place]
            run.undo.append(UndoEntry(*done.undo, self._label, run.place))
        return struct_replace(done, parts=(*done.parts, "plans"))


class StepWorker:
    """Carries steps out for all runs.

    Args:
        bus: where commands go; their right is that of the task they run in.
        look: gives the situation now.
        announce: publishes events.
        touch: says that the part "plans" changed.
        triggers: those that are armed.
        begin: starts another plan for a run.
    """

    def __init__(
        self,
        bus: Bus,
        look: Callable[[], Situation],
        announce: Callable[[Any], None],
        touch: Callable[[], None],
        triggers: Callable[[], Iterable[Trigger]],
        begin: Callable[[str, Run], None],
    ) -> None:
        self._bus, self._look, self._triggers = bus, look, triggers
        self._begin = begin
        self._announce, self._touch = announce, touch
        self.air = PlanAir()
        self.told: deque[Told] = deque(maxlen=KEPT_TOLD)
        self.questions: dict[str, Question] = {}
        self.runs: dict[tuple[str, str], Run] = {}

    async def do(self, run: Run, step: Step) -> None:
        """One step.

        Raises:
            PlanStop: the plan ends here.
        """
        if isinstance(step, RunCommand):
            await self._command(run, step)
        elif isinstance(step, Tell):
            self._tell(run, step)
        elif isinstance(step, Ask):
            await self._ask(run, step)
        elif isinstance(step, WaitWell):
            await self.wait_well(run, step.within_s)
        elif isinstance(step, StartPlan):
            self._start(run, step)
        elif isinstance(step, UndoSteps):
            await self.take_all_back(run)
        else:
            await self._take_back(run)

    def _start(self, run: Run, step: StartPlan) -> None:
        try:
            self._begin(step.plan, run)
        except StudioError as error:
            self.note(run, said_error(error), is_ok=False)
            return
        self.note(run, said("plans.started_other", plan=step.plan))

    def programme(self) -> dict[str, str]:
        """What is on air now, by canvas."""
        return self._look().scenes.programme

    # -- commands ------------------------------------------------------------------------------

    def spec(self, id: str) -> Spec | None:
        """What is known of a command."""
        return next((spec for spec in self._bus.specs() if spec.id == id), None)

    def declared_undo(self, run: Run, step: Step) -> UndoEntry | None:
        """What the plan itself says takes a step back; it is written down before the step."""
        if not isinstance(step, RunCommand) or step.undo is None:
            return None
        spec = self.spec(step.undo.command)
        label = PlanText(*spec.label) if spec else PlanText(step.undo.command, step.undo.command)
        return UndoEntry(step.undo.command, _filled(step.undo.args, run), label, run.place)

    async def _command(self, run: Run, step: RunCommand) -> None:
        args = _filled(step.args, run)
        is_aimed = step.command in ON_AIR
        if is_aimed and not await self._may_take(run, step.command, args):
            return
        before = self._look().scenes.programme
        spec = self.spec(step.command)
        label = PlanText(*(spec.label if spec else (step.command, step.command)))
        try:
            if spec is not None and is_never(spec):
                raise StudioError("denied", "plans.never", command=step.command)
            if step.command in TWO_KEYS and not run.has_two_keys:
                raise StudioError("denied", "plans.two_keys", command=step.command)
            confirm = {"confirm": True} if spec and spec.needs_confirm else {}
            await self._bus.run(
                step.command, {**args, **confirm}, role=_stated(run),
                origin=f"plan:{run.plan.id}",
                around=_StepNotes(self, run, label, before, is_aimed=is_aimed),
            )  # fmt: skip
        except Overruled:
            self.note(run, said("plans.overruled"))
            return
        except StudioError as error:
            if not run.is_retry:  # else it may have been done before the kill
                run.undo = [entry for entry in run.undo if entry.step != run.place]
            self.note(run, said_error(error), is_ok=False)
            if not step.is_optional:
                raise PlanStop("failed") from error
            return
        self.note(run, label)

    def _target(self, command: str, args: dict[str, Any]) -> str | None:
        """The scene that a command puts on air, as far as that can be told beforehand."""
        if command == "scenes.take":
            return str(args.get("scene", "")) or None
        if command == "scenes.standby":
            scenes = self._look().scenes.scenes
            return next((scene.name for scene in scenes if scene.is_standby), None)
        return None

    async def _may_take(self, run: Run, command: str, args: dict[str, Any]) -> bool:
        """Waits until no run that goes first holds another scene; False when it must not."""
        if self.programme() != run.known:
            # By whom is told only when it is kept: a person's take may be on its way.
            end_ns = now_ns() + TOLD_NS
            while now_ns() < end_ns and not run.is_overruled:
                if await self.rest(run):
                    return False
        is_told = False
        while True:
            if run.is_overruled:
                self.note(run, said("plans.overruled"))
                return False
            target, programme = self._target(command, args), self._look().scenes.programme
            canvas = args.get("canvas") or ""
            first = [
                other
                for other in self.runs.values()
                if other is not run
                and other.rank > run.rank
                and any(
                    hold.ours != target and programme.get(name) == hold.ours
                    for name, hold in self.air.holds.items()
                    if other.incident.id in self.air.holders(name) and canvas in ("", name)
                )
            ]
            if not first:
                return True
            if not is_told:
                self.note(run, said("plans.waits_for", plan=first[0].plan.label))
                is_told = True
            if run.trigger is not None and run.trigger.is_well(self._look(), run.cause.subject):
                self.note(run, said("plans.no_need"))
                return False
            if await self.rest(run):
                return False

    # -- words ---------------------------------------------------------------------------------

    def _tell(self, run: Run, step: Tell) -> None:
        words = step.text.filled(run.params)
        if run.incident.is_drill:
            words = PlanText(
                f"【{MARK[0]} {MARK[1]}】{words.zh}", f"[{MARK[0]} {MARK[1]}] {words.en}"
            )
        told_by = run.incident.id
        self.told.appendleft(Told(utc_iso(), step.role, words, step.level, told_by))
        self._announce(RoleTold(role=step.role, text=words, level=step.level, incident=told_by))
        self.note(run, words)

    async def _ask(self, run: Run, step: Ask) -> None:
        words = step.question.filled(run.params)
        left_s = step.within_s - (now_ns() - run.step_ns) / 1e9
        until = datetime.now(UTC) + timedelta(seconds=max(0.0, left_s))
        run.answer = asyncio.get_running_loop().create_future()
        self.questions[run.incident.id] = Question(
            run.incident.id, step.role, words, step.options, until.isoformat(), step.keys
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
        run.keys.clear()
        answer = step.otherwise
        try:
            # Not a time-out around it: that would throw away an answer that was taken a moment
            # before and not yet picked up.
            await asyncio.wait((run.answer,), timeout=max(0.0, left_s))
            if run.answer.done():
                answer = run.answer.result()
                # A person who answers knows what is on air: their earlier take stands no more.
                run.is_overruled = False
                run.has_two_keys = step.keys > 1 and answer != "stop"
        finally:
            self.questions.pop(run.incident.id, None)
        self.note(
            run, PlanText(f"{words.zh} → {answer or '未答'}", f"{words.en} → {answer or '-'}")
        )
        if answer == "stop":
            raise PlanStop("aborted")

    # -- waiting -------------------------------------------------------------------------------

    async def rest(self, run: Run) -> bool:
        """A moment of a wait; True when a person skips the rest of it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(JUDGE_S):
                await run.skipped.wait()
        if not run.skipped.is_set():
            return False
        run.skipped.clear()
        self.note(run, said("plans.skipped"))
        return True

    async def wait_held(self, run: Run) -> bool:
        """Waits while a person holds the run; True when they skip its next step."""
        while run.is_held:
            if await self.rest(run):
                return True
        return False

    async def wait_well(self, run: Run, within_s: float) -> int:
        """Waits until the cause is gone for the plan's ``well_ms``; says when it went, in ms."""
        if run.trigger is None:
            return run.at_ms
        began, well_since = run.step_ns, 0
        while True:
            now = self._look()
            if not run.trigger.is_well(now, run.cause.subject):
                well_since = 0
            elif not well_since:
                well_since = now.at_ns
            elif now.at_ns - well_since >= run.plan.well_ms * 1_000_000:
                return max(0, (well_since - run.began_ns) // 1_000_000)
            if within_s and now_ns() - began > within_s * 1e9:
                self.note(run, said("plans.waited"), is_ok=False)
                raise PlanStop("failed")
            if await self.rest(run):
                return run.at_ms

    # -- the way back --------------------------------------------------------------------------

    async def _take_back(self, run: Run) -> None:
        """The scene from before; never one in which something is wrong now."""
        is_told = False
        while True:
            incident, now = run.incident.id, self._look()
            ways = self.air.way_back(incident, now.scenes.programme)
            if not ways:
                is_shared = self.air.is_needed_by_others(incident)
                self.air.release(incident)
                self.note(run, said("plans.still_needed" if is_shared else "plans.by_a_person"))
                return
            wrong = self._wrong_there(now, {way.canvas: way.scene for way in ways})
            if wrong is None:
                await self._go_back(run)
                return
            if not is_told:
                self.note(run, said("plans.not_yet", why=wrong))
                is_told = True
            if await self.rest(run):
                return

    def _wrong_there(self, now: Situation, to: dict[str, str]) -> PlanText | None:
        """What a trigger would see if these scenes were on air, and does not see now."""
        programme = {**now.scenes.programme, **to}
        then = with_programme(now, programme)
        for trigger in self._triggers():
            known = {cause.subject for cause in trigger.causes(now)}
            for cause in trigger.causes(then):
                if cause.subject not in known:
                    return cause.words
        return None

    async def _go_back(self, run: Run) -> None:
        """Takes every canvas that this run holds on top back, and lets go of all."""
        programme = self._look().scenes.programme
        by_scene: dict[str, list[str]] = {}
        for way in self.air.way_back(run.incident.id, programme):
            by_scene.setdefault(way.scene, []).append(way.canvas)
        for scene, canvases in by_scene.items():
            for canvas in canvases if len(canvases) < len(programme) else [""]:
                try:
                    await self._bus.run(
                        "scenes.take",
                        {"scene": scene, "canvas": canvas, "transition": "cut"},
                        origin=f"plan:{run.plan.id}",
                    )
                except StudioError as error:
                    self.note(run, said_error(error), is_ok=False)
                    raise PlanStop("failed") from error
            self.note(run, said("plans.back", scene=scene))
        self.air.release(run.incident.id)

    async def take_all_back(self, run: Run) -> bool:
        """Undoes what the run did, the last first; what cannot be is told and the rest goes on.

        Returns:
            Whether all of it could be.
        """
        is_whole = True
        had_picture = self.air.has(run.incident.id)
        try:
            await self._go_back(run)
        except PlanStop:
            is_whole = False
        if had_picture:
            self.air.release(run.incident.id)
        while run.undo:
            entry = run.undo.pop()
            spec = self.spec(entry.command)
            confirm = {"confirm": True} if spec and spec.needs_confirm else {}
            try:
                await self._bus.run(
                    entry.command, {**entry.args, **confirm}, origin=f"plan:{run.plan.id}"
                )
            except StudioError as error:
                is_whole = False
                self.note(run, said_error(error), is_ok=False)
                continue
            self.note(run, said("plans.undone", label=entry.label))
        self.note(run, said("plans.undone_all" if is_whole else "plans.undone_part"),
                  is_ok=is_whole)  # fmt: skip
        return is_whole

    # -- the timeline --------------------------------------------------------------------------

    def note(self, run: Run, text: PlanText, *, is_ok: bool = True) -> None:
        """A line in the incident."""
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


def with_programme(now: Situation, programme: dict[str, str]) -> Situation:
    """The situation as if this were on air."""
    return replace(now, scenes=struct_replace(now.scenes, programme=programme))


def _filled(args: dict[str, Any], run: Run) -> dict[str, Any]:
    """Arguments with the cause's parameters put in."""
    params = run.params
    return {
        key: fill(value, params) if isinstance(value, str) else value for key, value in args.items()
    }


def _stated(run: Run) -> Role:
    """The role that a plan says it needs; more it never gets."""
    return Role[run.plan.role.upper()] if run.plan.role else Role.OWNER
