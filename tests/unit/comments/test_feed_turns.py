"""A bridge that brings more than can be read: the loop has its turns, the rest falls away."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from studio.comments.keeper import CommentQueue
from studio.comments.model import Comment, FeedSpec
from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.platforms.base import MOST_S, SHARE, CommentFeed, FeedAllowance
from studio.comments.platforms.dial import LINES_A_TURN
from studio.comments.platforms.websocket import WebSocketFeed, WebSocketSettings
from studio.core.extension import Kinds

LINES = 6000


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    def work(self, seconds: float) -> None:
        self.now_s += seconds


def test_feeds_take_a_share_of_the_loop_and_no_more() -> None:
    clock = Clock()
    allowance = FeedAllowance(clock=clock)
    done = sum(allowance.take(lambda: clock.work(0.01)) for _ in range(1000))
    assert MOST_S / 0.01 <= done <= MOST_S / 0.01 / (1 - SHARE) + 2, "a burst, and then nothing"
    began, spent = clock.now_s, 0.0
    while clock.now_s < began + 60:
        if allowance.take(lambda: clock.work(0.01)):
            spent += 0.01
        else:
            clock.work(0.001)
    assert spent <= 60 * SHARE + MOST_S
    assert spent >= 60 * SHARE * 0.9
    clock.work(3600)
    assert sum(allowance.take(lambda: clock.work(0.01)) for _ in range(1000)) < 100


def test_what_is_too_much_is_counted_and_told(tmp_path: Path) -> None:
    clock = Clock()
    queue = CommentQueue(shipped_rules(), lambda event: None, lambda: None)
    feed = CommentFeed(
        FeedSpec("f", "websocket"), WebSocketFeed(WebSocketSettings(url="ws://x"), tmp_path),
        lambda comment: clock.work(0.1), None, FeedAllowance(clock=clock), queue._fell_away,
    )  # fmt: skip
    for number in range(50):
        feed._take(Comment(str(number), "多少钱", "a", "a"))
    assert feed.count == 50
    assert queue.counts["dropped"] > 40


def test_others_have_turns_while_messages_never_end(tmp_path: Path) -> None:
    """All lines wait already: each twentieth lets the loop go on."""

    async def body() -> None:
        from websockets.asyncio.server import serve

        lines = [
            json.dumps({"id": str(n), "user": "u", "text": f"{n} 多少钱"}) for n in range(LINES)
        ]

        async def bring(connection: Any) -> None:
            for at in range(0, LINES, 500):
                await connection.send("\n".join(lines[at : at + 500]))

        beats, longest, seen = 0, 0, 0
        found: list[str] = []

        async def beat() -> None:
            nonlocal beats, longest, seen
            while True:
                beats += 1
                longest, seen = max(longest, len(found) - seen), len(found)
                await asyncio.sleep(0)

        async with serve(bring, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            platform = WebSocketFeed(WebSocketSettings(url=f"ws://127.0.0.1:{port}"), tmp_path)
            feed = CommentFeed(
                FeedSpec("f", "websocket"), platform, lambda comment: found.append(comment.id),
                None, FeedAllowance(share=1000.0, most_s=1000.0),
            )  # fmt: skip
            beating = asyncio.create_task(beat())
            feed.start()
            async with asyncio.timeout(60):
                while len(found) < LINES:
                    await asyncio.sleep(0.01)
            await feed.stop()
            beating.cancel()
        assert longest <= LINES_A_TURN
        assert beats >= LINES / LINES_A_TURN

    asyncio.run(body())


def test_the_queue_gives_its_feeds_one_allowance() -> None:
    queue = CommentQueue(
        shipped_rules(), lambda event: None, lambda: None,
        Kinds({"websocket": WebSocketFeed}, "platforms"),
    )  # fmt: skip

    async def body() -> None:
        for name in ("a", "b"):
            queue.add_feed(FeedSpec(name, "websocket", {"url": "ws://127.0.0.1:1"}))
        one, two = queue.feeds.values()
        assert one._allowance is two._allowance
        for name in ("a", "b"):
            await queue.remove_feed(name)

    asyncio.run(body())
