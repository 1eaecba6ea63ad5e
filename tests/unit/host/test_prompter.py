"""The prompter's place: time, hands, voices and edits move it, each in its own way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.state import State
from studio.host.events import PrompterWanted
from studio.host.prompter import service as prompter_service
from studio.host.prompter.model import PrompterLine, PrompterRun
from studio.host.prompter.place import kept_place, moved
from studio.host.prompter.service import PrompterService
from studio.host.prompter.texts import text_lines
from studio.host.rundown.model import ItemTimes, RundownItem, RundownPart, RundownPhase, RundownRun
from studio.host.script.model import ProductScriptView
from studio.shop.catalogue import Catalogue
from studio.shop.model import ShopState

NOTE = "大家好，欢迎来到直播间。今天先看墨镜，再看口红！价格都在卡上。要的点链接。"


class Rundown:
    def __init__(self) -> None:
        items = (RundownItem("a", "开场", note=NOTE), RundownItem("b", "收尾", note="谢谢大家。"))
        self.part = RundownPart(phases=(RundownPhase("p", items=items),))
        self.run = RundownRun("running", item="a", times={"a": ItemTimes("2026-11-29T12:00:00Z")})


class NoScripts:
    def script_view(self, product: str) -> ProductScriptView | None:
        return None


class Clock:
    ns = 10**9

    def pass_s(self, seconds: float) -> None:
        self.ns += round(seconds * 1e9)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(prompter_service, "now_ns", lambda: made.ns)
    return made


def service(rundown: Rundown, told: list[Event] | None = None) -> PrompterService:
    events = Events()
    if told is not None:
        events.on_all(told.append)
    catalogue = Catalogue()
    catalogue.load(ShopState())
    made = PrompterService(
        rundown, NoScripts(), catalogue, events, State(events, lambda call: None)
    )
    made._look()
    return made


def test_it_rolls_at_its_speed_and_ends_at_the_end(clock: Clock) -> None:
    room = service(Rundown())
    assert [line.text for line in room.lines][0] == "大家好，欢迎来到直播间。"
    clock.pass_s(100)
    assert room.place() == (0, 0.0), "it is still until somebody lets it go"
    room.set_mode("roll")
    clock.pass_s(3.5)
    assert room.place() == (1, 2.0)  # 12 signs and 2 more, 4 a second
    clock.pass_s(1000)
    assert room.place() == (3, 6.0)


def test_without_words_follow_rolls_and_with_them_it_waits(clock: Clock) -> None:
    room = service(Rundown())
    room.set_mode("follow")
    clock.pass_s(2)
    assert (room.place(), room.view().is_voice) == ((0, 8.0), False)
    room.heard("今天先看墨镜")
    assert room.place() == (1, 6.0)
    assert room.view().is_voice
    for _ in range(30):  # an aside of 30 s
        clock.pass_s(1)
        room.heard("刚才有人问发什么快递哈")
        room._tick()
    assert room.place() == (1, 6.0)
    for _ in range(20):  # silence: the recogniser lives and hears nothing
        clock.pass_s(1)
        room.heard("")
        room._tick()
    assert room.place() == (1, 6.0)
    clock.pass_s(7)  # it has died
    room._tick()
    assert not room.view().is_voice
    clock.pass_s(1)
    assert room.place() == (1, 10.0), "it rolls on from there"


def test_a_hand_wins_until_it_lets_go(clock: Clock) -> None:
    room = service(Rundown())
    room.set_mode("follow")
    room.jump(2, 1.0, by_hand=True)
    clock.pass_s(60)
    room.heard("要的点链接")
    assert (room.place(), room.mode) == ((2, 1.0), "hand")
    room.set_mode("follow")
    room.heard("要的点链接")
    assert room.place()[0] == 3
    assert refused(lambda: service_without_text().jump(1, 0, by_hand=True)) == "prompter.empty"


def service_without_text() -> PrompterService:
    rundown = Rundown()
    rundown.run = RundownRun()
    return service(rundown)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(StudioError) as caught:
        act()
    return caught.value.key


def test_an_edit_moves_nobody_and_another_item_begins_at_its_start(clock: Clock) -> None:
    rundown = Rundown()
    room = service(rundown)
    room.jump(2, 3.0, by_hand=True)
    first = rundown.part.items[0]
    longer = msgspec.structs.replace(first, note="新的一句放最前面。" + NOTE)
    rundown.part = RundownPart(phases=(RundownPhase("p", items=(longer, rundown.part.items[1])),))
    room._look()
    line, offset = room.place()
    assert (room.lines[line].text, offset) == ("价格都在卡上。", 3.0)
    rundown.run = RundownRun("running", item="b", times={"b": ItemTimes("2026-11-29T12:00:00Z")})
    room._look()
    assert (room.place(), room.lines[0].text) == ((0, 0.0), "谢谢大家。")


def test_it_goes_on_after_a_kill(clock: Clock) -> None:
    room = service(Rundown())
    room.jump(1, 5.0, by_hand=True)
    kept = msgspec.convert(msgspec.to_builtins(room.checkpoint()), PrompterRun)
    after = service(Rundown())
    asyncio.run(after.restore(kept))
    assert (after.place(), after.mode) == ((1, 5.0), "hand")
    other = Rundown()
    other.run = RundownRun("running", item="b", times={"b": ItemTimes("2026-11-29T12:00:00Z")})
    elsewhere = service(other)
    asyncio.run(elsewhere.restore(kept))
    assert elsewhere.place() == (0, 0.0)


def test_a_window_is_asked_for(clock: Clock) -> None:
    told: list[Event] = []
    room: Any = service(Rundown(), told)
    room.commands()[0].open(screen="SERIAL1", mirror="h")
    assert told == [PrompterWanted(screen="SERIAL1", mirror="h")]


def test_places_in_edited_texts() -> None:
    lines = [PrompterLine(id, id * 10) for id in "abcd"]
    assert moved(lines, (0, 5), 5) == (1, 0.0)
    assert kept_place(lines, lines[1:], (2, 4.0)) == (1, 4.0)
    gone = [lines[0], lines[3]]
    assert kept_place(lines, gone, (2, 4.0)) == (1, 0.0)
    assert kept_place(lines, [], (2, 4.0)) == (0, 0.0)
    worded = [lines[0], PrompterLine("b", "x" * 20)]
    assert kept_place(lines, worded, (1, 5.0)) == (1, 10.0)


def test_a_text_of_200_000_signs_is_cut_into_lines() -> None:
    lines = text_lines("好" * 200_000)
    assert max(len(line.text) for line in lines) <= 160
    assert len({line.id for line in lines}) == len(lines)
    assert [line.text for line in text_lines("一句。\n\n二句！三")] == ["一句。", "二句！", "三"]
