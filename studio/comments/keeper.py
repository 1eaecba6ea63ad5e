"""Keeps the comments: judges them, ranks them, holds the lists the desk shows."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from studio.comments import own_verdicts
from studio.comments.claims import ClaimBook, who_asks
from studio.comments.events import CommentReceived, CommentWithdrawn
from studio.comments.kept import entry_of, kept_rows
from studio.comments.likes import LikeCounter
from studio.comments.listeners import CommentListener, RepeatListener, RowListener, nobody
from studio.comments.many import ManyDecisions
from studio.comments.model import (
    AudiencePart,
    Comment,
    CommentsKept,
    CommentsView,
    CountsView,
    Entry,
    FeedSpec,
    Mute,
    OwnWords,
    QuickAnswer,
    State,
    Verdict,
    Withdrawn,
)
from studio.comments.moderation.judge import Judge
from studio.comments.moderation.rule_files import Rule, RuleFile, own_words
from studio.comments.moderation.rules import RuleTier
from studio.comments.mutes import MuteBook, blocked_as_muted, view_mute
from studio.comments.outside import NobodyOutside, Outside
from studio.comments.platforms.base import CommentFeed, CommentPlatform, FeedAllowance
from studio.comments.ranking import rank
from studio.comments.rings import PLATFORM, CommentRings
from studio.comments.sentences.link import SentenceLink
from studio.comments.sentences.tier import SentenceTier
from studio.comments.veto import VetoWindow
from studio.comments.views import view_entry, view_feed
from studio.core.clock import NS, now_ns
from studio.core.credentials import is_lost
from studio.core.errors import StudioError
from studio.core.extension import Kinds
from studio.core.log import logger
from studio.core.names import check_name

_log = logger(__name__)

MOST_A_SECOND = 400
JUDGED_A_SECOND = 4000
"""Of more than the rules can judge beside the show only questions are still judged."""
Held = Literal["hold", "block"]
HELD: tuple[str, Held] = ("own", "hold")
STATES: dict[str, State] = {"allow": "allowed", "hold": "held", "block": "blocked"}


class CommentQueue:
    """All comments of the show. Lives on the engine loop.

    Args:
        rules: the rules there are; more may be added on air.
        announce: publishes events.
        touch: says that the part "comments" changed (told at most some times a second).
        kinds: the platforms there are.
        link: the sentence model's process; None is none.

    Attributes:
        folder: of the show; files of feeds are found from there.
        many: decisions about several at once.
        last_shown: what was pinned last; it may be on its way out of the picture.
        take_off: takes the last shown comment off every canvas at once.
        on_judged: hears every new row.
        on_repeat: hear of those that say what a row says already.
        outside: tells platforms what is decided of what they hold, and hears of it from them.
    """

    def __init__(
        self,
        rules: tuple[Rule, ...],
        announce: Callable[[Any], None],
        touch: Callable[[], None],
        kinds: Kinds[CommentPlatform] | None = None,
        link: SentenceLink | None = None,
    ) -> None:
        self._kinds = kinds or Kinds({}, "platforms")
        self.folder = Path()
        self._rules = rules
        self._words: dict[tuple[str, Held], list[str]] = {}
        self.packs: dict[str, RuleFile] = {}
        self.answers: dict[str, QuickAnswer] = {}
        self.veto = VetoWindow(touch)
        self.judge = Judge(RuleTier(rules))
        self._announce, self._touch = announce, touch
        self.rings = CommentRings()
        self.counts = {"all": 0, "held": 0, "blocked": 0, "dropped": 0}
        self.claims = ClaimBook()
        self.likes = LikeCounter(touch)
        self.book = MuteBook()
        self.mutes = self.book.now
        self.feeds: dict[str, CommentFeed] = {}
        self.pinned: Entry | None = None
        self.last_shown: Entry | None = None
        self.take_off: Callable[[], None] = lambda: None
        self.on_judged: RowListener = nobody
        self.on_repeat: list[RepeatListener] = []
        self.outside: Outside = NobodyOutside()
        self.is_slow = False
        self.listeners: list[CommentListener] = []
        self._recent: deque[int] = deque()
        self._allowance = FeedAllowance()
        self.many = ManyDecisions(self)
        self.sentences = SentenceTier(self, announce, touch, link)
        self._numbers = itertools.count(1)

    # -- feeds ---------------------------------------------------------------------------------

    def add_feed(self, spec: FeedSpec) -> None:
        """Starts a feed.

        Raises:
            StudioError: conflict (name), not_found (kind), invalid (settings).
        """
        check_name(spec.name)
        if spec.name in self.feeds:
            raise StudioError("conflict", "audience.feed_taken", name=spec.name)
        kind = self._kinds.get(spec.kind)
        if is_lost(dict(spec.settings)):
            raise StudioError("unavailable", "security.secret_lost", what=spec.name)
        platform = kind(kind.decode(dict(spec.settings)), self.folder)
        feed = self.feeds[spec.name] = CommentFeed(
            spec, platform, self.put, self.take_away, self._allowance, self._fell_away,
            self.make_ready, lambda decision: self.outside.take(decision), self.likes.take,
        )  # fmt: skip
        feed.start()

    def _fell_away(self) -> None:
        self.counts["dropped"] += 1
        self._touch()

    async def remove_feed(self, name: str) -> FeedSpec:
        """Ends a feed; its comments stay.

        Raises:
            StudioError: not_found.
        """
        feed = self.feeds.pop(name, None)
        if feed is None:
            known = ", ".join(self.feeds)
            raise StudioError("not_found", "audience.no_feed", name=name, known=known)
        await feed.stop()
        return feed.spec

    def part(self) -> AudiencePart:
        """What the show keeps."""
        own = {key: tuple(words) for key, words in self._words.items() if words}
        held = own.pop(HELD, ())
        words = tuple(OwnWords(c, a, w) for (c, a), w in own.items())
        feeds = tuple(feed.spec for feed in self.feeds.values())
        answers = tuple(self.answers.values())
        return AudiencePart(
            feeds, held, words, tuple(self.packs), answers, self.veto.seconds, self.sentences.is_on
        )

    async def load_rules(self, part: AudiencePart, packs: dict[str, RuleFile]) -> None:
        """The words and packs of a show, in place of those there are."""
        self.packs = packs
        self.answers = {answer.name: answer for answer in part.answers}
        self.veto.seconds, self.sentences.is_on = part.veto_s, part.sentences
        if not part.sentences:
            await self.sentences.stop()
        self._words.clear()
        self._words[HELD] = list(part.rules)
        for own in part.words:
            self._words.setdefault((own.category, own.action), []).extend(own.words)
        await self._judge_anew()

    async def reset(self) -> None:
        """Leaves the show: no comment, word, mute or count of it stays."""
        self.rings = CommentRings()
        self._recent.clear()
        self.counts = dict.fromkeys(self.counts, 0)
        self.book.clear()
        self.veto.end()
        self.claims.clear()
        self.many.forget()
        self.judge.forget()
        self.sentences.forget()
        self.pinned, self.last_shown, self.is_slow = None, None, False
        await self.load_rules(AudiencePart(), {})

    def kept(self) -> CommentsKept:
        """What must survive a kill."""
        return CommentsKept(
            self.pinned.comment if self.pinned else None,
            self.book.kept(),
            self.is_slow,
            kept_rows(self.rings, self.pinned),
        )

    def restore(self, kept: CommentsKept) -> Comment | None:
        """Takes up what was decided before a kill; returns the comment that is pinned."""
        self.is_slow = kept.is_slow
        self.book.restore(kept.mutes)
        for row in kept.rows:
            if row.comment.id not in self.rings:
                self.rings.add(entry_of(row, next(self._numbers)))
        if kept.pinned is None:
            return None
        verdict = self._judge(kept.pinned, now_ns())
        if verdict.action == "block":  # muted, or by a rule: it does not come back
            return None
        entry = Entry(kept.pinned, verdict, "released", next(self._numbers))
        self.pinned = self.last_shown = entry
        self.rings.add(entry, entry)
        return kept.pinned

    # -- coming in -----------------------------------------------------------------------------

    def put(self, comment: Comment) -> Entry | None:
        """Judges a comment and keeps it; None when a flood made it fall away.

        Of more than `MOST_A_SECOND` those that wait for a person are still kept: what is held,
        and questions. Talk falls away first, and all that falls away is counted.
        """
        now = now_ns()
        if self.listeners and not self.book.is_muted(comment.who, now):
            for listener in self.listeners:
                listener(comment.id, comment.who, comment.author, comment.text)
        while self._recent and now - self._recent[0] > NS:
            self._recent.popleft()
        ranked, topic = rank(comment.text)
        if len(self._recent) >= JUDGED_A_SECOND and ranked < 2:
            self.counts["dropped"] += 1
            return None
        self._recent.append(now)
        verdict = self._judge(comment, now)
        self.counts["all"] += 1
        state = STATES[verdict.action]
        if state != "allowed":
            self.counts[state] += 1
        number = next(self._numbers)
        same = self.rings.find_same(verdict)
        if same is not None and same.verdict.rule == verdict.rule:
            self.rings.fold(same, comment, number)
            if comment.hold:
                self.outside.tell(same, comment.id)
            same.came_ns = now
            same.asked = same.count if same.rank >= 2 else 1
            for heard in self.on_repeat:
                heard(same.state)
            self._touch()
            return same
        is_waited_for = state == "held" or (state == "allowed" and ranked >= 2)
        if len(self._recent) > MOST_A_SECOND and not is_waited_for:
            self.counts["dropped"] += 1
            return None
        if comment.id in self.rings:
            comment = replace(comment, id=f"{comment.id}#{number}")
        entry = Entry(comment, verdict, state, number, ranked, topic, last_utc=comment.at_utc)
        entry.came_ns = now
        entry.authors.add(comment.who)
        self.rings.add(entry, self.pinned)
        self._announce(CommentReceived(entry=msgspec.to_builtins(view_entry(entry))))
        self.sentences.offer(entry)
        self.on_judged(entry)
        self._touch()
        return entry

    def take_away(self, *many: Withdrawn) -> int:
        """What platforms deleted goes from all lists and from the picture; how many rows it met.

        Nobody decided it here, so nothing takes it back: the words are gone where they were said.
        """
        rows: list[Entry] = []
        for withdrawn in many:
            for id in withdrawn.ids:
                entry = self.rings.get(id)
                if entry is not None and entry.comment.platform == withdrawn.platform:
                    rows.append(entry)
                    self.rings.remove(id, PLATFORM)
                    if entry.comment.id == id:
                        self._take_off(entry)
        banned = {f"{gone.platform}/{gone.author_id}" for gone in many if gone.author_id}
        rows += self._drop_authors(banned)
        if rows:
            first = rows[0].comment
            self._announce(
                CommentWithdrawn(comment=first.id, platform=first.platform, count=len(rows))
            )
            self._touch()
        return len(rows)

    def forget(self, who: str) -> int:
        """Nothing of a person stays in the lists or on the picture; how many rows it met.

        A mute goes on without the name.
        """
        rows = self._drop_authors({who})
        self.judge.forget_texts()
        self.sentences.forget_words()
        for entry in rows:
            if entry.comment.who == who and entry.comment.id in self.rings:  # others wrote the same
                entry.comment = replace(entry.comment, author="", author_id="")
        if self.book.forget(who) or rows:
            self._touch()
        return len(rows)

    def about(self, who: str) -> list[Entry]:
        """What the lists have of a person."""
        return [e for e in self.rings.values() if e.comment.who == who or e.authors == {who}]

    def _drop_authors(self, banned: set[str]) -> list[Entry]:
        rows = self.rings.remove_authors(banned, PLATFORM) if banned else []
        for entry in rows:
            if entry.comment.who in banned:
                self._take_off(entry)
        return rows

    def _take_off(self, entry: Entry) -> None:
        if self.veto.entry is entry:
            self.veto.end()
        if self.last_shown is entry:
            self.take_off()

    def _judge(self, comment: Comment, now: int) -> Verdict:
        if self.book.is_muted(comment.who, now):
            return own_verdicts.muted()
        try:
            verdict = self.judge.judge(comment, now)
            verdict = self.sentences.known(comment.text, comment.author, verdict)
        except Exception:
            # Never let through what could not be judged.
            _log.exception("a comment could not be judged")
            return own_verdicts.failed()
        if verdict.action == "allow" and comment.hold:
            return own_verdicts.held_there(comment, verdict)
        if verdict.action == "allow" and self.is_slow:
            return own_verdicts.slowed(verdict)
        return verdict

    def may_show(self, entry: Entry) -> bool:
        """May it go on the picture now: here, not held or blocked, of nobody who is muted?"""
        is_open = entry.state in ("allowed", "released") and entry.comment.id in self.rings
        return is_open and not self.book.is_muted(entry.comment.who, now_ns())

    def may_name(self, id: str) -> bool:
        """May the author of this comment be named on the picture now?

        A row stays where others wrote the same; who was erased or banned, and whose comment was
        deleted, is named no more all the same.
        """
        entry = self.rings.get(id)
        if entry is None or entry.by == PLATFORM or entry.comment.who not in entry.authors:
            return False
        return self.may_show(entry)

    def _check_waiting(self) -> None:
        if self.veto.entry is not None and not self.may_show(self.veto.entry):
            self.veto.end()

    # -- people's decisions --------------------------------------------------------------------

    def get(self, id: str) -> Entry:
        """A comment.

        Raises:
            StudioError: not_found.
        """
        entry = self.rings.get(id)
        if entry is None:
            raise StudioError("not_found", "audience.no_comment", id=id)
        return entry

    @property
    def entries(self) -> dict[str, Entry]:
        """All that are kept, oldest first; folds stand under their first comment's id."""
        return {entry.comment.id: entry for entry in self.rings.values()}

    def decide(self, entry: Entry, state: State, by: str = "person") -> None:
        """A person's decision about a comment and all that mean the same."""
        entry.state, entry.by, entry.decider = state, by, who_asks()
        self.claims.decided(entry)
        self._check_waiting()
        self.rings.settle(entry, self.pinned)
        if entry.comment.hold:
            self.outside.tell(entry)

    def answer(self, entry: Entry, is_answered: bool) -> None:
        """It was answered; so were all that asked the same."""
        entry.is_answered = is_answered
        self.rings.settle(entry, self.pinned)

    def mute(self, entry: Entry, minutes: float) -> list[Mute]:
        """Blocks everybody who wrote it for a while.

        What of them is held or waiting is blocked as well, unless others wrote the same.
        """
        muted = self.book.begin(entry, minutes, who_asks())
        self._check_waiting()
        gone = {mute.who for mute in muted}
        for waiting in list(self.rings.newest("held")):
            if waiting.authors <= gone:
                self.decide(waiting, "blocked", waiting.by)
        return muted

    def end_mutes(self) -> list[Mute]:
        """Those whose time is over may speak again; claims that are over go as well."""
        over = self.book.end_those_over(now_ns())
        if self.claims.end_those_over(now_ns()) or over:
            self._touch()
        return over

    def hear_again(self, who: str) -> int:
        """What was blocked only since this person was muted waits for a decision; how many."""
        rows = blocked_as_muted(self.rings.values(), who)
        for entry in rows:
            self.decide(entry, "held", entry.by)
        return len(rows)

    async def add_words(self, words: list[str], category: str, action: Held) -> None:
        """Adds words to this show's own rules; they count when it returns."""
        known = self._words.setdefault((category, action), [])
        known += [word for word in words if word not in known]
        await self._judge_anew()

    def own_rules(self) -> tuple[Rule, ...]:
        """The show's own words as rules."""
        return tuple(own_words(w, c, a) for (c, a), w in self._words.items() if w)

    async def change_packs(self, packs: dict[str, RuleFile]) -> None:
        """Counts other packs."""
        before, self.packs = self.packs, packs
        try:
            await self._judge_anew()
        except BaseException:
            self.packs = before
            raise

    def _all_rules(self) -> tuple[Rule, ...]:
        armed = (rule for pack in self.packs.values() for rule in pack.rules)
        return (*self._rules, *armed, *self.own_rules())

    async def _judge_anew(self) -> None:
        """Counts all rules; they are made ready beside the loop, again if some came meanwhile."""
        while (rules := self._all_rules()) != self.judge.tier.rules:
            tier = RuleTier(rules)
            if self.judge.tier.is_ready:  # else nobody has asked yet, and nothing is waited for
                await asyncio.to_thread(tier.make_ready)
            if rules == self._all_rules():
                self.judge.tier = tier

    async def make_ready(self) -> None:
        """Compiles the rules beside the loop, before the first comment is judged."""
        while not (tier := self.judge.tier).is_ready:
            await asyncio.to_thread(tier.make_ready)

    # -- lists ---------------------------------------------------------------------------------

    def listed(self, which: str, most: int) -> list[Entry]:
        """As `CommentRings.listed`."""
        return self.rings.listed(which, most)

    def view(self) -> CommentsView:
        """The part "comments" of the state."""
        return CommentsView(
            counts=CountsView(
                held=self.rings.count("held"),
                best=self.rings.count("good"),
                all=self.counts["all"],
                blocked=self.counts["blocked"],
                dropped=self.counts["dropped"] + self.rings.lost,
            ),
            held=tuple(view_entry(entry) for entry in self.listed("held", 50)),
            best=tuple(view_entry(entry) for entry in self.listed("best", 50)),
            all=tuple(view_entry(entry) for entry in self.listed("all", 100)),
            pinned=view_entry(self.pinned) if self.pinned else None,
            is_slow=self.is_slow,
            packs=tuple(self.packs),
            answers=tuple(self.answers.values()),
            veto_s=self.veto.seconds,
            waiting=self.veto.view(),
            muted=tuple(map(view_mute, self.mutes.values())),
            feeds=tuple(map(view_feed, self.feeds.values())),
            sentences=self.sentences.view(),
        )
