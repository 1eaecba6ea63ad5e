"""All stages of a verdict in their order: floods, the text (rules, then the model), the name,
lines of one author.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field

from studio.comments.model import Comment, ModerationWords, Verdict
from studio.comments.moderation.rules import ORDER, RuleTier
from studio.core.clock import NS

FLOOD_S = 10
MOST_IN_FLOOD_S = 12
LINES_S = 20
MOST_LINES = 4
SHORT_LINE = 8
"""Signs of a line that may be a part of something longer."""
MOST_AUTHORS, MOST_NAMES = 4096, 16_384
MOST_TEXTS, LONGEST_KEPT = 4096, 60
"""Texts whose verdict is kept until others push them out, and signs of the longest of them."""
FLOOD = ModerationWords("刷屏：同一人发得太快", "Flood: one author, too many in a short time")


@dataclass(slots=True)
class _Author:
    """What one author sent lately: (when, text that passed by itself or "")."""

    sent: deque[tuple[int, str]] = field(default_factory=deque)


class Judge:
    """Judges comments one after the other; remembers what each author sent lately.

    Args:
        tier: the rules.
        counts_floods: whether the times given are those at which the comments came.
    """

    def __init__(self, tier: RuleTier, *, counts_floods: bool = True) -> None:
        self._tier = tier
        self._names: dict[str, Verdict] = {}
        self._texts: dict[str, Verdict] = {}
        self._counts_floods = counts_floods
        self._authors: OrderedDict[str, _Author] = OrderedDict()

    @property
    def tier(self) -> RuleTier:
        """The rules."""
        return self._tier

    @tier.setter
    def tier(self, tier: RuleTier) -> None:
        self._tier = tier
        self.forget_texts()

    def judge(self, comment: Comment, at_ns: int) -> Verdict:
        """The verdict on a comment that came at ``at_ns`` (monotonic).

        The gravest of text and name counts. Short lines that one author sends within 20 s are
        also read as one, since 加 / 微 / 信 in three comments is the same as in one.
        """
        verdict = self._text(comment.text)
        if comment.author:
            name = self._name(comment.author)
            if ORDER[name.action] > ORDER[verdict.action]:
                verdict = _named(name)
        if not (comment.author or comment.author_id):
            return verdict
        author = self._author(comment.who, at_ns)
        flood = self._flood(author, verdict.normalised, at_ns) if self._counts_floods else None
        has_passed = verdict.action == "allow"
        author.sent.append((at_ns, comment.text if has_passed else ""))
        while len(author.sent) > MOST_IN_FLOOD_S + 1:
            author.sent.popleft()
        if not has_passed:
            return verdict
        return flood or self._lines(author, comment.text, at_ns) or verdict

    def forget(self) -> None:
        """Nobody has sent anything: another show."""
        self._authors.clear()
        self.forget_texts()

    def forget_texts(self) -> None:
        """Names and texts that were judged are not kept any longer."""
        self._names.clear()
        self._texts.clear()

    def _text(self, text: str) -> Verdict:
        """The verdict on a text; short ones come again and again, in a raid more than any."""
        verdict = self._texts.get(text)
        if verdict is None:
            verdict = self._tier.judge(text)
            if len(text) <= LONGEST_KEPT:
                if len(self._texts) >= MOST_TEXTS:
                    self._texts.clear()
                self._texts[text] = verdict
        return verdict

    def _name(self, author: str) -> Verdict:
        """The verdict on a name; names come again and again."""
        verdict = self._names.get(author)
        if verdict is None:
            if len(self._names) >= MOST_NAMES:
                del self._names[next(iter(self._names))]  # the oldest
            verdict = self._names[author] = self._tier.judge(author, by_rules_only=True)
        return verdict

    def _author(self, who: str, at_ns: int) -> _Author:
        author = self._authors.pop(who, None) or _Author()
        self._authors[who] = author
        if len(self._authors) > MOST_AUTHORS:
            self._authors.popitem(last=False)
        while author.sent and at_ns - author.sent[0][0] > LINES_S * NS:
            author.sent.popleft()
        return author

    def _flood(self, author: _Author, normalised: str, at_ns: int) -> Verdict | None:
        """Copies are no flood: they are folded, and a buyer may ask twice."""
        lately = sum(at_ns - sent_ns <= FLOOD_S * NS for sent_ns, _ in author.sent)
        if lately < MOST_IN_FLOOD_S:
            return None
        return Verdict("block", "flood", "flood-author", "", normalised, why=FLOOD, stage="flood")

    def _lines(self, author: _Author, text: str, at_ns: int) -> Verdict | None:
        lines = [
            line
            for sent_ns, line in list(author.sent)[-MOST_LINES:]
            if at_ns - sent_ns <= LINES_S * NS and 0 < len(line) <= SHORT_LINE
        ]
        if len(lines) < 2 or len(text) > SHORT_LINE:
            return None
        for first in range(len(lines) - 1):
            verdict = self.tier.judge("".join(lines[first:]), by_rules_only=True)
            if verdict.action != "allow":
                whole = (0, len(text))
                return Verdict(
                    verdict.action, verdict.category, verdict.rule, verdict.matched,
                    verdict.normalised, whole, verdict.why, verdict.stage, (whole,),
                )  # fmt: skip
        return None


def _named(name: Verdict) -> Verdict:
    """A verdict on the author's name: nothing of the text is meant."""
    why = ModerationWords(f"名字：{name.why.zh}", f"Name: {name.why.en}")
    return Verdict(
        name.action, name.category, name.rule, name.matched, name.normalised, why=why, stage="name"
    )
