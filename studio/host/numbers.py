"""Numbers in Chinese signs: 一百九十九 is 199, and 199 is read 一百九十九."""

from __future__ import annotations

import re
import unicodedata

DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "俩": 2, "仨": 3, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6,
    "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
TENS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}
SIGNS = "".join([*DIGITS, *TENS, *MYRIADS])
LONGEST = 24


def number_of(text: str) -> int | None:
    """The whole number a text is: "10", "１０", "十", "一百零五", "两万三", "一九九"."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    if len(plain) > LONGEST:
        return None
    if re.fullmatch(r"[0-9]+", plain):
        return int(plain)
    if not plain or any(sign not in SIGNS for sign in plain):
        return None
    if all(sign in DIGITS for sign in plain):
        return int("".join(str(DIGITS[sign]) for sign in plain))
    whole = middle = part = digit = 0
    last = 1
    for sign in plain:
        if sign in DIGITS:
            digit = DIGITS[sign]
            last = 1 if digit == 0 else last
        elif sign in TENS:
            part += (digit or 1) * TENS[sign]
            digit, last = 0, TENS[sign]
        elif sign == "万":
            middle += (part + digit) * MYRIADS[sign]
            part, digit, last = 0, 0, MYRIADS[sign]
        else:
            whole += (middle + part + digit) * MYRIADS[sign]
            middle, part, digit, last = 0, 0, 0, MYRIADS[sign]
    if digit and last > 10:
        digit *= last // 10  # 一百二 is 120, 两万三 is 23,000
    return whole + middle + part + digit


def spoken_zh(value: int) -> str:
    """A whole number as it is read: 199 → 一百九十九, 10500 → 一万零五百."""
    if value < 0:
        return "负" + spoken_zh(-value)
    if value < 10:
        return "零一二三四五六七八九"[value]
    for size, sign in ((100_000_000, "亿"), (10_000, "万")):
        if value >= size:
            high, low = divmod(value, size)
            rest = "" if not low else ("零" if low < size // 10 else "") + spoken_zh(low)
            return spoken_zh(high) + sign + _with_one(rest, low)
    out, is_gap = "", False
    for size, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // size % 10
        if digit:
            out += ("零" if is_gap else "") + "零一二三四五六七八九"[digit] + sign
            is_gap = False
        elif out:
            is_gap = True
    return out[1:] if out.startswith("一十") else out


def _with_one(rest: str, low: int) -> str:
    """Ten within a longer number is 一十: 一万零一十."""
    return rest.replace("零十", "零一十", 1) if 10 <= low < 20 else rest


def digits_zh(text: str) -> str:
    """Digits one by one: 7.5 → 七点五 takes its fraction so."""
    return "".join("零一二三四五六七八九"[int(sign)] for sign in text)


_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def spoken_en(value: int) -> str:
    """A whole number in English words, without "and": 199 → one hundred ninety nine."""
    if value < 0:
        return "minus " + spoken_en(-value)
    if value < 20:
        return _SMALL[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _TENS[tens - 2] + (f" {_SMALL[ones]}" if ones else "")
    for size, word in ((1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand"),
                       (100, "hundred")):  # fmt: skip
        if value >= size:
            high, low = divmod(value, size)
            return f"{spoken_en(high)} {word}" + (f" {spoken_en(low)}" if low else "")
    raise AssertionError(value)


def digits_en(text: str) -> str:
    """Digits one by one, as `digits_zh` has them: 50 → five zero."""
    return " ".join(_SMALL[int(sign)] for sign in text)
