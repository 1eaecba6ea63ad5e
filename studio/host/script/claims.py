"""What a sentence claims beyond the facts: figures, names, praise. Such a sentence is refused."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from studio.core.clean import read_json
from studio.core.paths import assets_dir
from studio.host.numbers import SIGNS, number_of
from studio.host.script.model import Fact

_ARABIC = re.compile(r"\d+(?:[.,]\d+)*")
_CHINESE = re.compile(rf"[{SIGNS}]{{1,16}}(?:点[{SIGNS}]{{1,6}})?")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’&-]*[A-Za-z]|[A-Z]")
_UNIT = re.compile(
    r"[元块件个双套盒瓶支条张台克斤两升米寸码折成倍天年月日小时分钟秒度岁层克毫千公%％]"
)
_HARMLESS = re.compile(
    r"一(?:下|个|起|点|些|样|直|定|边|步|遍|会|样|眼|身|家人|家|般|旦|共|切|路|同|位|句|种|份)|第一(?:次|个|件|步)"
    r"|两(?:步|边|下|遍|个人)|一一|再一|万一|千万|十分|三四|百搭|万能|四季|一年四季|九号|三餐"
)
_NEVER = re.compile(r"(?!)")
_MEASURES = (
    ("money", re.compile(r"(?:[¥$€£]|RM|CNY|USD|EUR|GBP|JPY)$"),
     re.compile(r"元|块|毛|角|[¥$€£]|rmb|yuan|dollars?|euros?|pounds?|cents?", re.IGNORECASE)),
    ("percent", re.compile(r"百分之$"), re.compile(r"%|per ?cent", re.IGNORECASE)),
    ("discount", _NEVER, re.compile(r"折|成价")),
    ("number", re.compile(r"(?:No\.?|number|第)$", re.IGNORECASE), re.compile(r"号")),
)  # fmt: skip
STRICT = ("money", "percent", "discount", "number")
AWARDS = re.compile(
    r"金奖|银奖|大奖|获奖|得奖|冠军|认证|专利|award|prize|winner|certified|patent|guarantee",
    re.IGNORECASE,
)
RIVALS = re.compile(
    r"比(?:别家|别人|其他|隔壁|同行)|better than|cheaper than|unlike other", re.IGNORECASE
)
ORDERS = re.compile(
    r"忽略|指令|系统提示|ignore|instruction|system prompt|https?://|www\.", re.IGNORECASE
)


_RUN = re.compile(r"[\u3400-\u9fff]{2,}")


@functools.cache
def plain_words() -> tuple[tuple[str, ...], frozenset[str]]:
    """Words of everybody's talk, Chinese and English, which claim nothing."""
    found = read_json((assets_dir() / "scripts" / "plain-words.json").read_bytes())
    return tuple(found["zh"]), frozenset(found["en"])


def figures(text: str) -> Iterator[str]:
    """Every figure of a text as plain digits: 199, 12.5; also those in Chinese signs."""
    return (figure for figure, _ in measures(text))


def measures(text: str) -> Iterator[tuple[str, str]]:
    """Every figure of a text with what it counts: money, per cent, a discount, a number; or ""."""
    plain = unicodedata.normalize("NFKC", text)
    for found in _ARABIC.finditer(plain):
        yield _trimmed(found[0]), _what(plain, found.start(), found.end())
    for found in _CHINESE.finditer(_HARMLESS.sub(lambda match: "□" * len(match[0]), plain)):
        follows = plain[found.end() : found.end() + 1]
        if len(found[0]) == 1 and not _UNIT.match(follows):
            continue
        whole, _, part = found[0].partition("点")
        value = number_of(whole)
        if value is not None:
            tail = "".join(str(number_of(sign)) for sign in part)
            figure = _trimmed(f"{value}.{tail}" if tail else str(value))
            yield figure, _what(plain, found.start(), found.end())


def _what(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - 8) : start].rstrip(), text[end : end + 10].lstrip()
    return next(
        (what for what, head, tail in _MEASURES if head.search(before) or tail.match(after)), ""
    )


def _trimmed(text: str) -> str:
    plain = text.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text) else text
    plain = plain.replace(",", ".")
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain).lstrip("0") or "0"


def unsupported(
    text: str, facts: Mapping[str, Fact], usual: Iterable[str] = (), *, is_strict: bool = False
) -> list[str]:
    """What a sentence says that no fact says: figures, names, awards, rivals, orders.

    Args:
        usual: other words that may stand, such as the template's.
        is_strict: nobody answers for the words: each that is not known, and not of those
            everybody uses, counts as a claim.
    """
    usual = tuple(usual)
    known = " ".join([*(fact.value for fact in facts.values()), *usual])
    allowed = {measure for entry in facts.values() for measure in _of_fact(entry)}
    allowed |= {measure for entry in usual for measure in measures(entry)}
    loose = {figure for figure, what in allowed if what != "number"}
    found = [
        figure for figure, what in measures(text)
        if ((figure, what) not in allowed if what in STRICT else figure not in loose)
    ]  # fmt: skip
    words = {word.casefold() for word in _WORD.findall(known)}
    for word in _WORD.findall(text):
        plain = word.casefold().removesuffix("'s").removesuffix("’s")
        is_name = word[0].isupper() and not _begins_sentence(text, word)
        is_foreign = not text.isascii()  # a Latin word within Chinese is a name
        is_claim = is_strict and len(plain) > 3
        if (
            plain not in words
            and plain not in plain_words()[1]
            and (is_name or is_foreign or is_claim)
        ):
            found.append(word)
    for rule in (AWARDS, RIVALS, ORDERS):
        found += [match[0] for match in rule.finditer(text) if match[0] not in known]
    if is_strict:
        found += _strange(text, known)
    return list(dict.fromkeys(found))


def _strange(text: str, known: str) -> Iterator[str]:
    """Chinese words that neither the facts nor everybody's talk has: two signs and more."""
    pairs = {known[at : at + 2] for at in range(len(known) - 1)}
    rest = list(text)
    for at in range(len(text) - 1):
        if text[at : at + 2] in pairs:
            rest[at] = rest[at + 1] = " "
    for word in plain_words()[0]:
        at = text.find(word)
        while at >= 0:
            rest[at : at + len(word)] = " " * len(word)
            at = text.find(word, at + 1)
    return (found[0] for found in _RUN.finditer("".join(rest)))


def _of_fact(fact: Fact) -> Iterator[tuple[str, str]]:
    """The figures of a fact; a product's number counts nothing else."""
    if fact.name == "number":
        return ((figure, "number") for figure in figures(fact.value))
    return measures(fact.value)


def _begins_sentence(text: str, word: str) -> bool:
    at = text.find(word)
    before = text[:at].rstrip()
    return not before or before[-1] in ".!?:。！？："
