"""In which context a finding counts: questions, reports of others, words that are disguised."""

from __future__ import annotations

import functools
import re

from studio.comments.moderation.everyday import is_explained, is_in_word
from studio.comments.moderation.literals import MarkFinder
from studio.comments.moderation.readings import Reading
from studio.comments.moderation.rule_files import OWN, Rule

OFTEN_HIDDEN = frozenset({"傻逼", "脑残", "智障", "贱货", "约炮", "裸聊", "刷单"})
"""Words of two signs of which both are often written as others of their sound."""
NO_PAUSE = re.compile(r"[^\w\s，。、！？,.!?;；：:…~～\"'“”‘’()（）《》【】/+&\u00b7-]")
"""A sign that stands for no pause between words: zero width, strokes, stars, pictures."""
_PAUSES = re.compile("[，。！？；,!?;]")
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
    r"(?<!不)(?:违法|犯法)(?:的|了|吧|吗|啊|[，。！,!]|$)|"
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
    r"冒充|有人(?:骂|刷|私)|弹幕里有|电话里说|举报(?:前面|上面|楼上|那个|那人|他们?|她)|"
    r"(?:短信|来电|电话|邮件|私信|私联|链接|弹窗|返现的)[^，。！,!]{0,4}(?:骗子|骗人|诈骗)|"
    r"(?:前面|楼上|刚才|上面)(?:那个|那位|有人|谁)?(?:说|骂|喷|刷)(?![得的])[^，。！,!]{1,10}的[，,]|"
    r"(?:禁言|拉黑|踢)(?:吧|一下|那|前面|上面|他们?(?:吧|$))|"
    r"pretend|block (?:them|him|her|the guy)|ban (?:the|them)"
)
"""The same where a warning is an accusation."""


_ONESELF = re.compile(
    r" {0,3}(?:(?:lol|ok|omg|ugh|so|haha|well|sorry)[ ,]{1,2}){0,2}"
    r"(?:i'?m|i am|i was|i feel|i look|i'?m such|me being|silly me|my)(?![a-z])"
)
_OTHERS = re.compile(r"(?<![a-z])(?:you|u|ur|your|youre|she|her|he|his|host|seller|they)(?![a-z])")
_ONESELF_ZH = re.compile(
    r"(?:我|俺|本人|我自己)(?:这|这个|就|就是|是|真|真是|都|又|也|个|有点|像|跟|简直|的|才){0,3}$"
)
_OTHERS_ZH = re.compile(r"[你您他她它妈爹娘]|主播|楼上|人家|你们")
"""Whom a comment may mean beside its author."""

_OWN_TROUBLE = re.compile(
    r"(?:我|俺)(?:上次|之前|昨天|自己|这次|就)?(?:用|吃|喝|涂|敷|擦|刷|抹|穿|戴)[了过完]?.{0,4}$"
)
"""What befell the author stands right before it."""
_MORE_THAN_OWN = re.compile(
    r"死|癌|人命|大家|别买|都|封口|住院|官司|曝光|举报|主播|老板|他们|她|他家"
)
ASKS, ASKS_AT_START, ASKS_AT_END, TELLS, ONLY_TELLS, ONESELF, TROUBLE = (1 << n for n in range(7))
CONTEXT_MARKS = MarkFinder({
    ASKS: (_ASKS.pattern,),
    ASKS_AT_START: (_ASKS_AT_START.pattern,),
    ASKS_AT_END: (_ASKS_AT_END.pattern,),
    TELLS: (_TELLS_OF.pattern,),
    ONLY_TELLS: (_ONLY_TELLS.pattern,),
    ONESELF: (_ONESELF.pattern, _ONESELF_ZH.pattern),
    TROUBLE: (_OWN_TROUBLE.pattern,),
})  # fmt: skip


@functools.lru_cache(maxsize=64)
def context_marks(original: str) -> int:
    """What of `CONTEXT_MARKS` may be found in a comment; what is missing is not. 0: nothing
    spares it."""
    return CONTEXT_MARKS.marks(original.lower())


def tells_of_others(original: str) -> bool:
    """Does the comment tell of what others write, and name it as such?"""
    return bool(context_marks(original) & ONLY_TELLS) and _only_tells(original)


@functools.lru_cache(maxsize=64)
def _only_tells(original: str) -> bool:
    return _ONLY_TELLS.search(original.lower()) is not None


@functools.lru_cache(maxsize=64)
def _may_tell(original: str) -> bool:
    """The same or a warning of it; asked of each finding of a comment."""
    return _TELLS_OF.search(original.lower()) is not None


def is_of_oneself(original: str, start: int) -> bool:
    """Does it speak of its own author alone ("I'm such an idiot", 我脑子进水了)?"""
    if not context_marks(original) & ONESELF:
        return False
    if not original.isascii():
        is_own = _ONESELF_ZH.search(original[max(0, start - 12) : start]) is not None
        return is_own and _OTHERS_ZH.search(original) is None
    low = original.lower()
    return _ONESELF.match(low) is not None and _OTHERS.search(low) is None


def tells_own_trouble(original: str, start: int) -> bool:
    """Is it what befell the author alone (我用了烂脸一周), and no accusation beyond that?"""
    return (
        bool(context_marks(original) & TROUBLE)
        and _OWN_TROUBLE.search(original[max(0, start - 12) : start + 1]) is not None
        and _MORE_THAN_OWN.search(original) is None
    )


def is_asked(original: str, start: int, end: int, category: str) -> bool:
    """Does the part of the comment between two commas ask, or the whole tell of others?

    A warning of others is an accusation itself, so there it counts for nothing.
    """
    marks = context_marks(original)
    if category in ("rumour", "abuse"):
        if marks & ONLY_TELLS and _only_tells(original):
            return True
    elif marks & TELLS and _may_tell(original):
        return True
    return bool(marks & (ASKS | ASKS_AT_START | ASKS_AT_END)) and _asks(original, start, end)


@functools.lru_cache(maxsize=64)
def _asks(original: str, start: int, end: int) -> bool:
    marks = context_marks(original)
    first = last = 0
    for match in _ENDS_CLAUSE.finditer(original):
        if match.end() <= start:
            first = match.end()
        elif match.start() >= end:
            last = match.start()
            break
    clause = original[first : last or len(original)].strip().lower()
    return bool(
        (marks & ASKS_AT_START and _ASKS_AT_START.match(clause))
        or (marks & ASKS and _ASKS.search(clause))
        or (marks & ASKS_AT_END and _ASKS_AT_END.search(clause))
    )


def is_spared_here(rule: Rule, original: str, span: tuple[int, int]) -> bool:
    """Does a finding not count, where it stands? Nothing is spared without `context_marks`."""
    if rule.category == "abuse" and is_of_oneself(original, span[0]):
        return True
    if rule.category == "rumour" and tells_own_trouble(original, span[0]):
        return True
    if rule.spares_questions:
        return is_asked(original, *span, rule.category)
    return rule.action == "hold" and rule.category != OWN and tells_of_others(original)


def is_spared(start: int, end: int, phrase: tuple[int, int]) -> bool:
    """Does the finding lie within an everyday phrase, or end with its first sign (主播滚|筒)?"""
    first, last = phrase
    return (first <= start and end <= last) or (start < first == end - 1)


def is_broken_off(original: str, sound: Reading, start: int, end: int) -> bool:
    """Does a clause end within other signs of the same sound, once in some signs (佳，我非常)?"""
    first, last = sound.span(start, end)
    pauses = len(_PAUSES.findall(original, first, last))
    return 0 < pauses < end - start - 1 or (pauses == 1 and end - start == 2)


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
