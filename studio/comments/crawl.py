"""Comments that cross the picture: chosen, held back a while, drawn, and taken off again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

from studio.comments.keeper import CommentQueue
from studio.comments.model import CrawlView, Entry
from studio.core.clock import NS, now_ns
from studio.core.log import logger
from studio.graphics.model import CrawlSettings

_log = logger(__name__)
MOST_HELD = 200
"""So many wait for their time; of more the oldest talk is left out first."""
RANK_OF_QUESTION = 2


class CrawlPicture(Protocol):
    """Where comments cross (`studio.graphics.crawl.CommentCrawl`)."""

    @property
    def crossing(self) -> frozenset[str]:
        """Ids of what is on a picture or about to be."""
        ...

    def drop(self, id: str) -> None:
        """Takes a comment off every canvas."""
        ...

    def take_left_out(self) -> int:
        """How many found no room since this was last asked."""
        ...


class CrawlOverlay(Protocol):
    """Draws what crosses."""

    @property
    def crawl(self) -> CrawlPicture:
        """What crosses now."""
        ...

    def run_crawl(self, settings: CrawlSettings) -> None:
        """Lets comments cross in another way; what crosses now goes."""
        ...

    def send_crawl(self, id: str, author: str, text: str) -> None:
        """Draws a comment and lets it begin; any thread."""
        ...


class _Held(NamedTuple):
    entry: Entry
    due_ns: int


class CrawlKeeper:
    """What crosses, and what waits for its time. Lives on the engine loop.

    A comment waits `CrawlSettings.wait_s`; who blocks it or mutes its author meanwhile keeps it
    off. What is on its way is looked at again ten times a second: what may not be shown any more,
    whatever the reason, leaves every canvas.

    Args:
        audience: the comments.
        overlay: draws them.
        touch: says that the counts are others.
    """

    def __init__(
        self, audience: CommentQueue, overlay: CrawlOverlay, touch: Callable[[], None]
    ) -> None:
        self._audience, self._overlay, self._touch = audience, overlay, touch
        self.settings = CrawlSettings()
        self._held: deque[_Held] = deque()
        self._on_air: dict[str, Entry] = {}
        self._shown = self._left_out = 0
        self._sending: asyncio.Task[None] | None = None

    def hear(self, entry: Entry) -> None:
        """A new comment was judged."""
        settings = self.settings
        if settings.kind == "off" or entry.state not in ("allowed", "released"):
            return
        if settings.which == "questions" and entry.rank < RANK_OF_QUESTION:
            return
        entry.is_crossing = True
        self._held.append(_Held(entry, now_ns() + int(settings.wait_s * NS)))
        if len(self._held) > MOST_HELD:
            talk = next((h for h in self._held if h.entry.rank < RANK_OF_QUESTION), self._held[0])
            self._held.remove(talk)
            talk.entry.is_crossing = False
            self._left_out += 1

    def change(self, settings: CrawlSettings) -> None:
        """Crosses in another way from now on; what is on its way goes."""
        self.settings = settings
        for entry in (*(held.entry for held in self._held), *self._on_air.values()):
            entry.is_crossing = False
        self._held.clear()
        self._on_air.clear()
        self._shown = self._left_out = 0
        self._overlay.run_crawl(settings)

    def look(self) -> None:
        """Takes off what may not be shown any more, and sees to it that what is due is sent."""
        if self.settings.kind == "off":
            return
        crossing = self._overlay.crawl.crossing
        for id, entry in list(self._on_air.items()):
            may_show = self._audience.may_show(entry)
            if id in crossing and may_show:
                continue
            if not may_show:
                self._overlay.crawl.drop(id)
            entry.is_crossing = False
            del self._on_air[id]
        left = self._overlay.crawl.take_left_out()
        self._left_out += left
        if left:
            self._touch()
        is_due = self._held and self._held[0].due_ns <= now_ns()
        if is_due and (self._sending is None or self._sending.done()):
            self._sending = asyncio.get_running_loop().create_task(self._send_due(), name="crawl")

    async def stop(self) -> None:
        """Nothing is being sent any more."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
            self._sending = None

    async def _send_due(self) -> None:
        try:
            while self._held and self._held[0].due_ns <= now_ns():
                await self._send(self._held.popleft().entry)
        except Exception:  # the next one may be fine
            _log.exception("a comment that was to cross the picture was left out")

    async def _send(self, entry: Entry) -> None:
        settings, audience = self.settings, self._audience
        if audience.sentences.is_open(entry):  # nobody has judged its meaning yet
            await audience.sentences.settle(entry)
        comment, overlay = entry.comment, self._overlay
        if settings is self.settings and audience.may_show(entry):
            await asyncio.to_thread(overlay.send_crawl, comment.id, comment.author, comment.text)
        if settings is not self.settings or not audience.may_show(entry):  # or not any more
            overlay.crawl.drop(comment.id)
            entry.is_crossing = False
            return
        self._on_air[comment.id] = entry
        self._shown += 1
        self._touch()

    def view(self) -> CrawlView:
        """How comments cross, and how many did."""
        return CrawlView(self.settings, len(self._held), self._shown, self._left_out)
