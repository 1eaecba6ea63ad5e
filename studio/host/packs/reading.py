"""A text as rules read it: sentence by sentence, without spaces and signs, traditional as simple.

Nothing is undone here but writing: who writes for a shop hides nothing. What was heard is also
read by its sound, with the syllables that moderation has.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from studio.comments.moderation.readings import Reading, by_sound
from studio.core.clean import read_json
from studio.core.paths import assets_dir

LONGEST_SENTENCE = 400
OVERLAP = 40
_ENDS = re.compile(r"[。！？!?；;\n\r]+|\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a text.

    Attributes:
        start: where it begins in the text.
        lower: in lower case, sign for sign where it stood.
        tight: letters and digits alone.
        at: for each sign of ``tight`` its place in the sentence.
    """

    start: int
    plain: str
    lower: str
    tight: str
    at: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place of ``tight[start:end]`` in the text."""
        return self.start + self.at[start], self.start + self.at[end - 1] + 1

    def heard(self) -> Reading | None:
        """As it sounds."""
        return by_sound(Reading(self.tight, tuple([(place, place + 1) for place in self.at])))


@functools.cache
def _simple() -> dict[str, str]:
    table: dict[str, str] = read_json((assets_dir() / "rules" / "traditional.json").read_bytes())
    return {sign: target for target, signs in table.items() for sign in signs}


@functools.lru_cache(maxsize=1 << 14)
def _sign(raw: str) -> str:
    """A sign in the form rules have; one that is no single sign stays as it is."""
    plain = unicodedata.normalize("NFKC", raw).lower()
    plain = plain if len(plain) == 1 else raw
    return _simple().get(plain, plain)


def tight_of(text: str) -> str:
    """A rule's word in the form in which it is looked for."""
    return "".join(sign for sign in map(_sign, text) if sign.isalnum())


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text; one without an end is cut into overlapping pieces."""
    begin = 0
    for end in [*(found.end() for found in _ENDS.finditer(text)), len(text)]:
        for first in range(begin, end, LONGEST_SENTENCE - OVERLAP):
            piece = text[first : min(end, first + LONGEST_SENTENCE)]
            if piece.strip():
                yield _sentence(first, piece)
            if first + LONGEST_SENTENCE >= end:
                break
        begin = end


def _sentence(start: int, piece: str) -> Sentence:
    lower = "".join(map(_sign, piece))
    kept = [place for place, sign in enumerate(lower) if sign.isalnum()]
    tight = "".join(lower[place] for place in kept)
    return Sentence(start, piece, lower, tight, tuple(kept))
