"""Brings a comment into the form the rules read, and remembers where each sign came from.

Evasions undone: full width, circled and Chinese digits, zero-width signs, separators between
signs (兼-职), leet (idi0t), split characters (力口 → 加), homophones (薇 → 微), traditional forms,
emoji that stand for letters or words, signs that are drawn out (~ repeated).
"""

from __future__ import annotations

import functools
import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
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
    has_first_half: re.Pattern[str]
    has_digit: re.Pattern[str]
    has_emoji: re.Pattern[str]
    has_shape: re.Pattern[str]


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
    shapes = {sign: target for target, signs in raw["shapes"].items() for sign in signs}
    return Tables(
        single, raw["split"], raw["confusable"],
        str.maketrans(raw["digits"]), str.maketrans(raw["leet"]),
        raw["emoji"], str.maketrans(shapes),
        any_of(pair[0] for pair in raw["split"]), any_of(raw["digits"]),
        any_of(raw["emoji"]), any_of(shapes),
    )  # fmt: skip


def any_of(signs: Iterable[str]) -> re.Pattern[str]:
    """Finds one of some signs: the quickest question that can be asked about a text."""
    return re.compile(f"[{''.join(map(re.escape, sorted(set(signs))))}]")


class Normal(msgspec.Struct):
    """A text in the forms rules read.

    Attributes:
        text: normalised, lower case, spaces kept single; for word boundaries of Latin text.
        tight: without spaces and separators.
        digits: like ``tight`` with all kinds of digits as 0-9.
        loose: like ``text`` with every space and separator, for contact data.
        has_twice: whether a sign stands beside itself in ``tight``.
        pieces: what each sign of the original became; None: itself.
        kept: each sign of ``loose``, "" for one that ``tight`` has not; None: it has them all.
        places: `loose_at` and `at`, made when first asked for.
    """

    original: str
    text: str
    tight: str
    digits: str
    loose: str
    has_twice: bool
    pieces: list[str] | None
    kept: list[str] | None
    places: tuple[Sequence[int], Sequence[int]] | None = None

    @property
    def loose_at(self) -> Sequence[int]:
        """For each sign of ``loose`` its place in the original."""
        return (self.places or self._find_places())[0]

    @property
    def at(self) -> Sequence[int]:
        """For each sign of ``tight`` its place in the original."""
        return (self.places or self._find_places())[1]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place of ``tight[start:end]`` in the original."""
        at = (self.places or self._find_places())[1]
        if start >= len(at):
            return 0, 0
        return at[start], at[end - 1 if end < len(at) else -1] + 1

    def _find_places(self) -> tuple[Sequence[int], Sequence[int]]:
        pieces, kept = self.pieces, self.kept
        places: Sequence[int] = range(len(self.original))
        if pieces is not None:
            text = "".join(pieces)
            if len(text) != len(pieces) or "" in pieces:
                places = [place for place, piece in enumerate(pieces) for _ in piece]
            if len(text) != len(self.loose):
                places = _join_places(text, places)
        at = places if kept is None else list(itertools.compress(places, kept))
        if len(at) != len(self.tight):
            at = _without_runs(self.loose if kept is None else "".join(kept), at)
        self.places = places, at
        return self.places


MOST = 500
MOST_SIGNS_KEPT = 1 << 15
MOST_PICTURES = 3
WORD_EMOJI = "✆☎✉"
# Strokes and circles over Latin letters; vowels of other scripts are marks too, and stay.
_KEPT = re.compile(rf"(?:[^\W_]|[{WORD_EMOJI}])+")
TWICE = re.compile(r"(.)\1", re.DOTALL)
_DRAWN_OUT = re.compile(r"(.)\1\1+", re.DOTALL)
_STROKES = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f]")


def normalise(original: str) -> Normal:
    """All forms of a comment; longer than 500 signs is cut (no platform allows more)."""
    if len(original) > MOST:
        original = original[:MOST]
    known = tables()
    text = original
    pieces = kept = None
    if touched().search(original):
        pieces = list(map(_SIGNS.__getitem__, map(ord, original)))
        text = "".join(pieces)
        if known.has_first_half.search(text):
            text = _pairs().sub(_whole, text)
    tight = spaced = text
    if not text.isalnum():
        kept = list(map(_KEPT_SIGNS.__getitem__, map(ord, text)))
        tight = "".join(kept)
        spaced = " ".join(text.split())
    has_twice = TWICE.search(tight) is not None
    if has_twice and _DRAWN_OUT.search(tight):
        tight = _DRAWN_OUT.sub(_twice_at_most, tight)
    digits = tight.translate(known.digit_table) if known.has_digit.search(tight) else tight
    return Normal(original, spaced, tight, digits, text, has_twice, pieces, kept)


def _twice_at_most(run: re.Match[str]) -> str:
    return run[0] if run[1].isnumeric() else run[1] * 2


def _without_runs(tight: str, at: Sequence[int]) -> Sequence[int]:
    """The places of what is left when the same sign stands twice at most, but digits."""
    kept: list[int] = []
    first = 0
    for run in _DRAWN_OUT.finditer(tight):
        if not run[1].isnumeric():
            kept += at[first : run.start() + 2]
            first = run.end()
    kept += at[first:]
    return kept


class _KeptSigns(dict[int, str]):
    """The sign of a code point when the tight form has it, else ""."""

    def __missing__(self, code: int) -> str:
        if len(self) >= MOST_SIGNS_KEPT:
            self.clear()
        sign = chr(code)
        kept = self[code] = sign if _KEPT.fullmatch(sign) else ""
        return kept


_KEPT_SIGNS = _KeptSigns()


@functools.cache
def touched() -> re.Pattern[str]:
    """Finds a sign that may become another, or the first half of one: mostly a comment has none.

    All others are themselves: small letters, digits, spaces and Chinese signs in no table.
    """
    known = tables()
    halves = [pair[0] for pair in known.pairs]
    plain = "".join(map(re.escape, [s for s in map(chr, range(0x20, 0x7F)) if _read_sign(s) == s]))
    changed = {sign for table in (known.single, known.confusable, halves) for sign in table}
    first = "\u4e00"
    for sign in sorted(sign for sign in changed if "\u4e00" <= sign <= "\u9fa5") + ["\u9fa6"]:
        if first < sign:
            plain += f"{first}-{chr(ord(sign) - 1)}"
        first = chr(ord(sign) + 1)
    return re.compile(f"[^{plain}]")


@functools.cache
def _pairs() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, tables().pairs)))


def _whole(pair: re.Match[str]) -> str:
    """Halves of a sign that stand beside each other, as that sign."""
    return tables().pairs[pair[0]]


class _Signs(dict[int, str]):
    """What the sign of a code point becomes, for `str.translate`; "" for one that is not seen."""

    def __missing__(self, code: int) -> str:
        if len(self) >= MOST_SIGNS_KEPT:
            self.clear()
        read = self[code] = _read_sign(chr(code))
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
    if not tables().has_emoji.search(original):
        return original, []
    words = tables().emoji
    text: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(original[:MOST]):
        word = words.get(sign, "")
        said = word if word and original.count(sign) < MOST_PICTURES else sign
        text.append(said)
        places += [place] * len(said)
    return "".join(text), places


def _join_places(text: str, places: Sequence[int]) -> Sequence[int]:
    """The places of what is left when halves of signs are joined."""
    pairs = tables().pairs
    at: list[int] = []
    index = 0
    while index < len(text):
        whole = pairs.get(text[index : index + 2]) if index + 1 < len(text) else None
        length = len(whole or text[index])  # two for 艹你, which stands for two signs
        at += places[index : index + length]
        index += 1 if whole is None else 2
    return at
