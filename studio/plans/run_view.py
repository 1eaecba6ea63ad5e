"""A run in words: what it does now, what comes next, until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from studio.core.clock import now_ns
from studio.core.command import Spec
from studio.core.i18n import translate
from studio.plans.model import (
    Ask,
    Pair,
    RunCommand,
    RunView,
    StartPlan,
    Step,
    Tell,
    UndoSteps,
    WaitWell,
)
from studio.plans.runs import Run

Specs = Mapping[str, Spec]


def run_view(run: Run, can_undo: bool, specs: Specs) -> RunView:
    """What desks and phones see of a run."""
    steps = run.steps
    now, then = _words("plans.step.watch"), _words("plans.step.end")
    if run.phase != "watch":
        left = [step_words(step, run.params, specs) for step in steps[run.step : run.step + 2]]
        after = _words("plans.step.watch") if run.phase == "steps" and run.trigger else then
        now, then = (*left, after, after)[:2]
    elif run.plan.recover:
        then = step_words(run.plan.recover[0], run.params, specs)
    return RunView(
        incident=run.incident.id,
        plan=run.plan.id,
        label=run.plan.label.pair(),
        subject=run.cause.subject,
        level=run.plan.level,
        phase=run.phase,
        step=min(run.step + 1, len(steps)),
        steps=len(steps),
        now=now,
        next=then,
        until_utc=_until(run, steps),
        held=run.is_held,
        can_undo=can_undo,
        overruled=run.is_overruled,
    )


def step_words(step: Step, params: dict[str, str], specs: Specs) -> Pair:
    """One step for a person; ``params`` fill its words."""
    if isinstance(step, RunCommand):
        spec = specs.get(step.command)
        return (spec.label.zh, spec.label.en) if spec else (step.command, step.command)
    if isinstance(step, Tell):
        words = step.text.filled(params)
        return _words("plans.step.tell", words.zh, words.en)
    if isinstance(step, Ask):
        words = step.question.filled(params)
        return _words("plans.step.ask", words.zh, words.en)
    if isinstance(step, StartPlan):
        return _words("plans.step.start", step.plan, step.plan)
    if isinstance(step, UndoSteps):
        return _words("plans.step.undo")
    return _words("plans.step.wait" if isinstance(step, WaitWell) else "plans.step.back")


def _words(key: str, zh: str = "", en: str = "") -> Pair:
    return translate(key, "zh", text=zh), translate(key, "en", text=en)


def _until(run: Run, steps: tuple[Step, ...]) -> str:
    """When the step ends by itself, for people; the wait itself goes by the monotonic clock."""
    step = steps[run.step] if run.phase != "watch" and run.step < len(steps) else None
    within_s = step.within_s if isinstance(step, Ask | WaitWell) else 0.0
    if not within_s:
        return ""
    left_s = within_s - (now_ns() - run.step_ns) / 1e9
    return (datetime.now(UTC) + timedelta(seconds=max(0.0, left_s))).isoformat()
