"""The contract of a platform: it brings comments, and says how it is."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar, Protocol

from studio.comments.model import Comment, FeedSpec, PlatformDecision, Withdrawn
from studio.comments.moderation.everyday import everyday_words
from studio.core.backoff import Backoff
from studio.core.errors import StudioError
from studio.core.extension import Extension
from studio.core.log import logger
from studio.core.redact import redact
from studio.core.text import Text

_log = logger(__name__)
SHARE = 0.35
MOST_S = 0.15


class CommentPlatform(Extension):
    """Base of all kinds. Runs as a task on the engine loop: it awaits, it never computes long.

    Attributes:
        blind_spots: what it cannot see, for people.
        is_bridge: it brings comments of several platforms, and answers on all of them.
        withdraw: takes what the platform deleted or whom it banned; set by the feed.
        decided: takes what was decided elsewhere about what the platform held; set by the feed.
    """

    blind_spots: ClassVar[tuple[Text, ...]] = ()
    is_bridge: ClassVar[bool] = False

    def __init__(self, settings: Any, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self.withdraw: Callable[[Withdrawn], None] = lambda withdrawn: None
        self.decided: Callable[[PlatformDecision], None] = lambda decision: None

    @property
    def can_reply(self) -> bool:
        """Whether `reply` may be called: the platform allows it and the settings have its key."""
        return False

    async def reply(self, text: str, to: Comment | None) -> None:
        """Says something to the room, as an answer to ``to`` where the platform has answers.

        Raises:
            StudioError: unavailable: not connected, or not taken.
        """
        raise StudioError("unavailable", "audience.no_replies", kind=self.kind)

    @property
    def can_settle(self) -> bool:
        """Whether `settle` may be called: what the platform holds can be decided from here."""
        return False

    async def settle(self, comment: Comment, *, is_allowed: bool) -> None:
        """Lets through or refuses a comment that the platform holds.

        Raises:
            StudioError: unavailable: not connected, or not taken.
        """
        raise StudioError("unavailable", "audience.no_replies", kind=self.kind)

    @abstractmethod
    async def run(self, put: Callable[[Comment], None], told: Callable[[str, str], None]) -> None:
        """Delivers comments until cancelled; returns when there are no more.

        Args:
            put: takes a comment; never blocks.
            told: says a state ("connecting", "live", "ended") and a detail.

        Raises:
            StudioError: it cannot be opened; tried again after a back-off.
        """


class FeedAllowance:
    """How much of the engine's loop all feeds together may take; the show runs on it too.

    Comments cost what rules, lists and listeners take for them, which differs: time is counted.

    Args:
        share: of the time that goes by.
        most_s: so much may be taken at once.
        clock: seconds that only go forward.
    """

    def __init__(
        self, share: float = SHARE, most_s: float = MOST_S,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:  # fmt: skip
        self._share, self._most_s, self._clock = share, most_s, clock
        self._left_s, self._at = most_s, clock()

    def take(self, work: Callable[[], object]) -> bool:
        """Does ``work``; False when too much was done of late, and it was not."""
        began = self._clock()
        self._left_s = min(self._most_s, self._left_s + (began - self._at) * self._share)
        self._at = began
        if self._left_s <= 0:
            return False
        work()
        self._left_s -= self._clock() - began
        return True


class TakeAway(Protocol):
    """Takes what platforms took back out of the lists and off the picture."""

    def __call__(self, *many: Withdrawn) -> object: ...


class CommentFeed:
    """One platform at work: restarted when it fails, its state on evidence.

    Args:
        put: takes a comment.
        withdraw: takes back what a platform took back, several at once.
        allowance: of all feeds; of more than that a comment falls away, which ``dropped`` counts.
        make_ready: what must be done before the first comment is taken.
        decided: takes what was decided on the platform about what it held.
        liked: counts a comment that stands for likes; False for any other.
    """

    def __init__(
        self, spec: FeedSpec, platform: CommentPlatform, put: Callable[[Comment], object],
        withdraw: TakeAway | None = None,
        allowance: FeedAllowance | None = None, dropped: Callable[[], None] = lambda: None,
        make_ready: Callable[[], Awaitable[None]] | None = None,
        decided: Callable[[PlatformDecision], None] | None = None,
        liked: Callable[[Comment], bool] = lambda comment: False,
    ) -> None:  # fmt: skip
        self._allowance, self._dropped = allowance or FeedAllowance(), dropped
        self.spec, self.platform = spec, platform
        self.state, self.error, self.count = "connecting", "", 0
        self.withdrawn = 0
        self._gone: list[Withdrawn] = []
        self._put, self._withdraw, self._make_ready = put, withdraw, make_ready
        platform.withdraw = self._take_back
        platform.decided = decided or platform.decided
        self._liked = liked
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Starts its task."""
        self._task = asyncio.get_running_loop().create_task(
            self._work(), name=f"feed {self.spec.name}"
        )

    async def stop(self) -> None:
        """Ends its task."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _take(self, comment: Comment) -> None:
        self.count += 1
        if self.state != "live":
            self._told("live", "")
        if self._liked(comment):
            return
        if not self._allowance.take(lambda: self._put(comment)):
            self._dropped()

    def _take_back(self, withdrawn: Withdrawn) -> None:
        self.withdrawn += 1
        if self._withdraw is None:
            return
        if not self._gone:
            asyncio.get_running_loop().call_soon(self._take_back_all)
        self._gone.append(withdrawn)

    def _take_back_all(self) -> None:
        """A thousand bans that come at once cost one pass over the lists."""
        gone, self._gone = self._gone, []
        assert self._withdraw is not None
        self._withdraw(*gone)

    def _told(self, state: str, detail: str) -> None:
        self.state, self.error = state, redact(detail)

    async def _work(self) -> None:
        await asyncio.to_thread(everyday_words)  # read once, not at the first comment
        if self._make_ready is not None:
            await self._make_ready()
        backoff = Backoff((0.5, 1, 2, 3, 5))
        while True:
            before = self.count
            try:
                await self.platform.run(self._take, self._told)
                self._told("ended", "")
                return
            except asyncio.CancelledError:
                raise
            except StudioError as error:
                self._told("failed", error.in_language())
            except Exception as fault:
                _log.warning("feed %s: %s: %s", self.spec.name, type(fault).__name__, fault)
                self._told("failed", f"{type(fault).__name__}: {fault}")
            if self.count > before:
                backoff.reset()
            await asyncio.sleep(backoff.next_s())
