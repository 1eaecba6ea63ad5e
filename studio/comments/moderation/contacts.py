"""Finds contact data, however it is written: numbers, accounts, mail, links, pass phrases.

Digits may be Chinese, circled, spelled out in English, parted by other signs or backwards. A
number by itself is only taken for one to call when it is a mobile number; others need a word
beside them that says so, and none counts beside words of orders and parcels.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator

from studio.comments.moderation.literals import MarkFinder, finder_of
from studio.comments.moderation.normalise import Normal, tables
from studio.comments.moderation.readings import fold_key, sound_key

BEFORE = 10
AFTER = 6
FAR = 24
FEWEST_DIGITS = 6
MOST_DIGITS = 12

Contact = tuple[str, int, int]
"""Rule's id; the place in ``Normal.loose``, [start, end)."""

_ORDER = re.compile(
    r"订单|单号|快递|运单|物流|尾号|编号|货号|条码|型号|序列|日期|批号|批次|执行标准|房间号|"
    r"order|tracking|parcel|sku|item|invoice|serial|batch|model|zip"
)
_CALL = (
    "电话", "手机", "座机", "热线", "致电", "来电", "联系", "号码", "微信", "同号", "找我", "扣扣",
    "企鹅", "球球", "加我", "加好友", "打我", "拨打", "拨", "加微", "短信", "打过来", "加群",
    "群号",
)  # fmt: skip
_CALL_SOUNDS = tuple(sound_key(word) for word in _CALL if len(word) > 1) + ("拨",)
_CALL_LATIN = re.compile(
    r"(?<![a-z])(?:tel|phone|call|text|sms|line|whats ?app|watsap+|wa|qq|vx?|wx|wechat|weixin|"
    r"tg|telegram|dial|ring|mobile|cell|viber|signal|skype|contact|reach|hit me|number is)(?![a-z])"
)
_GROUP = re.compile(
    r"(?:群|裙|羣|qun)号?[^0-9]{0,2}[1-9][0-9]{5,10}(?![0-9])|"
    r"(?<![a-z0-9])q[^a-z0-9]{1,2}[1-9][0-9]{7,10}(?![0-9])"
)
_QQ_SOUNDS = tuple(map(sound_key, ("扣扣", "企鹅", "球球")))

_RUN = re.compile(r"(?<![0-9])[0-9](?:[^0-9]{0,2}[0-9]){5,13}(?![0-9])")
_MEASURE = re.compile(r"[0-9][年月日号x×*:：%][0-9]|(?<![0-9])20[0-3][0-9][-./][01]?[0-9][-./]")
_GROUPS = re.compile(r"[0-9]+")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_ABROAD = re.compile(r"\+[0-9]{1,3}[ .()-]{0,2}[0-9](?:[ .()-]{0,2}[0-9]){6,11}(?![0-9])")
_AMERICAN = re.compile(r"(?<![0-9.-])\(?[2-9][0-9]{2}\)?[ .-]{1,2}[0-9]{3}[ .-][0-9]{4}(?![0-9.-])")
_NUMBER_WORDS = re.compile(
    r"(?<![a-z])(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double)[ ,.-]{0,3}){7,}"
)
_ACCOUNT = re.compile(
    r"(?<![a-z])(?:vx|wx|wxid|weixin|wechat|微信号?|微号?|v信|v(?=[:=号是 ])|信号|(?:line|ins|"
    r"insta|ig|instagram|snap(?:chat)?|telegram|tg|kik|discord|whats ?app|skype)(?![a-z0-9])|"
    r"电报|飞机|qq|小红书号?|抖音号|快手号?)"
    r" {0,2}(?:id|号|is|名|[:=@是,> -]|搜){0,3} {0,2}(@?[a-z0-9][a-z0-9_.-]{4,24})"
)
_HANDLE = re.compile(r"(?<![a-z0-9._%+-])@[a-z][a-z0-9_.]{3,24}(?![a-z0-9])")
_HANDLE_WORDS = re.compile(
    r"insta|telegram|tele|snap|tiktok|ig\b|twitter|line|电报|飞机|ins|tg|find me|add me|dm"
)
_MAIL = re.compile(
    r"[a-z0-9][a-z0-9._%+-]{0,40} {0,2}(?:@|\(at\)|\[at\]|(?<= )at(?= )|艾特) {0,2}"
    r"[a-z0-9-]{2,30} {0,2}(?:[.。]|\(dot\)|(?<= )dot(?= )|点) {0,2}"
    r"(?:com|cn|net|org|edu|io|co|me|info|ru|uk|de)(?![a-z])"
)
_DOT = r"(?: {0,2}(?:\(dot\)|\[dot\]|(?<= )dot(?= )|点|。|•|·|、) {0,2}| {1,2}\. {0,2}|\.)"
_DOMAIN = re.compile(
    r"(?<![a-z0-9@.-])[a-z0-9][a-z0-9-]{1,40}" + _DOT + r"(?:com|cn|net|xyz|org|ru|ly|top|icu|"
    r"wang|ltd)(?![a-z])"
)
_WORD_DOMAIN = re.compile(
    r"(?<![a-z0-9@.-])([a-z0-9][a-z0-9-]{1,40})"
    r"(?:\.| {0,2}(?:\(dot\)|\[dot\]|(?<= )dot(?= )) {0,2})"
    r"(?:me|io|live|link|info|shop|club|store|online|site|work|space|app|fun|co|vip|cc|tv)"
    r"(/|(?![a-z]))"
)
_PREFIX = re.compile(
    r"h ?t ?t ?p ?s? ?[:：]|w ?w ?w ?[.。点]|(?<![a-z])t\.me|bit\.ly|wa\.me|w{3}(?=[点。])|"
    r"\. {0,2}c {1,2}o {1,2}m(?![a-z])"
)
_PASS_PHRASE = re.compile(
    r"[¥$€₤《] ?[a-z0-9]{8,13} ?[¥$€₤》]|复制.{0,12}(?:打开|口令|链接)|"
    r"口令[: ]{0,2}[a-z]{0,8}[0-9][a-z0-9]{4,12}|"
    r"打开(?:抖音|淘宝|拼多多|快手|小红书|京东|闲鱼|d音|某宝)(?:，|,|搜|看|领|即|就)"
)
_HAS_SIGN = re.compile(r"[0-9a-z@+/¥复口打]")
"""What a text must have of which `_MAY_BE` can match; quicker to look for."""
_SIX_DIGITS = re.compile(r"[0-9](?:[^0-9]{0,2}[0-9]){5}")
"""What a text must have in which a number is found."""
_HAS_DOT = re.compile(r"[.。点•·、:：]|dot")
"""What a text must have in which a link is found."""
_FIVE_SIGNS = re.compile(r"[a-z0-9][a-z0-9_.-]{4}")
"""What a text must have in which an account is found."""
_MAY_BE = re.compile(
    r"[0-9](?:[^0-9]{0,2}[0-9]){5}|[@+/¥]|[a-z0-9] ?[.。点·•、]|dot|复制|口令|打开|"
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine)[ ,.-]{0,3}"
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine)|h ?t ?t ?p|www|"
    r"(?:微|信|号|v|x|line|ins|ig|snap|tg|gram|报|机|kik|cord|app|skype|qq)[^a-z]{0,4}[a-z0-9_@]{4}"
)


ACCOUNT, HANDLE, MAIL, PREFIX, DOMAIN, WORD_DOMAIN, PASS_PHRASE, NUMBER_WORDS = (
    1 << n for n in range(8)
)  # fmt: skip
_LINKS = ((PREFIX, _PREFIX), (DOMAIN, _DOMAIN))
CONTACT_MARKS = MarkFinder({
    ACCOUNT: (_ACCOUNT.pattern,),
    HANDLE: (_HANDLE.pattern,),
    MAIL: (_MAIL.pattern,),
    PREFIX: (_PREFIX.pattern,),
    DOMAIN: (_DOMAIN.pattern,),
    WORD_DOMAIN: (_WORD_DOMAIN.pattern,),
    PASS_PHRASE: (_PASS_PHRASE.pattern,),
    NUMBER_WORDS: (_NUMBER_WORDS.pattern,),
})  # fmt: skip


def contacts(normal: Normal) -> Iterable[Contact]:
    """Contact data in a comment, also backwards."""
    text = normal.loose
    # Other digits are kept in the tight form: where none was read there, none stands here.
    digits = text if normal.digits == normal.tight else text.translate(tables().digit_table)
    if not _HAS_SIGN.search(digits):
        return ()
    marks = CONTACT_MARKS.marks(text)
    has_number = _SIX_DIGITS.search(digits) is not None
    if not (marks or has_number) or not _MAY_BE.search(digits):
        return ()
    return _contacts(text, digits, marks, has_number=has_number)


def _contacts(text: str, digits: str, marks: int, *, has_number: bool) -> Iterator[Contact]:
    found = False
    for contact in _forwards(text, digits, marks, has_number=has_number):
        found = True
        yield contact
    if not found and has_number and _RUN.search(digits) and not _ORDER.search(text):
        length = len(text)
        for rule, start, end in _numbers(text[::-1], digits[::-1]):
            yield rule, length - end, length - start


def _forwards(text: str, digits: str, marks: int, *, has_number: bool) -> Iterator[Contact]:
    if has_number:
        yield from _numbers(text, digits)
        for match in _GROUP.finditer(digits):
            if not _is_order(text, *match.span()):
                yield "div-qq", *match.span()
    if marks & (ACCOUNT | HANDLE):
        yield from _accounts(text)
    if marks & MAIL:
        for match in _MAIL.finditer(text):
            yield "contact-mail", *match.span()
    for mark, pattern in _LINKS:
        if marks & mark:
            for match in pattern.finditer(text):
                yield "link", *match.span()
    if marks & PASS_PHRASE:
        for match in _PASS_PHRASE.finditer(text):
            yield "link", *match.span()
    if marks & WORD_DOMAIN:
        for match in _WORD_DOMAIN.finditer(text):
            label = match[1]
            if len(label) > 7 or match[2] or "-" in label or any(map(str.isdigit, label)):
                yield "link", *match.span()
    if marks & NUMBER_WORDS:
        for match in _NUMBER_WORDS.finditer(text):
            yield "contact-number", *match.span()


def _numbers(text: str, digits: str) -> Iterator[Contact]:
    for pattern in (_ABROAD, _AMERICAN):
        for match in pattern.finditer(digits):
            if not _is_order(text, *match.span()):
                yield "contact-number", *match.span()
    for match in _RUN.finditer(digits):
        start, end = match.span()
        groups = _GROUPS.findall(match.group())
        number = "".join(groups)
        if _is_order(text, start, end) or _is_measure(text, start, end, number):
            continue
        calls = _asks_to_call(text, start, end)
        if _MOBILE.fullmatch(number) and (calls or _looks_whole(groups)):
            yield "contact-phone", start, end
        elif calls and _looks_like_number(number, groups):
            yield "contact-number", start, end
        elif len(groups) == 1 and _names_qq(text, start):
            yield "div-qq", start, end


@functools.cache
def _find_calls() -> Callable[[str], list[tuple[int, int, int]]]:
    return finder_of(_CALL).find_matches_as_indexes


@functools.cache
def _find_call_sounds() -> Callable[[str], list[tuple[int, int, int]]]:
    return finder_of(_CALL_SOUNDS).find_matches_as_indexes


def _looks_like_number(number: str, groups: list[str]) -> bool:
    """Is it as long as one to call, in few parts or sign by sign?"""
    is_parted = len(number) > 9 and set(map(len, groups)) == {1}
    return is_parted or (FEWEST_DIGITS < len(number) <= MOST_DIGITS and len(groups) < 4)


def _is_measure(text: str, start: int, end: int, number: str) -> bool:
    """Is it a date, a size, a time or a laugh (555555), and no number to call?"""
    return len(set(number)) == 1 or _MEASURE.search(text, start, end) is not None


def _looks_whole(groups: list[str]) -> bool:
    """Is it one number that was parted, and not sizes one after the other?"""
    lengths = tuple(map(len, groups))
    return lengths in ((11,), (3, 4, 4), (3, 8), (7, 4), (4, 7), (3, 3, 5)) or len(groups) >= 7


def _is_order(text: str, start: int, end: int) -> bool:
    return bool(_ORDER.search(text, max(0, start - FAR), min(len(text), end + 4))) or (
        start > 1 and "a" <= text[start - 1] <= "z" and "a" <= text[start - 2] <= "z"
        and text[start - 2 : start] in ("sf", "yt", "jd", "zt", "em", "hz", "st")
    )  # fmt: skip


def _asks_to_call(text: str, start: int, end: int) -> bool:
    beside = text[max(0, start - BEFORE) : start], text[end : end + AFTER]
    for part in beside:
        if _CALL_LATIN.search(part):
            return True
        sound = fold_key("".join(part.split()), by_sound_too=True) if part.strip() else ""
        if _find_calls()(part) or _find_call_sounds()(sound):
            return True
    return (
        beside[0].rstrip(" :").endswith(("打", "呼", "加", "是", "扣")) and len(beside[0]) < BEFORE
    )


def _names_qq(text: str, start: int) -> bool:
    before = text[max(0, start - AFTER) : start]
    if "qq" in before:
        return True
    sound = fold_key("".join(before.split()), by_sound_too=True) if before.strip() else ""
    return any(key in sound for key in _QQ_SOUNDS)


def _accounts(text: str) -> Iterator[Contact]:
    for match in _ACCOUNT.finditer(text) if _FIVE_SIGNS.search(text) else ():
        account = match[1]
        has_digit = any(map(str.isdigit, account))
        has_letter = any("a" <= sign <= "z" for sign in account)
        if (has_digit and has_letter and len(account) > 4) or "_" in account or account[0] == "@":
            yield "div-vx-id", *match.span()
    for match in _HANDLE.finditer(text) if "@" in text else ():
        if _HANDLE_WORDS.search(text, max(0, match.start() - 24), match.start()):
            yield "div-vx-id", *match.span()
