"""What becomes of the runs of an engine that was killed: they go on, or they are undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from studio.core.asking import Asker, asked_by
from studio.plans.drill_log import plan_digest
from studio.plans.model import Plan, RunCommand
from studio.plans.runs import KeptRuns, Run, RunRecord
from studio.plans.steps import StepWorker, said
from studio.plans.triggers.base import Cause, Trigger

PHASES = ("steps", "watch", "recover")


class RunKeeper(Protocol):
    """Who lets runs work."""

    plans: dict[str, Plan]

    def trigger_of(self, plan: str) -> Trigger | None:
        """What starts a plan by itself."""
        ...

    def go_on(self, run: Run) -> None:
        """Lets a run go on where it was."""
        ...

    def take_back(self, run: Run) -> None:
        """Undoes a run."""
        ...


def record_of(run: Run) -> RunRecord:
    """A run as it is written down."""
    return RunRecord(
        plan=run.plan.id,
        digest=plan_digest(run.plan),
        subject=run.cause.subject,
        words=run.cause.words,
        params=run.cause.params,
        incident=run.incident,
        phase=run.phase,
        step=run.step,
        began_ns=run.began_ns,
        step_ns=run.step_ns,
        role=run.asker.role,
        is_here=run.asker.is_here,
        without=run.asker.without,
        scopes=run.asker.scopes,
        person=run.asker.person,
        has_trigger=run.trigger is not None,
        is_overruled=run.is_overruled,
        is_held=run.is_held,
        undo=tuple(run.undo),
        programme=dict(run.programme),
        is_command=run.step < len(run.steps) and isinstance(run.steps[run.step], RunCommand),
    )


def joined(written: KeptRuns | None, kept: KeptRuns) -> KeptRuns:
    """The runs as they were last, of the file and of the checkpoint.

    The file is written before each step. The checkpoint that has what a command changed has what
    takes it back, too, which no step has written yet.
    """
    if written is None:
        return kept
    others = {record.incident.id: record for record in kept.runs}
    runs = tuple(
        max(record, others.get(record.incident.id, record), key=_how_far) for record in written.runs
    )
    # Whichever has a run further on knows the picture of then.
    return KeptRuns(runs, written.air if runs == written.runs else kept.air)


def _how_far(record: RunRecord) -> tuple[int, int, int]:
    return PHASES.index(record.phase), record.step, len(record.undo)


class Resumer:
    """Takes up what was written before a kill.

    Args:
        keeper: lets the runs work.
        worker: what is held of the picture, and the timeline.
    """

    def __init__(self, keeper: RunKeeper, worker: StepWorker) -> None:
        self._keeper, self._worker = keeper, worker

    def resume(self, kept: KeptRuns) -> None:
        """Every run goes on where its plan is the same as it was, and is undone elsewhere."""
        programme = self._worker.programme()
        for canvas, hold in kept.air.items():
            if programme.get(canvas) == hold.ours:
                self._worker.air.holds[canvas] = hold
        for record in kept.runs:
            plan = self._keeper.plans.get(record.plan)
            is_same = plan is not None and plan_digest(plan) == record.digest
            run = self._run(record, plan if is_same and plan is not None else None)
            if record.is_command:
                self._noticed(run, record.programme, programme)
            origin = f"plan:{record.plan}"
            asker = Asker(
                record.role, record.is_here, origin, record.without, record.scopes, record.person
            )
            with asked_by(asker):
                if is_same:
                    self._worker.note(run, said("plans.restarted", step=run.step + 1))
                    self._keeper.go_on(run)
                else:
                    self._worker.note(run, said("plans.restarted_undone"), is_ok=False)
                    self._keeper.take_back(run)

    def _run(self, record: RunRecord, plan: Plan | None) -> Run:
        incident = record.incident
        of = plan or Plan(record.plan, incident.label, incident.label)
        cause = Cause(record.subject, record.words, record.params)
        trigger = self._keeper.trigger_of(of.id) if plan and record.has_trigger else None
        run = Run(of, cause, incident, trigger)
        run.phase, run.step = record.phase, record.step
        run.began_ns, run.step_ns = record.began_ns, record.step_ns
        run.is_overruled, run.is_held = record.is_overruled, record.is_held
        run.undo = list(record.undo)
        run.programme = record.programme
        run.is_retry = True
        return run

    def _noticed(self, run: Run, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        """The step that was cut off had taken the picture already: it is held as taken."""
        known = {canvas for canvas in now if run.incident.id in self._worker.air.holders(canvas)}
        changed = {
            canvas: scene
            for canvas, scene in now.items()
            if canvas in before and before[canvas] != scene and canvas not in known
        }
        if changed and not run.is_overruled and run.phase == "steps":
            self._worker.air.took(run.incident.id, before, {**before, **changed}, aimed=True)
