"""Brings a comment into the form the rules read, and remembers where each sign came from.

Evasions undone: full width, circled and Chinese digits, zero-width signs, separators between
signs (兼-职), leet (idi0t), split characters (力口 → 加), homophones (薇 → 微), traditional forms,
emoji that stand for letters or words, signs that are drawn out (~ repeated).
"""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from dataclasses import dataclass

from studio.core.paths import assets_dir


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of assets/rules: evasions curated here, traditional forms from OpenCC."""

    single: dict[str, str]
    pairs: dict[str, str]
    digits: dict[str, str]
    leet: dict[str, str]
    confusable: dict[str, str]


@functools.cache
def tables() -> Tables:
    """Read once."""
    folder = assets_dir() / "rules"
    raw = json.loads((folder / "tables.json").read_text(encoding="utf-8"))
    traditional = json.loads((folder / "traditional.json").read_text(encoding="utf-8"))
    single: dict[str, str] = {}
    for table in (traditional, raw["homophones"]):
        for target, signs in table.items():
            for sign in signs:
                single[sign] = target
    # A traditional form may lead to a homophone: follow it once.
    single = {sign: single.get(target, target) for sign, target in single.items()}
    return Tables(single, raw["split"], raw["digits"], raw["leet"], raw["confusable"])


@dataclass(frozen=True, slots=True)
class Normal:
    """A text in the forms rules read.

    Attributes:
        text: normalised, lower case, spaces kept single; for word boundaries of Latin text.
        tight: without spaces and separators.
        at: for each sign of ``tight`` its place in the original.
        digits: like ``tight`` with all kinds of digits as 0-9.
    """

    original: str
    text: str
    tight: str
    at: tuple[int, ...]
    digits: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place of ``tight[start:end]`` in the original."""
        if not self.at or start >= len(self.at):
            return 0, 0
        return self.at[start], self.at[min(end, len(self.at)) - 1] + 1


MOST = 500
# Strokes and circles over Latin letters; vowels of other scripts are marks too, and stay.
_STROKES = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f]")


def normalise(original: str) -> Normal:
    """All forms of a comment; longer than 500 signs is cut (no platform allows more)."""
    original = original[:MOST]
    known = tables()
    signs = [(sign, place) for place, raw in enumerate(original) for sign in _signs(raw)]
    signs = _join(signs, known.pairs)
    text = " ".join("".join(sign for sign, _ in signs).split())
    tight: list[tuple[str, int]] = []
    for sign, place in signs:
        if not (sign.isalnum() or _is_word_emoji(sign)):
            continue
        if len(tight) > 1 and tight[-1][0] == tight[-2][0] == sign and not sign.isdigit():
            continue
        tight.append((sign, place))
    digits = "".join(known.digits.get(sign, sign) for sign, _ in tight)
    return Normal(
        original,
        text,
        "".join(sign for sign, _ in tight),
        tuple(place for _, place in tight),
        digits,
    )


@functools.lru_cache(maxsize=1 << 15)
def _signs(raw: str) -> tuple[str, ...]:
    """What one sign of a comment becomes; () for one that is not seen."""
    known = tables()
    found: list[str] = []
    for sign in unicodedata.normalize("NFKC", raw):
        sign = known.confusable.get(sign, sign).lower()
        category = unicodedata.category(sign[0]) if sign else "Cf"
        if category in ("Cf", "Mn", "Me", "Cc", "Cs", "Co") and sign not in ("\n", "\t"):
            continue
        found += [known.single.get(part, part) for part in sign]
    return tuple(found)


@functools.lru_cache(maxsize=1 << 13)
def plain_name(name: str) -> str:
    """A name as mutes compare it; itself where nothing of it would be left."""
    known = tables().confusable
    signs = (known.get(sign, sign) for sign in unicodedata.normalize("NFKC", name).casefold())
    kept = "".join(
        sign
        for text in signs
        for sign in text
        if unicodedata.category(sign)[0] not in "CZ" and not _STROKES.fullmatch(sign)
    )
    return kept or name


def unleet(text: str) -> str:
    """Digits and signs that stand for letters, as letters; for Latin words."""
    leet = tables().leet
    return "".join(leet.get(sign, sign) for sign in text)


def _join(signs: list[tuple[str, int]], pairs: dict[str, str]) -> list[tuple[str, int]]:
    text = "".join(sign for sign, _ in signs)
    if not any(text[i : i + 2] in pairs for i in range(len(text) - 1)):
        return signs
    out: list[tuple[str, int]] = []
    index = 0
    while index < len(signs):
        whole = pairs.get(text[index : index + 2]) if index + 1 < len(signs) else None
        out.append((whole or text[index], signs[index][1]))
        index += 1 if whole is None else 2
    return out


def _is_word_emoji(sign: str) -> bool:
    return sign in "✆☎✉"
