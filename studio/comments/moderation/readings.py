"""Other readings of a comment: what somebody wrote around the rules to be read all the same.

A text is judged as it stands (`normalise`). When the rules find nothing in it, it is read once
more with drawn-out signs as one, with split signs joined (彳微 → 微), backwards, by columns, and
by its sound (jia v信, 家威新 → 加微信). Each reading remembers where its signs stand in the
original, so that a finding points at the right place.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from studio.comments.moderation.literals import finder_of
from studio.comments.moderation.normalise import TWICE, Normal, normalise, tables
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
        """The place of ``text[start:end]`` in the original; places rise, or fall backwards."""
        places = self.spans[start:end]
        if not places:
            return (0, 0)
        first, last = places[0], places[-1]
        return (first[0], last[1]) if first <= last else (last[0], first[1])


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


def halves() -> Iterable[str]:
    """Two signs that are the halves of one."""
    return _splits().keys()


@functools.cache
def _find_halves() -> Callable[[str], list[tuple[int, int, int]]]:
    """Where halves of signs stand, none of them twice."""
    return finder_of(_splits()).find_matches_as_indexes


@functools.cache
def _wholes() -> list[str]:
    """What they are joined, by the numbers of `_find_halves`."""
    return list(_splits().values())


@functools.cache
def _sound_table() -> dict[int, str]:
    """Sign → syllable, for `str.translate`."""
    return str.maketrans(_sounds()[0])


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
    of_spelling = _sounds()[1]
    text, places = reading.text, reading.spans
    if not _LATIN.search(text):
        if len(text) < 2:
            return None
        return Reading(sound_of(text), places, (False,) * len(text), tuple(text))
    signs: list[str] = []
    spans: list[tuple[int, int]] = []
    spelled: list[bool] = []
    written: list[str] = []
    last = 0
    for run in _LATIN.finditer(text):
        place, end = run.span()
        said = syllables(run[0])
        between = text[last:place] if said else text[last:end]  # else they are themselves
        signs += sound_of(between)
        spans += places[last : last + len(between)]
        spelled += [False] * len(between)
        written += between
        for syllable in said:
            signs.append(of_spelling[syllable])
            spans.append((places[place][0], places[place + len(syllable) - 1][1]))
            place += len(syllable)
        spelled += [True] * len(said)
        written += [""] * len(said)
        last = end
    rest = text[last:]
    signs += sound_of(rest)
    spans += places[last:]
    spelled += [False] * len(rest)
    written += rest
    if len(signs) < 2:
        return None
    return Reading("".join(signs), tuple(spans), tuple(spelled), tuple(written))


@functools.lru_cache(maxsize=64)
def sound_of(text: str) -> str:
    """Chinese signs as syllables, one sign each; other signs stay."""
    return text.translate(_sound_table())


def spoken(text: str) -> str:
    """The text of `by_sound`, without its places: spelled syllables are read too."""
    return sound_of(_LATIN.sub(_spoken_run, text))


def _spoken_run(run: re.Match[str]) -> str:
    return _sound_of_run(run[0])


@functools.lru_cache(maxsize=1 << 13)
def _sound_of_run(run: str) -> str:
    of_spelling = _sounds()[1]
    return "".join(of_spelling[syllable] for syllable in syllables(run)) or run


def is_read_otherwise(normal: Normal, *, has_halves: bool) -> bool:
    """Has the comment signs drawn out, halves of signs, look-alikes or several lines?"""
    if normal.has_twice or "\n" in normal.original:
        return True
    return not normal.tight.isascii() and (
        has_halves or tables().has_shape.search(normal.tight) is not None
    )


def texts_by_sight(tight: str) -> tuple[str, str, str]:
    """What `undone` makes of a text, without its places: squeezed, joined, look-alikes read."""
    squeezed = _RUN.sub(_once, tight) if TWICE.search(tight) else tight
    joined = _join(squeezed)
    known = tables()
    shaped = joined.translate(known.shapes) if known.has_shape.search(joined) else joined
    return squeezed, joined, shaped


def _once(run: re.Match[str]) -> str:
    return run[0] if run[1].isnumeric() else run[1]


def _join(text: str) -> str:
    """Halves of a sign as that sign."""
    if text.isascii():
        return text
    found = _find_halves()(text)
    if not found:
        return text
    parts: list[str] = []
    last = 0
    for number, start, end in found:
        parts += (text[last:start], _wholes()[number])
        last = end
    parts.append(text[last:])
    return "".join(parts)


_NEXT = (1).__add__


def as_reading(normal: Normal) -> Reading:
    """The comment as it stands."""
    at = normal.at
    return Reading(normal.tight, tuple(zip(at, map(_NEXT, at), strict=True)))


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
    if not TWICE.search(text):
        return reading
    kept = [i for i, sign in enumerate(text) if not i or text[i - 1] != sign or sign.isnumeric()]
    if len(kept) == len(text):
        return reading
    return Reading("".join(text[i] for i in kept), tuple(reading.spans[i] for i in kept))


def _joined(reading: Reading) -> Reading:
    text = reading.text
    found = () if text.isascii() else _find_halves()(text)
    if not found:
        return reading
    signs: list[str] = []
    spans: list[tuple[int, int]] = []
    last = 0
    for number, start, end in found:
        signs += (text[last:start], _wholes()[number])
        spans += reading.spans[last:start]
        spans.append((reading.spans[start][0], reading.spans[end - 1][1]))
        last = end
    return Reading("".join((*signs, text[last:])), (*spans, *reading.spans[last:]), is_joined=True)


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
_PARTICLES = re.compile(r"(?<=..)[啊呀哦呢嘛哈呗啦]+$")


_RUN = re.compile(r"(.)\1+", re.DOTALL)


def _once_but_digits(run: re.Match[str]) -> str:
    return run[0] if run[1].isdigit() else run[1]


def squeeze_and_join(tight: str) -> str:
    """Runs of one sign as one, halves of a sign as that sign; places are not kept."""
    if TWICE.search(tight):
        tight = _RUN.sub(_once_but_digits, tight)
    return _join(tight)


@functools.lru_cache(maxsize=8192)
def fold_key(tight: str, *, by_sound_too: bool) -> str:
    """What comments of one meaning have in common; "" for an empty text.

    Args:
        tight: the normalised text.
        by_sound_too: whether signs of the same sound are one, and halves are joined.
    """
    if not by_sound_too:
        return _PARTICLES.sub("", _POLITE.sub("", tight)) or tight
    of_spelling = _sounds()[1]
    out = squeeze_and_join(tight)
    if _LATIN.search(out):
        out = _LATIN.sub(
            lambda run: "".join(of_spelling[s] for s in syllables(run[0])) or run[0], out
        )
    return sound_of(out)
