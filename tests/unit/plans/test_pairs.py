"""Two and three faults at once, over the shipped plans: safe each time, and nothing sticks."""

from __future__ import annotations

import asyncio
import random

import pytest
from msgspec.structs import replace

import studio.plans.runner as runner_module
import studio.plans.steps as steps_module
from studio.core.errors import StudioError
from studio.plans.files import read_plans
from studio.plans.model import Plan
from studio.sender.model import OutputState, OutputStatus
from studio.show.file import demo_show
from studio.sources.health import Health
from tests.unit.plans.test_plans import House, within

PLANS = ("source_lost", "cameras_all_down", "output_down", "outputs_all_down", "platform_refused")
WELL = OutputStatus(name="", state=OutputState.LIVE, taken_kbps=400)
SEEN = {"主播": {"cam"}, "特写": {"clip"}, "双机": {"cam", "second"}, "垫片": set()}
FAULTS: dict[str, tuple[str, str]] = {
    "cam lost": ("cam", "lost"), "cam frozen": ("cam", "frozen"), "cam missing": ("cam", "missing"),
    "second lost": ("second", "lost"), "second frozen": ("second", "frozen"),
    "clip lost": ("clip", "lost"), "line a": ("a", "reconnecting"),
    "line b": ("b", "reconnecting"), "a refused": ("a", "refused"), "b failed": ("b", "failed"),
}  # fmt: skip


def quick(plan: Plan) -> Plan:
    """The shipped plan, with its times left out."""
    assert plan.trigger is not None
    settings = {**plan.trigger.settings, "for_ms": 0}
    trigger = replace(plan.trigger, settings=settings)
    return replace(plan, well_ms=0, cooldown_s=0.0, trigger=trigger)


def put(house: House, fault: str, *, on: bool) -> None:
    name, state = FAULTS[fault]
    if name in ("a", "b"):
        wrong = replace(WELL, name=name, state=OutputState(state), taken_kbps=0)
        house.outputs[name] = wrong if on else replace(WELL, name=name)
    else:
        house.health[name] = Health(state if on else "ok")


def is_safe(house: House) -> bool:
    """Viewers see no fault."""
    return all(house.health[name].state == "ok" for name in SEEN[house.on_air])


@pytest.mark.parametrize(("count", "rounds"), [(2, 120), (3, 40)])
def test_faults_at_once_are_safe_and_leave_nothing(count, rounds, monkeypatch):
    monkeypatch.setattr(steps_module, "JUDGE_S", 0.002)
    monkeypatch.setattr(runner_module, "JUDGE_S", 0.002)
    rng = random.Random(11)
    shipped = {plan.id: plan for plan in read_plans(demo_show())[0]}

    async def settle(house: House, check) -> None:
        """Judges as the engine does, and answers as a person who lets it go on."""
        async with asyncio.timeout(20):
            while not check():
                house.plans.watch()
                for incident, asked in list(house.plans.questions.items()):
                    options = [option for option in asked.options if option != "stop"]
                    try:
                        house.commands.answer(incident, options[0])
                    except StudioError:
                        continue
                await asyncio.sleep(0.001)

    async def body(house):
        house.watch.cancel()
        house.outputs.update({name: replace(WELL, name=name) for name in ("a", "b")})
        for number in range(rounds):
            home = rng.choice(("主播", "双机", "特写"))
            house.scenes.take(home)
            faults = rng.sample(sorted(FAULTS), count)
            names = [FAULTS[fault][0] for fault in faults]
            if len(set(names)) < count:
                continue  # the later one of one thing stands in for the earlier
            for fault in faults:
                put(house, fault, on=True)
                for _ in range(rng.randrange(6)):
                    house.plans.watch()
                    await asyncio.sleep(0)
            await settle(house, lambda: is_safe(house))
            seen = {run.cause.subject for run in house.plans.runs}
            for fault in rng.sample(faults, count):
                put(house, fault, on=False)
                for _ in range(rng.randrange(6)):
                    house.plans.watch()
                    await asyncio.sleep(0)
            await settle(house, lambda: not house.plans.runs)
            where = (number, home, faults, seen)
            assert house.on_air == home, where
            assert not house.plans.questions, where
            assert not house.plans.worker.air.holds, where

    within(body, *(quick(shipped[id]) for id in PLANS))
