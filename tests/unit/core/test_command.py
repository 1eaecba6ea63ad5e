"""A command is found, checked, run, told, and says what is wrong with a call."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from studio.core.asking import Asker, asked_by
from studio.core.command import Bus, Changed, CommandRan, Role, changed, command
from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.state import State, StateChanged


class Lamp:
    def __init__(self) -> None:
        self.level = 0

    @command("lamp.set", label=("亮度", "Set"), help=("设亮度。", "Sets the level."))
    def set(self, level: Annotated[int, msgspec.Meta(ge=0, le=10)]) -> Changed:
        before, self.level = self.level, level
        return changed("lamp", undo=("lamp.set", {"level": before}))

    @command("lamp.smash", label=("砸", "Smash"), help=("砸。", "Smashes."), needs_confirm=True)
    async def smash(self, how: str = "hard") -> Changed:
        await asyncio.sleep(0)
        return changed("lamp", result=how)

    @command(
        "lamp.key",
        role=Role.TECHNICIAN,
        label=("密钥", "Key"),
        help=("密钥。", "Key."),
        secret=("key",),
    )
    def key(self, key: str) -> None:
        raise RuntimeError("boom")

    @command("lamp.film", label=("录", "Film"), help=("录。", "Films."))
    def film(self, file: str) -> None:
        Path(file).stat()


class Stage:
    """The streamer goes on; what takes that back is a command of the controller's."""

    def __init__(self) -> None:
        self.at = 0

    @command(
        "stage.next", role=Role.STREAMER, label=("下一个", "Next"), help=("往下。", "Goes on.")
    )
    def next(self) -> Changed:
        before, self.at = self.at, self.at + 1
        return changed("lamp", undo=("stage.go", {"to": before}))

    @command("stage.go", label=("到", "Go"), help=("到某处。", "Goes somewhere."))
    def go(self, to: int) -> Changed:
        before, self.at = self.at, to
        return changed("lamp", undo=("stage.go", {"to": before}))


class Room:
    def __init__(self) -> None:
        self.events = Events()
        self.told: list[Event] = []
        self.events.on_all(self.told.append)
        loop = asyncio.get_running_loop()
        self.state = State(self.events, loop.call_soon)
        self.lamp = Lamp()
        self.state.add("lamp", lambda: self.lamp.level)
        self.bus = Bus(self.events, self.state)
        self.bus.add(self.lamp)


def within(body):
    async def run():
        await body(Room())

    asyncio.run(run())


def test_a_command_changes_state_and_tells_it_once():
    async def body(room):
        await room.bus.run("lamp.set", {"level": 3}, origin="desk")
        done = await room.bus.run("lamp.set", {"level": 4})
        assert done.undo == ("lamp.set", {"level": 3})
        await asyncio.sleep(0)
        parts = [e.parts for e in room.told if isinstance(e, StateChanged)]
        assert parts == [{"lamp": 4}]
        ran = [e for e in room.told if isinstance(e, CommandRan)]
        assert [e.origin for e in ran] == ["desk", "engine"]
        assert all(e.ok for e in ran)

    within(body)


@pytest.mark.parametrize(
    ("id", "args", "code"),
    [
        ("lamp.nope", {}, "not_found"),
        ("lamp.set", {"level": 11}, "invalid"),
        ("lamp.set", {"level": "3"}, "invalid"),
        ("lamp.set", {"level": 3, "colour": 1}, "invalid"),
        ("lamp.set", {}, "invalid"),
        ("lamp.smash", {}, "confirm"),
        ("lamp.key", {"key": "abcdef"}, "failed"),
    ],
)
def test_a_wrong_call_is_refused_with_its_reason(id, args, code):
    async def body(room):
        with pytest.raises(StudioError) as caught:
            await room.bus.run(id, args)
        assert caught.value.code == code
        assert id in caught.value.in_language("zh") or code == "failed"
        assert room.told[-1].ok is False

    within(body)


def test_a_place_that_the_system_refuses_is_no_fault_of_ours(tmp_path, caplog):
    async def body(room):
        too_long = str(tmp_path / ("a" * 300))
        with pytest.raises(StudioError) as caught:
            await room.bus.run("lamp.film", {"file": too_long})
        words = caught.value.in_language("en")
        assert caught.value.code == "failed"
        assert too_long[:100] in words
        assert "too long" in words
        assert "OSError" not in words
        assert room.told[-1].error == words
        assert "Traceback" not in caplog.text

    within(body)


def test_text_from_a_command_line_is_converted():
    async def body(room):
        await room.bus.run("lamp.set", {"level": "7"}, is_text=True)
        assert room.lamp.level == 7
        done = await room.bus.run("lamp.smash", {"confirm": "true"}, is_text=True)
        assert done.result == "hard"

    within(body)


def test_a_role_that_is_too_low_is_denied():
    async def body(room):
        with pytest.raises(StudioError) as caught:
            await room.bus.run("lamp.key", {"key": "abcdef"}, role=Role.CONTROLLER)
        assert caught.value.code == "denied"

    within(body)


def test_a_secret_argument_is_never_told():
    async def body(room):
        with pytest.raises(StudioError):
            await room.bus.run("lamp.key", {"key": "hush-hush"})
        with pytest.raises(StudioError):
            await room.bus.run("lamp.wrong", {"key": "hush-hush"})
        assert "hush-hush" not in repr(room.told)

    within(body)


def test_a_listener_that_fails_stops_nobody():
    async def body(room):
        def bad(event):
            raise RuntimeError

        room.events.on_all(bad)
        seen = []
        room.events.on(CommandRan, seen.append)
        await room.bus.run("lamp.set", {"level": 1})
        assert len(seen) == 1

    within(body)


def test_an_id_cannot_be_defined_twice():
    async def body(room):
        with pytest.raises(ValueError, match="twice"):
            room.bus.add(Lamp())

    within(body)


def test_whoever_did_a_step_may_take_it_back_and_do_it_again():
    async def body(room):
        stage = Stage()
        room.bus.add(stage)
        room.bus.show = "friday"

        async def ask(id, args, person="Ming", without=(), role=Role.STREAMER):
            with asked_by(Asker(role, False, "phone", without, (), person)):
                return await room.bus.run(id, args, role=role)

        async def refused(*call, **asker):
            with pytest.raises(StudioError) as error:
                await ask(*call, **asker)
            assert error.value.code == "denied"

        await refused("stage.go", {"to": 0})  # nobody did anything yet
        done = await ask("stage.next", {})
        await refused("stage.go", {"to": 5})  # another way than the one back
        await refused(*done.undo, person="Li")  # another's step
        await refused(*done.undo, without=("stage.go",))  # not lent at all
        await refused(*done.undo, role=Role.VIEWER)  # may not even go on any more
        room.bus.show = "saturday"
        await refused(*done.undo)
        room.bus.show = "friday"
        undone = await ask(*done.undo)
        assert stage.at == 0
        await refused(*done.undo)  # once
        redone = await ask(*undone.undo)
        assert stage.at == 1
        await ask(*redone.undo)
        assert stage.at == 0

    within(body)
