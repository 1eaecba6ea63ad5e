"""Answers that go back to a platform: in turn, and never faster than platforms allow."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from studio.comments.model import Comment
from studio.comments.platforms.base import CommentFeed
from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.log import logger

_log = logger(__name__)

APART_S = 1.6
"""Twitch takes 20 messages in 30 s from those who are no moderators."""
MOST_WAITING = 20


def feed_for(feeds: Iterable[CommentFeed], comment: Comment) -> CommentFeed:
    """The feed through which a comment is answered: one of its platform, else a bridge.

    Raises:
        StudioError: unavailable: none can.
    """
    able = [feed for feed in feeds if feed.platform.can_reply]
    for feed in able:
        if feed.platform.kind == comment.platform:
            return feed
    for feed in able:
        if feed.platform.is_bridge:
            return feed
    raise StudioError("unavailable", "audience.no_reply_feed", platform=comment.platform)


class ReplyQueue:
    """Sends what people answered through the feeds. Lives on the engine loop.

    Args:
        failed: told of an answer that was not taken: the comment, and why.
    """

    def __init__(self, failed: Callable[[Comment, StudioError], None]) -> None:
        self._failed = failed
        self._waiting: dict[str, deque[tuple[CommentFeed, Comment, str]]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._next_ns: dict[str, int] = {}

    def send(self, feed: CommentFeed, to: Comment, text: str) -> int:
        """Sends it as soon as its turn comes; how many wait before it.

        Raises:
            StudioError: conflict: too many wait.
        """
        name = feed.spec.name
        waiting = self._waiting.setdefault(name, deque())
        if len(waiting) >= MOST_WAITING:
            raise StudioError("conflict", "audience.reply_queue_full", count=len(waiting))
        waiting.append((feed, to, text))
        if name not in self._tasks or self._tasks[name].done():
            self._tasks[name] = asyncio.get_running_loop().create_task(
                self._work(name), name=f"replies {name}"
            )
        return len(waiting) - 1

    async def stop(self) -> None:
        """What still waits is not sent."""
        tasks, self._tasks = list(self._tasks.values()), {}
        self._waiting.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, name: str) -> None:
        waiting = self._waiting[name]
        while waiting:
            await asyncio.sleep(max(0.0, (self._next_ns.get(name, 0) - now_ns()) / NS))
            feed, to, text = waiting.popleft()
            self._next_ns[name] = now_ns() + int(APART_S * NS)
            try:
                async with asyncio.timeout(5.0):
                    await feed.platform.reply(text, to)
            except StudioError as error:
                self._failed(to, error)
            except Exception as fault:
                _log.warning("reply through %s: %s: %s", name, type(fault).__name__, fault)
                why = f"{type(fault).__name__}: {fault}"[:200]
                kind = feed.platform.kind
                self._failed(to, StudioError("unavailable", "audience.refused", kind=kind, why=why))
