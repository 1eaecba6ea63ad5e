"""Comments that their own platform holds: decided there and here, each side told of the other."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from msgspec.structs import replace

from studio.comments.events import CommentModerated, HoldNotSettled
from studio.comments.model import Comment, Entry, PlatformDecision, State
from studio.comments.platforms.base import CommentFeed
from studio.comments.rings import CommentRings
from studio.core.errors import StudioError
from studio.core.log import logger

_log = logger(__name__)
APART_S = 0.25
"""Platforms take some decisions a second."""
MOST_WAITING = 500
WITHIN_S = 12.0


class HeldComments(Protocol):
    """The lists (`studio.comments.keeper.CommentQueue`)."""

    feeds: dict[str, CommentFeed]
    rings: CommentRings

    def decide(self, entry: Entry, state: State, by: str = "person") -> None:
        """Decides about a comment and all that mean the same."""
        ...


class Outside(Protocol):
    """Who tells platforms of decisions, and hears of theirs."""

    def take(self, decision: PlatformDecision) -> None:
        """A platform has decided."""
        ...

    def tell(self, entry: Entry, id: str = "") -> None:
        """Somebody here has decided: about all of a row, or about the one that came now."""
        ...


class NobodyOutside:
    """No platform is told, and none decides."""

    def take(self, decision: PlatformDecision) -> None:
        """It is left alone."""

    def tell(self, entry: Entry, id: str = "") -> None:
        """It is left alone."""


class _Told(NamedTuple):
    feed: CommentFeed
    comment: Comment
    is_allowed: bool


class OutsideDecisions:
    """Between the lists here and what platforms hold. Lives on the engine loop.

    Args:
        audience: the comments.
        announce: publishes events.
        touch: says that the lists changed.
    """

    def __init__(
        self,
        audience: HeldComments,
        announce: Callable[[Any], None],
        touch: Callable[[], None],
    ) -> None:
        self._audience, self._announce, self._touch = audience, announce, touch
        self._waiting: deque[_Told] = deque()
        self._task: asyncio.Task[None] | None = None

    def take(self, decision: PlatformDecision) -> None:
        """Takes over what was decided on its platform; what somebody decided here stays."""
        entry = self._audience.rings.get(decision.id)
        if entry is None or entry.state != "held" or not entry.comment.hold:
            return
        if entry.comment.platform != decision.platform:
            return
        self._audience.decide(
            entry, "released" if decision.is_allowed else "blocked", decision.platform
        )
        entry.decider = decision.platform
        self._announce(CommentModerated(comment=entry.comment.id, state=entry.state))
        self._touch()

    def tell(self, entry: Entry, id: str = "") -> None:
        """Tells the platform in its turn, of each comment of a row, or of the one that came now."""
        comment = entry.comment
        if entry.by == comment.platform or entry.state not in ("released", "blocked"):
            return
        able = (feed for feed in self._audience.feeds.values() if feed.platform.can_settle)
        feed = next(able, None)
        if feed is None:
            return
        for told in (id,) if id else (comment.id, *entry.ids):
            if len(self._waiting) >= MOST_WAITING:
                full = StudioError("conflict", "audience.reply_queue_full", count=MOST_WAITING)
                self._failed(comment, full)
                return
            self._waiting.append(_Told(feed, replace(comment, id=told), entry.state == "released"))
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work(), name="holds")

    async def stop(self) -> None:
        """Who was not told yet is not told."""
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _work(self) -> None:
        while self._waiting:
            feed, comment, is_allowed = self._waiting.popleft()
            try:
                async with asyncio.timeout(WITHIN_S):
                    await feed.platform.settle(comment, is_allowed=is_allowed)
            except StudioError as error:
                self._failed(comment, error)
            except Exception as fault:
                name = feed.spec.name
                _log.warning("hold through %s: %s: %s", name, type(fault).__name__, fault)
                why = f"{type(fault).__name__}: {fault}"[:200]
                kind = feed.platform.kind
                self._failed(
                    comment, StudioError("unavailable", "audience.refused", kind=kind, why=why)
                )
            await asyncio.sleep(APART_S)

    def _failed(self, comment: Comment, error: StudioError) -> None:
        self._announce(HoldNotSettled(comment=comment.id, why=error.in_language()))
