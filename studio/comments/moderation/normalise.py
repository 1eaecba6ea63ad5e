"""Brings a comment into the form the rules read, and remembers where each sign came from.

Evasions undone: full width, circled and Chinese digits, zero-width signs, separators between
signs (兼-职), leet (idi0t), split characters (力口 → 加), homophones (薇 → 微), traditional forms,
emoji that stand for letters or words, signs that are drawn out (~ repeated).
"""

from __future__ import annotations

import functools
import json
import operator
import re
import unicodedata
from collections.abc import Container, Sequence
from dataclasses import dataclass

import msgspec

from studio.core.paths import assets_dir


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of assets/rules: evasions curated here, traditional forms from OpenCC."""

    single: dict[str, str]
    pairs: dict[str, str]
    confusable: dict[str, str]
    digit_table: dict[int, str]
    leet_table: dict[int, str]
    emoji: dict[str, str]
    shapes: dict[int, str]
    first_halves: frozenset[str]


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
    return Tables(
        single, raw["split"], raw["confusable"],
        str.maketrans(raw["digits"]), str.maketrans(raw["leet"]),
        raw["emoji"],
        str.maketrans({sign: target for target, signs in raw["shapes"].items() for sign in signs}),
        frozenset(pair[0] for pair in raw["split"]),
    )  # fmt: skip


class Normal(msgspec.Struct, frozen=True):
    """A text in the forms rules read.

    Attributes:
        text: normalised, lower case, spaces kept single; for word boundaries of Latin text.
        tight: without spaces and separators.
        at: for each sign of ``tight`` its place in the original.
        digits: like ``tight`` with all kinds of digits as 0-9.
        loose: like ``text`` with every space and separator, for contact data.
        loose_at: for each sign of ``loose`` its place in the original.
    """

    original: str
    text: str
    tight: str
    at: tuple[int, ...]
    digits: str
    loose: str
    loose_at: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place of ``tight[start:end]`` in the original."""
        if not self.at or start >= len(self.at):
            return 0, 0
        return self.at[start], self.at[min(end, len(self.at)) - 1] + 1


MOST = 500
MOST_SIGNS_KEPT = 1 << 15
MOST_PICTURES = 3
WORD_EMOJI = "✆☎✉"
# Strokes and circles over Latin letters; vowels of other scripts are marks too, and stay.
_KEPT = re.compile(rf"(?:[^\W_]|[{WORD_EMOJI}])+")
_DRAWN_OUT = re.compile(r"(.)\1\1", re.DOTALL)
_STROKES = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f]")


def normalise(original: str) -> Normal:
    """All forms of a comment; longer than 500 signs is cut (no platform allows more)."""
    original = original[:MOST]
    known = tables()
    pieces = list(map(_SIGNS.__getitem__, original))
    text = "".join(pieces)
    places: Sequence[int] = range(len(text))
    if len(text) != len(pieces) or not all(pieces):
        places = [place for place, piece in enumerate(pieces) for _ in piece]
    text, places = _join(text, places, known.pairs)
    tight, at = text, places
    if not text.isalnum():
        kept: list[int] = []
        for run in _KEPT.finditer(text):
            kept += places[run.start() : run.end()]
        tight, at = "".join(_KEPT.findall(text)), kept
    if _DRAWN_OUT.search(tight):
        tight, at = _without_runs(tight, at)
    return Normal(
        original,
        " ".join(text.split()),
        tight,
        tuple(at),
        tight if tight.isascii() else tight.translate(known.digit_table),
        text,
        places,
    )


def _without_runs(tight: str, at: Sequence[int]) -> tuple[str, Sequence[int]]:
    """The same sign twice at most, but digits."""
    kept: list[int] = []
    for i, sign in enumerate(tight):
        if len(kept) > 1 and tight[kept[-1]] == tight[kept[-2]] == sign and not sign.isnumeric():
            continue
        kept.append(i)
    if len(kept) == len(tight):
        return tight, at
    return "".join([tight[i] for i in kept]), [at[i] for i in kept]


class _Signs(dict[str, str]):
    """What one sign of a comment becomes; "" for one that is not seen."""

    def __missing__(self, raw: str) -> str:
        if len(self) >= MOST_SIGNS_KEPT:
            self.clear()
        read = self[raw] = _read_sign(raw)
        return read


_SIGNS = _Signs()


def _read_sign(raw: str) -> str:
    known = tables()
    found: list[str] = []
    for sign in unicodedata.normalize("NFKC", _plain_letter(raw)):
        sign = known.confusable.get(sign, sign).lower()
        category = unicodedata.category(sign[0]) if sign else "Cf"
        if category in ("Cf", "Mn", "Me", "Cc", "Cs", "Co") and sign not in ("\n", "\t"):
            continue
        found += [known.single.get(part, part) for part in sign]
    return "".join(found)


def _plain_letter(sign: str) -> str:
    """A letter or digit in a filled circle or square, or of a flag, as itself."""
    code = ord(sign)
    for first, count in ((0x1F150, 26), (0x1F170, 26), (0x1F1E6, 26)):
        if first <= code < first + count:
            return chr(ord("a") + code - first)
    if 0x2460 <= code <= 0x2793:
        digit = unicodedata.digit(sign, None)
        return sign if digit is None else str(digit)
    return sign


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
    return text.translate(tables().leet_table)


def with_emoji_read(original: str) -> tuple[str, list[int]]:
    """Pictures as the words they are read as (🐴 → 马), and where each sign came from.

    The same text when there is none; one that stands three times or more only parts the signs.
    """
    words = tables().emoji
    if words.keys().isdisjoint(original):
        return original, []
    text: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(original[:MOST]):
        word = words.get(sign, "")
        said = word if word and original.count(sign) < MOST_PICTURES else sign
        text.append(said)
        places += [place] * len(said)
    return "".join(text), places


def has_pair(text: str, pairs: Container[str], firsts: frozenset[str]) -> bool:
    """Do two signs beside each other make a pair? Mostly no sign is the first of one."""
    if firsts.isdisjoint(text):
        return False
    return any(map(pairs.__contains__, map(operator.add, text, text[1:])))


def _join(text: str, places: Sequence[int], pairs: dict[str, str]) -> tuple[str, Sequence[int]]:
    """Halves of a sign that stand beside each other, as that sign."""
    if not has_pair(text, pairs, tables().first_halves):
        return text, places
    signs: list[str] = []
    at: list[int] = []
    index = 0
    while index < len(text):
        whole = pairs.get(text[index : index + 2]) if index + 1 < len(text) else None
        said = whole or text[index]
        signs.append(said)
        at += places[index : index + len(said)]  # two for 艹你, which stands for two signs
        index += 1 if whole is None else 2
    return "".join(signs), at
