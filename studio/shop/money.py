"""Money out of what people and shops write: whole minor units and a currency, never a float."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


WITHOUT_MINOR = _codes("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF")
THREE_DIGITS = _codes("BHD IQD JOD KWD LYD OMR TND")
CODES = WITHOUT_MINOR | THREE_DIGITS | _codes(
    "AED ARS AUD BDT BGN BRL CAD CHF CNY COP CZK DKK EGP EUR GBP GEL GHS HKD HUF IDR ILS INR "
    "KES KHR KZT LAK LKR MAD MMK MOP MXN MYR NGN NOK NPR NZD PEN PHP PKR PLN QAR RON RSD RUB "
    "SAR SEK SGD THB TRY TWD TZS UAH USD UYU UZS ZAR"
)  # fmt: skip
SIGNS = (
    ("HK$", "HKD"), ("NT$", "TWD"), ("US$", "USD"), ("AU$", "AUD"), ("A$", "AUD"), ("CA$", "CAD"),
    ("C$", "CAD"), ("S$", "SGD"), ("R$", "BRL"), ("RMB", "CNY"), ("RM", "MYR"), ("人民币", "CNY"),
    ("日元", "JPY"), ("美元", "USD"), ("欧元", "EUR"), ("港币", "HKD"), ("元", "CNY"),
    ("圆", "CNY"), ("块", "CNY"), ("€", "EUR"), ("£", "GBP"), ("₹", "INR"), ("₩", "KRW"),
    ("₫", "VND"), ("฿", "THB"), ("₽", "RUB"), ("₱", "PHP"), ("zł", "PLN"),
)  # fmt: skip
DOLLARS = _codes("AUD CAD HKD MXN NZD SGD TWD USD")
KRONER = _codes("DKK NOK SEK")
COMMA_DECIMALS = _codes("ARS BRL CZK DKK EUR IDR NOK PLN RON RUB SEK TRY UAH VND")
"""Where a point most often parts thousands."""
MOST = 10_000_000_00
_PLAIN = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,2})?")
_PER_PIECE = re.compile(r"\s*(?:/|每)\s*(?:[件个只双套台支瓶盒包条]|pcs?|piece)$", re.IGNORECASE)
_APART = re.compile(r"\d['’ \u00a0]+(?!\d{3}(?!\d))\d")
"""Digits that a space parts, but not in groups of three."""
_MINUS = "-−–—﹣"
_FROM = ("起", "from", "ab ")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as it was written.

    Attributes:
        minor: whole minor units; negative where a minus stood.
        currency: ISO code.
        is_from: it is the least of several ("99元起").
    """

    minor: int
    currency: str
    is_from: bool = False


def exponent(currency: str) -> int:
    """How many digits the minor unit of an ISO currency has: JPY 0, CNY 2, OMR 3."""
    code = currency.upper()
    return 0 if code in WITHOUT_MINOR else 3 if code in THREE_DIGITS else 2


def plain_amount(minor: int, currency: str) -> str:
    """ "20.220" of 20220 OMR: digits and a point, as a program reads them."""
    digits = exponent(currency)
    sign, minor = ("-" if minor < 0 else ""), abs(minor)
    if not digits:
        return f"{sign}{minor}"
    whole, part = divmod(minor, 10**digits)
    return f"{sign}{whole}.{part:0{digits}d}"


def read_amount(text: str, currency: str, *, is_number: bool = False) -> Amount:
    """Reads "¥1,299.00", "1.299,00 €", "28.2 OMR", "99元起", full-width and Arabic digits, "(5)".

    Args:
        text: as it stands in a cell.
        currency: where the text names none.
        is_number: the cell held a number, so a point in it is a decimal point.

    Raises:
        ValueError: no amount, or one that can be read in two ways; its text is the key of the
            reason: "empty", "not_money", "two_amounts", "two_ways", "too_precise", "too_large".
    """
    if _PLAIN.fullmatch(text):  # the most of them by far
        whole, _, part = text.partition(".")
        digits = exponent(currency)
        if len(part) <= digits and len(whole) < 9:
            return Amount(int(whole) * 10**digits + int(part.ljust(digits, "0") or 0), currency)
    plain = _digits(unicodedata.normalize("NFKC", text)).strip()
    if not plain:
        raise ValueError("empty")
    plain = _PER_PIECE.sub("", plain)
    plain, code = _take_currency(plain, currency.upper())
    is_from = any(word in plain.lower() for word in _FROM)
    for word in _FROM:
        plain = re.sub(re.escape(word), "", plain, flags=re.IGNORECASE)
    plain = plain.strip()
    factor = 1
    if plain.endswith(("万", "萬")):
        plain, factor = plain[:-1].strip(), 10_000
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    is_minus = plain[:1] in tuple(_MINUS) or plain[-1:] in tuple(_MINUS)
    body = plain.strip(_MINUS + "+ ")
    if re.search(rf"\d\s*[{_MINUS}~/至到]\s*\d", body):
        raise ValueError("two_amounts")
    if _APART.search(body):
        raise ValueError("two_amounts")
    if not re.fullmatch(r"[\d.,'’ \u00a0]*\d[.,]?", body):
        raise ValueError("not_money")
    value = _decimal(re.sub(r"['’ \u00a0]", "", body), code, is_number=is_number) * factor
    minor = value.scaleb(exponent(code))
    if is_number:  # 19.99 as a spreadsheet keeps it
        near = minor.quantize(Decimal(1))
        if abs(near - minor) < Decimal("1e-6"):
            minor = near
    if minor != minor.to_integral_value():
        raise ValueError("too_precise")
    if minor > MOST:
        raise ValueError("too_large")
    return Amount(-int(minor) if is_minus else int(minor), code, is_from)


def currencies_in(text: str) -> set[str]:
    """The currency that a text names; {} where it names none, or only "$" or "¥"."""
    if _PLAIN.fullmatch(text) or not any(not s.isdigit() and s not in "., -" for s in text):
        return set()
    plain = unicodedata.normalize("NFKC", text)
    _, code = _take_currency(plain, "")
    is_shared = "$" in plain or "¥" in plain
    return {code} if code and not (is_shared and not code_is_written(plain)) else set()


def code_is_written(text: str) -> bool:
    """Does a code or a sign of one currency alone stand in the text?"""
    words = {word.upper() for word in re.findall(r"[A-Za-z]{3}", text)}
    return bool(words & CODES) or any(sign in text for sign, _ in SIGNS)


def _digits(text: str) -> str:
    """Digits of every script, and the Arabic separators, as ASCII."""
    return "".join(
        str(unicodedata.digit(sign)) if sign.isdigit() and not sign.isascii() else sign
        for sign in text.replace("٫", ".").replace("٬", ",")
    )


def _take_currency(text: str, currency: str) -> tuple[str, str]:
    for code in re.findall(r"(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])", text):
        if code.upper() in CODES:
            rest = text.replace(code, "")
            return re.sub(r"[¥￥$€£₹₩₫฿₽₱元]", "", rest).strip(), code.upper()
    for sign, code in SIGNS:
        if sign in text:
            return text.replace(sign, "").replace("¥", "").strip(), code
    if "¥" in text or "￥" in text:
        code = currency if currency in ("CNY", "JPY") else "CNY"
        return text.replace("¥", "").replace("￥", "").strip(), code
    if "$" in text:
        return text.replace("$", "").strip(), currency if currency in DOLLARS else "USD"
    if re.search(r"\bkr\b\.?", text):
        return re.sub(r"\bkr\b\.?", "", text).strip(), currency if currency in KRONER else "SEK"
    return text, currency


def _decimal(body: str, currency: str, *, is_number: bool) -> Decimal:
    body = body.rstrip(".,")
    points, commas = body.count("."), body.count(",")
    if points and commas:
        mark = "." if body.rfind(".") > body.rfind(",") else ","
        other = "," if mark == "." else "."
        whole, _, part = body.rpartition(mark)
        if mark in whole or not _is_grouped(whole, other):
            raise ValueError("two_ways")
        return _number(whole.replace(other, "") + "." + part)
    mark = "." if points else ","
    if points + commas == 0:
        return _number(body)
    if points + commas > 1:
        if not _is_grouped(body, mark):
            raise ValueError("two_ways")
        return _number(body.replace(mark, ""))
    whole, _, part = body.partition(mark)
    if is_number and mark == ".":
        return _number(body)
    if len(part) == 3 and 1 <= len(whole) <= 3 and whole != "0":
        digits = exponent(currency)
        if mark == ".":
            if digits == 3:
                return _number(body)
            if currency in COMMA_DECIMALS or not digits:
                return _number(whole + part)
            raise ValueError("two_ways")  # "1.299": 1,299 or one and a bit
        if digits == 3:
            raise ValueError("two_ways")
        return _number(whole + part)
    return _number(f"{whole or 0}.{part}")


def _is_grouped(whole: str, mark: str) -> bool:
    first, *groups = whole.split(mark)
    is_usual = all(len(group) == 3 for group in groups)
    is_indian = len(groups) > 0 and len(groups[-1]) == 3 and all(len(g) == 2 for g in groups[:-1])
    return 1 <= len(first) <= 3 and (is_usual or is_indian) if groups else True


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("not_money") from None
