"""Plans start on evidence, do their steps, come back, and can be stopped and answered."""

from __future__ import annotations

import asyncio
import json

import pytest
from msgspec.structs import replace

import studio.plans.triggers as folder
import studio.scenes.transitions as transition_folder
from studio.core.clock import now_ns
from studio.core.command import Bus, CommandRan
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.registry import discover
from studio.core.state import State
from studio.plans.commands import PlanCommands
from studio.plans.files import read_plan, read_plans
from studio.plans.model import Ask, Plan, PlanText, RunCommand, TakeBack, Tell, TriggerSpec
from studio.plans.runner import JUDGE_S, Plans
from studio.plans.triggers.base import Situation, Trigger
from studio.scenes.commands import SceneCommands
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import Box, Item, Scene, ScenesState
from studio.scenes.transitions.base import Transition
from studio.sender.model import OutputState, OutputStatus
from studio.show.file import demo_show
from studio.sources.health import Health

W = PlanText("中", "en {subject}")
SAVE = Plan(
    "save",
    W,
    W,
    trigger=TriggerSpec("source_health"),
    steps=(RunCommand("scenes.standby"), Tell("streamer", W)),
    recover=(TakeBack(), Tell("streamer", W, "green")),
    well_ms=50,
    cooldown_s=0.0,
)


class House:
    def __init__(self, *plans, file=None):
        self.events, self.told = Events(), []
        self.events.on_all(self.told.append)
        loop = asyncio.get_running_loop()
        bus = Bus(self.events, State(self.events, loop.call_soon))
        self.scenes = SceneRepository(discover(transition_folder, Transition), self.events.publish)
        half = {"landscape": Box(0.5, 0.0, 0.5, 1.0)}
        small = {"landscape": Box(0.8, 0.8, 0.2, 0.2)}
        self.scenes.load(
            ScenesState(
                scenes=(
                    Scene(name="主播", items=(Item(1, "cam"), Item(2, "logo", boxes=small))),
                    Scene(name="特写", items=(Item(1, "clip"),)),
                    Scene(name="双机", items=(Item(1, "cam"), Item(2, "second", boxes=half))),
                    Scene(name="垫片", purpose="standby", items=(Item(1, "slate"),)),
                )
            )
        )
        bus.add(SceneCommands(self.scenes, self.events.publish))
        self.health = {name: Health("ok") for name in ("cam", "logo", "clip", "second")}
        self.outputs: dict[str, OutputStatus] = {}
        kinds = discover(folder, Trigger)
        self.plans = Plans(bus, kinds, self.look, self.events.publish, lambda: None, file=file)
        self.plans.load(plans, None)
        self.events.on(CommandRan, self.plans.heard)
        self.bus = bus
        self.commands = PlanCommands(self.plans)
        self.watch = loop.create_task(self.judge())

    async def judge(self):
        while True:
            await asyncio.sleep(JUDGE_S)
            self.plans.watch()

    def look(self):
        return Situation(now_ns(), self.scenes.state, self.health, self.outputs)

    @property
    def on_air(self):
        return self.scenes.state.programme["landscape"]

    async def until(self, check):
        async with asyncio.timeout(5):
            while not check():
                await asyncio.sleep(0.01)


def within(body, *plans):
    async def run():
        house = House(*plans)
        try:
            await body(house)
        finally:
            house.watch.cancel()
            await house.plans.stop()

    asyncio.run(run())


@pytest.mark.parametrize("state", ["lost", "frozen", "missing"])
def test_a_lost_source_takes_standby_and_comes_back(state):
    async def body(house):
        house.health["cam"] = Health(state)
        await house.until(lambda: house.on_air == "垫片")
        assert house.plans.told[0].text.en == "en cam"
        house.health["cam"] = Health("ok")
        await house.until(lambda: house.on_air == "主播")
        await house.until(lambda: not house.plans.is_running("save"))
        incident = house.plans.incidents[0]
        assert incident.state == "saved"
        assert incident.saved_ms is not None
        assert [m.is_ok for m in incident.timeline] == [True] * len(incident.timeline)

    within(body, SAVE)


def test_a_lost_corner_is_no_reason_to_leave():
    async def body(house):
        house.health["logo"] = Health("lost")
        house.health["clip"] = Health("lost")
        await asyncio.sleep(0.35)
        assert house.on_air == "主播"
        assert not house.plans.incidents

    within(body, SAVE)


def test_a_scene_somebody_took_meanwhile_stays():
    async def body(house):
        house.health["cam"] = Health("lost")
        await house.until(lambda: house.on_air == "垫片")
        house.scenes.take("特写")
        house.health["cam"] = Health("ok")
        await house.until(lambda: not house.plans.is_running("save"))
        assert house.on_air == "特写"

    within(body, SAVE)


@pytest.mark.parametrize("command", ["scenes.standby", "scenes.take"])
def test_a_standby_of_a_person_is_not_taken_back(command):
    """Pressed while the plan is on it: the same scene, and meant to stay."""

    async def body(house):
        house.health["cam"] = Health("lost")
        await house.until(lambda: house.on_air == "垫片")
        args = {"scene": "垫片"} if command == "scenes.take" else {}
        await house.bus.run(command, args, origin="desk")
        house.health["cam"] = Health("ok")
        await house.until(lambda: not house.plans.is_running("save"))
        assert house.on_air == "垫片"
        assert "A person" in str([m.text.en for m in house.plans.incidents[0].timeline])

    within(body, SAVE)


def test_a_source_that_flaps_runs_one_plan():
    async def body(house):
        for _ in range(8):
            house.health["cam"] = Health("lost")
            await asyncio.sleep(0.06)
            house.health["cam"] = Health("ok")
            await asyncio.sleep(0.02)
        assert len(house.plans.incidents) <= 2

    within(body, replace(SAVE, well_ms=400))


def test_an_output_that_is_down_is_told_with_what_still_stands():
    plan = Plan(
        "down",
        W,
        W,
        trigger=TriggerSpec("output_state", {"for_ms": 0}),
        steps=(
            RunCommand("outputs.retry", {"name": "{subject}"}, is_optional=True),
            Tell("technician", PlanText("{subject}/{standing}", "{subject}/{standing}")),
        ),
        recover=(Tell("controller", W),),
        well_ms=0,
    )

    async def body(house):
        live = OutputStatus(name="b", state=OutputState.LIVE, taken_kbps=2000)
        house.outputs = {"a": OutputStatus(name="a", state=OutputState.RECONNECTING), "b": live}
        await house.until(lambda: house.plans.told)
        assert house.plans.told[0].text.en == "a/b"
        assert not house.plans.incidents[0].timeline[1].is_ok
        house.outputs = {"a": replace(live, name="a"), "b": live}
        await house.until(lambda: not house.plans.is_running("down"))
        assert house.plans.incidents[0].state == "saved"

    within(body, plan)


def test_a_question_is_answered_or_runs_out():
    ask = Ask("controller", W, ("yes", "stop"), within_s=0.2, otherwise="stop")
    plan = Plan("ask", W, W, steps=(ask, RunCommand("scenes.standby")))

    async def body(house):
        first = house.commands.run("ask").result["incident"]
        await house.until(lambda: house.plans.questions)
        with pytest.raises(StudioError, match="yes, stop"):
            house.commands.answer(first, "maybe")
        house.commands.answer(first, "yes")
        await house.until(lambda: house.on_air == "垫片")
        house.scenes.take("主播")
        await house.until(lambda: not house.plans.is_running("ask"))
        house.commands.run("ask")
        await house.until(lambda: not house.plans.is_running("ask"))
        assert house.plans.incidents[0].state == "aborted"
        assert house.on_air == "主播"

    within(body, plan)


def test_a_red_plan_wants_a_confirmation_and_any_can_be_aborted():
    ask = Ask("controller", W, ("yes",), within_s=30)
    plan = Plan("red", W, W, level="red", steps=(ask,))

    async def body(house):
        with pytest.raises(StudioError) as caught:
            house.commands.run("red")
        assert caught.value.code == "confirm"
        house.commands.run_red("red")
        with pytest.raises(StudioError):
            house.commands.run_red("red")
        await house.until(lambda: house.plans.questions)
        house.commands.abort("red")
        await house.until(lambda: not house.plans.is_running("red"))
        assert house.commands.view().incidents[0].state == "aborted"
        assert house.commands.view().asks == ()

    within(body, plan)


def test_a_step_that_fails_ends_the_plan_with_its_reason():
    plan = Plan("bad", W, W, steps=(RunCommand("scenes.take", {"scene": "nope"}),))

    async def body(house):
        house.commands.run("bad")
        await house.until(lambda: not house.plans.is_running("bad"))
        assert house.plans.incidents[0].state == "failed"
        assert "nope" in house.plans.incidents[0].timeline[-1].text.en

    within(body, plan)


def test_a_plan_that_is_off_does_not_start():
    async def body(house):
        house.commands.enable("save", False)
        house.health["cam"] = Health("lost")
        await asyncio.sleep(0.3)
        assert house.on_air == "主播"

    within(body, SAVE)


def test_the_shipped_plans_are_whole():
    plans, errors = read_plans(demo_show())
    assert errors == []
    assert {"source_lost", "output_down"} <= {plan.id for plan in plans}
    kinds = discover(folder, Trigger)
    for plan in plans:
        if plan.trigger:
            kinds.get(plan.trigger.kind).decode(plan.trigger.settings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"id": "x"', "line 1"),
        ('{"id": "x"}', "label"),
        (
            json.dumps(
                {
                    "id": "x",
                    "label": {"zh": "", "en": ""},
                    "help": {"zh": "", "en": ""},
                    "steps": [{"type": "explode"}],
                }
            ),
            "explode",
        ),
    ],
)
def test_a_broken_plan_says_where_and_the_others_stay(tmp_path, text, said):
    (tmp_path / "plans").mkdir()
    path = tmp_path / "plans" / "mine.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudioError) as caught:
        read_plan(path)
    assert said in str(caught.value)
    plans, errors = read_plans(tmp_path)
    assert len(errors) == 1
    assert plans


def test_an_unknown_trigger_leaves_the_plan_for_the_hand():
    async def body(house):
        assert house.plans.errors
        assert house.plans.get("save")

    within(body, replace(SAVE, trigger=TriggerSpec("moon_phase")))


def test_incidents_of_a_killed_engine_are_recalled():
    import msgspec

    from studio.plans.model import Incident

    async def body(house):
        house.commands.run("save")
        await house.until(lambda: not house.plans.is_running("save"))
        plain = msgspec.to_builtins(list(house.plans.incidents))
        plain[0]["state"] = "running"
        house.plans.incidents.clear()
        house.plans.recall(msgspec.convert(plain, list[Incident]))
        assert [incident.state for incident in house.plans.incidents] == ["aborted"]
        assert house.plans.incidents[0].timeline

    within(body, SAVE)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{subject} is lost", "cam is lost"),
        ("{x} and {subject}", "{x} and cam"),
        ("{subject:>300000000}", "{subject:>300000000}"),
        ("{subject.__class__} {0} {", "{subject.__class__} {0} {"),
    ],
)
def test_parameters_are_put_in_and_nothing_else(text, filled):
    assert PlanText(text, text).filled({"subject": "cam"}).en == filled


def test_an_unknown_parameter_in_a_command_does_not_fail_the_plan():
    step = RunCommand("scenes.preview", {"scene": "{nobody} {subject}"}, is_optional=True)

    async def body(house):
        incident = house.plans.start(replace(SAVE, steps=(step,), recover=()), None, "hand")
        await house.until(lambda: incident.state != "running")
        assert incident.state == "saved"
        assert "{nobody}" in incident.timeline[1].text.en

    within(body, SAVE)
