"""A written text as it is read aloud: prices, units, ranges, dates and times as words."""

from __future__ import annotations

import re
import unicodedata

from studio.host.numbers import digits_en, digits_zh, spoken_en, spoken_zh
from studio.host.voice.units import CURRENCIES, ORDINALS, UNITS

_NUMBER = r"\d+(?:\.\d+)?"
_DASH = r"\s*(?:[-~–—−至到]|to)\s*"
_SIGNS = "|".join(re.escape(sign) for sign in CURRENCIES)
_UNITS = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_UNIT = rf"(?:{_UNITS})(?![A-Za-z])"
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?!,?\d)")
_PHONE = re.compile(r"(?<![\d.])(?:1[3-9]\d{9}|\d{3,4}-\d{3,4}-\d{3,4}|0\d{2,3}-\d{7,8})(?!\d)")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](1[0-2]|0?[1-9])[-/.](3[01]|[12]\d|0?[1-9])(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=\s*年)")
_TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?![\d:])")
_RATIO = re.compile(rf"(?<![\d:])({_NUMBER}):({_NUMBER})(?![\d:])")
_MONEY = re.compile(rf"({_SIGNS})\s*({_NUMBER})(?:{_DASH}(?:{_SIGNS})?\s*({_NUMBER}))?")
_PERCENT = re.compile(rf"({_NUMBER})\s*%?(?:{_DASH}({_NUMBER}))?\s*([%‰])")
_MEASURE = re.compile(
    rf"(?<![\dA-Za-z.])(-?{_NUMBER})\s*(?:{_UNIT})?(?:{_DASH}({_NUMBER}))?\s*({_UNIT})"
)
_RANGE = re.compile(rf"(?<![\dA-Za-z.-])({_NUMBER}){_DASH}({_NUMBER})(?![\d-])")
_TIMES = re.compile(r"(?<=[\d\u4e00-\u9fff])\s*[x×*]\s*(?=\d)")
_PART = re.compile(r"(?<![\d/])([1-9])/([1-9]\d?)(?![\d/A-Za-z])")
_PLAIN = re.compile(r"(?<![A-Za-z\d.])(-?)(\d+)(\.\d+)?")
_BOUND = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_WIDE = re.compile("[^，。！？；：、（）]+")
"""All but the signs of Chinese pauses: a comma between two numbers would make them one."""
LONGEST_NUMBER = 9
"""More digits than these are a number of something: read one by one."""


def read_aloud(text: str, language: str) -> str:
    """A text without figures and signs, as it is said.

    Args:
        text: a sentence or more.
        language: "zh" or "en": in which numbers are said.
    """
    plain = _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    plain = re.sub(r"[−–—]+(?=\d)", "-", plain).replace("⁄", "/")
    plain = re.sub(r"(?<=\d)/(?=\d{2})|(?<=\d{2})/(?=\d)", ", ", plain)
    plain = re.sub(r"(?<=[A-Za-z])-(?=\d)", " ", plain)
    plain = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), plain)
    said = _zh(plain) if language == "zh" else _en(plain)
    digits = digits_zh if language == "zh" else digits_en
    return re.sub(r"[0-9]", lambda found: f" {digits(found[0])} ", said)


# -- Chinese ---------------------------------------------------------------------------------------


def _zh(text: str) -> str:
    text = _PHONE.sub(lambda m: "，".join(digits_zh(part) for part in m[0].split("-")), text)
    text = _DAY.sub(lambda m: f"{m[1]}年{int(m[2])}月{int(m[3])}日", text)
    text = _YEAR.sub(lambda m: digits_zh(m[1]), text)
    text = _TIME.sub(_time_zh, text)
    text = _RATIO.sub(lambda m: f"{number_zh(m[1])}比{number_zh(m[2])}", text)
    text = _MONEY.sub(lambda m: _money_zh(m[1], m[2], m[3]), text)
    text = re.sub(rf"({_NUMBER})\s*RMB\b", lambda m: counted_zh(m[1]) + "元", text)
    text = _PERCENT.sub(_percent_zh, text)
    text = re.sub(rf"({_NUMBER})(?=\s*折)", lambda m: digits_zh(m[1].replace(".", "")), text)
    text = _TIMES.sub("乘", text)
    text = _MEASURE.sub(lambda m: _measure_zh(m[1], m[2], UNITS[m[3]][0]), text)
    text = _PART.sub(_part_zh, text)
    text = _RANGE.sub(lambda m: f"{counted_zh(m[1], m[0])}到{counted_zh(m[2], _after(m))}", text)
    text = re.sub(r"(?<=\d)\s*/\s*(?=[\u4e00-\u9fff])|(?<=元)\s*/\s*", "每", text)
    text = _BOUND.sub(" ", text)
    text = _PLAIN.sub(_plain_zh, text)
    text = re.sub(r"(?<=[A-Za-z\u4e00-\u9fff])\s*\+", "加", text)
    return re.sub(r"\s*&\s*", "和", text)


def number_zh(written: str) -> str:
    """ "199" → 一百九十九, "7.50" → 七点五零."""
    whole, _, part = written.partition(".")
    if len(whole) > LONGEST_NUMBER or (len(whole) > 1 and whole[0] == "0"):
        return digits_zh(whole) + (f"点{digits_zh(part)}" if part else "")
    said = re.sub(r"^二(?=[千万亿])", "两", spoken_zh(int(whole)))
    return said + (f"点{digits_zh(part)}" if part else "")


_COUNTED = re.compile(r"\s*(?!(?:月|号|日|度|比|年|楼|级|折|分之|%))[\u4e00-\u9fff]")


def counted_zh(written: str, after: str = "个") -> str:
    """As `number_zh`, but 2 before what is counted is 两."""
    return "两" if written == "2" and _COUNTED.match(after) else number_zh(written)


def _after(found: re.Match[str]) -> str:
    return found.string[found.end() : found.end() + 4]


def _money_zh(sign: str, low: str, high: str | None) -> str:
    unit = CURRENCIES[sign][0]
    said = f"{counted_zh(_price(low))}到" if high else ""
    return f"{said}{counted_zh(_price(high or low))}{unit}"


def _price(written: str) -> str:
    """199.00 is 199, 9.90 is 9.9."""
    return written.rstrip("0").rstrip(".") if "." in written else written


def _percent_zh(found: re.Match[str]) -> str:
    of = "百分之" if found[3] == "%" else "千分之"
    second = f"到{of}{number_zh(found[2])}" if found[2] else ""
    return f"{of}{number_zh(found[1])}{second}"


def _measure_zh(low: str, high: str | None, unit: str) -> str:
    below = ("零下" if "度" in unit else "负") if low.startswith("-") else ""
    low = low.lstrip("-")
    said = f"{counted_zh(low)}到" if high else ""
    return f"{below}{said}{counted_zh(high or low)}{unit}"


def _time_zh(found: re.Match[str]) -> str:
    hour, minute, second = int(found[1]), int(found[2]), found[3]
    said = ("两" if hour == 2 else spoken_zh(hour)) + "点"
    if minute or second:
        said += ("零" if minute < 10 else "") + spoken_zh(minute) + "分"
    return said + (spoken_zh(int(second)) + "秒" if second else "")


def _part_zh(found: re.Match[str]) -> str:
    if int(found[1]) >= int(found[2]):
        return found[0]
    return f"{spoken_zh(int(found[2]))}分之{spoken_zh(int(found[1]))}"


def _plain_zh(found: re.Match[str]) -> str:
    before = found.string[: found.start()].rstrip()
    sign = "" if not found[1] else ("" if re.search(r"[\w\u4e00-\u9fff]$", before) else "负")
    said = counted_zh(found[2] + (found[3] or ""), _after(found))
    return sign + (number_zh(found[2]) if re.search("第$", before) else said)


# -- English ---------------------------------------------------------------------------------------

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def _en(text: str) -> str:
    text = _PHONE.sub(lambda m: ", ".join(digits_en(part) for part in m[0].split("-")), text)
    text = _DAY.sub(
        lambda m: f"{_MONTHS[int(m[2]) - 1]} {_ordinal(int(m[3]))}, {_year_en(m[1])}", text
    )
    text = re.sub(
        rf"\b({'|'.join(_MONTHS)}) (3[01]|[12]?\d)\b", lambda m: f"{m[1]} {_ordinal(int(m[2]))}",
        text,
    )  # fmt: skip
    text = re.sub(
        rf"\b(in|since|of|by|{'|'.join(_MONTHS)})(,? )((?:19|20)\d\d)(?![\d.])",
        lambda m: f"{m[1]}{m[2]}{_year_en(m[3])}", text,
    )  # fmt: skip
    text = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", lambda m: _ordinal(int(m[1])), text)
    text = re.sub(r"\b[Nn]o\.\s*(?=\d)|#(?=\d)", "number ", text)
    text = _TIME.sub(_time_en, text)
    text = _RATIO.sub(lambda m: f"{number_en(m[1])} to {number_en(m[2])}", text)
    text = _MONEY.sub(_money_en, text)
    text = _PERCENT.sub(_percent_en, text)
    text = _TIMES.sub(" by ", text)
    text = _MEASURE.sub(_measure_en, text)
    text = _PART.sub(_part_en, text)
    text = _RANGE.sub(lambda m: f"{number_en(m[1])} to {number_en(m[2])}", text)
    text = re.sub(r"\s*&\s*", " and ", text)
    text = re.sub(r"(?<=\w)\+(?!\w)", " plus", text)
    text = _BOUND.sub(" ", text)
    return _PLAIN.sub(_plain_en, text)


def number_en(written: str) -> str:
    """ "199" → one hundred ninety nine, "7.5" → seven point five."""
    whole, _, part = written.partition(".")
    if len(whole) > LONGEST_NUMBER or (len(whole) > 1 and whole[0] == "0"):
        said = digits_en(whole)
    else:
        said = spoken_en(int(whole))
    return said + (f" point {digits_en(part)}" if part else "")


def _year_en(year: str) -> str:
    high, low = int(year[:2]), int(year[2:])
    if low == 0:
        return spoken_en(int(year)) if high == 20 else f"{spoken_en(high)} hundred"
    if high == 20 and low < 10:
        return f"two thousand {spoken_en(low)}"
    return f"{spoken_en(high)} {'oh ' if low < 10 else ''}{spoken_en(low)}"


def _ordinal(value: int) -> str:
    if value in ORDINALS:
        return ORDINALS[value]
    tens, ones = divmod(value, 10)
    if ones:
        return f"{spoken_en(tens * 10)} {ORDINALS[ones]}"
    return re.sub("y$", "ieth", spoken_en(value))


def _time_en(found: re.Match[str]) -> str:
    hour, minute, second = int(found[1]), int(found[2]), found[3]
    said = spoken_en(hour)
    if minute:
        said += f" {'oh ' if minute < 10 else ''}{spoken_en(minute)}"
    elif not re.match(r"\s*[ap]\.?m", _after(found), re.IGNORECASE):
        said += " o'clock" if hour <= 12 else " hundred"
    return said + (f" and {spoken_en(int(second))} seconds" if second else "")


def _money_en(found: re.Match[str]) -> str:
    _, unit, units, part = CURRENCIES[found[1]]
    low, high = _price(found[2]), found[3]
    if high:
        return f"{number_en(low)} to {number_en(_price(high))} {units}"
    whole, _, cents = low.partition(".")
    if not cents or not part or len(cents) > 2:
        return f"{number_en(low)} {unit if low == '1' else units}"
    count = int(cents.ljust(2, "0"))
    small = f"{spoken_en(count)} {part if count != 1 or part == 'p' else part.rstrip('s')}"
    if whole == "0":
        return small
    return f"{spoken_en(int(whole))} {unit if whole == '1' else units} and {small}"


def _percent_en(found: re.Match[str]) -> str:
    said = f"{number_en(found[1])} to " if found[2] else ""
    unit = "percent" if found[3] == "%" else "per thousand"
    return f"{said}{number_en(found[2] or found[1])} {unit}"


def _measure_en(found: re.Match[str]) -> str:
    _, unit, units = UNITS[found[3]]
    below, low = ("minus " if found[1].startswith("-") else ""), found[1].lstrip("-")
    said = f"{below}{number_en(low)} to " if found[2] else below
    last = found[2] or low
    return f"{said}{number_en(last)} {unit if last == '1' and not found[2] else units}"


def _part_en(found: re.Match[str]) -> str:
    count, of = int(found[1]), int(found[2])
    if count >= of:
        return found[0]
    if of == 2:
        return "half"
    if of == 4:
        return f"{spoken_en(count)} quarter{'s' if count > 1 else ''}"
    return f"{spoken_en(count)} {_ordinal(of)}{'s' if count > 1 else ''}"


def _plain_en(found: re.Match[str]) -> str:
    before = found.string[: found.start()].rstrip()
    sign = "minus " if found[1] and not re.search(r"\w$", before) else (" " if found[1] else "")
    return sign + number_en(found[2] + (found[3] or ""))
