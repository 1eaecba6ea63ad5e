"""What a bridge sends once more after a reconnect counts once, and nothing else is lost."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.asyncio.server import serve

from studio.comments.model import Comment, FeedSpec
from studio.comments.platforms.base import CommentFeed
from studio.comments.platforms.repeats import MOST_IDS, REPEATS_S, RepeatFilter
from studio.comments.platforms.websocket import WebSocketFeed
from studio.core.clock import NS


def comment(id, text="多少钱", who="u1"):
    return Comment(str(id), text, who, who, "p")


@pytest.fixture
def clock(monkeypatch):
    now = [0]
    monkeypatch.setattr("studio.comments.platforms.repeats.now_ns", lambda: now[0])
    return now


def test_an_id_counts_once_and_memory_is_bounded(clock):
    repeats = RepeatFilter()
    assert not repeats.is_repeat(comment(2**53 + 1), has_id=True)
    assert not repeats.is_repeat(comment(2**53), has_id=True)
    assert repeats.is_repeat(comment(2**53 + 1), has_id=True)
    for number in range(MOST_IDS):
        repeats.is_repeat(comment(f"n{number}"), has_id=True)
    assert not repeats.is_repeat(comment(2**53 + 1), has_id=True)


def test_the_same_words_count_again_but_just_after_a_reconnect(clock):
    repeats = RepeatFilter()
    assert not repeats.is_repeat(comment(1), has_id=False)
    assert not repeats.is_repeat(comment(2), has_id=False)
    repeats.reconnected()
    assert repeats.is_repeat(comment(3), has_id=False)
    assert repeats.is_repeat(comment(4), has_id=False)
    assert not repeats.is_repeat(comment(5), has_id=False), "a third time is new"
    assert not repeats.is_repeat(comment(6, who="u2"), has_id=False)
    repeats.reconnected()
    clock[0] += (REPEATS_S + 1) * NS
    assert not repeats.is_repeat(comment(7), has_id=False)


def test_the_last_200_once_more_with_large_ids(tmp_path):
    first = 2**53 + 1
    rounds = 0

    async def server(socket):
        nonlocal rounds
        rounds += 1
        for number in range(200 if rounds == 1 else 203):
            line = {"id": first + number, "text": f"{number} 号", "user": "小鹿"}
            await socket.send(json.dumps(line))
        if rounds > 1:
            await socket.wait_closed()

    async def run():
        found = []
        async with serve(server, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            settings = WebSocketFeed.decode({"url": f"ws://127.0.0.1:{port}", "platform": "p"})
            feed = CommentFeed(FeedSpec("f", "test"), WebSocketFeed(settings, tmp_path),
                               found.append)  # fmt: skip
            feed.start()
            async with asyncio.timeout(20):
                while len(found) < 203:
                    await asyncio.sleep(0.01)
            await feed.stop()
        assert [c.id for c in found] == [str(first + number) for number in range(203)]

    asyncio.run(run())
