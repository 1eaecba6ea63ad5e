"""Runs drills: arm a fault, see what the plan does, clear it, see the show as it was."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from studio.app.drill.crew import AloneCrew, Crew
from studio.app.drill.rests import PlanRests
from studio.app.drill.shadow import ShadowShow
from studio.app.drill.watch import RealShowWatch
from studio.core.errors import StudioError
from studio.plans.drill_log import note_drill
from studio.plans.drills.model import DrillRecord
from studio.plans.faults.base import DrillFault, all_faults
from studio.plans.files import read_plans
from studio.plans.model import Plan

HEALTHY_S = 45.0
STEPS_S = 20.0
RECOVERY_S = 60.0
ASKED_S = 70.0
OF_THIS_MACHINE = frozenset({"machine_overloaded", "encoder_drops", "disk_low", "memory_high"})
"""They judge the computer that the drill runs on, and may be right whatever the fault."""


class DrillScore(msgspec.Struct):
    """How a plan did against its fault.

    Attributes:
        noticed_s: from the fault to the start of the plan.
        safe_picture_s: from the fault to another picture; None for plans that leave it alone.
        recovered_s: from clearing the fault until the plan was done and the show as before.
        steps_right, steps: carried out without a fault, and all there are.
        wrong_actions: plans that had no reason to start, and steps that failed.
    """

    plan: str
    fault: str
    noticed_s: float | None = None
    safe_picture_s: float | None = None
    recovered_s: float | None = None
    steps_right: int = 0
    steps: int = 0
    wrong_actions: int = 0
    passed: bool = False
    why: str = ""


def chosen_faults(plans: Iterable[str], is_all: bool) -> list[type[DrillFault]]:
    """The faults for these plans; all of them, each plan once, without any.

    Raises:
        StudioError: not_found: no fault proves such a plan.
    """
    faults = all_faults()
    wanted = list(plans)
    if not wanted or is_all:
        return sorted(faults.values(), key=lambda fault: fault.rank)
    by_plan = {fault.plan for fault in faults.values()}
    for name in wanted:
        if name not in by_plan and name not in faults:
            known = ", ".join(sorted(by_plan | set(faults)))
            raise StudioError("not_found", "drill.no_fault", plan=name, known=known)
    chosen = [fault for fault in faults.values() if {fault.plan, fault.name} & set(wanted)]
    return sorted(chosen, key=lambda fault: fault.rank)


def run_drills(
    show: Path, faults: Iterable[type[DrillFault]], tell: Callable[[DrillScore, DrillRecord], None],
    crew: Crew | None = None, **more: Any,
) -> list[DrillScore]:  # fmt: skip
    """Runs one drill after the other on one shadow; each is told when it is over.

    Args:
        crew: who answers; None is the drill itself.
        more: noted with each drill (team, has_hints).

    Raises:
        StudioError: failed: the shadow could not be started; unavailable: the real show needs the
            machine, and the drill has ended.
    """
    plans = {plan.id: plan for plan in read_plans(show)[0]}
    crew, scores, rests = crew or AloneCrew(), [], PlanRests(plans)
    with shadow_beside(show) as shadow:
        for kind in faults:
            plan = plans[kind.plan]
            shadow.wait(rests.left_s([plan.id]))
            score = _Drill(shadow, kind, plan, crew).run()
            shadow.insist()
            rests.over([plan.id, *kind.also])
            people, tasks, asks = crew.scores()
            # The record knows the plan by its digest, and keeps no words about why.
            told = msgspec.structs.asdict(score)
            del told["plan"], told["passed"], told["why"]
            record = note_drill(
                plan, score.passed, **told, people=people, tasks=tasks, asks=asks, **more
            )
            scores.append(score)
            tell(score, record)
    return scores


def is_calm(shadow: ShadowShow, drilled: Collection[str]) -> bool:
    """Every line flows and no plan runs; those about this computer count where they are drilled."""
    runs = [run["plan"] for run in shadow.part("plans")["runs"]]
    return OF_THIS_MACHINE.difference(drilled).issuperset(runs) and all(
        row["state"] == "live" and row["taken_kbps"] for row in shadow.part("outputs")
    )


def takes_picture(plan: Plan) -> bool:
    """Does one of its steps put another scene on air?"""
    return any(getattr(step, "command", "").startswith("scenes.") for step in plan.steps)


def surprise(faults: Iterable[type[DrillFault]], count: int, seed: int) -> list[type[DrillFault]]:
    """A game day: so many faults that nobody knows beforehand; the same for the same seed."""
    rng, known = random.Random(seed), sorted(faults, key=lambda fault: fault.name)
    chosen: list[type[DrillFault]] = []
    while known and len(chosen) < count:
        chosen += rng.sample(known, len(known))
    return sorted(chosen[:count], key=lambda fault: fault.rank)


@contextmanager
def shadow_beside(show: Path) -> Iterator[ShadowShow]:
    """A shadow that ends at once when the real show has an alarm or late ticks.

    Raises:
        StudioError: unavailable, when that happened.
    """
    reasons: list[str] = []
    shadow = ShadowShow(show)

    def alarm(why: str) -> None:
        reasons.append(why)
        shadow.end_now()

    try:
        with RealShowWatch(alarm), shadow:
            yield shadow
    except Exception as fault:
        if not reasons:
            raise
        raise StudioError("unavailable", "drill.real_alarm", why=reasons[0]) from fault


class _Drill:
    """One drill."""

    def __init__(self, shadow: ShadowShow, kind: type[DrillFault], plan: Plan, crew: Crew) -> None:
        self._shadow, self._fault, self._plan, self._crew = shadow, kind(), plan, crew
        self.score = DrillScore(plan.id, kind.name, steps=len(plan.steps) + len(plan.recover))
        self._known: set[str] = set()

    def run(self) -> DrillScore:
        """Arms, watches, clears, watches; the fault is cleared whatever happens."""
        score, shadow = self.score, self._shadow
        if not shadow.until(self._is_calm, HEALTHY_S):
            score.why = "the shadow was not well before"
            return score
        before = self._programme()
        self._known = {row["id"] for row in self._incidents()}
        began = time.monotonic()
        try:
            try:
                self._crew.begin(type(self._fault), self._plan)
                self._fault.arm(shadow)
                self._watch(began, before)
            finally:
                cleared = time.monotonic()
                self._fault.clear(shadow)
            self._recover(cleared, before)
        except StudioError as error:
            score.why = score.why or str(error)
        self._judge(before)
        return score

    def _incidents(self) -> list[dict[str, Any]]:
        return list(self._shadow.run("plans.incidents", limit=30)["result"])

    def _new(self) -> list[dict[str, Any]]:
        return [row for row in self._incidents() if row["id"] not in self._known]

    def _mine(self) -> dict[str, Any] | None:
        return next((row for row in self._new() if row["plan"] == self._plan.id), None)

    def _programme(self) -> dict[str, str]:
        return dict(self._shadow.part("scenes")["programme"])

    def _is_calm(self) -> bool:
        return is_calm(self._shadow, {self._plan.id})

    def _watch(self, began: float, before: dict[str, str]) -> None:
        """Until the plan has noticed and done its steps."""
        score = self.score
        notice_s = self._fault.notice_s
        if not self._shadow.until(lambda: self._mine() is not None, notice_s):
            score.why = "not noticed"
            return
        score.noticed_s = round(time.monotonic() - began, 2)
        if takes_picture(self._plan) and self._shadow.until(
            lambda: self._programme() != before, STEPS_S
        ):
            score.safe_picture_s = round(time.monotonic() - began, 2)
        self._shadow.until(self._has_done_steps, ASKED_S)

    def _has_done_steps(self) -> bool:
        """The steps are done, and nothing is left for people; a run that they ended is over."""
        is_done = self._crew.look(self._shadow)
        mine = self._mine()
        if mine is None:
            return False
        return mine["state"] != "running" or (is_done and mine["done"] >= len(self._plan.steps))

    def _recover(self, cleared: float, before: dict[str, str]) -> None:
        """Until the plan is over, the other runs too, and the show is as it was."""

        def is_over() -> bool:
            self._crew.look(self._shadow)
            mine = self._mine()
            return mine is not None and mine["state"] != "running" and self._programme() == before

        if self._mine() is None:
            return
        if self._shadow.until(is_over, RECOVERY_S):
            self.score.recovered_s = round(time.monotonic() - cleared, 2)
        else:
            self.score.why = self.score.why or "not recovered"

    def _judge(self, before: dict[str, str]) -> None:
        score, mine = self.score, None
        try:
            mine = self._mine()
            others = [row for row in self._new() if row["plan"] != self._plan.id]
        except StudioError as error:
            score.why = score.why or str(error)
            return
        if mine is not None:
            score.steps_right = mine["done"] - mine["failed"]
            score.wrong_actions = mine["failed"]
        expected = self._fault.also | OF_THIS_MACHINE
        strangers = [row["plan"] for row in others if row["plan"] not in expected]
        score.wrong_actions += len(strangers)
        if strangers:
            score.why = score.why or "started without reason: " + ", ".join(strangers)
        score.passed = (
            score.noticed_s is not None
            and score.recovered_s is not None
            and score.steps_right == score.steps
            and not score.wrong_actions
        )
        if not score.passed and not score.why:
            score.why = f"{score.steps_right} of {score.steps} steps"
