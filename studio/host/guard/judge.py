"""One alarm a claim: packs and facts held against a sentence, with the law and what to say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from studio.comments.moderation.readings import sound_key
from studio.host.follower import tokens_of
from studio.host.guard.claim import Known
from studio.host.guard.claims import claims_of
from studio.host.guard.model import ClaimAlarm
from studio.host.guard.words import fact_rules, put_right
from studio.host.numbers import SIGNS, number_of
from studio.host.packs.model import Alarm, Level
from studio.host.packs.reading import tight_of
from studio.host.script.claims import measures
from studio.host.script.model import Fact

AGAIN_S = 8.0
"""The same words within so long are one claim: speech is heard in windows that overlap."""
TWICE_S = 2.0
EDGE_SIGNS = 1
_NUMBERED = re.compile(rf"([0-9{SIGNS}]{{1,4}})号(?:链接|宝贝|商品|品|款|产品)?")


class PackAlarms(Protocol):
    """The packs that hold."""

    def alarms(self, text: str, product: str = "", *, is_heard: bool = False) -> list[Alarm]:
        """What they find in a text."""
        ...


class Judged(NamedTuple):
    """A claim that must not be said, or needs a proof."""

    start: int
    end: int
    rule: str
    article: str
    level: Level
    said: str
    fact: str
    why: tuple[str, str]
    advice: tuple[str, str]
    by_sound: bool = False


def product_named(text: str, goods: Mapping[str, Known], current: str) -> str:
    """The product a sentence names, by its name or number; else the one that is on."""
    lower = text.lower()
    named = [id for id, known in goods.items() if known.product.name.lower() in lower]
    if len(named) == 1:
        return named[0]
    numbers = {number_of(found[1]) for found in _NUMBERED.finditer(text)}
    numbered = [id for id, known in goods.items() if known.product.number in numbers]
    return numbered[0] if len(numbered) == 1 else current


def judge(
    text: str,
    current: str,
    goods: Mapping[str, Known],
    packs: PackAlarms,
    places: Sequence[str],
    *,
    is_heard: bool = False,
) -> list[Judged]:
    """Everything in a text that packs or facts speak against, in order.

    Args:
        current: id of the product that is on; "" for none.
        goods: all products of the show with their facts.
        places: whose laws are named, the first one that has an article.
        is_heard: it was recognised: words are also compared as they sound.
    """
    product = product_named(text, goods, current)
    known = goods.get(product)
    text = put_right(text) if is_heard else text
    found = [
        _of_fact(text, claim.start, claim.end, claim.topic, claim.fact, claim.level, places)
        for claim in claims_of(text, known, goods)
    ]
    for alarm in packs.alarms(text, product, is_heard=is_heard):
        judged = _of_pack(alarm, known)
        if judged is not None:
            found.append(judged)
    return _merged(found)


def _of_fact(
    text: str, start: int, end: int, topic: str, fact: str, level: Level, places: Sequence[str]
) -> Judged:
    rule = fact_rules()[topic]
    article = next((rule.articles[place] for place in places if place in rule.articles), "")
    article = article or next(iter(rule.articles.values()))
    if fact or "{fact}" not in rule.advice.zh:
        advice = tuple(words.replace("{fact}", fact) for words in rule.advice.pair())
    else:
        advice = ("资料里没有，先核对再说。", "The sheet does not say: look it up first.")
    return Judged(
        start, end, f"fact/{topic}", article, level, text[start:end], fact, rule.why.pair(),
        (advice[0], advice[1]),
    )  # fmt: skip


def _of_pack(alarm: Alarm, known: Known | None) -> Judged | None:
    """None where the facts have the proof that a rule asks for."""
    fact = ""
    if known is not None:
        is_open = alarm.level == "look" and alarm.pieces < 0
        if is_open and _is_proven(alarm.said, known.facts):
            return None
        stock = known.facts.get("stock")
        if alarm.pieces >= 0 and stock is not None:
            fact = f"stock: {stock.value}"
    return Judged(
        alarm.start, alarm.end, f"{alarm.pack}/{alarm.rule}", alarm.article, alarm.level,
        alarm.said, fact, alarm.why, alarm.advice, alarm.by_sound,
    )  # fmt: skip


def _is_proven(said: str, facts: Mapping[str, Fact]) -> bool:
    """A fact has the very words, or they name a sum that it costs or cost."""
    if tight_of(said) in tight_of("".join(fact.value for fact in facts.values())):
        return True
    sums = {
        figure for name in ("was", "list_price") if name in facts
        for figure, what in measures(facts[name].value) if what == "money"
    }  # fmt: skip
    named = {figure for figure, _ in measures(said)}
    return bool(named) and named <= sums


def _merged(found: Iterable[Judged]) -> list[Judged]:
    """Of what overlaps the gravest, then the one with a fact, then the longest."""
    kept: list[Judged] = []
    ordered = sorted(found, key=lambda j: (j.level != "alarm", not j.fact, j.start - j.end))
    for judged in ordered:
        if not any(judged.start < other.end and other.start < judged.end for other in kept):
            kept.append(judged)
    return sorted(kept)


class HeardClaims:
    """Alarms of what is said, one a claim: words that are heard again at once are no new ones."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[float, int]] = {}
        self._count = 0

    def fresh(self, at_s: float, judged: Judged) -> tuple[int, bool]:
        """The number of the alarm, and whether it is a new one.

        Words of which a window cut off the end or the beginning are the same claim.
        """
        sound = sound_key(tight_of(judged.said))
        for (rule, other), (since, number) in list(self._last.items()):
            if at_s - since > AGAIN_S or at_s < since - AGAIN_S:
                del self._last[rule, other]
            elif rule == judged.rule and (sound in other or other in sound):
                del self._last[rule, other]
                longest = max(sound, other, key=len)
                self._last[rule, longest] = (at_s, number)
                return number, False
        self._count += 1
        self._last[judged.rule, sound] = (at_s, self._count)
        return self._count, True

    def forget(self) -> None:
        """Another show: nothing was said yet; numbers go on."""
        self._last.clear()


def sound_of(words: str) -> str:
    """Words as they sound, figures as they are read: 1499 and 一千四百九十九 are one."""
    return " ".join(sound for sound, _ in tokens_of(words))


class TwiceHeard:
    """Lets a claim through when two windows have it: what one alone has may be misheard."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, str, str]] = []

    def confirmed(
        self, at_s: float, text: str, found: Sequence[Judged], *,
        begins_clean: bool, ends_clean: bool,
    ) -> list[Judged]:  # fmt: skip
        """Those of a window that another one had within the last seconds.

        Args:
            begins_clean, ends_clean: else a word may be cut off there, and what stands at that
                edge (百九十九 of 一千五百九十九) is told only once it is heard whole.
        """
        self._seen = [seen for seen in self._seen if 0 <= at_s - seen[0] <= TWICE_S]
        kept, seen = list[Judged](), list[tuple[float, str, str]]()
        last = len(text.rstrip("。，,.!?！？ "))
        for judged in found:
            is_cut = (not begins_clean and judged.start < EDGE_SIGNS) or (
                not ends_clean and judged.end > last - EDGE_SIGNS
            )
            sound = sound_of(judged.said)
            if not is_cut and any(rule == judged.rule and (sound in other or other in sound)
                   for _, rule, other in self._seen):  # fmt: skip
                kept.append(judged)
            seen.append((at_s, judged.rule, sound))
        self._seen += seen
        return kept


def as_alarm(
    judged: Judged, number: int, at_s: float, at_utc: str, sentence: str, product: str
) -> ClaimAlarm:
    """An alarm as desks see it."""
    return ClaimAlarm(
        number, round(at_s, 2), at_utc, judged.rule, judged.article, judged.level, judged.said,
        sentence, judged.fact, judged.why, judged.advice, product, judged.by_sound,
    )  # fmt: skip
