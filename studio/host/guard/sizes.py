"""Sizes that there are, and figures with a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.host.guard.claim import NUMBER, Claim, Spoken, value_of
from studio.host.numbers import SIGNS

_TOKEN = r"(?<![a-z0-9])(?:[2-9]?x{0,4}[sl]|m|[2-5][0-9](?:\.5)?)(?![a-z0-9]|\.\d)"
_CLAIMED = re.compile(
    rf"(?:(?<!没)有|到|做到|最大(?:码)?(?:是|到)?|最小(?:码)?(?:是|到)?|(?:up to|comes? in|"
    rf"available in|have|has|in)(?: a)?(?: size)?)"
    rf"\s?(?P<a>{_TOKEN})|(?P<b>{_TOKEN})\s?(?:码|号)(?:的)?(?:也|都|还|现)?(?:有|现货)|"
    rf"size (?P<c>{_TOKEN})"
)
_SIZE = re.compile(_TOKEN)
_CROSSES = re.compile(
    r"(?P<zh>[二两三四五])个?叉(?:l|艾欧|艾尔|的?码)?|"
    r"(?P<en>double|triple) (?:x|extra)[ -]?(?:l\b|large)"
)
DOSE = 0.05
"""What is less than this share of what there is, is a dose."""
_COUNT = {"二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "double": 2, "triple": 3}
_METRES = re.compile(rf"(?P<whole>[0-9{SIGNS}])米(?P<tenth>[0-9{SIGNS}])?(?![0-9{SIGNS}斤])")
_OF_PART = re.compile(
    r"袖|肩宽|胸围|腰围|臀围|下摆|领|口袋|腰带|直径|线|杯口|sleeve|chest|waist|strap|cord|cable|lid"
)
"""Parts of goods: their measure is no other one's."""
_UNITS: tuple[tuple[str, str], ...] = (
    ("cm", r"厘米|公分|cm\b|centimet(?:er|re)s?"), ("mm", r"毫米|mm\b|millimet(?:er|re)s?"),
    ("kg", r"公斤|千克|kg\b|kilos?\b|kilograms?"), ("g", r"克|g\b|grams?\b"),
    ("ml", r"毫升|ml\b|millilit(?:er|re)s?"), ("l", r"(?<!毫)升|lit(?:er|re)s?\b"),
    ("mah", r"毫安时?|mah\b"),
    ("w", r"瓦|w\b|watts?\b"), ("day", r"天|days?\b"), ("month", r"个月|months?\b"),
    ("hour", r"个?小时|hours?\b"),
)  # fmt: skip
_MEASURED = re.compile(
    rf"(?P<number>{NUMBER}|\ba(?= (?:full )?lit))(?: full)?\s?-?"
    rf"(?:{'|'.join(f'(?P<{name}>{words})' for name, words in _UNITS)})"
)
_OF_PEOPLE = re.compile(
    r"身高|体重|你|您|宝宝|姐妹|我|朋友|小朋友|斤的|高的|you|your|my |i'm|tall|weigh|customer"
)
_IN_USE = re.compile(
    r"[放挖加倒取泡冲喝吃抹涂]|一次|每次|每天|早晚|小样|试用装|add |pour |take |use |sample"
)
"""How much of it one uses says nothing of how much there is."""
_ABOUT = re.compile(r"(?:约|大概|大约|差不多|about|around|roughly)\s?$")
_TIMES = {
    "day": ("shelf_life", "保质|赏味|shelf|best before"),
    "month": ("shelf_life", "保质|赏味|shelf"),
    "hour": ("battery", "续航|用电|电池|battery|play"),
}  # fmt: skip
"""A time is compared where the sentence says what of, with the fact of that name."""
FIGURES = ("size", "weight", "spec", "battery", "shelf_life", "capacity", "storage", "use")


def claims(spoken: Spoken) -> Iterator[Claim]:
    """Sizes that do not exist and figures that no fact has."""
    yield from _sizes(spoken)
    yield from _figures(spoken)


def _sizes(spoken: Spoken) -> Iterator[Claim]:
    product = spoken.product
    if product is None:
        return
    names = "; ".join(variant.name for variant in product.variants).lower()
    known = {found[0] for found in _SIZE.finditer(f"{names}; {spoken.words('size', 'variants')}")}
    if not known:
        return
    for match in _CLAIMED.finditer(spoken.text):
        size = match["a"] or match["b"] or match["c"]
        is_number = size[0].isdigit() and size.replace(".", "").isdigit()
        has_word = re.match(r"\s?[码号]", spoken.text[match.end() :]) or match["b"] or match["c"]
        if size in known or (is_number and not has_word):
            continue
        if is_number != any(other[0].isdigit() and other.isdigit() for other in known):
            continue  # the sizes of these goods are of another kind
        yield Claim(*match.span(), "size", spoken.source("variants", "size"))
    if any(size.isalpha() for size in known):
        for match in _CROSSES.finditer(spoken.text):
            count = _COUNT[match["zh"] or match["en"]]
            if not known & {"x" * count + "l", f"{count}xl"}:
                yield Claim(*match.span(), "size", spoken.source("variants", "size"))


def _figures(spoken: Spoken) -> Iterator[Claim]:
    text = spoken.text
    if _OF_PEOPLE.search(text) or _IN_USE.search(text):
        return
    part = _OF_PART.search(text)
    if part is not None and part[0] not in spoken.words(*FIGURES):
        return
    yield from _metres(spoken)
    for match in _MEASURED.finditer(text):
        unit = str(match.lastgroup)
        value = value_of(match["number"]) if match["number"] != "a" else 1.0
        if unit == "l" and value is not None:
            unit, value = "ml", value * 1000
        name = _TIMES.get(unit)
        if value is None or (name and not re.search(name[1], text)):
            continue
        facts = (name[0],) if name else FIGURES
        known = {
            number
            for found in _MEASURED.finditer(spoken.words(*facts))
            if found.lastgroup == unit and (number := value_of(found["number"])) is not None
        }
        if not known or value in known or value <= DOSE * min(known):
            continue
        is_about = bool(_ABOUT.search(text[: match.start()])) or "左右" in text[match.end() :][:2]
        if is_about and any(abs(value - other) <= 0.05 * other for other in known):
            continue
        holder = next(
            (n for n in facts if n in spoken.facts and _has(spoken.facts[n].value, unit)), ""
        )
        yield Claim(*match.span(), "size", spoken.source(holder))


def _metres(spoken: Spoken) -> Iterator[Claim]:
    """One metre twenty (一米二) against a length in centimetres."""
    known = {
        number
        for found in _MEASURED.finditer(spoken.words("size"))
        if found.lastgroup == "cm" and (number := value_of(found["number"])) is not None
    }
    for match in _METRES.finditer(spoken.text):
        whole, tenth = value_of(match["whole"]), value_of(match["tenth"] or "0")
        if whole is None or tenth is None or "长" not in spoken.text[: match.start()]:
            continue
        if known and whole * 100 + tenth * 10 not in known:
            yield Claim(*match.span(), "size", spoken.source("size"))


def _has(text: str, unit: str) -> bool:
    return any(found.lastgroup == unit for found in _MEASURED.finditer(text.lower()))
