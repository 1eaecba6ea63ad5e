"""An answer counts once, whenever and from wherever; of plans after one picture one goes first."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from msgspec.structs import replace

import studio.plans.steps as steps_module
from studio.core.asking import Asker, asked_by
from studio.core.command import Role
from studio.core.errors import StudioError
from studio.plans.model import Ask, Plan, RunCommand, TakeBack, Tell, TriggerSpec
from studio.sources.health import Health
from tests.unit.plans.test_plans import House, W, within

ASK = Ask("controller", W, ("yes", "no", "stop"), within_s=30, otherwise="no")


def asked(within_s: float = 30.0, keys: int = 1) -> Plan:
    ask = replace(ASK, within_s=within_s, keys=keys)
    return Plan("ask", W, W, steps=(ask, Tell("owner", W)))


def answers(house: House) -> list[str]:
    """What the incident says was answered."""
    lines = [moment.text.en for moment in house.plans.incidents[0].timeline]
    return [line.rpartition("→ ")[2] for line in lines if "→" in line]


async def answer(house: House, who: str, option: str) -> str:
    """ "" where it counted, else why not."""
    incident = house.plans.incidents[0].id
    try:
        await house.bus.run("plans.answer", {"incident": incident, "option": option}, origin=who)
    except StudioError as error:
        return error.key
    return ""


def house_of(body, *plans) -> None:
    async def with_commands(house: House) -> None:
        house.bus.add(house.commands)
        await body(house)

    within(with_commands, *plans)


def test_in_the_first_moment_that_it_is_asked_from_two_desks_and_twice():
    async def body(house):
        for _ in range(50):
            house.commands.run("ask")
            while not house.plans.questions:  # the very turn in which it is there
                await asyncio.sleep(0)
            tries = [("a", "yes"), ("b", "no"), ("a", "yes"), ("b", "stop")]
            heard = await asyncio.gather(*(answer(house, *given) for given in tries))
            assert heard[0] == ""
            assert set(heard[1:]) == {"plans.no_question"}
            await house.until(lambda: not house.plans.runs)
            assert answers(house) == ["yes"]
            assert house.plans.incidents[0].state == "saved"

    house_of(body, asked())


@pytest.mark.parametrize("early_s", [0.0, 0.001, 0.004, 0.01])
def test_in_the_last_moment_it_counts_or_is_refused_and_never_both(early_s):
    async def body(house):
        outcomes = set()
        for number in range(8):
            house.commands.run("ask")
            await house.until(lambda: house.plans.questions)
            await asyncio.sleep(max(0.0, 0.03 - early_s + (number - 4) * 0.001))
            refused = await answer(house, "a", "yes")
            again = await answer(house, "b", "stop")
            assert again == "plans.no_question" or refused
            await house.until(lambda: not house.plans.runs)
            if refused:
                assert answers(house) in (["no"], ["stop"])
            else:
                assert answers(house) == ["yes"]
            assert not house.plans.questions
            outcomes.add(refused)
        assert outcomes <= {"", "plans.no_question"}

    house_of(body, asked(within_s=0.03))


def test_two_keys_want_two_people_and_the_same_one_twice_is_one():
    async def body(house):
        house.commands.run("ask")
        await house.until(lambda: house.plans.questions)
        for _ in range(5):
            assert await answer(house, "a", "yes") == ""
            assert house.plans.questions
        assert await answer(house, "b", "no") == ""  # another answer is no second key
        assert house.plans.questions
        assert await answer(house, "b", "yes") == ""
        assert await answer(house, "c", "yes") == "plans.no_question"
        await house.until(lambda: not house.plans.runs)
        assert answers(house)[-1] == "yes"

    house_of(body, asked(keys=2))


def test_two_devices_of_one_person_are_one_key():
    async def body(house):
        house.commands.run("ask")
        await house.until(lambda: house.plans.questions)
        incident = house.plans.incidents[0].id
        for who, device in (("li", "phone"), ("li", "tablet"), ("here", "desk 1")):
            question = house.plans.questions[incident]
            assert (question.keys, question.given) == (2, int(device != "phone"))
            with asked_by(Asker(Role.CONTROLLER, True, device, person=who)):
                assert await answer(house, device, "yes") == ""
        await house.until(lambda: not house.plans.runs)
        assert answers(house)[-1] == "yes"

    house_of(body, asked(keys=2))


def test_a_question_is_its_roles_and_of_those_above():
    """A phone with a streamer's token decides nothing that the controller is asked."""

    async def body(house):
        house.commands.run("ask")
        await house.until(lambda: house.plans.questions)
        args = {"incident": house.plans.incidents[0].id, "option": "stop"}
        with pytest.raises(StudioError) as refused:
            await house.bus.run("plans.answer", args, origin="phone", role=Role.STREAMER)
        assert (refused.value.code, refused.value.key) == ("denied", "plans.ask_role")
        assert house.plans.questions
        await house.bus.run("plans.answer", args, origin="phone", role=Role.CONTROLLER)
        await house.until(lambda: not house.plans.runs)

    house_of(body, asked())


def test_a_skip_and_an_answer_at_once_are_one():
    async def body(house):
        for _ in range(20):
            house.commands.run("ask")
            await house.until(lambda: house.plans.questions)
            house.commands.skip("ask")
            assert await answer(house, "a", "yes") == "plans.no_question"
            await house.until(lambda: not house.plans.runs)
            assert answers(house) == ["no"]

    house_of(body, asked())


# -- plans after the same thing ---------------------------------------------------------------

CAUSES = {"cam": "lost", "second": "frozen"}
SCENES = {"cam": "特写", "second": "垫片"}


def after(source: str, level: str) -> Plan:
    """A plan that takes its own scene when this source has its own fault."""
    trigger = TriggerSpec("source_health", {"states": [CAUSES[source]], "least_area": 0.0})
    return Plan(
        source, W, W, level=level, trigger=trigger, well_ms=0, cooldown_s=0.0,
        steps=(RunCommand("scenes.take", {"scene": SCENES[source]}),), recover=(TakeBack(),),
    )  # fmt: skip


@pytest.mark.parametrize("order", list(itertools.permutations(("cam", "second"))))
@pytest.mark.parametrize(
    "levels", list(itertools.product(("green", "amber", "red"), repeat=2)), ids="-".join
)
def test_of_plans_after_one_picture_severity_goes_first_then_age(levels, order, monkeypatch):
    """Whichever came first; the other waits and says so, and nothing is left at the end."""
    monkeypatch.setattr(steps_module, "JUDGE_S", 0.005)
    level_of = dict(zip(("cam", "second"), levels, strict=True))
    rank = ("green", "amber", "red").index
    first, later = order
    wins = later if rank(level_of[later]) > rank(level_of[first]) else first

    async def body(house):
        house.watch.cancel()
        house.scenes.take("双机")
        for source in order:
            house.health[source] = Health(CAUSES[source])
            house.plans.watch()
            await house.until(
                lambda: house.plans.runs and all(run.has_started for run in house.plans.runs)
            )
            for _ in range(20):
                await asyncio.sleep(0)
        await house.until(lambda: house.on_air == SCENES[wins])
        told = " ".join(m.text.en for i in house.plans.incidents for m in i.timeline)
        assert "goes first" in told or wins == later
        for source in order:
            house.health[source] = Health("ok")
        await house.until(lambda: not house.plans.runs)
        assert house.on_air == "双机"
        assert not house.plans.worker.air.holds

    within(body, *(after(source, level_of[source]) for source in ("cam", "second")))
