"""Comments and verdicts as plain data."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from studio.comments.moderation.normalise import plain_name
from studio.graphics.model import CrawlSettings

MOST_REPLY = 200
"""Signs of an answer that platforms take."""
VetoSeconds = Annotated[float, msgspec.Meta(ge=0, le=60)]
Action = Literal["allow", "hold", "block"]
State = Literal["allowed", "held", "blocked", "released"]


class Comment(msgspec.Struct, frozen=True):
    """What a viewer sent.

    Attributes:
        id: unique on its platform.
        author_id: the platform's identity; "" when it gives none.
        hold: what its own platform objects to while it holds it there; "" is nothing.
    """

    id: str
    text: str
    author: str = ""
    author_id: str = ""
    platform: str = ""
    at_utc: str = ""
    kind: str = "comment"
    hold: str = ""

    @property
    def who(self) -> str:
        """What mutes and floods go by.

        A name alone is compared without case, spaces, signs that nobody sees, and look-alike
        letters of other scripts: else a space more would end a mute.
        """
        return f"{self.platform}/{self.author_id or plain_name(self.author)}"


class Withdrawn(msgspec.Struct, frozen=True):
    """What a platform took back: single comments, or all of one author.

    Attributes:
        platform: as in the comments.
        ids: of comments that were deleted there.
        author_id: whose comments were all deleted: a ban or a time-out there. "" is nobody.
    """

    platform: str
    ids: tuple[str, ...] = ()
    author_id: str = ""


class PlatformDecision(msgspec.Struct, frozen=True):
    """What was decided elsewhere about a comment that its platform held."""

    platform: str
    id: str
    is_allowed: bool


class ModerationWords(msgspec.Struct, frozen=True):
    """A sentence in both languages."""

    zh: str
    en: str


class Verdict(msgspec.Struct, frozen=True):
    """What the moderation decided, and why.

    Attributes:
        rule: id of the rule, "" when allowed.
        matched: the words of the rule that were found, in normalised form.
        normalised: the text as the rules saw it.
        span: where in the original text it stands, [start, end), in code points.
        why: for people.
        stage: what decided: "allow", "rule", "contact", "flood", "name", "model", "platform",
            "person" or "error".
        spans: all places of the text that rules found.
    """

    action: Action
    category: str = ""
    rule: str = ""
    matched: str = ""
    normalised: str = ""
    span: tuple[int, int] = (0, 0)
    why: ModerationWords = ModerationWords("", "")
    stage: str = "allow"
    spans: tuple[tuple[int, int], ...] = ()


class Entry(msgspec.Struct):
    """A comment in the desk's lists.

    Attributes:
        rank: 0 noise, 1 talk, 2 question, 3 question many ask or about buying.
        asked: how many asked the same.
        by: what decided last: "rules" or a person.
        decider: who that person was; "" where the rules decided.
        claimed_by: who is looking at it now.
        is_crossing: it crosses the picture, or waits to.
        count: comments that mean the same and are decided as one.
        authors: who wrote them, as mutes know them.
        ids: of those after the first.
        last_utc: when the last of them came.
        came_ns: the same, monotonic.
    """

    comment: Comment
    verdict: Verdict
    state: State
    number: int
    rank: int = 1
    topic: str = ""
    asked: int = 1
    is_answered: bool = False
    by: str = "rules"
    count: int = 1
    authors: set[str] = set()
    ids: list[str] = []
    last_utc: str = ""
    came_ns: int = 0
    decider: str = ""
    claimed_by: str = ""
    is_crossing: bool = False


class FeedSpec(msgspec.Struct, frozen=True):
    """Where a show's comments come from."""

    name: str
    kind: str
    settings: dict[str, object] = {}


class Mute(msgspec.Struct, frozen=True):
    """An author whose comments are blocked for a while; it survives a kill of the engine.

    Attributes:
        until_utc: UTC ISO 8601, for people; counts when the machine was restarted meanwhile.
        until_ns: what counts, monotonic, which goes on while an engine is exchanged.
        minutes: how long it was meant to be.
        since_utc: when it was decided; "" for one of an older engine.
        text: what was said.
        rule, why: what the rules had found in it; "" where a person alone objected.
        by: who decided it.
    """

    who: str
    author: str
    until_utc: str
    until_ns: int = 0
    minutes: float = 0.0
    since_utc: str = ""
    text: str = ""
    rule: str = ""
    why: ModerationWords = ModerationWords("", "")
    by: str = ""


class OwnWords(msgspec.Struct, frozen=True):
    """Words of this show: what happens to comments with one of them."""

    category: str
    action: Literal["hold", "block"]
    words: tuple[str, ...]


AnswerName = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
AnswerText = Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_REPLY)]


class QuickAnswer(msgspec.Struct, frozen=True):
    """A text that is answered again and again; its variables are filled in as it is sent."""

    name: AnswerName
    text: AnswerText


class AudiencePart(msgspec.Struct, frozen=True):
    """The audience in a show.

    Attributes:
        rules: words that are held in this show, beyond the rules that are shipped.
        words: those with a category of their own, or that block.
        packs: comment packs that are armed, by name.
        answers: quick answers.
        veto_s: how long a comment waits before it goes on the picture; 0 is not at all.
        sentences: whether the sentence model is asked about what rules let pass.
        crawl: how comments cross the picture.
    """

    feeds: tuple[FeedSpec, ...] = ()
    rules: tuple[str, ...] = ()
    words: tuple[OwnWords, ...] = ()
    packs: tuple[str, ...] = ()
    answers: tuple[QuickAnswer, ...] = ()
    veto_s: VetoSeconds = 0.0
    sentences: bool = True
    crawl: CrawlSettings = CrawlSettings()


class EntryKept(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row that must survive a kill: what is held, and open questions; fields as in `Entry`."""

    comment: Comment
    verdict: Verdict
    state: State
    rank: int = 1
    topic: str = ""
    asked: int = 1
    by: str = "rules"
    count: int = 1
    authors: tuple[str, ...] = ()
    last_utc: str = ""
    decider: str = ""


class CommentsKept(msgspec.Struct, frozen=True):
    """What must survive a kill of the engine."""

    pinned: Comment | None = None
    mutes: tuple[Mute, ...] = ()
    is_slow: bool = False
    rows: tuple[EntryKept, ...] = ()
    likes: dict[str, int] = {}


class ReasonView(msgspec.Struct, frozen=True):
    """Why a comment is held or blocked.

    Attributes:
        rule: id of the rule.
        matched: the words of the rule, as they were read.
        normalised: the text as the rule read it.
        span: what matched, as a part of the comment's own text.
        text: the reason in words, by language.
    """

    rule: str = ""
    matched: str = ""
    normalised: str = ""
    span: tuple[int, int] | None = None
    text: dict[str, str] = {}


class EntryView(msgspec.Struct, frozen=True):
    """One comment in the lists, or several of the same meaning (`Entry`)."""

    id: str
    platform: str = ""
    author: str = ""
    text: str = ""
    kind: str = "comment"
    at_utc: str = ""
    state: State = "allowed"
    category: str = ""
    reason: ReasonView | None = None
    rank: int = 0
    topic: str = ""
    asked: int = 0
    answered: bool = False
    by: str = ""
    count: int = 1
    authors: int = 1
    last_utc: str = ""
    who: str = ""
    decider: str = ""
    claimed_by: str = ""

    @property
    def is_open(self) -> bool:
        """May it go on the picture?"""
        return self.state in ("allowed", "released")


class CountsView(msgspec.Struct, frozen=True):
    """How many there are of each; dropped fell away in a flood, judged or not."""

    held: int = 0
    best: int = 0
    all: int = 0
    blocked: int = 0
    dropped: int = 0


class MutedView(msgspec.Struct, frozen=True):
    """Somebody who may not speak (`Mute`)."""

    who: str = ""
    author: str = ""
    until_utc: str = ""
    since_utc: str = ""
    minutes: float = 0.0
    text: str = ""
    reason: ReasonView | None = None
    by: str = ""


class FeedView(msgspec.Struct, frozen=True):
    """Where comments come from.

    Attributes:
        withdrawn: how often the platform deleted something or banned somebody.
        blind_spots: what this feed cannot see, in both languages.
    """

    name: str = ""
    kind: str = ""
    state: str = ""
    error: str = ""
    count: int = 0
    withdrawn: int = 0
    can_reply: bool = False
    blind_spots: tuple[dict[str, str], ...] = ()


class VetoView(msgspec.Struct, frozen=True):
    """A comment on its way to the picture.

    Attributes:
        by: who wants it there.
        left_s: until it goes up, when this was told.
    """

    entry: EntryView
    by: str = ""
    left_s: float = 0.0


class SentencesView(msgspec.Struct, frozen=True):
    """How the sentence model is.

    Attributes:
        state: "idle" until the first comment; "absent": not installed; "failed": it ends again and
            again. In these two rules alone decide.
        ms: how long an answer takes, lately.
        judged, passed, doubted: answered; not answered in time; held since.
    """

    is_on: bool = True
    state: Literal["idle", "absent", "starting", "ready", "failed"] = "idle"
    ms: int = 0
    judged: int = 0
    passed: int = 0
    doubted: int = 0


class CrawlView(msgspec.Struct, frozen=True):
    """How comments cross the picture.

    Attributes:
        waiting: those whose time has not come.
        shown: since this way was chosen.
        left_out: those that found no room in time.
    """

    settings: CrawlSettings = CrawlSettings()
    waiting: int = 0
    shown: int = 0
    left_out: int = 0


class CommentsView(msgspec.Struct, frozen=True):
    """The part "comments" of the state."""

    counts: CountsView = CountsView()
    held: tuple[EntryView, ...] = ()
    best: tuple[EntryView, ...] = ()
    all: tuple[EntryView, ...] = ()
    pinned: EntryView | None = None
    is_slow: bool = False
    muted: tuple[MutedView, ...] = ()
    packs: tuple[str, ...] = ()
    feeds: tuple[FeedView, ...] = ()
    answers: tuple[QuickAnswer, ...] = ()
    veto_s: float = 0.0
    waiting: VetoView | None = None
    sentences: SentencesView = SentencesView()
    crawl: CrawlView = CrawlView()
    likes: dict[str, int] = {}
