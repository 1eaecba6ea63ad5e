"""Finds whole Latin words and phrases whose letters stand apart or are drawn out."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from studio.comments.moderation.literals import finder_of
from studio.comments.moderation.normalise import unleet

R = TypeVar("R")
MOST_FORMS = 8


class LatinFinder(Generic[R]):
    """All Latin phrases of the rules in one pass over the letters of a text.

    The letters alone, runs of one as one, are searched for all phrases at once; what is found is
    looked at again in the text itself, where it must begin and end like a word.
    """

    def __init__(self, phrases: Iterable[tuple[str, R]]) -> None:
        found: dict[str, dict[str, R]] = {}
        for phrase, rule in phrases:
            found.setdefault(letters_of(phrase), {}).setdefault(phrase, rule)
        found.pop("", None)
        self._last: dict[str, tuple[tuple[R, str], ...]] = {}
        self._keys = [list(same.items()) for same in found.values()]
        self._finder = finder_of(found)

    def find(self, text: str) -> Sequence[tuple[R, str]]:
        """(rule, what was found) for each phrase in a text of lower case.

        What was found last is kept: other forms of a comment are often that comment itself.
        """
        found = self._last.get(text)
        if found is None:
            if len(self._last) >= MOST_FORMS:
                self._last.clear()
            found = self._last[text] = tuple(self._found(text))
        return found

    def _found(self, text: str) -> Iterator[tuple[R, str]]:
        if not self._keys:
            return
        if text.isascii():
            letters = text.translate(_ONLY_LETTERS)
        else:
            letters = _NO_LETTERS.sub("", text)
        joined = "".join(_AGAIN.split(letters))  # the parts and, of each run, the one letter
        matches = self._finder.find_matches_as_indexes(joined, overlapping=True)
        if not matches:
            return
        starts, ends = _places(text)
        for number, first, last in matches:
            for start in _word_starts(text, starts[first], ends[first]):
                end = ends[last - 1]
                if end < len(text) and "a" <= text[end] <= "z":
                    continue
                for phrase, rule in self._keys[number]:
                    match = _pattern(phrase).fullmatch(text, start, end)
                    if match:
                        yield rule, match.group()

    def find_masked(self, text: str) -> Iterator[tuple[R, str]]:
        """Words of which signs are written as stars (f**k, sh*t)."""
        if "*" not in text and "#" not in text:
            return
        for match in _MASKED.finditer(text):
            word = match.group()
            if sum(map(str.isalpha, word)) * 2 < len(word):
                continue
            pattern = re.compile(re.sub(r"[*#]+", _any_letters, word))
            for same in self._keys:
                for phrase, rule in same:
                    if phrase in MASKED and pattern.fullmatch(phrase):
                        yield rule, word


MASKED = frozenset({
    "fuck", "fucking", "fucker", "shit", "bullshit", "bitch", "bitches", "asshole", "whore", "slut",
    "cunt", "dick", "pussy", "bastard", "retard", "idiot", "nigger", "faggot", "motherfucker",
    "tits", "cock", "porn", "nudes", "sex",
})  # fmt: skip
"""Words that people mask."""
_MASKED = re.compile(r"(?<![a-z*#])[a-z][a-z*#]*[*#][a-z*#]*[a-z](?![a-z*#])")
_APART = re.compile(r"(?<![a-z])(?:[a-z][ ._*-]){2,}[a-z](?![a-z])")
_STANDS_APART = re.compile(r"[ ._*-][a-z][ ._*-]")
"""What a text must have in which letters stand apart; quicker to look for."""
_PARTS = re.compile(r"[ ._*-]")
_SOUNDS = (("ph", "f"), ("z", "s"), ("q", "ck"), ("vck", "uck"), ("iec", "ic"))


def _any_letters(stars: re.Match[str]) -> str:
    return f"[a-z]{{{len(stars[0])}}}"


def letter_forms(text: str) -> list[str]:
    """Other forms of a normalised text: leet undone, letters that stand apart together."""
    undone = unleet(text)
    forms = [undone] if undone != text else []
    if not _STANDS_APART.search(undone):
        return forms
    together = _APART.sub(lambda match: _PARTS.sub("", match[0]), undone)
    if together != undone:
        forms.append(together)
    return forms


def sounded(text: str) -> str:
    """A text with letters that sound alike as one (phuck → fuck, azz → ass)."""
    for letters, same in _SOUNDS:
        text = text.replace(letters, same)
    return text


_NO_LETTERS = re.compile(r"[^a-z]+")
_ONLY_LETTERS = {code: code if 0x61 <= code <= 0x7A else None for code in range(0x80)}
_LETTER_RUN = re.compile(r"([a-z])(?:[^a-z]*\1)*")
_AGAIN = re.compile(r"(.)\1+")


def _places(text: str) -> tuple[list[int], list[int]]:
    """Where each run of one letter begins and ends, whatever stands within it."""
    spans = [run.span() for run in _LETTER_RUN.finditer(text)]
    return [start for start, _ in spans], [end for _, end in spans]


def _word_starts(text: str, start: int, end: int) -> Iterator[int]:
    """Where in a run of one letter, which may stand apart (a a ass), a word begins."""
    for place in range(start, end):
        if "a" <= text[place] <= "z" and (place == 0 or not "a" <= text[place - 1] <= "z"):
            yield place


@functools.lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str]:
    """Made when a phrase is found for the first time: most never are."""
    return re.compile(loose(phrase))


@functools.lru_cache(maxsize=1 << 16)
def letters_of(text: str) -> str:
    """The letters alone, each run of one letter as one."""
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^a-z]", "", unleet(text.lower())))


def loose(word: str) -> str:
    """Letters may stand apart ("c h e a p e r") or be drawn out ("fuuuck")."""
    return r"[\s.\-_*]*".join(re.escape(sign) + "+" for sign in word.replace(" ", ""))
