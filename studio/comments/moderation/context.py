"""In which context a finding counts: questions, reports of others, words that are disguised."""

from __future__ import annotations

import functools
import re

from studio.comments.moderation.everyday import is_explained, is_in_word
from studio.comments.moderation.readings import Reading

OFTEN_HIDDEN = frozenset({"傻逼", "脑残", "智障", "贱货", "约炮", "裸聊", "刷单"})
"""Words of two signs of which both are often written as others of their sound."""
NO_PAUSE = re.compile(r"[^\w\s，。、！？,.!?;；：:…~～\"'“”‘’()（）《》【】/+&\u00b7-]")
"""A sign that stands for no pause between words: zero width, strokes, stars, pictures."""
_ENDS_CLAUSE = re.compile(r"[，。！；,!;\n]|\. ")
_ASKS_AT_START = re.compile(
    r"请问|想问|怎么|如何|哪里|哪|在哪|能不能|可不可以|可以|能|是不是|有没有|为什么|为啥|谁|"
    r" {0,3}(?:(?:hi|hey|please|pls|ok|so|host|and|but) ){0,3}"
    r"(?:do|does|did|can|could|is|are|was|will|would|how|where|what|"
    r"which|when|who|why|should|may|has|have) (?!me)"
)
_ASKS = re.compile(
    r"[?？]|是不是|会不会|有没有|能不能|可不可以|怎么(?:领|进|加|用|查|没|不|还|都|又|一直|搜|找)|"
    r"为什么|为啥|啥时候|不了[啊呀了]?$|没反应|没收到|失败|"
    r"(?:isn'?t|doesn'?t|won'?t|can'?t|not) (?:work|load|open|there|show|find)|expired|dead link"
)
_ASKS_AT_END = re.compile(
    r"(?:吗|么|嘛|呢|不|没|没有|嗎|麼)"
    "[啊呀哈~～。，!！. \U0001f600-\U0001f64f\U0001f900-\U0001f9ff]*$"
)


_TELLS_OF = re.compile(
    r"有人(?:说|让|叫|私|冒充|加|发|喊|刷|骂|在)|冒充|"
    r"(?:别|不要|千万别|勿)(?:信|理|加|点|上当)|"
    r"(?:不要|切勿|请勿|谨防|警惕|提防|禁止)(?:私下|线下|转账|扫|相信)|不安全|"
    r"(?:快递员?|短信|电话|邮件).{0,6}(?:让我|叫我|说我|要我)|假的[吧吗]$|是真的[吗吧]|"
    r"(?<!不)(?:是|像)(?:骗子|诈骗|骗人的)(?:吧|吗|$)|是你们(?:吗|的|发)|"
    r"(?:客服|主播|你们|场控).{0,4}(?:会|让|叫|要).{0,4}(?:加|私|转)|被骗|诈骗电话|"
    r"someone |somebody |pretend|block (?:them|him|her)|ban (?:them|him|her|the)|"
    r"don'?t click|scam callers|"
    r"haters|some bot|bots? (?:is|are|keeps?) |spam bots?|"
    r"is (?:that|it|this) really"
)
"""Somebody tells of what others write, or warns of it."""
_ONLY_TELLS = re.compile(
    r"冒充|有人(?:骂|刷|私)|弹幕里有|电话里说|pretend|block (?:them|him|her)|ban (?:the|them)"
)
"""The same where a warning is an accusation."""


@functools.lru_cache(maxsize=64)
def tells_of_others(original: str) -> bool:
    """Does the comment tell of what others write, and name it as such?"""
    return _ONLY_TELLS.search(original.lower()) is not None


@functools.lru_cache(maxsize=64)
def _may_tell(original: str) -> bool:
    """The same or a warning of it; asked of each finding of a comment."""
    return _TELLS_OF.search(original.lower()) is not None


@functools.lru_cache(maxsize=64)
def is_asked(original: str, start: int, end: int, category: str) -> bool:
    """Does the part of the comment between two commas ask, or the whole tell of others?

    A warning of others is an accusation itself, so there it counts for nothing.
    """
    tells = _may_tell if category not in ("rumour", "abuse") else tells_of_others
    if tells(original):
        return True
    first = last = 0
    for match in _ENDS_CLAUSE.finditer(original):
        if match.end() <= start:
            first = match.end()
        elif match.start() >= end:
            last = match.start()
            break
    clause = original[first : last or len(original)].strip().lower()
    if last and original[last] in "?？":
        return True
    asks = _ASKS_AT_START.match(clause) or _ASKS.search(clause) or _ASKS_AT_END.search(clause)
    return asks is not None


def is_disguised(
    sound: Reading, written: str, start: int, end: int, word: str, *, hides_only: bool
) -> bool:
    """Is it the rule's word that was meant, or other words that sound alike?

    Few syllables that are written as other signs are mostly other words: then each other sign must
    stand outside of every word that people use.
    """
    length = end - start
    spelled = sum(sound.is_spelled[start:end])
    if not hides_only and spelled == length:
        return True
    others = [
        start + i
        for i, sign in enumerate(word[:length])
        if sound.written[start + i] not in (sign, "")
    ]
    if hides_only and (spelled == length or not (spelled or others)):
        return False
    is_odd = [place for place in others if not is_explained(written, place)]
    if length > 2 and (length > 3 or len(others) < length) and (not hides_only or spelled):
        return bool(is_odd or spelled or not others)
    if length == 2 and spelled and not others:
        return all(
            last - first != 1
            for (first, last), is_spelled in zip(
                sound.spans[start:end], sound.is_spelled[start:end], strict=True
            )
            if is_spelled
        )
    if len(others) == length == 2 and word not in OFTEN_HIDDEN:
        return False
    return len(is_odd) == len(others) and not any(
        is_in_word(written, place) for place in range(start, end)
    )
