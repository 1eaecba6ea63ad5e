"""A drill's process: however it ends, the studio hears of it, and the next drill can begin."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

import pytest

from studio.app.drill.shadow import ShadowShow
from studio.core.command import Bus, Role
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.state import State
from studio.plans.drills import process
from studio.plans.drills.model import DrillAsk, DrillTask
from studio.plans.drills.process import DrillProcess
from studio.plans.drills.service import DrillService
from studio.plans.drills.wire import DrillNews, DrillRequest, DrillWord


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DrillService:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path))
    events = Events()
    return DrillService(events, State(events, lambda work: None))


def child(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A program that is begun in place of the drill's."""
    (folder / "stand_in_drill.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(process, "MODULE", "stand_in_drill")
    monkeypatch.setattr(process, "project_dir", lambda: folder)


def test_a_drill_that_is_stopped_while_it_begins_is_over(room: DrillService) -> None:
    async def body() -> None:
        for turns in (0, 1, 2, 5, 20):
            room.begin((), 0, 1, "", has_hints=False)
            for _ in range(turns):
                await asyncio.sleep(0)
            await room.end()
            assert room.view().stage == ""
            assert room.view().why[1] == "The drill was ended by a person; it does not count."

    asyncio.run(body())


def test_a_long_line_is_taken_and_one_without_end_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "x" * 300_000
    line = DrillNews(kind="people", tasks=(DrillTask(id="1", role="streamer", text=("", words)),))
    child(
        tmp_path, monkeypatch,
        "import sys, msgspec\nfrom studio.plans.drills.wire import *\n"
        "from studio.plans.drills.model import DrillTask\n"
        "task = DrillTask(id='1', role='streamer', text=('', 'x' * 300_000))\n"
        "sys.stdout.buffer.write(msgspec.json.encode(DrillNews(kind='people', tasks=(task,))))\n"
        "sys.stdout.write('\\n' + 'y' * 9_000_000)\nsys.stdin.read()\n",
    )  # fmt: skip
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    heard: list[DrillNews] = []

    async def body() -> None:
        drill = DrillProcess(DrillRequest(show=str(tmp_path)), heard.append)
        await drill._task

    asyncio.run(body())
    assert heard[0] == line
    assert [news.kind for news in heard] == ["people", "end"]
    assert heard[1].error is not None


def test_what_a_role_is_asked_others_do_not_answer(
    room: DrillService, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[DrillWord] = []

    class Running:
        def say(self, word: DrillWord) -> None:
            said.append(word)

    async def body() -> None:
        bus = Bus(Events(), room._state)
        bus.add(*room.commands())
        room._process = Running()  # type: ignore[assignment]
        room._heard(DrillNews(
            kind="people", asks=(DrillAsk(id="a", role="controller", text=("", ""),
                                          options=("yes",)),),
            tasks=(DrillTask(id="t", role="technician", text=("", "")),),
        ))  # fmt: skip
        answer, accept = (
            ("drills.answer", {"id": "a", "option": "yes"}),
            ("drills.accept", {"id": "t"}),
        )
        for (command, args), role in ((answer, Role.STREAMER), (accept, Role.CONTROLLER)):
            with pytest.raises(StudioError) as refused:
                await bus.run(command, args, role=role)
            assert refused.value.code == "denied"
            assert not said
        await bus.run(*answer, role=Role.CONTROLLER)
        await bus.run(*accept, role=Role.TECHNICIAN)
        assert [word.what for word in said] == ["answer", "accept"]

    asyncio.run(body())


def test_a_show_that_cannot_be_drilled_leaves_no_copy_of_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show, temporary = tmp_path / "a.show", tmp_path / "t"
    show.mkdir()
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    plain = {"sources": [], "scenes": {"scenes": []}}
    (show / "show.json").write_text(json.dumps(plain), encoding="utf-8")
    with pytest.raises(StudioError) as none:
        ShadowShow(show)
    assert none.value.key == "drill.no_camera"
    assert not list(temporary.iterdir())
