"""Plans under the hand of chance: killed at each step, aborted, and the picture taken by hand.

The rooms, the bus and the run file are those of an engine of this process, with a show open; only
the plans' cause is said here instead of measured. A kill drops the runner where it stands: nothing
of it runs on, not even what ends a task; the next runner has what stood in the run file and in the
checkpoint at that moment. Whole engines are killed by `shopcast bench plan_kills`.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from bench.base import BenchReport, Row
from bench.places import own_places, set_here
from studio.app.check import read
from studio.app.engine import Engine
from studio.app.extensions import Extensions
from studio.core.asking import asked_by
from studio.core.clean import read_json, write_json
from studio.core.command import Changed, CommandRan
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.core.registry import discover
from studio.plans import steps, triggers
from studio.plans.files import read_plans
from studio.plans.model import Plan, WaitWell
from studio.plans.reach import asker_of_trigger
from studio.plans.resume import joined
from studio.plans.run_file import RunFile
from studio.plans.runner import Plans
from studio.plans.runs import KeptRuns
from studio.plans.triggers.base import Cause, Situation, Trigger
from studio.show.file import demo_show

ABORTS = int(os.environ.get("SHOPCAST_ABORTS", "500"))
TAKES = int(os.environ.get("SHOPCAST_TAKES", "200"))
PLANS = frozenset(filter(None, os.environ.get("SHOPCAST_PLANS", "").split(",")))
"""Only these are killed; all where none is named."""
SEED = 11
MOST_TURNS = 60
SETTLE_S = 20.0
HOME, ELSEWHERE = "主播", "开场"
PARAMS = {
    "subject": "line", "figure": "1", "limit": "1", "late": "1", "why": "-", "standing": "-",
    "state": "-", "count": "1", "name": "-", "sku": "-", "pieces": "1",
}  # fmt: skip
ENDS = ("goes on", "undone", "aborted")
"""What becomes of a run after the kill: the plan is the same; is another one; a person aborts."""


def run() -> BenchReport:
    """Counts of runs that were left half; a kept limit is none."""
    report = BenchReport("plans", "none: all shipped plans, real rooms; left half, of how many")
    report.rows = asyncio.run(_rows())
    return report


async def _rows() -> list[Row]:
    async with OpenHouse() as house:
        kills: Counter[str] = Counter()
        for plan in house.shipped if not PLANS else [p for p in house.shipped if p.id in PLANS]:
            kills += Counter(await kill_at_each_step(house, plan))
        aborted = await abort_at_random(house, ABORTS)
        taken = await take_by_hand(house, TAKES)
    half = sum(count for said, count in kills.items() if said.startswith("HALF"))
    for said in sorted(said for said in {*kills, *aborted, *taken} if said.startswith("HALF")):
        print(f"  {said}")
    return [
        Row("plans", len(house.shipped), None, ""),
        Row("kills at a step, run went on", kills["goes on"], None, ""),
        Row("kills at a step, run undone", kills["undone"], None, ""),
        Row("kills at a step, run went on and was aborted", kills["aborted"], None, ""),
        Row("  of all of them left half", half, None, "", 0),
        Row("aborts at random", ABORTS, None, ""),
        Row("  of them left half", len(aborted), None, "", 0),
        Row("takes by hand during a run", TAKES, None, ""),
        Row("  of them not standing, or not told", len(taken), None, "", 0),
    ]  # fmt: skip


# -- the rooms -----------------------------------------------------------------------------------


class House:
    """The rooms of an engine, and what of them plans change."""

    def __init__(self, engine: Engine) -> None:
        parts = engine.parts
        self.bus, self.events, self.state = parts.bus, parts.events, parts.state
        service: Any = next(service for service in parts.services if service.name == "plans")
        self.look: Callable[[], Situation] = service.situation
        self.kinds = discover(triggers, Trigger)  # type: ignore[type-abstract]
        self.on_change: Callable[[], Awaitable[None]] | None = None
        """Called as what a command changed is kept."""
        self.bus.after(self._changed)
        self._comment = ""
        self.shipped = [quick(plan) for plan in read_plans(demo_show())[0]]

    async def _changed(self, changed: Changed) -> None:
        if self.on_change is not None:
            await self.on_change()

    async def settle(self) -> None:
        """Everything as it is before a plan: a card up, a comment pinned, a scene on air."""
        for command, args in (
            ("scenes.take", {"scene": HOME, "transition": "cut"}),
            ("comments.slow", {"on": False}), ("tryon.bypass", {"is_on": False}),
            ("shop.card", {"product": "sunglasses"}),
        ):  # fmt: skip
            await self.bus.run(command, args, origin="bench")
        if not self._comment:
            await self.bus.run("comments.say", {"text": "好看", "author": "a"}, origin="bench")
            self._comment = self.plain("comments")["all"][0]["id"]
        await self.bus.run("comments.pin", {"id": self._comment}, origin="bench")

    def plain(self, part: str) -> Any:
        """A part of the state as plain data."""
        return msgspec.to_builtins(self.state.get([part])[part])

    def as_it_is(self) -> dict[str, Any]:
        """What plans change."""
        comments, pinned = self.plain("comments"), self.plain("comments")["pinned"]
        return {
            "programme": self.look().scenes.programme,
            "slow": comments["is_slow"],
            "pinned": pinned and pinned["id"],
            "card": self.plain("shop")["card"],
            "standin": self.plain("standin")["is_in"],
            "bypassed": {name: row["is_bypassed"] for name, row in self.plain("tryon").items()},
        }


class OpenHouse:
    """Opens a copy of the demo show for a while, in folders of its own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="shopcast-plans-"))
        self._places = set_here(own_places(self._folder))
        self._judge_s = steps.JUDGE_S

    async def __aenter__(self) -> House:
        self._places.__enter__()
        (self._folder / "run").mkdir(mode=0o700)
        steps.JUDGE_S = 0.002  # waits are looked at more often, so that this ends today
        show = self._folder / "a.show"
        shutil.copytree(demo_show(), show)
        raw = read_json((show / "show.json").read_bytes())
        raw["audience"] = {"sentences": False, "feeds": []}  # no comment but what is said here
        (show / "show.json").write_text(write_json(raw), encoding="utf-8")
        self._engine = Engine(read(show), Extensions())
        await self._engine.parts.session.begin()  # no periodic job: only commands change anything
        return House(self._engine)

    async def __aexit__(self, *_: object) -> None:
        await self._engine.stop()
        steps.JUDGE_S = self._judge_s
        self._places.__exit__(None, None, None)
        shutil.rmtree(self._folder, ignore_errors=True)


def quick(plan: Plan) -> Plan:
    """The shipped plan, with its times left out."""
    return replace(plan, well_ms=0, cooldown_s=0.0)


# -- runners that can be dropped -------------------------------------------------------------------


class KillFile(RunFile):
    """The run file of one engine, which is dead from a moment on.

    Args:
        at: number of the write; 0 for never.
        is_before: dead before it, as after the command of the step before; else after it.
    """

    def __init__(self, at: int = 0, *, is_before: bool = False) -> None:
        super().__init__()
        self.count, self._at, self._is_before = 0, at, is_before
        self.dead = asyncio.Event()
        self.is_dropped = False
        self.checkpoint: Callable[[], bytes] = bytes
        self.kept = b""

    async def write(self, runs: KeptRuns) -> bool:
        """Writes, unless the engine is dead by then."""
        if self.is_dropped:
            return False
        self.count += 1
        if self.count == self._at and self._is_before:
            await self.die()
        is_written = await super().write(runs)
        if self.count == self._at:
            await self.die()
        return is_written

    async def die(self) -> None:
        """Nothing goes on from here."""
        if not self.dead.is_set():
            self.kept = self.checkpoint()
            self.dead.set()
        await asyncio.Event().wait()


class SaidTrigger(Trigger):
    """Stands in for a plan's trigger: the cause is there until it is said to be gone."""

    def __init__(self, is_wrong: bool = True) -> None:
        super().__init__(None)
        self.is_wrong = is_wrong

    def judge(self, now: Situation) -> Cause | None:
        """Nothing: runs are started here."""
        return None

    def is_well(self, now: Situation, subject: str) -> bool:
        """Is it said to be gone?"""
        return not self.is_wrong


class Life:
    """The plans of one engine, between its start and its kill."""

    def __init__(self, house: House, plan: Plan, file: KillFile | None = None) -> None:
        self.house, self.plan, self.file = house, plan, file or KillFile()
        self.plans = Plans(
            house.bus, house.kinds, house.look, self._announce, lambda: None, None, self.file
        )
        others = [other for other in house.shipped if other.id != plan.id]
        self.plans.load([plan, *others], ())
        self.trigger = SaidTrigger()
        for id in self.plans._triggers:
            self.plans._triggers[id] = self.trigger
        self._forget = house.events.on_all(self._heard)
        self.file.checkpoint = lambda: msgspec.json.encode(self.plans.kept())

    def _announce(self, event: Any) -> None:
        if not self.file.is_dropped:
            self.house.events.publish(event)

    def _heard(self, event: Event) -> None:
        if isinstance(event, CommandRan):
            self.plans.heard(event)

    def start(self) -> None:
        """The plan's cause is there, or somebody runs it."""
        cause = Cause(PARAMS["subject"], self.plan.label, PARAMS) if self.plan.trigger else None
        specs = self.house.bus.specs
        with asked_by(asker_of_trigger(self.plan, self.plans.digest(self.plan.id), specs)):
            self.plans.start(self.plan, cause, "trigger" if cause else "hand")

    def look_after(self, is_answered: bool = True) -> None:
        """Answers what is asked as who lets it go on, or passes over it; the cause goes in time."""
        for run in self.plans.runs:
            is_waiting = run.phase == "watch" or (
                run.step < len(run.steps) and isinstance(run.steps[run.step], WaitWell)
            )
            if run.phase != "steps" or is_waiting:
                self.trigger.is_wrong = False
        for incident, question in list(self.plans.questions.items()):
            options = [option for option in question.options if option != "stop"]
            with suppress(StudioError):
                if is_answered:
                    self.plans.answer(incident, (options or question.options)[0])
                else:
                    self.plans.skip(incident=incident)

    async def until_over(self, is_answered: bool = True) -> None:
        """Until nothing runs, or the engine is dead."""
        async with asyncio.timeout(SETTLE_S):
            while self.plans.runs and not self.file.dead.is_set():
                self.look_after(is_answered)
                await asyncio.sleep(0.001)

    async def drop(self) -> None:
        """Killed, or not needed any more: nothing of it does anything from here on."""
        self.file.is_dropped = True
        self._forget()
        tasks = list(self.plans._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


# -- what is counted -------------------------------------------------------------------------------


class Moment(NamedTuple):
    """When an engine is killed.

    Attributes:
        where: "noted" (a step is written, its command not run), "kept" (run; what it changed is
            being kept), "done" (before the next step is written).
        at: of which write or change.
    """

    where: str
    at: int


async def kill_at_each_step(house: House, plan: Plan) -> list[str]:
    """Kills at every step of a plan, at three moments, with three ends each; what came of it."""
    await house.settle()
    before = house.as_it_is()
    changes = 0

    async def count() -> None:
        nonlocal changes
        changes += 1

    whole = Life(house, plan)
    house.on_change = count
    whole.start()
    await whole.until_over()
    house.on_change = None
    reference, state = house.as_it_is(), whole.plans.incidents[0].state
    writes = whole.file.count
    await whole.drop()
    moments = [Moment(where, at) for at in range(1, writes + 1) for where in ("noted", "done")]
    moments += [Moment("kept", at) for at in range(1, changes + 1)]
    said = []
    for moment in moments:
        for end in ENDS:
            await house.settle()
            now = await _killed(house, plan, moment, end, state)
            if now is None:
                continue  # it was over before that
            wanted = reference if end == "goes on" else before
            if now == wanted:
                said.append(end)
            else:
                wrong = {
                    name: (now[name], wanted[name]) for name in now if now[name] != wanted[name]
                }
                said.append(f"HALF {plan.id}, {moment.where} {moment.at}, {end}: {wrong}")
    return said


async def _killed(
    house: House, plan: Plan, moment: Moment, end: str, state: str
) -> dict[str, Any] | None:
    """One kill and what comes after it; None where nothing ran any more."""
    file = KillFile(0 if moment.where == "kept" else moment.at, is_before=moment.where == "done")
    first, changes = Life(house, plan, file), 0

    async def change() -> None:
        nonlocal changes
        changes += 1
        if changes == moment.at:
            await file.die()

    if moment.where == "kept":
        house.on_change = change
    first.start()
    await first.until_over()
    house.on_change = None
    is_dead = file.dead.is_set()
    await first.drop()
    if not is_dead:
        return None
    kept = joined(file.read(), msgspec.json.decode(file.kept, type=KeptRuns))
    if not kept.runs:
        return None
    other = replace(plan, well_ms=1) if end == "undone" else plan
    second = Life(house, other)
    second.plans.recall([], kept)
    if end == "aborted":
        await asyncio.sleep(0.005)
        with suppress(StudioError):
            second.plans.undo()
    await second.until_over()
    incident = second.plans.incidents[0]
    if end == "aborted":
        with suppress(StudioError):  # over before that: one key takes back what it did
            second.plans.undo()
        async with asyncio.timeout(SETTLE_S):
            while any(not task.done() for task in second.plans._tasks):
                await asyncio.sleep(0.001)
    elif incident.state != (state if end == "goes on" else "aborted"):
        return {**house.as_it_is(), "state": incident.state}
    found = house.as_it_is()
    await second.drop()
    return found


async def abort_at_random(house: House, count: int) -> list[str]:
    """Aborts plans somewhere in their steps; what was not as before."""
    rng, wrong = random.Random(SEED), []
    await house.settle()
    before = house.as_it_is()
    for _ in range(count):
        plan = rng.choice(house.shipped)
        life = Life(house, plan)
        life.start()
        for _ in range(rng.randrange(MOST_TURNS)):
            if rng.random() < 0.2:
                life.look_after()
            await asyncio.sleep(0)
        with suppress(StudioError):
            life.plans.undo()
        await life.until_over()
        with suppress(StudioError):  # it was over before
            life.plans.undo()
        async with asyncio.timeout(SETTLE_S):
            while any(not task.done() for task in life.plans._tasks):
                await asyncio.sleep(0.001)
        found = house.as_it_is()
        if found != before:
            differs = {name: (found[name], before[name]) for name in found
                       if found[name] != before[name]}  # fmt: skip
            wrong.append(f"HALF {plan.id}, aborted: {differs}")
            await house.settle()
        await life.drop()
    return wrong


async def take_by_hand(house: House, count: int) -> list[str]:
    """Takes another scene somewhere in a run; where that did not stand, or was not told."""
    rng, wrong = random.Random(SEED), []
    for _ in range(count):
        await house.settle()
        plan = rng.choice(house.shipped)
        life = Life(house, plan)
        life.start()
        for _ in range(rng.randrange(MOST_TURNS)):
            if rng.random() < 0.2:
                life.look_after(is_answered=False)
            await asyncio.sleep(0)
        runs = life.plans.runs
        await house.bus.run("scenes.take", {"scene": ELSEWHERE, "transition": "cut"}, origin="desk")
        is_told = all(run.is_overruled for run in runs if run in life.plans.runs)
        await life.until_over(is_answered=False)
        programme = house.look().scenes.programme
        if set(programme.values()) != {ELSEWHERE} or not is_told:
            wrong.append(f"HALF {plan.id}, by hand: {programme}, told {is_told}")
        await life.drop()
    return wrong
