"""Finds what packs forbid in a text, with the exceptions that make it worth listening to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from studio.comments.moderation.readings import sound_key
from studio.core.patterns import checked
from studio.host.numbers import SIGNS, number_of, spoken_en
from studio.host.packs.model import Alarm, PackRule, RulePack
from studio.host.packs.reading import Sentence, sentences, tight_of

LEAST_SOUND = 2
"""Syllables a word must have to be found by its sound."""
_DENIED = re.compile(
    r"(?:不是|并非|不算|不敢说|不能说|不说|别说|谈不上|不一定是|未必是|没有|不能叫|不叫|不能|不会|不可以|没法|无法|不支持|不接受|不允许|谁说|禁止|拒绝|谨防|不)"
    r"(?:什么|所谓)?的?$|(?:不要|别|勿|甭|莫)(?:再|给我们?|去|来|帮我)?$|"
    r"(?:不敢说|不能说|不敢讲|谈不上|不指望|不要指望|别指望|不等于|不保证|不能保证).{0,8}$"
)
_DENIED_AFTER = re.compile(
    r"^.{0,2}(?:别信|不能信|是骗人|是假话|都是吹|不现实|做不到|不能宣传|不让说|不敢当)|"
    r"^.{0,4}大家别信|^.{0,8}(?:都?是智商税|是吹牛|我就不念|我没说过|我可不敢当|我不懂|也不卖)|"
    r"^.{0,6}(?<!不)(?:要|得|该|还是)去?(?:看|问|找)?医(?:院|生)|"
    r"^的?(?:这个?|这种|这类|那种)?(?:说法|话|[一二两三四几]个字|词).{0,6}"
    r"(?:没有依据|去掉|不[说讲提敢]|不能[说讲用]|违规|要罚)|"
    r"^.{0,8}(?:先别用|不建议(?:用|买)|慎用|问过?医生再|[是要得]特证)"
)
_DENIED_LATIN = re.compile(r"(?:\bnot|n't|n’t|\bnever|\bno|\bneither|\bnor)\W+(?:\w+\W+){0,3}$")
_ASKED = re.compile(
    r"(?:有人|宝宝|宝子|家人|朋友|姐妹|弹幕|评论|网友|观众|刚才|他|她|"
    r"老哥|大哥|大姐|兄弟|老铁|大爷|阿姨|叔叔|妹妹).{0,8}[问说]"
)
_ASKS = re.compile(r"[吗么]$|是不是|能不能|有没有|会不会|[治行管]不[治行管]|不$")
_QUESTION_LATIN = re.compile(
    r"(?:\bif|\bwhether|, ?(?:is|does|do|are|can|will|is it|has)|asks|asking|asked)\b[^,.]{0,60}"
)
_QUOTED = re.compile(
    r"((?:弹幕|评论区?|有(?:个|位)?(?:宝宝|人|姐妹|家人|网友|朋友)).{0,3}说[^，,。]{1,24})[，,].{0,6}"
    r"(?:谢谢|不敢当|不是|没有|看一下|看看|对比|各有|不评价|不知道|别信|那个)"
)
"""What a viewer said, and the host does not make her own."""
_CLAUSES = re.compile(r"[^，,：:]+[，,：:]?")
_ASKED_LATIN = re.compile(r"\b(?:asks?|asked|asking|question|wants? to know)\b")
_PIECES = re.compile(rf"[0-9{SIGNS}]{{1,12}}")
_PIECES_EN = {spoken_en(count): count for count in range(1, 100)}


class Found(NamedTuple):
    """What a rule found in a sentence, by its places in the text."""

    rule: PackRule
    start: int
    end: int
    by_sound: bool = False


@dataclass(frozen=True, slots=True)
class LintContext:
    """What is known of what a text is about.

    Attributes:
        goods: words of the product: its category, tags, name; none: rules for all goods hold,
            and those for some goods too, for nobody knows.
        pieces: that may still be sold; None is not known.
        is_heard: it was recognised from speech: words are also compared by their sound.
    """

    goods: tuple[str, ...] = ()
    pieces: int | None = None
    is_heard: bool = False


@dataclass(slots=True)
class _Tables:
    words: list[tuple[str, PackRule]] = field(default_factory=list)
    latin: list[tuple[str, PackRule]] = field(default_factory=list)
    sounds: list[tuple[str, PackRule]] = field(default_factory=list)
    patterns: list[tuple[re.Pattern[str], PackRule]] = field(default_factory=list)
    raw: list[tuple[re.Pattern[str], PackRule]] = field(default_factory=list)


class PackMatcher:
    """The rules of some packs, compiled once.

    Args:
        packs: without faults (`studio.host.packs.files.pack_faults`).

    Raises:
        ValueError: a pattern is refused.
    """

    def __init__(self, packs: Iterable[RulePack]) -> None:
        import ahocorasick_rs

        self.packs = tuple(packs)
        self._pack_of: dict[int, RulePack] = {}
        tables = self._tables = _Tables()
        for pack in self.packs:
            for rule in pack.rules:
                self._pack_of[id(rule)] = pack
                tables.words += [(tight_of(word), rule) for word in rule.words]
                tables.latin += [(word.lower(), rule) for word in rule.latin]
                tables.sounds += [(sound_key(tight_of(word)), rule) for word in rule.sound]
                tables.patterns += [(checked(text), rule) for text in rule.patterns]
                tables.raw += [(checked(text), rule) for text in rule.raw]
        self._words = ahocorasick_rs.AhoCorasick([w for w, _ in tables.words] or ["\0"])
        self._latin = ahocorasick_rs.AhoCorasick([w for w, _ in tables.latin] or ["\0"])
        self._sounds = ahocorasick_rs.AhoCorasick([w for w, _ in tables.sounds] or ["\0"])

    def alarms(self, text: str, context: LintContext | None = None) -> list[Alarm]:
        """Everything in a text that must not be said or needs a proof, one a claim, in order."""
        around = context or LintContext()
        found: dict[tuple[str, int, int], Alarm] = {}
        for sentence in sentences(text):
            for hit in self._kept(sentence, around):
                alarm = self._alarm(hit, text, around)
                if alarm is not None:
                    found[hit.rule.id, hit.start, hit.end] = alarm
        return _one_a_claim(found.values())

    def meant(
        self, kind: str, text: str, span: tuple[int, int], context: LintContext | None = None
    ) -> Alarm | None:
        """What a sentence means, under the rule that knows such claims.

        Args:
            kind: of the claim; of the rules that name it those for these very goods come first.
            span: of the sentence in the text.

        Returns:
            Always for a person to look at; None where no rule of these packs names the kind.
        """
        around = context or LintContext()
        rules = [
            (not rule.goods, number, rule, pack)
            for number, (pack, rule) in enumerate((p, r) for p in self.packs for r in p.rules)
            if kind in rule.means and (not rule.goods or around.goods) and _concerns(rule, around)
        ]  # fmt: skip
        if not rules:
            return None
        _, _, rule, pack = min(rules, key=lambda known: known[:2])
        return Alarm(
            rule.id, pack.id, rule.article, "look", text[span[0] : span[1]], *span,
            rule.why.pair(), rule.advice.pair(),
        )  # fmt: skip

    def _kept(self, sentence: Sentence, around: LintContext) -> Iterator[Found]:
        hits = [hit for hit in self._hits(sentence, around) if _concerns(hit.rule, around)]
        if not hits:
            return
        asked = asked_span(sentence)
        spans = {id(hit.rule): _exceptions(hit.rule, sentence, around) for hit in hits}
        denied = [
            (hit.start, hit.end) for hit in hits
            if is_denied(sentence, hit.start) or is_denied_after(sentence, hit.end)
        ]  # fmt: skip
        for hit in hits:
            if any(a <= hit.start < b for a, b in denied):
                continue
            spared = [asked, *spans[id(hit.rule)]]
            if not any(a <= hit.start and hit.end <= b for a, b in spared):
                yield hit

    def _hits(self, sentence: Sentence, around: LintContext) -> Iterator[Found]:
        tables = self._tables
        for number, start, end in self._words.find_matches_as_indexes(
            sentence.tight, overlapping=True
        ):
            if tables.words:
                yield Found(tables.words[number][1], *sentence.span(start, end))
        for number, start, end in self._latin.find_matches_as_indexes(
            sentence.lower, overlapping=True
        ):
            if tables.latin and _is_whole(sentence.lower, start, end):
                first = sentence.start
                yield Found(tables.latin[number][1], first + start, first + end)
        for pattern, rule in tables.patterns:
            for match in pattern.finditer(sentence.tight):
                yield Found(rule, *sentence.span(match.start(), match.end()))
        for pattern, rule in tables.raw:
            for match in pattern.finditer(sentence.lower):
                yield Found(rule, sentence.start + match.start(), sentence.start + match.end())
        if around.is_heard and tables.sounds:
            yield from self._heard(sentence)

    def _heard(self, sentence: Sentence) -> Iterator[Found]:
        reading = sentence.heard()
        if reading is None:
            return
        for number, start, end in self._sounds.find_matches_as_indexes(
            reading.text, overlapping=True
        ):
            first, last = reading.span(start, end)
            yield Found(
                self._tables.sounds[number][1], sentence.start + first, sentence.start + last, True
            )

    def _alarm(self, hit: Found, text: str, around: LintContext) -> Alarm | None:
        rule, pack = hit.rule, self._pack_of[id(hit.rule)]
        said, level, pieces = text[hit.start : hit.end], rule.level, -1
        if rule.check == "pieces":
            named = _PIECES.search(said)
            count = number_of(named[0]) if named else _pieces_en(said)
            if count is not None:
                pieces = count
                if around.pieces is not None and around.pieces <= count:
                    return None  # it is true
                level = "look" if around.pieces is None else "alarm"
        return Alarm(
            rule.id, pack.id, rule.article, level, said, hit.start, hit.end, rule.why.pair(),
            rule.advice.pair(), hit.by_sound, pieces,
        )  # fmt: skip


def _pieces_en(said: str) -> int | None:
    """A number in English words: "last five pieces"."""
    return next((_PIECES_EN[word] for word in said.lower().split() if word in _PIECES_EN), None)


def _concerns(rule: PackRule, around: LintContext) -> bool:
    if not rule.goods or not around.goods:
        return True
    return any(word in about for word in rule.goods for about in around.goods)


def _exceptions(rule: PackRule, sentence: Sentence, around: LintContext) -> list[tuple[int, int]]:
    """Where the exceptions of a rule stand in a sentence."""
    spans = []
    reading = sentence.heard() if around.is_heard else None
    for phrase in rule.exceptions:
        spans += _places(sentence.lower, phrase.lower(), sentence.start)
        tight = tight_of(phrase)
        at = sentence.tight.find(tight) if tight else -1
        while at >= 0:
            spans.append(sentence.span(at, at + len(tight)))
            at = sentence.tight.find(tight, at + 1)
        key = sound_key(tight) if reading is not None else ""
        if reading is not None and len(key) >= LEAST_SOUND and (at := reading.text.find(key)) >= 0:
            first, last = reading.span(at, at + len(key))
            spans.append((sentence.start + first, sentence.start + last))
    return spans


def _places(text: str, phrase: str, first: int) -> list[tuple[int, int]]:
    found, at = [], text.find(phrase) if phrase else -1
    while at >= 0:
        found.append((first + at, first + at + len(phrase)))
        at = text.find(phrase, at + 1)
    return found


def _is_whole(text: str, start: int, end: int) -> bool:
    """No Latin letter goes on before or after it."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isascii() and before.isalpha()) and not (after.isascii() and after.isalpha())


def is_denied(sentence: Sentence, start: int) -> bool:
    """The sentence says of what begins at a place of the text that it is not so."""
    before = sentence.lower[: start - sentence.start]
    tight = "".join(sign for sign in before if sign.isalnum())
    return bool(_DENIED.search(tight[-12:]) or _DENIED_LATIN.search(before[-40:]))


def is_denied_after(sentence: Sentence, end: int) -> bool:
    """The sentence goes on that what ends at a place of the text is not to be believed."""
    after = sentence.lower[end - sentence.start :]
    return _DENIED_AFTER.search("".join(sign for sign in after if sign.isalnum())) is not None


def asked_span(sentence: Sentence) -> tuple[int, int]:
    """Where a viewer's question is read out: it claims nothing; what follows it does.

    From the clause that says who asks to the end of the first one that is a question.
    """
    text = sentence.lower
    if (asked := _ASKED_LATIN.search(text)) is not None:
        if "?" in text:
            return sentence.start, sentence.start + len(text)
        if (question := _QUESTION_LATIN.search(text, asked.start())) is not None:
            return sentence.start + asked.start(), sentence.start + question.end()
    if (quoted := _QUOTED.match(text)) is not None:
        return sentence.start, sentence.start + quoted.end(1)
    begin = -1
    for clause in _CLAUSES.finditer(text):
        if begin < 0 and _ASKED.search(clause[0]):
            begin = clause.start()
        words = clause[0].rstrip("，,：: ")
        if begin >= 0 and (words.endswith("?") or _ASKS.search(words)):
            return sentence.start + begin, sentence.start + clause.end()
    return 0, 0


def _one_a_claim(alarms: Iterable[Alarm]) -> list[Alarm]:
    """Of findings of one rule that overlap the longest; the same words of two rules stay."""
    kept: list[Alarm] = []
    for alarm in sorted(alarms, key=lambda a: (a.start - a.end, a.start)):
        is_inside = any(
            other.rule == alarm.rule and other.pack == alarm.pack
            and alarm.start < other.end and other.start < alarm.end
            for other in kept
        )  # fmt: skip
        if not is_inside:
            kept.append(alarm)
    return sorted(kept, key=lambda alarm: (alarm.start, alarm.end, alarm.rule))


def by_rule(packs: Iterable[RulePack]) -> Mapping[str, tuple[RulePack, PackRule]]:
    """Rules by "pack/rule"."""
    return {f"{pack.id}/{rule.id}": (pack, rule) for pack in packs for rule in pack.rules}
