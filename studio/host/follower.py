"""Finds the place in a text that somebody reads aloud, from words that were recognised.

Chinese is compared by syllables without tone (recognition writes 吃嘛 for 尺码), numbers as they
are read, Latin words as words. The last words that were heard are aligned with the text in a
window about the last place; a leap needs much more evidence than the next step, so that what is
not in the text (an aside, an answer to a viewer) moves nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from studio.comments.moderation.readings import sound_key
from studio.host.numbers import SIGNS, number_of, spoken_en, spoken_zh
from studio.host.packs.reading import tight_of

HEARD = 14
"""Words that are aligned: enough to tell a place, few enough to forget an aside soon."""
BACK, AHEAD = 40, 70
NEAR_BACK, NEAR_AHEAD = 3, 16
MATCH, MISS, GAP = 2.0, -1.0, -1.0
WORD_MATCH = 3.0
"""A Latin word says more about a place than a syllable."""
NEXT_SCORE, NEAR_SCORE, WINDOW_SCORE, FAR_SCORE = 4.0, 6.0, 9.0, 15.0
MARGIN = 3.0
BY_DISTANCE = 0.02
TRAILING = 2
LOST_AFTER = 10
DRIFT = 2
GRAM = 3
_PIECE = re.compile(
    rf"[A-Za-z][A-Za-z'’]*|\d+(?:[.,]\d+)*|[{SIGNS}]+(?:点[{SIGNS}]+)?|[\u3400-\u9fff]"
)
_HAN = re.compile(r"[\u3400-\u9fff]")


class Token(NamedTuple):
    """One word of the text: a syllable or a Latin word.

    Attributes:
        line: it stands in; ``end`` is the number of signs of the line up to its end.
    """

    sound: str
    line: int
    end: int


def tokens_of(text: str, *, is_chinese: bool | None = None) -> Iterator[tuple[str, int]]:
    """The words of a text as they sound, each with the place in the text where it ends."""
    chinese = bool(_HAN.search(text)) if is_chinese is None else is_chinese
    for piece in _PIECE.finditer(text):
        word, end = piece[0], piece.end()
        if word[0].isascii() and word[0].isalpha():
            yield word.casefold().replace("’", "'"), end
        elif word[0].isdigit() or (len(word) > 1 and word[0] in SIGNS):
            for sound in _number(word, chinese=chinese):
                yield sound, end
        else:
            yield sound_key(tight_of(word)) or word, end


def _number(word: str, *, chinese: bool) -> Iterator[str]:
    """A number as it is read: its syllables, or its English words."""
    whole, _, part = word.replace(",", "").replace("点", ".").partition(".")
    value = number_of(whole[:15])
    if value is None:
        yield from (sound_key(sign) for sign in word)
        return
    if not chinese:
        yield from spoken_en(value).split()
        yield from (spoken_en(int(sign)) for sign in part if sign.isdecimal())
        return
    said = spoken_zh(value)
    if part:
        digits = "".join(spoken_zh(number_of(sign) or 0) for sign in part)
        said += "点" + digits
    yield from (sound_key(sign) for sign in said)


class TextFollower:
    """Follows a reading through the lines of a text.

    Args:
        lines: of the text.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.tokens: list[Token] = []
        for number, text in enumerate(lines):
            self.tokens += [Token(sound, number, end) for sound, end in tokens_of(text)]
        whole = "".join(lines[:50])
        self._is_chinese = bool(_HAN.search(whole))
        self._grams: dict[tuple[str, ...], list[int]] = defaultdict(list)
        sounds = [token.sound for token in self.tokens]
        for at in range(len(sounds) - GRAM + 1):
            self._grams[tuple(sounds[at : at + GRAM])].append(at + GRAM - 1)
        self._at = 0
        self._heard: list[str] = []
        self._recent: list[str] = []

    @property
    def at(self) -> int:
        """Words of the text up to the place."""
        return self._at

    def go(self, line: int, offset: float) -> None:
        """A hand put it somewhere: what was heard before counts no more."""
        self._at = next(
            (
                number
                for number, token in enumerate(self.tokens)
                if token.line > line or (token.line == line and token.end > offset)
            ),
            len(self.tokens),
        )
        self._heard.clear()
        self._recent.clear()

    def hear(self, words: str) -> tuple[int, float] | None:
        """Takes words that were recognised since the last time, or once more with those before.

        Returns:
            The line and the signs of it that were said; None while nobody reads the text.
        """
        fresh = [sound for sound, _ in tokens_of(words, is_chinese=self._is_chinese)]
        if not fresh or not self.tokens:
            return None
        self._join(fresh)
        found = self._placed()
        if found is None:
            return None
        self._heard.clear()  # words count once: a step needs words of its own
        self._at = found + 1
        token = self.tokens[found]
        return token.line, float(token.end)

    def _join(self, fresh: list[str]) -> None:
        """A recogniser that hears each phrase twice says words again: they count once."""
        for size in range(min(len(fresh), len(self._recent)), 1, -1):
            if self._recent[-size:] == fresh[:size]:
                fresh = fresh[size:]
                break
        self._recent = [*self._recent, *fresh][-HEARD:]
        self._heard = [*self._heard, *fresh][-HEARD:]

    def _placed(self) -> int | None:
        """Number of the word that was said last, or None."""
        low, high = max(0, self._at - BACK), min(len(self.tokens), self._at + AHEAD)
        best: tuple[float, int] | None = None
        for number, score in self._scores(low, high).items():
            ahead = number - self._at
            worth = score - BY_DISTANCE * abs(ahead)
            if score >= self._needed(ahead) and (best is None or worth > best[0]):
                best = (worth, number)
        if best is not None:
            return best[1]
        return self._far() if len(self._heard) >= LOST_AFTER else None

    def _needed(self, ahead: int) -> float:
        """How much must speak for a place: little for the next words, more the farther it is."""
        is_next = len(self._heard) < LOST_AFTER and (abs(ahead - (len(self._heard) - 1)) <= DRIFT)
        if is_next:
            return NEXT_SCORE
        if -NEAR_BACK <= ahead <= NEAR_AHEAD:
            return NEAR_SCORE
        return WINDOW_SCORE + 0.02 * abs(ahead)

    def _scores(self, low: int, high: int) -> dict[int, float]:
        """For each word of a part of the text how well what was heard ends there.

        Local alignment (Smith and Waterman 1981); the last two words that were heard may be
        something else.
        """
        heard, sounds = self._heard, [token.sound for token in self.tokens[low:high]]
        before = [0.0] * (len(sounds) + 1)
        found: dict[int, float] = {}
        for place, word in enumerate(heard):
            row = [0.0] * (len(sounds) + 1)
            left = len(heard) - 1 - place
            match = WORD_MATCH if word.isascii() and len(word) > 3 else MATCH
            for at, sound in enumerate(sounds, 1):
                step = match if sound == word else MISS
                score = max(0.0, before[at - 1] + step, before[at] + GAP, row[at - 1] + GAP)
                row[at] = score
                if left <= TRAILING and sound == word and score > 0:
                    worth = score - left * 0.5
                    if worth > found.get(low + at - 1, 0.0):
                        found[low + at - 1] = worth
            before = row
        return found

    def _far(self) -> int | None:
        """A place anywhere in the text, where much speaks for it and nothing for another."""
        votes: dict[int, None] = {}
        for size in range(len(self._heard) - GRAM + 1):
            for at in self._grams.get(tuple(self._heard[size : size + GRAM]), ())[:20]:
                votes[at // HEARD] = None
        scores: list[tuple[float, int]] = []
        for block in votes:
            low = max(0, block * HEARD - HEARD)
            high = min(len(self.tokens), (block + 2) * HEARD)
            for number, score in self._scores(low, high).items():
                scores.append((score, number))
        scores.sort(reverse=True)
        if not scores or scores[0][0] < FAR_SCORE:
            return None
        rival = next((s for s, n in scores if abs(n - scores[0][1]) > HEARD), 0.0)
        return scores[0][1] if scores[0][0] - rival >= MARGIN else None
