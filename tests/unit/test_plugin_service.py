"""A plugin brings a feature of its own: state, event, commands, checkpoint, a part of the show."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from studio.app.check import read
from studio.app.engine import Engine
from studio.app.extensions import Extensions
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.core.paths import own_plugins_dir, plugins_dir
from tests.contract.test_services import A, B, written

FAILS = """
from studio.api import PluginService, changed, command

class Taken:
    @command("scenes.take", label=("x", "x"), help=("x", "x"))
    def take(self): ...

class Fails(PluginService):
    name = "fails"
    {body}
"""


def run(folder: Path, extensions: Extensions, body: Callable[[Engine], Awaitable[None]]) -> None:
    async def live() -> None:
        engine = Engine(read(folder, extensions), extensions)
        try:
            await engine.start()
            await body(engine)
        finally:
            await engine.stop()

    asyncio.run(live())


def test_the_goal_lives_in_the_show_the_state_and_the_checkpoint(tmp_path: Path) -> None:
    a, b = written(tmp_path / "a.show", A), written(tmp_path / "b.show", B)
    extensions = Extensions.with_plugins(plugins_dir())
    told: list[Event] = []

    async def body(engine: Engine) -> None:
        bus = engine.parts.bus
        engine.parts.events.on_all(told.append)
        with pytest.raises(StudioError):
            await bus.run("goal.add", {})
        await bus.run("goal.set", {"target": 3, "words": "likes"})
        done = await bus.run("goal.add", {"count": 3})
        assert [event.data() for event in told if event.name == "goal.reached"] == [{"target": 3}]
        assert engine.parts.state.get(["goal"])["goal"]["reached"] == 3
        kept = engine.parts.services.checkpoint()
        assert kept["goal"] == 3
        await bus.run(*done.undo)
        await engine.parts.services.restore(kept)
        assert engine.parts.state.get(["goal"])["goal"]["reached"] == 3
        await engine.parts.session.open(b)
        saved = json.loads((a / "show.json").read_text(encoding="utf-8"))
        assert saved["goal"] == {"target": 3, "words": "likes"}
        assert engine.parts.state.get(["goal"])["goal"] == {"target": 0, "words": "", "reached": 0}
        await engine.parts.session.open(a)
        assert engine.parts.state.get(["goal"])["goal"]["target"] == 3

    run(a, extensions, body)


@pytest.mark.parametrize(
    "body",
    [
        'def __init__(self, tools): raise RuntimeError("no")',
        "def commands(self): return (Taken(),)",
        'def commands(self): raise RuntimeError("no")',
        'async def load(self, part, context): raise RuntimeError("no")',
        'name = "scenes"',
    ],
    ids=["made", "a command that is taken", "commands", "load", "a name that is taken"],
)
def test_a_plugin_that_fails_is_set_aside_and_the_show_goes_on(tmp_path: Path, body: str) -> None:
    path = own_plugins_dir() / "fails" / "plugin.py"
    path.parent.mkdir(parents=True)
    path.write_text(FAILS.format(body=body), encoding="utf-8")
    raw = {**A, "fails": {"kept": 1}}
    folder = written(tmp_path / "a.show", raw)

    async def check(engine: Engine) -> None:
        await engine.parts.bus.run("scenes.take", {"scene": "Two", "transition": "cut"})
        assert "fails" not in {service.name for service in engine.parts.services}
        engine.parts.session.repository.save()
        saved = json.loads((folder / "show.json").read_text(encoding="utf-8"))
        assert saved["fails"] == {"kept": 1}
        warnings = engine.parts.state.get(["engine"])["engine"]["warnings"]
        if "name =" not in body:
            assert any("fails" in words for pair in warnings for words in pair), warnings

    run(folder, Extensions.with_plugins(own_plugins_dir()), check)
