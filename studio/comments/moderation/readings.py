"""Other readings of a comment: what somebody wrote around the rules to be read all the same.

A text is judged as it stands (`normalise`). When the rules find nothing in it, it is read once
more with drawn-out signs as one, with split signs joined (彳微 → 微), backwards, by columns, and
by its sound (jia v信, 家威新 → 加微信). Each reading remembers where its signs stand in the
original, so that a finding points at the right place.
"""

from __future__ import annotations

import functools
import itertools
import operator
import re
from collections.abc import Iterator, Sequence

import msgspec

from studio.comments.moderation.normalise import Normal, has_pair, normalise, tables
from studio.core.clean import read_json
from studio.core.paths import assets_dir

SOUND_0 = 0xE000
"""Syllables are single signs of the private area, so that they are searched like text."""
LONGEST_SYLLABLE = 6
LONGEST_RUN = 64


class Reading(msgspec.Struct, frozen=True):
    """One way to read a comment.

    Attributes:
        text: what the rules look through.
        spans: for each sign of ``text`` its place in the original, [start, end).
        is_spelled: by sound: for each sign whether it was written in Latin letters.
        written: by sound: the sign itself, "" for a spelled one.
        is_backwards: whether it is read from its end.
        is_joined: whether halves of signs are joined in it.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    is_spelled: tuple[bool, ...] = ()
    written: tuple[str, ...] = ()
    is_backwards: bool = False
    is_joined: bool = False

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place of ``text[start:end]`` in the original."""
        places = self.spans[start:end]
        return (min(p[0] for p in places), max(p[1] for p in places)) if places else (0, 0)


@functools.cache
def _sounds() -> tuple[dict[str, str], dict[str, str]]:
    """Sign → syllable as one sign; spelled syllable → the same."""
    raw = read_json((assets_dir() / "rules" / "pinyin.json").read_bytes())
    of_sign, of_spelling = {}, {}
    for number, (spelling, signs) in enumerate(raw.items()):
        sound = of_spelling[spelling] = chr(SOUND_0 + number)
        of_sign.update(dict.fromkeys(signs, sound))
    return of_sign, of_spelling


@functools.cache
def _spellings() -> dict[str, str]:
    """Syllable as one sign → how it is spelled."""
    return {sound: spelling for spelling, sound in _sounds()[1].items()}


@functools.cache
def _splits() -> dict[str, str]:
    """Two signs that are the halves of one → that one."""
    found: dict[str, str] = read_json((assets_dir() / "rules" / "split.json").read_bytes())
    return found


@functools.cache
def _first_halves() -> frozenset[str]:
    return frozenset(pair[0] for pair in _splits())


@functools.lru_cache(maxsize=4096)
def syllables(run: str) -> tuple[str, ...]:
    """Latin letters as Mandarin syllables, as few as can be; () when they are none."""
    if len(run) > LONGEST_RUN:
        return ()
    spelled = _sounds()[1]
    ways: list[tuple[str, ...] | None] = [None] * len(run) + [()]
    first = len(run)
    for start in range(len(run) - 1, -1, -1):
        if first - start > LONGEST_SYLLABLE:  # no syllable reaches what can be read
            return ()
        for length in range(min(LONGEST_SYLLABLE, len(run) - start), 0, -1):
            rest = ways[start + length]
            if rest is not None and run[start : start + length] in spelled:
                way = (run[start : start + length], *rest)
                best = ways[start]
                if best is None or len(way) < len(best):
                    ways[start] = way
                    first = start
    return ways[0] or ()


def sound_key(word: str) -> str:
    """A rule's word as it sounds, one sign a syllable."""
    of_sign = _sounds()[0]
    return "".join(of_sign.get(sign, sign) for sign in word)


def spelling_of(sign: str) -> str:
    """How a Chinese sign is spelled, without its tone; "" of others."""
    return _spellings().get(_sounds()[0].get(sign, ""), "")


def spelled_keys(word: str) -> set[str]:
    """The word as it sounds, also where its spelling is parted otherwise (xi an, xian)."""
    of_sign, of_spelling = _sounds()
    spellings = _spellings()
    key = sound_key(word)
    keys = {key}
    if all(sign in of_sign for sign in word):
        run = "".join(spellings[sound] for sound in key)
        keys.add("".join(of_spelling[syllable] for syllable in syllables(run)))
    return keys - {""}


def by_sound(reading: Reading) -> Reading | None:
    """The comment as it is read aloud; None when it has too little of Chinese sound."""
    of_sign, of_spelling = _sounds()
    text, places = reading.text, reading.spans
    if not _LATIN.search(text):
        if len(text) < 2:
            return None
        sounds = "".join([of_sign.get(sign, sign) for sign in text])
        return Reading(sounds, places, (False,) * len(text), tuple(text))
    signs: list[str] = []
    spans: list[tuple[int, int]] = []
    spelled: list[bool] = []
    written: list[str] = []
    index = 0
    while index < len(text):
        sign = text[index]
        if not ("a" <= sign <= "z"):
            signs.append(of_sign.get(sign, sign))
            spans.append(places[index])
            spelled.append(False)
            written.append(sign)
            index += 1
            continue
        end = index
        while end < len(text) and "a" <= text[end] <= "z":
            end += 1
        place = index
        for syllable in syllables(text[index:end]):
            signs.append(of_spelling[syllable])
            spans.append((places[place][0], places[place + len(syllable) - 1][1]))
            spelled.append(True)
            written.append("")
            place += len(syllable)
        while place < end:  # letters that are no syllables stand for themselves
            signs.append(text[place])
            spans.append(places[place])
            spelled.append(False)
            written.append(text[place])
            place += 1
        index = end
    if len(signs) < 2:
        return None
    return Reading("".join(signs), tuple(spans), tuple(spelled), tuple(written))


def sound_of(text: str) -> str:
    """Chinese signs as syllables, one sign each; other signs stay."""
    of_sign = _sounds()[0]
    return "".join([of_sign.get(sign, sign) for sign in text])


def spoken(text: str) -> str:
    """The text of `by_sound`, without its places: spelled syllables are read too."""
    return sound_of(_LATIN.sub(_spoken_run, text))


def _spoken_run(run: re.Match[str]) -> str:
    return _sound_of_run(run[0])


@functools.lru_cache(maxsize=1 << 13)
def _sound_of_run(run: str) -> str:
    of_spelling = _sounds()[1]
    return "".join(of_spelling[syllable] for syllable in syllables(run)) or run


def is_read_otherwise(normal: Normal) -> bool:
    """Has the comment signs drawn out, halves of signs, look-alikes or several lines?"""
    tight = normal.tight
    if "\n" in normal.original or _TWICE.search(tight):
        return True
    if tight.isascii():
        return False
    halves = _splits()
    if has_pair(tight, halves, _first_halves()):
        return True
    return not tables().shapes.keys().isdisjoint(map(ord, tight))


def as_reading(normal: Normal) -> Reading:
    """The comment as it stands."""
    return Reading(normal.tight, tuple([(place, place + 1) for place in normal.at]))


def undone(whole: Reading) -> tuple[Reading, ...]:
    """The comment, squeezed, then joined, then with look-alikes read.

    A step that changes nothing is the one before it itself.
    """
    squeezed = _squeezed(whole)
    joined = _joined(squeezed)
    shapes = joined.text.translate(tables().shapes)
    shaped = joined if shapes == joined.text else Reading(shapes, joined.spans)
    return whole, squeezed, joined, shaped


def by_sight(normal: Normal, steps: Sequence[Reading]) -> Iterator[Reading]:
    """The comment undone (`undone`), backwards and by columns: those that differ from it."""
    for before, after in itertools.pairwise(steps):
        if after is not before:
            yield after
    squeezed = steps[1]
    if len(squeezed.text) > 1:
        yield Reading(squeezed.text[::-1], squeezed.spans[::-1], is_backwards=True)
    yield from _columns(normal)


def _squeezed(reading: Reading) -> Reading:
    text = reading.text
    if not any(map(operator.eq, text, text[1:])):
        return reading
    kept = [i for i, sign in enumerate(text) if not i or text[i - 1] != sign or sign.isnumeric()]
    if len(kept) == len(text):
        return reading
    return Reading("".join(text[i] for i in kept), tuple(reading.spans[i] for i in kept))


def _joined(reading: Reading) -> Reading:
    halves, text = _splits(), reading.text
    if not has_pair(text, halves, _first_halves()):
        return reading
    signs: list[str] = []
    spans: list[tuple[int, int]] = []
    index = 0
    while index < len(text):
        whole = halves.get(text[index : index + 2]) if index + 1 < len(text) else None
        length = 1 if whole is None else 2
        signs.append(whole or text[index])
        spans.append((reading.spans[index][0], reading.spans[index + length - 1][1]))
        index += length
    return Reading("".join(signs), tuple(spans), is_joined=True)


def _columns(normal: Normal) -> Iterator[Reading]:
    lines = [line for line in normal.original.split("\n") if line.strip()]
    if len(lines) < 2 or max(map(len, lines)) < 2 or max(map(len, lines)) > 20:
        return
    width = max(map(len, lines))
    down = "".join(line[x] if x < len(line) else "" for x in range(width) for line in lines)
    tight = normalise(down).tight
    everywhere = (0, len(normal.original))
    yield Reading(tight, (everywhere,) * len(tight))
    back = "".join(
        line[x] if x < len(line) else "" for x in range(width - 1, -1, -1) for line in lines
    )
    tight = normalise(back).tight
    yield Reading(tight, (everywhere,) * len(tight))


_POLITE = re.compile(
    r"^(?:主播|请问|想问下|想问一下|问下|问一下|老板|宝子|亲|姐姐|小姐姐|hi|hey)+(?=..)"
)
_LATIN = re.compile(r"[a-z]+")
_TWICE = re.compile(r"(.)\1")
_PARTICLES = re.compile(r"(?<=..)[啊呀哦呢嘛哈呗啦]+$")


def squeeze_and_join(tight: str) -> str:
    """Runs of one sign as one, halves of a sign as that sign; places are not kept."""
    if any(map(operator.eq, tight, tight[1:])):
        tight = "".join(
            sign for i, sign in enumerate(tight) if not i or tight[i - 1] != sign or sign.isdigit()
        )
    if tight.isascii():
        return tight
    halves = _splits()
    if has_pair(tight, halves, _first_halves()):
        signs, index = [], 0
        while index < len(tight):
            whole = halves.get(tight[index : index + 2])
            signs.append(whole or tight[index])
            index += 2 if whole else 1
        tight = "".join(signs)
    return tight


@functools.lru_cache(maxsize=8192)
def fold_key(tight: str, *, by_sound_too: bool) -> str:
    """What comments of one meaning have in common; "" for an empty text.

    Args:
        tight: the normalised text.
        by_sound_too: whether signs of the same sound are one, and halves are joined.
    """
    if not by_sound_too:
        return _PARTICLES.sub("", _POLITE.sub("", tight)) or tight
    of_sign, of_spelling = _sounds()
    out = squeeze_and_join(tight)
    if _LATIN.search(out):
        out = _LATIN.sub(
            lambda run: "".join(of_spelling[s] for s in syllables(run[0])) or run[0], out
        )
    return "".join([of_sign.get(sign, sign) for sign in out])
