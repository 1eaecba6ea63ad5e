"""The comments of the show as a service of the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Protocol

import msgspec

from studio.comments.commands import AudienceCommands
from studio.comments.crawl import CrawlKeeper, CrawlOverlay
from studio.comments.crawl_commands import CrawlCommands
from studio.comments.events import AuthorMuted
from studio.comments.keeper import CommentQueue
from studio.comments.like_commands import LikeCommands
from studio.comments.listeners import CommentListener, GiftListener, RepeatListener
from studio.comments.model import AudiencePart, CommentsKept, CommentsView, Entry
from studio.comments.moderation.packs import find_pack, sound_pack
from studio.comments.moderation.rule_files import RuleFile, shipped_rules
from studio.comments.outside import OutsideDecisions
from studio.comments.pack_commands import PackCommands, TrialRunner
from studio.comments.platforms.base import CommentPlatform
from studio.comments.quick import FactSheet, SheetAsker
from studio.comments.quick_commands import QuickCommands
from studio.comments.sentence_commands import SentenceCommands
from studio.comments.sentences.link import SentenceLink
from studio.core.credentials import is_lost
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.extension import Kinds
from studio.core.log import logger
from studio.core.names import check_name
from studio.core.service import Every, Finding, Service, ShowContext
from studio.core.state import State
from studio.graphics.model import CrawlSettings

_log = logger(__name__)
TELL_S = 0.2
CRAWL_S = 0.1
"""How often what crosses the picture is looked at again."""
MUTES_S = 1.0
"""How often mutes are looked through for those that are over."""


class CommentOverlay(CrawlOverlay, Protocol):
    """Where comments are drawn: the pinned one, and those that cross the picture."""

    def show_comment(self, author: str, text: str, platform: str = "") -> None:
        """Puts it on the picture; "" as text takes it off."""
        ...

    def drop_comment(self) -> None:
        """Takes it off every canvas at once, also one that is on its way out."""
        ...


class CommentService(Service):
    """Feeds, moderation, mutes and the pinned comment.

    Args:
        kinds: the platforms there are.
        overlay: where a pinned comment is drawn.
        events, state: where changes are told.
        trials: tries packs on comments of the past.
        bus: asked for the facts of goods.
    """

    name: ClassVar[str] = "comments"
    key: ClassVar[str] = "audience"
    Part: ClassVar[Any] = AudiencePart
    View: ClassVar[Any] = CommentsView
    Checkpoint: ClassVar[Any] = CommentsKept

    def __init__(
        self,
        kinds: Kinds[CommentPlatform],
        overlay: CommentOverlay,
        events: Events,
        state: State,
        trials: TrialRunner,
        bus: SheetAsker,
    ) -> None:
        self._overlay, self._state = overlay, state
        self._loop = asyncio.get_running_loop()
        self._is_telling = False
        self._errors: list[StudioError] = []
        self._missing: list[str] = []
        self._sentences = SentenceLink(self._touch_soon)
        self.audience = CommentQueue(
            shipped_rules(), events.publish, self._touch_soon, kinds, self._sentences
        )
        self._people = AudienceCommands(
            self.audience, events.publish, overlay.show_comment, overlay.drop_comment
        )
        self._announce = events.publish
        self._crawl = CrawlKeeper(self.audience, overlay, self._touch_soon)
        self._gift_listeners: list[GiftListener] = []
        self.audience.on_judged = self._judged
        self._outside = OutsideDecisions(self.audience, events.publish, self._touch_soon)
        self.audience.outside = self._outside
        self.every = (
            Every("mutes", MUTES_S, self._end_mutes), Every("crawl", CRAWL_S, self._crawl.look)
        )  # fmt: skip
        quick = QuickCommands(self.audience, self._people, FactSheet(bus, state))
        self._commands = (
            self._people, PackCommands(self.audience, trials), quick,
            SentenceCommands(self.audience), CrawlCommands(self._crawl),
            LikeCommands(self.audience.likes),
        )  # fmt: skip

    @property
    def errors(self) -> Sequence[StudioError]:
        """Feeds of the show that could not be started."""
        return self._errors

    def commands(self) -> Sequence[object]:
        """Comments and feeds."""
        return self._commands

    def listen(self, listener: CommentListener) -> None:
        """Calls ``listener`` with every comment of a person that is not muted."""
        self.audience.listeners.append(listener)

    def likes(self) -> int:
        """Of all platforms."""
        return self.audience.likes.total

    def on_gift(self, listener: GiftListener) -> None:
        """Calls ``listener`` with the id and the author of every comment that gives something."""
        self._gift_listeners.append(listener)

    def on_repeat(self, listener: RepeatListener) -> None:
        """Calls ``listener`` with the state of every comment that says what a row says already."""
        self.audience.on_repeat.append(listener)

    def _judged(self, entry: Entry) -> None:
        self._crawl.hear(entry)
        if entry.comment.kind == "gift":
            for listener in self._gift_listeners:
                listener(entry.comment.id, entry.comment.author)

    def may_show(self, comment: str) -> bool:
        """May this comment, and so its author's name, be on the picture now?"""
        return self.audience.may_name(comment)

    def muted_people(self) -> set[str]:
        """Who is muted now ("platform/identity")."""
        return set(self.audience.mutes)

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """Feeds: names, kinds, settings."""
        for feed in part.feeds:
            place = f"audience.feeds[{feed.name}]"
            try:
                check_name(feed.name)
                if context.kinds is not None:
                    kind = context.kinds_of(CommentPlatform).get(feed.kind)  # type: ignore[type-abstract]
                    kind.decode(dict(feed.settings))
                    if is_lost(dict(feed.settings)):
                        raise StudioError("unavailable", "security.secret_lost", what=feed.name)
            except StudioError as error:
                yield Finding(place, error)

    async def reset(self) -> None:
        """No feed, no comment, no own word, no mute, nothing pinned, no answer on its way."""
        await self._people.replies.stop()
        await self._crawl.stop()
        await self._outside.stop()
        for name in list(self.audience.feeds):
            await self.audience.remove_feed(name)
        self._overlay.show_comment("", "")
        self._crawl.change(CrawlSettings())
        self._errors, self._missing = [], []
        self.audience.likes.clear()
        await self.audience.reset()

    async def load(self, part: Any, context: ShowContext) -> None:
        """Starts the show's feeds and takes its words."""
        self.audience.folder = context.folder
        self._crawl.change(part.crawl)
        await self.audience.load_rules(part, await self._packs(part.packs))
        for spec in part.feeds:
            try:
                self.audience.add_feed(spec)
            except StudioError as error:
                self._errors.append(error)
                _log.warning("feed %s: %s", spec.name, error)

    async def _packs(self, names: Sequence[str]) -> dict[str, RuleFile]:
        """The packs of the show; one that is missing or unsound is told and left out."""
        packs: dict[str, RuleFile] = {}
        for name in names:
            try:
                packs[name] = await asyncio.to_thread(_sound, name)
            except StudioError as error:
                self._missing.append(name)  # the show keeps it
                self._errors.append(error)
                _log.warning("comment pack %s: %s", name, error)
        return packs

    def save(self) -> AudiencePart:
        """Feeds, own words and armed packs."""
        part = self.audience.part()
        packs = (*part.packs, *self._missing)
        return msgspec.structs.replace(part, packs=packs, crawl=self._crawl.settings)

    def view(self) -> CommentsView:
        """The lists that the desk shows."""
        likes = dict(self.audience.likes.by_platform)
        return msgspec.structs.replace(self.audience.view(), crawl=self._crawl.view(), likes=likes)

    def checkpoint(self) -> CommentsKept:
        """What a person decided: pinned, muted, slow."""
        likes = dict(self.audience.likes.by_platform)
        return msgspec.structs.replace(self.audience.kept(), likes=likes)

    async def restore(self, kept: Any) -> None:
        """Mutes again, and pins again what was pinned."""
        if kept.pinned is not None:  # it is judged anew
            await self.audience.make_ready()
        self.audience.likes.by_platform.update(kept.likes)
        pinned = self.audience.restore(kept)
        if pinned is not None:
            self._overlay.show_comment(pinned.author, pinned.text, pinned.platform)
        self._state.touch("comments")

    async def stop(self) -> None:
        """Ends the feeds, and what would still be answered."""
        await self._people.replies.stop()
        await self._crawl.stop()
        await self._outside.stop()
        for feed in self.audience.feeds.values():
            await feed.stop()
        await self._sentences.stop()

    def _end_mutes(self) -> None:
        """Whoever's mute is over may speak again; everybody is told."""
        for mute in self.audience.end_mutes():
            self._announce(AuthorMuted(who=mute.who, minutes=0))

    def _touch_soon(self) -> None:
        """Told a few times a second at most, however many come."""
        if not self._is_telling:
            self._is_telling = True
            self._loop.call_later(TELL_S, self._tell)

    def _tell(self) -> None:
        self._is_telling = False
        self._state.touch("comments")


def _sound(name: str) -> RuleFile:
    return sound_pack(find_pack(name))
