"""What says who somebody is, as others may see it: 小*, 138****5678, r***@example.com.

Masked text is as long as it was, so that places in it stay what they are.
"""

from __future__ import annotations

import re
from functools import lru_cache

from studio.core.redact import redact

STAR = "*"
SHORTEST = 6
"""Less says nothing of anybody: a@b.cd."""
DATA = ("data:image/", "data:audio/", "data:video/")
"""Pictures and sounds in base64: no words."""
LONGEST_KEPT = 1000
"""Longer words are read anew each time: thousands of them kept would be a gigabyte."""
_MAYBE = re.compile(r"\d[\d -]{5,}\d|@|[路街道巷弄村区园]\s*\d|\d [A-Z][a-z]")
"""Without one of these there is nothing to look for, which is the case of most texts."""
_MOBILE = re.compile(
    r"(?<![A-Za-z0-9_¥$€£#.])(?:\+?86[ -]?)?(1[3-9]\d[ -]?\d{4}[ -]?\d{4})"
    r"(?![\dA-Za-z]|\.\d|[-/][A-Za-z0-9])"
)
_FOREIGN = re.compile(
    r"(?<![A-Za-z0-9_¥$€£#.-])\+(?!86)\d{1,3}[ -]?\d(?:[ -]?\d){7,12}(?![\dA-Za-z]|\.\d)"
)
_LANDLINE = re.compile(r"(?<![A-Za-z0-9_¥$€£#.-])0\d{2,3}[- ]\d{7,8}(?![\dA-Za-z-]|\.\d)")
_IDENTITY = re.compile(
    r"(?<![A-Za-z0-9_.-])([1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx])"
    r"(?![A-Za-z0-9_-]|\.\d)"
)
_MAIL = re.compile(
    r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,63}){1,4}"
)
_IN_ADDRESS = re.compile(r"://[^\s/]*$")
_ADDRESS = re.compile(
    r"[\u4e00-\u9fffA-Za-z]{1,8}(?:路|街|大道|道|巷|弄|胡同|村|小区|花园)\s*\d{1,5}\s*"
    r"(?:号(?!链|款|商|色|宝|品|车|口|小)|弄|幢|栋|座)"
    r"[\d一二三四五六七八九十A-Za-z号弄幢栋座楼层室单元 -]{0,20}"
)
_STREET = re.compile(
    r"(?<![A-Za-z0-9_¥$€£#.-])\d{1,5}[A-Za-z]? (?:[A-Z][a-z]+ ){1,3}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct)\b"
)
_CODE = re.compile(r"([A-Za-z]{2,})[-_/ :#]{1,2}$")
"""A word that stands at a number: "SKU-", "tel:"."""
_CODES = frozenset(("sku", "ean", "upc", "isbn", "code", "item", "art", "order", "ref"))
_WIDE = str.maketrans("０１２３４５６７８９＠．－＋", "0123456789@.-+")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def mask_name(name: str) -> str:
    """A name as far as others may know it: its first sign; "" stays."""
    name = name.strip()
    return f"{name[0]}{STAR if len(name) <= 2 else STAR * 2}" if name else ""


def mask_text(text: str) -> str:
    """Words with telephone numbers, e-mail and postal addresses and identity numbers masked.

    Known secrets go, too. Prices and numbers of goods stay.
    """
    return redact(mask_persons(text))


def mask_persons(text: str) -> str:
    """The same, where a secret is what somebody asked for."""
    if len(text) < SHORTEST or text.startswith(DATA):
        return text
    return kept(text) if len(text) <= LONGEST_KEPT else _masked(text)


@lru_cache(maxsize=4096)
def kept(text: str) -> str:
    """The same again costs nothing: for short words, which come again and again."""
    return _masked(text)


def _masked(text: str) -> str:
    plain = text.translate(_WIDE) if not text.isascii() else text
    if not _MAYBE.search(plain):
        return text
    spans: list[tuple[int, int]] = []
    for found in _IDENTITY.finditer(plain):
        if _is_identity(found[1].upper()) and not _is_code(plain, found.start()):
            spans.append((found.start() + 4, found.end() - 2))
    for found in _MOBILE.finditer(plain):
        if not _is_code(plain, found.start()):
            spans.append((found.start(1) + 3, found.end() - 4))
    for found in (*_FOREIGN.finditer(plain), *_LANDLINE.finditer(plain)):
        spans.append((found.start() + 4, found.end() - 3))
    for found in _MAIL.finditer(plain):
        if _IN_ADDRESS.search(plain[max(0, found.start() - 80) : found.start()]):
            continue  # who signs in at a server: no mail address
        spans.append((found.start() + 1, found.start() + found[0].index("@")))
        if found[0].index("@") == 1:
            spans.append((found.start(), found.start() + 1))
    for found in (*_ADDRESS.finditer(plain), *_STREET.finditer(plain)):
        spans.append((found.start() + 1, found.end()))
    signs = list(text)
    for start, end in spans:
        signs[start:end] = STAR * (end - start)
    return "".join(signs)


def _is_identity(number: str) -> bool:
    """The check digit of a Chinese identity number (GB 11643)."""
    total = sum(int(sign) * weight for sign, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == number[17]


def _is_code(text: str, at: int) -> bool:
    """Does a word say that the number there is one of goods?"""
    word = _CODE.search(text[max(0, at - 12) : at])
    return word is not None and word[1].lower() in _CODES
