"""A drill with people: asked, answered, scored by person and team; a game day at its moment."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.app.drill.crew import AloneCrew, TeamCrew
from studio.app.drill.shadow import ShadowShow
from studio.core.asking import Asker, asked_by
from studio.core.command import Bus, Role
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.service import ShowContext
from studio.core.state import State
from studio.plans.drill_log import all_drills
from studio.plans.drills.model import DrillsView
from studio.plans.drills.service import DrillService
from studio.plans.drills.wire import DrillNews, DrillWord
from studio.plans.faults.base import all_faults
from studio.plans.files import read_plan
from studio.show.file import demo_show

pytestmark = [
    pytest.mark.onair,
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.name == "nt", reason="POSIX signals"),
]
SOON = 150.0


class Room:
    """The service on a bus, with real processes behind it."""

    def __init__(self) -> None:
        events = Events()
        self.bus = Bus(events, State(events, lambda work: None))
        self.service = DrillService(events, self.bus.state)
        for commands in self.service.commands():
            self.bus.add(commands)

    @property
    def view(self) -> DrillsView:
        return self.service.view()

    async def run(
        self, command: str, who: str = "li", role: Role = Role.OWNER, /, **args: Any
    ) -> Any:
        with asked_by(Asker(role, True, "desk", person=who)):
            return (await self.bus.run(command, args)).result

    async def until(self, check: Callable[[], bool], what: str) -> None:
        async with asyncio.timeout(SOON):
            while not check():
                assert not any(self.view.why), (what, self.view.why)
                await asyncio.sleep(0.02)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SHOPCAST_RUNTIME", str(tmp_path / "run"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return Room()


def test_a_team_answers_and_is_scored(room: Room, tmp_path: Path) -> None:
    async def body() -> None:
        await room.service.load(None, ShowContext(demo_show()))
        await room.service.start()
        with pytest.raises(StudioError):
            await room.run("drills.accept", id="1")  # no drill asks
        await room.run("drills.start", plans=["comment_flood"], team="A", hints=True)
        with pytest.raises(StudioError):
            await room.run("drills.start")
        await room.until(lambda: room.view.stage == "running", "the fault")
        assert room.view.hint[1]
        await room.until(lambda: bool(room.view.asks), "a question")
        ask = room.view.asks[0]
        option = next(option for option in ask.options if option != "stop")
        await room.run("drills.answer", "zhang", id=ask.id, option=option)
        taken = set()
        while not room.view.last:
            for task in room.view.tasks:
                if not task.by and task.id not in taken:
                    taken.add(task.id)
                    await room.run("drills.accept", "li", id=task.id)
            assert not any(room.view.why), room.view.why
            await asyncio.sleep(0.05)
        await room.until(lambda: not room.view.stage, "the end")
        (record,) = all_drills()
        assert record.passed, record
        assert (record.plan, record.team, record.has_hints) == ("comment_flood", "A", True)
        people = {person.who: person for person in record.people}
        assert people["zhang"].answered == 1
        assert people["zhang"].first_s > 0
        assert record.asks == 1
        assert (people["li"].accepted if "li" in people else 0) == len(taken)
        scores = await room.run("drills.scores")
        assert scores["teams"][0]["days"][0]["passed"] == 1
        assert {row["who"] for row in scores["people"]} == set(people)
        # A streamer's phone has its own times and the team's totals, no one else's.
        mine = await room.run("drills.scores", "zhang", Role.STREAMER)
        assert [row["who"] for row in mine["people"]] == ["zhang"]
        assert mine["teams"] == scores["teams"]
        assert [row["who"] for row in mine["last"][0]["people"]] == ["zhang"]
        assert (await room.run("drills.scores", "wang", Role.STREAMER))["people"] == ()
        assert await room.run("drills.scores", "wang", Role.CONTROLLER) == scores
        assert not any(record.people for record in room.view.last)  # the state is the same for all

        # Ended by a person it does not count, and nothing of it is left.
        await room.run("drills.start", plans=["source_lost"])
        await room.until(lambda: room.view.stage == "running", "the fault")
        await room.run("drills.stop")
        assert room.view.why[1].startswith("The drill was ended")
        assert len(all_drills()) == 1
        await room.service.stop()

    asyncio.run(body())
    assert not list(tmp_path.glob("sc-drill-*"))


def test_a_question_with_two_keys_is_answered_by_two_people_of_its_role(tmp_path: Path) -> None:
    """On a real shadow: by a team, of which one alone cannot, and by the drill itself."""
    words = {"zh": "停播", "en": "End it"}
    ask = {"type": "ask", "role": "technician", "question": words, "options": ["end", "stop"],
           "within_s": 60, "otherwise": "stop", "keys": 2}  # fmt: skip
    end = {"type": "command", "command": "outputs.stop", "args": {"name": "drill a"}}
    plan = {"id": "ending", "label": words, "help": words, "role": "technician",
            "steps": [ask, end]}  # fmt: skip
    show = tmp_path / "own.show"
    shutil.copytree(demo_show(), show)
    (show / "plans").mkdir(exist_ok=True)
    (show / "plans" / "ending.json").write_text(json.dumps(plan), encoding="utf-8")
    news: list[DrillNews] = []
    crew = TeamCrew(news.append, has_hints=False, count=1)
    with ShadowShow(show) as shadow:
        shadow.run("plans.accept", plan="ending")

        def asked() -> list[dict[str, Any]]:
            return [ask for ask in shadow.part("plans")["asks"] if ask["incident"] == id]

        def has_ended() -> bool:
            return all(run["incident"] != id for run in shadow.part("plans")["runs"])

        def state() -> str:
            rows = {row["name"]: row["state"] for row in shadow.part("outputs")}
            return str(rows["drill a"])

        def says(who: str, role: str) -> None:
            word = DrillWord(what="answer", id=id, who=who, role=role, individual=who, option="end")
            crew.say(word)
            crew.look(shadow)

        id = shadow.run("plans.run", plan="ending")["result"]["incident"]
        assert shadow.until(lambda: bool(asked()), 10)
        crew.begin(next(iter(all_faults().values())), read_plan(show / "plans" / "ending.json"))
        crew.look(shadow)
        for _ in range(2):
            says("li", "technician")
        says("wang", "streamer")  # who is not asked
        assert [(row["keys"], row["given"]) for row in asked()] == [(2, 1)]
        assert [(row.keys, row.given) for row in news[-1].asks] == [(2, 1)]
        assert state() == "live"
        says("zhang", "technician")
        assert shadow.until(has_ended, 10)
        assert state() != "live"
        people = {person.who: person.answered for person in crew.scores()[0]}
        assert people == {"li": 1, "zhang": 1}

        shadow.run("outputs.start", name="drill a")
        assert shadow.until(lambda: state() == "live", 30)
        id = shadow.run("plans.run", plan="ending")["result"]["incident"]
        assert shadow.until(lambda: bool(asked()), 10)
        AloneCrew().look(shadow)
        assert shadow.until(has_ended, 10)
        assert state() != "live"
