"""Mouth shapes of a sentence, one each 25 ms, at the pace at which it is read."""

from __future__ import annotations

import re

from studio.comments.moderation.readings import spelling_of
from studio.host.numbers import number_of, spoken_zh
from studio.media.spoken import CLOSED, STEP_S

SYLLABLE_S, WORD_S, PAUSE_S = 0.22, 0.32, 0.25
_LIPS = ("b", "p", "m")
_PIECE = re.compile(r"\d+|[A-Za-z']+|[\u3400-\u9fff]|[，。！？；：,.!?;:]")


def mouths_of(text: str) -> str:
    """The shapes as signs: "a", "e", "i", "o", "u", or "-" closed."""
    made: list[str] = []
    for piece in _PIECE.findall(text):
        if piece.isdecimal():
            for sign in spoken_zh(number_of(piece) or 0):
                made.append(_syllable(sign))
        elif piece[0].isascii() and piece[0].isalpha():
            made.append(_word(piece.lower()))
        elif re.match(r"[\u3400-\u9fff]", piece):
            made.append(_syllable(piece))
        else:
            made.append(CLOSED * round(PAUSE_S / STEP_S))
    return "".join(made)


def _syllable(sign: str) -> str:
    spelling = spelling_of(sign)
    count = round(SYLLABLE_S / STEP_S)
    lips = CLOSED * (2 if spelling.startswith(_LIPS) else 0)
    return lips + _vowel(spelling) * (count - len(lips) - 1) + CLOSED


def _word(word: str) -> str:
    groups = re.findall(r"[^aeiouy]*[aeiouy]+", word) or [word]
    count = max(3, round(WORD_S / STEP_S / len(groups)))
    return "".join(_vowel(group) * (count - 1) + CLOSED for group in groups)


def _vowel(spelling: str) -> str:
    """The vowel that opens the mouth most."""
    return next((shape for shape in ("a", "o", "e") if shape in spelling),
                next((s for s in reversed(spelling) if s in "iuvy"), "e")
                .replace("v", "u").replace("y", "i"))  # fmt: skip
