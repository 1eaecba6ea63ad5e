"""Words by which claims are known: materials, places; and what was misheard put right by sound."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

import msgspec

from studio.comments.moderation.readings import sound_key
from studio.core.clean import read_json
from studio.core.paths import assets_dir
from studio.host.guard.model import FactRule, FactWords
from studio.host.numbers import spoken_en
from studio.host.packs.reading import Sentence, sentences, tight_of

SPOKEN = (
    "纯棉", "全棉", "原价", "包邮", "免运费", "发货", "当天发货", "小时", "退货", "退换", "无理由",
    "质保", "保修", "尺码", "进口", "产地", "产自", "原产", "百分之百", "百分之", "专利", "认证",
    "金奖", "别家", "同行", "成分", "面料", "材质", "厘米", "毫升",
)  # fmt: skip
"""Further words that rules of facts look for."""


@functools.cache
def fact_words() -> FactWords:
    """The file that comes with the studio."""
    raw = read_json((assets_dir() / "guard" / "facts.json").read_bytes())
    return msgspec.convert(raw, FactWords)


@functools.cache
def fact_rules() -> dict[str, FactRule]:
    """Its rules by id."""
    return {rule.id: rule for rule in fact_words().rules}


@functools.cache
def materials() -> dict[str, str]:
    """Every name of a material, and the one that stands for it."""
    return {name: group[0] for group in fact_words().materials for name in group}


@functools.cache
def places() -> dict[str, str]:
    """Every name of a place, and the one that stands for it."""
    found = {name: group[0] for group in fact_words().places for name in group}
    return found | {region: region for region in fact_words().regions}


def one_of(names: Iterable[str]) -> str:
    """A pattern for one of some names, the longest first; Latin ones as whole words."""
    ordered = sorted(names, key=len, reverse=True)
    return "|".join(rf"\b{re.escape(n)}\b" if n.isascii() else re.escape(n) for n in ordered)


@functools.cache
def _by_sound() -> dict[str, str]:
    words = [*SPOKEN, *materials(), *places()]
    han = [word for word in words if len(word) > 1 and not word.isascii()]
    return {sound_key(tight_of(word)): word for word in han}


@functools.cache
def _sounds() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(_by_sound().items(), key=lambda pair: -len(pair[1])))


def put_right(text: str) -> str:
    """A text that was heard, with words that sound like those rules look for written as those.

    As many signs as before: 法货 → 发货, 尺吗 → 尺码.
    """
    signs = list(text)
    for sentence in sentences(text):
        _put_right(sentence, signs)
    return "".join(signs)


def _put_right(sentence: Sentence, signs: list[str]) -> None:
    reading = sentence.heard()
    if reading is None:
        return
    taken: set[int] = set()
    for key, word in _sounds():
        at = reading.text.find(key)
        while at >= 0:
            first, last = reading.span(at, at + len(key))
            start, end = sentence.start + first, sentence.start + last
            span = set(range(start, end))
            if end - start == len(word) and not span & taken:
                signs[start:end] = word
                taken |= span
            at = reading.text.find(key, at + 1)


@functools.cache
def numbers_en() -> dict[str, int]:
    """English number words up to two thousand, without "and" and hyphens."""
    return {spoken_en(value): value for value in range(1, 2000)}
