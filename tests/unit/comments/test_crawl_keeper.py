"""What crosses the picture: chosen, held back, never what may not be shown, whatever the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from msgspec.structs import replace

from studio.comments.crawl import MOST_HELD, CrawlKeeper
from studio.comments.crawl_commands import CrawlCommands
from studio.comments.keeper import CommentQueue
from studio.comments.model import Comment, Withdrawn
from studio.comments.moderation.rule_files import shipped_rules
from studio.core.clock import NS
from studio.graphics.crawl import CommentCrawl, CrawlText
from studio.graphics.model import CrawlSettings
from studio.media.frame import blank
from studio.media.yuv import Rect, layer

AREA = Rect(20, 20, 600, 320)


class Pictures:
    """One canvas whose pictures are made by hand."""

    def __init__(self) -> None:
        self.crawl = CommentCrawl(25.0)
        self.number = 0

    def run_crawl(self, settings: CrawlSettings) -> None:
        self.crawl.settings = settings
        self.crawl.clear()

    def send_crawl(self, id: str, author: str, text: str) -> None:
        self.crawl.send(CrawlText(id, {"c": layer(blank(80, 20))}))

    def seen(self) -> frozenset[str]:
        """Ids on the picture or waiting for a row, after one more picture."""
        for _ in range(2):
            self.number += 1
            self.crawl.at("c", (640, 360), AREA, [], self.number * NS // 25)
        return self.crawl.crossing


def comment(id: str, text: str, author: str = "小鹿") -> Comment:
    return Comment(id, text, author, f"u-{author}", "douyin")


class Room:
    """The comments, their way to the picture, and the picture."""

    def __init__(self, **settings: object) -> None:
        self.audience = CommentQueue(shipped_rules(), lambda event: None, lambda: None)
        self.pictures = Pictures()
        self.keeper = CrawlKeeper(self.audience, self.pictures, lambda: None)
        self.audience.on_judged = self.keeper.hear
        self.keeper.change(CrawlSettings(**{"kind": "bullets", "wait_s": 0, **settings}))  # type: ignore[arg-type]
        self.pictures.seen()

    async def look(self) -> frozenset[str]:
        self.keeper.look()
        sending = self.keeper._sending
        if sending is not None:
            await sending
        return self.pictures.seen()

    def say(self, id: str, text: str, author: str = "小鹿") -> None:
        assert self.audience.put(comment(id, text, author)) is not None


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def test_only_what_passed_crosses_and_only_once() -> None:
    async def story() -> None:
        room = Room()
        room.say("1", "主播今天真好看")
        room.say("2", "你们都是骗子，假货")
        room.say("3", "主播今天真好看", "小马")
        assert await room.look() == {"1"}
        assert room.keeper.view().shown == 1

    run(story)


def test_questions_alone() -> None:
    async def story() -> None:
        room = Room(which="questions")
        room.say("1", "主播今天真好看")
        room.say("2", "160 穿什么码？")
        assert await room.look() == {"2"}

    run(story)


WAYS: dict[str, Callable[[CommentQueue], object]] = {
    "blocked": lambda queue: queue.decide(queue.get("1"), "blocked"),
    "held": lambda queue: queue.decide(queue.get("1"), "held"),
    "muted": lambda queue: queue.mute(queue.get("1"), 5),
    "deleted there": lambda queue: queue.take_away(Withdrawn("douyin", ("1",))),
    "banned there": lambda queue: queue.take_away(Withdrawn("douyin", author_id="u-小鹿")),
    "erased": lambda queue: queue.forget("douyin/u-小鹿"),
    "many": lambda queue: queue.many.settle([queue.get("1")], "blocked"),
}


@pytest.mark.parametrize("when", ["waiting", "crossing"])
@pytest.mark.parametrize("way", sorted(WAYS))
def test_what_may_not_be_shown_any_more_is_gone(way: str, when: str) -> None:
    async def story() -> None:
        room = Room(wait_s=30 if when == "waiting" else 0)
        room.say("1", "主播今天真好看")
        assert await room.look() == (frozenset() if when == "waiting" else {"1"})
        WAYS[way](room.audience)
        if when == "waiting":  # its time has come
            held = room.keeper._held.popleft()
            room.keeper._held.append(held._replace(due_ns=0))
        assert await room.look() == frozenset()
        assert room.keeper.view().shown == (when == "crossing")

    run(story)


def test_a_flood_of_talk_pushes_out_no_question_and_nobody_who_crosses() -> None:
    async def story() -> None:
        room = Room()
        room.say("first", "来了来了，晚上好呀")
        assert await room.look() == {"first"}
        room.keeper.settings = replace(room.keeper.settings, wait_s=30)
        room.say("asked", "160 穿什么码？")
        for number in range(3 * MOST_HELD):
            room.audience._recent.clear()  # a second has gone by
            room.audience.put(comment(f"{number}", f"今天第{number}次来看直播", f"观众{number}"))
        waiting = [held.entry.comment.id for held in room.keeper._held]
        assert "asked" in waiting
        assert room.keeper.view().waiting == MOST_HELD
        assert room.keeper.view().left_out > 0
        assert "first" in room.audience.rings, "what crosses falls out of no list"
        room.audience.take_away(Withdrawn("douyin", ("first",)))
        assert await room.look() == frozenset(), "and is still found when it is deleted"

    run(story)


def test_another_way_begins_with_an_empty_picture() -> None:
    async def story() -> None:
        room = Room()
        room.say("1", "主播今天真好看")
        assert await room.look() == {"1"}
        entry = room.audience.get("1")
        assert entry.is_crossing
        room.keeper.change(CrawlSettings())
        assert room.pictures.seen() == frozenset()
        assert not entry.is_crossing
        room.say("2", "这个颜色显白呀")
        assert await room.look() == frozenset(), "off is off"

    run(story)


def test_taking_back_leaves_what_another_desk_set_meanwhile() -> None:
    room = Room()
    commands = CrawlCommands(room.keeper)
    undo = commands.crawl(kind="ticker").undo
    commands.crawl(size=1.5)
    assert undo == ("comments.crawl", {"kind": "bullets"})
    commands.crawl(**undo[1])
    assert (room.keeper.settings.kind, room.keeper.settings.size) == ("bullets", 1.5)
