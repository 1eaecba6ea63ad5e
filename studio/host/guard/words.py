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
from studio.host.packs.files import shipped_packs
from studio.host.packs.reading import Sentence, sentences, tight_of

SPOKEN = (
    "纯棉", "原价", "包邮", "免运费", "发货", "当天发货", "今天就发货", "小时内发货",
    "全国包邮", "小时", "退货", "退换", "无理由", "无理由退换", "无理由退货", "质保", "保修",
    "终身质保", "尺码", "进口", "原装进口", "产地", "产自", "原产", "原产地", "百分之百",
    "百分之", "专利", "专利技术", "认证", "金奖", "国际金奖", "设计大奖", "比别家", "比大牌",
    "完胜大牌", "大牌平替", "吊打同行", "同行", "成分", "面料", "里料", "材质", "厘米", "毫升",
    "到手价", "直播价", "秒杀价", "直播间价格", "一口价", "价格", "现价", "续航", "保质期",
    "净重", "最后", "只剩", "最大码", "桑蚕丝",
)  # fmt: skip
"""Further words that rules of facts look for."""
FUZZY_FROM, PACK_SIGNS = 3, 4
"""Words of so many syllables are also found where n is ng, z is zh and the like."""
_COMMON_SOUNDS = ("全棉", "国产")
"""Sound like words of everybody's talk (全面); so do short names of countries (得过, 德国)."""


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
def _loose() -> dict[str, str]:
    """Syllable as one sign → one that stands for all that recognisers take for each other."""
    raw = read_json((assets_dir() / "rules" / "pinyin.json").read_bytes())
    of: dict[str, str] = {}
    for spelling, signs in raw.items():
        plain = re.sub(r"^([zcs])h", r"\1", spelling)
        plain = re.sub(r"([aei])ng$", r"\1n", plain)
        sound = sound_key(signs[0])
        of[sound] = of.get(plain) or of.setdefault(plain, sound)
    return of


def loose_key(sounds: str) -> str:
    """A sound key with n for ng, z for zh, c for ch, s for sh."""
    table = _loose()
    return "".join(table.get(sound, sound) for sound in sounds)


class SoundWords:
    """Words to be recognised by how they sound, the longest first.

    Args:
        words: in Chinese, two syllables and more.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._exact: dict[str, str] = {}
        self._fuzzy: dict[str, str] = {}
        for word in words:
            tight = tight_of(word)
            if len(tight) < 2 or any(sign.isascii() for sign in tight):
                continue
            self._exact.setdefault(sound_key(tight), tight)
            if len(tight) >= FUZZY_FROM:
                self._fuzzy.setdefault(loose_key(sound_key(tight)), tight)
        self._tables = [
            (is_loose, sorted(table.items(), key=lambda pair: -len(pair[0])))
            for is_loose, table in ((False, self._exact), (True, self._fuzzy))
        ]

    def put_right(self, text: str) -> str:
        """A text that was heard, with words that sound like these written as these.

        As many signs as before: 法货 → 发货, 尺吗 → 尺码.
        """
        signs = list(text)
        for sentence in sentences(text):
            self._put_right(sentence, signs)
        return "".join(signs)

    def _put_right(self, sentence: Sentence, signs: list[str]) -> None:
        reading = sentence.heard()
        if reading is None:
            return
        taken: set[int] = set()
        for is_loose, table in self._tables:
            heard = loose_key(reading.text) if is_loose else reading.text
            for key, word in table:
                at = heard.find(key)
                while at >= 0:
                    first, last = reading.span(at, at + len(key))
                    start, end = sentence.start + first, sentence.start + last
                    span = set(range(start, end))
                    if end - start == len(word) and not span & taken:
                        signs[start:end] = word
                        taken |= span
                    at = heard.find(key, at + 1)


@functools.cache
def sound_words() -> SoundWords:
    """Those of rules of facts, and those that packs of this place want found by sound."""
    far = [name for name in places() if len(name) > 2]
    fabrics = [name for name in materials() if len(name) > 1 and not name.isascii()]
    pure = [f"纯{name}" for name in fabrics if not name.startswith(("纯", "全", "真", "头"))]
    words = [word for word in (*SPOKEN, *fabrics, *pure, *far) if word not in _COMMON_SOUNDS]
    packs = [
        word for pack in shipped_packs() if pack.place == "cn" for rule in pack.rules
        for word in (*rule.sound, *rule.exceptions) if len(tight_of(word)) >= PACK_SIGNS
    ]  # fmt: skip
    return SoundWords([*words, *packs])


def put_right(text: str) -> str:
    """A text that was heard, with misheard words that rules look for written as those."""
    return sound_words().put_right(text)


@functools.cache
def numbers_en() -> dict[str, int]:
    """English number words up to two thousand, without "and" and hyphens."""
    return {spoken_en(value): value for value in range(1, 2000)}
