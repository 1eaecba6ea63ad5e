"""The command post: opens with the plan, one has a task, all see who has read what."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

import studio.plans.triggers as folder
from studio.core.command import Bus, CommandRan, Role
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.registry import discover
from studio.core.state import State
from studio.plans.model import Ask, Plan, PlanText, Tell
from studio.plans.post.desk import MOST_MESSAGES, MOST_TASKS, CommandPost
from studio.plans.post.service import PostService, seen_by
from studio.plans.reach import ArmedRight
from studio.plans.service import PlanService
from studio.plans.triggers.base import Situation, Trigger
from studio.scenes.model import Scene, ScenesState
from studio.sender.model import OutputState, OutputStatus
from tests.phone_page import run_page

W = PlanText("去看一下", "have a look")
PLAN = Plan(
    "fire", W, W, level="amber", steps=(Tell("controller", W), Ask("controller", W, ("yes",)))
)


class House:
    """Plans and the post on one bus, without an engine."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.events = Events()
        state = State(self.events, loop.call_soon)
        self.bus = Bus(self.events, state)
        scenes = (Scene(name="主播"), Scene(name="垫片", purpose="standby"))
        self.now = Situation(0, ScenesState(scenes=scenes, programme={"landscape": "主播"}), {}, {})
        kinds = discover(folder, Trigger)
        self.plans = PlanService(self.bus, kinds, self, self, self.events, state)
        self.post = PostService(self.plans, self.events, state)
        for owner in (*self.plans.commands(), *self.post.commands()):
            self.bus.add(owner)
        self.plans.plans.load([PLAN, replace(PLAN, id="calm", level="green")], None)

    def situation(self) -> Situation:
        return self.now

    def on_repeat(self, listener: Callable[[str], object]) -> None:
        self.repeat = listener

    async def run(self, id: str, who: str, role: Role = Role.CONTROLLER, /, **args: object):
        return await self.bus.run(id, args, role=role, origin=who)

    async def until(self, check) -> None:
        async with asyncio.timeout(10):
            while not check():
                await asyncio.sleep(0.005)


def within(body) -> None:
    async def run() -> None:
        house = House()
        try:
            await body(house)
        finally:
            await house.plans.stop()

    asyncio.run(run())


def test_a_plan_opens_it_and_what_is_told_is_a_task_that_one_accepts():
    async def body(house):
        assert not house.post.view().is_open
        await house.run("plans.run", "desk", plan="calm")
        await house.until(lambda: house.plans.plans.questions)
        assert not house.post.view().is_open  # green ones need nobody
        await house.run("plans.run", "desk", plan="fire")
        await house.until(lambda: house.post.view().tasks)
        (task,) = house.post.view().tasks
        assert (task.role, task.plan, task.text) == ("controller", "fire", W.pair())
        with pytest.raises(StudioError):  # the host's phone cannot take a controller's
            await house.run("post.accept", "remote:host", Role.STREAMER, task=task.id)
        both = await asyncio.gather(
            house.run("post.accept", "remote:a", task=task.id),
            house.run("post.accept", "remote:b", task=task.id),
            return_exceptions=True,
        )
        assert [isinstance(answer, StudioError) for answer in both] == [False, True]
        assert "remote:a" in str(both[1])
        await house.run("post.accept", "remote:a", task=task.id)  # twice by the same: nothing
        assert house.post.view().tasks[0].by == "remote:a"
        with pytest.raises(StudioError):
            await house.run("post.done", "remote:b", task=task.id)
        await house.run("post.done", "remote:a", task=task.id)
        await house.until(lambda: len(house.plans.plans.questions) == 2)
        for run in house.plans.plans.runs:
            await house.run("plans.answer", "remote:a", incident=run.incident.id, option="yes")
        await house.until(lambda: not house.post.view().is_open)  # settled: it closes

    within(body)


def test_it_stays_open_while_a_task_is_left_and_outlives_the_engine():
    async def body(house):
        await house.run("plans.run", "desk", plan="fire")
        await house.until(lambda: house.plans.plans.questions)
        await house.run("plans.abort", "desk", plan="fire")
        await house.until(lambda: not house.plans.plans.runs)
        view = house.post.view()
        assert view.is_open
        await house.run("post.say", "remote:a", text="on my way")
        other = House()
        await other.post.restore(house.post.checkpoint())
        again = other.post.view()
        assert (again.since_utc, again.tasks) == (view.since_utc, view.tasks)
        assert again.messages[0].text == "on my way"
        made = await other.run("post.task", "desk", role="owner", text="call the platform")
        assert made.result["task"] not in {task.id for task in view.tasks}
        await other.run("post.close", "desk")
        assert other.post.view().tasks == ()

    within(body)


def test_a_message_says_who_has_read_it_once_each():
    async def body(house):
        with pytest.raises(StudioError):
            await house.run("post.say", "desk", text="hello")  # closed
        await house.run("post.open", "desk")
        made = (await house.run("post.say", "desk", text="hello", role="owner")).result["message"]
        for who in ("remote:a", "remote:b", "remote:a"):
            await house.run("post.acknowledge", who, message=made)
        (message,) = house.post.view().messages
        assert [read.who for read in message.read] == ["remote:a", "remote:b"]
        for command, args in (
            ("post.say", {"text": " "}), ("post.say", {"text": "x" * 501}),
            ("post.acknowledge", {"message": "M99"}), ("post.accept", {"task": "T99"}),
            ("post.task", {"role": "boss", "text": "x"}),
        ):  # fmt: skip
            with pytest.raises(StudioError):
                await house.run(command, "desk", **args)

    within(body)


@pytest.mark.parametrize("state", list(OutputState))
def test_what_viewers_see_is_said_for_every_state(state):
    status = OutputStatus(name="抖音", state=state)
    seen = seen_by(status, "主播", {"垫片"})
    assert all(seen.text)
    assert seen.is_programme == (state in (OutputState.LIVE, OutputState.CONGESTED))
    assert not seen_by(status, "垫片", {"垫片"}).is_programme


def test_nothing_grows_without_end():
    post = CommandPost()
    post.open()
    for number in range(1000):
        post.add_task("controller", ("任务", f"task {number}"))
        post.say("desk", f"message {number}")
    assert len(post.tasks) == MOST_TASKS
    assert len(post.messages) == MOST_MESSAGES
    assert post.messages[-1].text == "message 999"
    assert len({task.id for task in post.tasks}) == MOST_TASKS


PAGE = """
import page, { parts } from "PATH";
import { ranked } from "STAGE";
class Element {
  constructor(tag) { this.tag = tag; this.children = []; this.hidden = false; this.value = ""; }
  append(...more) { this.children.push(...more); }
  replaceChildren(...more) { this.children = more; }
  get all() { return [this, ...this.children.flatMap((one) => one.all ?? [])]; }
  get words() { return this.textContent ?? this.children.map((one) => one.words ?? one).join(" "); }
}
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(new Element(tag), properties);
  made.append(...children);
  return made;
};
const ran = [], found = {};
const run = (command, args) => { ran.push([command, args]); };
for (const role of ["streamer", "controller"]) {
  const section = new Element("section");
  const draw = page({ section, element, run, language: () => "en", isAtLeast: ranked(role) });
  const state = JSON.parse(process.argv[2]);
  draw({}, true);
  found[`${role} closed`] = section.hidden;
  draw(state, true);
  const buttons = section.all.filter((one) => one.tag === "button" && !one.disabled);
  found[role] = buttons.map((one) => one.words).filter((word) => word);
  if (role === "controller") for (const one of buttons) one.onclick?.();
  draw(state, false);
  found[`${role} may only look`] = section.hidden;
}
console.log(JSON.stringify({ parts, found, ran }));
"""


def test_the_phones_page_shows_each_role_what_is_its_own(tmp_path: Path):
    run = {"incident": "i", "label": ["火", "Fire"], "subject": "cam", "now": ["看", "looks"],
           "next": ["完", "the end"], "held": False, "can_undo": True}  # fmt: skip
    ask = {"incident": "i", "role": "controller", "question": ["？", "Go?"], "options": ["yes"],
           "until_utc": "2026-11-29T12:00:00Z"}  # fmt: skip
    tasks = [
        {"id": "T1", "role": "streamer", "text": ["说", "Speak"], "by": "", "done_utc": ""},
        {"id": "T2", "role": "controller", "text": ["看", "Look"], "by": "a", "done_utc": ""},
    ]
    message = {"id": "M1", "who": "desk", "role": "", "text": "hello",
               "at_utc": "2026-11-29T12:00:00Z", "read": [{"who": "desk"}]}  # fmt: skip
    state = {
        "plans": {"runs": [run], "asks": [ask]},
        "post": {"is_open": True, "since_utc": "2026-11-29T12:00:00Z", "tasks": tasks,
                 "messages": [message], "statements": [],
                 "seen": [{"output": "抖音", "text": ["看到", "sees"]}]},
    }  # fmt: skip
    said = run_page("post", PAGE, state, tmp_path)
    assert set(said["parts"]) == {"post", "plans"}
    assert said["found"]["streamer closed"]
    assert said["found"]["streamer may only look"]
    assert said["found"]["streamer"] == ["I do it", "Got it", "Send"]
    assert said["found"]["controller"] == [
        "Hold", "Skip", "Stop here", "Undo all", "yes", "I do it", "Done", "Got it", "Send",
    ]  # fmt: skip
    assert [command for command, _ in said["ran"]] == [
        "plans.hold", "plans.skip", "plans.stop", "plans.undo", "plans.answer", "post.accept",
        "post.done", "post.acknowledge",
    ]  # fmt: skip


def test_who_is_taken_out_leaves_no_plan_behind_that_acts_for_them() -> None:
    async def body(house):
        plans = house.plans.plans
        id, other = sorted(plans.plans)[:2]
        for name, person in ((id, "lin"), (other, "wang")):
            plans.switch(name, False, ArmedRight(2, False))
            plans.switch(name, True, ArmedRight(2, False, person=person))
        house.events.publish(
            CommandRan(command="rights.remove", args={"name": "lin"}, origin="desk", ok=False,
                       error="no", took_ms=0.1)
        )  # fmt: skip
        assert id in plans.enabled, "it was not done"
        house.events.publish(
            CommandRan(command="rights.remove", args={"name": "lin"}, origin="desk", ok=True,
                       error="", took_ms=0.1)
        )  # fmt: skip
        assert id not in plans.enabled
        assert other in plans.enabled
        assert "lin" in plans.told[0].text.en
        assert plans.disarm("") == []

    within(body)


def test_who_says_what_others_said_counts_among_the_comments_of_ten_seconds():
    async def body(house):
        for state in ("blocked", "blocked", "allowed"):
            house.repeat(state)
        figures = house.plans._probe.sample()
        assert figures["comments.rate"].value == 3
        assert figures["comments.rude_rate"].value == 2

    within(body)
