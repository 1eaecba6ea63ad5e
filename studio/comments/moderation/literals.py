"""Which patterns can match a text at all: each needs one of some literals, found in one pass."""

from __future__ import annotations

import functools
import hashlib
import importlib
import math
import operator
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from studio.comments.moderation.everyday import everyday_comments
from studio.core.paths import assets_dir

if TYPE_CHECKING:
    import ahocorasick_rs

R = TypeVar("R")
NUMBER: Callable[[tuple[int, int, int]], int] = operator.itemgetter(0)
"""Of what a finder found: which of its texts."""
MOST_SIGNS_IN_CLASS = 12
MOST_TEXTS, MOST_TIMES = 64, 3
"""Of how many texts at most a part is known, and how often at most one of them stands in it."""
MOST_SETS = 3
COMMON, MOST_BRANCHES = 1e-3, 200
"""From which chance on a pattern is looked at branch by branch; of how many at most."""
LEAST_SHARE, LATIN_SHARE = 0.002, 0.06
"""Roughly how often a rare sign, and a Latin letter, stands in a text; to choose literals by."""


class ShippedLiterals(msgspec.Struct, frozen=True):
    """What is known beforehand of the patterns that come with the studio.

    Attributes:
        needed: what `find_needed` finds, by `key_of` a pattern.
        together: what `find_needed_together` finds.
    """

    needed: dict[str, tuple[str, ...]] = {}
    together: dict[str, tuple[tuple[tuple[str, ...], ...], ...]] = {}


@functools.cache
def shipped_literals() -> ShippedLiterals:
    """Written by ``python -m training.comments.literals``; to find them anew takes half a second.

    Only what is faster hangs on it: a pattern that is not in it is looked at when it is needed.
    """
    raw = (assets_dir() / "rules" / "literals.json").read_bytes()
    return msgspec.json.decode(raw, type=ShippedLiterals)


def key_of(pattern: str) -> str:
    """By which a pattern is known in `ShippedLiterals`."""
    return hashlib.blake2b(pattern.encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()


@functools.lru_cache(maxsize=4096)
def needed(pattern: str) -> frozenset[str]:
    """Literals of which every match holds at least one; empty when there is no such set."""
    known = shipped_literals().needed.get(key_of(pattern))
    return find_needed(pattern) if known is None else frozenset(known)


def find_needed(pattern: str) -> frozenset[str]:
    """`needed`, found in the pattern itself."""
    return _needed(_parsed(pattern)) or frozenset()


@functools.lru_cache(maxsize=4096)
def needed_together(pattern: str) -> tuple[tuple[frozenset[str], ...], ...]:
    """For each way to match the pattern, sets of literals of which it holds one each.

    At most `MOST_SETS` sets a way, those that are rarest first; () when nothing is known.
    """
    known = shipped_literals().together.get(key_of(pattern))
    if known is None:
        return find_needed_together(pattern)
    return tuple([tuple(map(frozenset, sets)) for sets in known])


def find_needed_together(pattern: str) -> tuple[tuple[frozenset[str], ...], ...]:
    """`needed_together`, found in the pattern itself."""
    found = [_rarest(ways) for ways in _choices(_parsed(pattern))]
    return tuple(found) if all(found) else ()


def _parsed(pattern: str) -> list[Any]:
    """The parts of a pattern; none when it reads letters without their case."""
    parser: Any = importlib.import_module("re._parser")
    parsed = parser.parse(pattern)
    return [] if parsed.state.flags & re.IGNORECASE else list(parsed)


def _choices(parts: list[Any], most: int = MOST_BRANCHES) -> list[list[frozenset[str]]]:
    """Each way to match: where its literals are all too common, branch by branch of a part."""
    ways = _ways(parts)
    if _chance(ways) <= COMMON and len(parts) > 1:
        return [ways]
    for place, (part, value) in enumerate(parts):
        if str(part) == "BRANCH" and len(value[1]) <= most:
            rest = _ways(parts[:place]) + _ways(parts[place + 1 :])
            fewer = most // len(value[1])
            return [
                way + rest for branch in value[1] for way in _choices(list(branch), fewer)
            ]  # fmt: skip
    return [ways]


def _chance(ways: list[frozenset[str]]) -> float:
    """How often a text holds one of each of the rarest sets."""
    return math.prod(map(_cost, _rarest(ways)))  # 1 for none


def _rarest(ways: Iterable[frozenset[str]]) -> tuple[frozenset[str], ...]:
    return tuple(sorted(dict.fromkeys(ways), key=_cost)[:MOST_SETS])


def _needed(parts: Any) -> frozenset[str] | None:
    return min(_ways(parts), key=_cost, default=None)


def _ways(parts: Any) -> list[frozenset[str]]:
    """Sets of literals; every match holds one of each.

    Parts beside each other of which all texts are known are taken together: the longer a
    literal, the rarer it is.
    """
    ways: list[frozenset[str]] = []
    run = [""]

    def flush() -> None:
        if "" not in run:
            ways.append(frozenset(s for s in run if not any(t in s for t in run if t != s)))

    for part, value in parts:
        code = str(part)
        texts = _texts(code, value)
        if texts is not None:
            if len(run) * len(texts) > MOST_TEXTS:
                flush()
                run = [""]
            run = _beside(run, texts)
            continue
        if code in ("MAX_REPEAT", "MIN_REPEAT") and value[0]:
            texts = _texts_of(value[2])
            for _ in range(value[0] if texts else 0):
                if len(run) * len(texts or ()) > MOST_TEXTS:
                    break
                run = _beside(run, texts or [])
        flush()
        run = [""]
        found = _of_part(code, value)
        if found:
            ways.append(found)
    flush()
    return ways


def _of_part(code: str, value: Any) -> frozenset[str] | None:
    if code == "SUBPATTERN":
        return _needed(value[-1])
    if code == "BRANCH":
        each = [_needed(branch) for branch in value[1]]
        whole = [found for found in each if found]
        return frozenset().union(*whole) if len(whole) == len(each) else None
    if code in ("MAX_REPEAT", "MIN_REPEAT") and value[0] >= 1:
        return _needed(value[2])
    return None


def _texts(code: str, value: Any) -> list[str] | None:
    """All texts that a part can match; None when they are too many or not known."""
    if code == "LITERAL":
        return [chr(value)]
    if code == "IN":
        return _signs(value)
    if code == "SUBPATTERN":
        return _texts_of(value[-1]) if value[1] == value[2] == 0 else None
    if code == "BRANCH":
        each = [_texts_of(branch) for branch in value[1]]
        if any(texts is None for texts in each):
            return None
        return _few({text for texts in each for text in texts or ()})
    if code in ("MAX_REPEAT", "MIN_REPEAT"):
        once = _texts_of(value[2]) if value[1] <= MOST_TIMES else None
        if once is None or len(once) ** value[1] > MOST_TEXTS:
            return None
        found, texts = {""} if value[0] == 0 else set(), [""]
        for times in range(1, value[1] + 1):
            texts = _beside(texts, once)
            found.update(texts if times >= value[0] else ())
        return _few(found)
    return [""] if code in ("AT", "ASSERT", "ASSERT_NOT") else None


def _texts_of(parts: Any) -> list[str] | None:
    """All texts that parts beside each other can match."""
    run = [""]
    for part, value in parts:
        texts = _texts(str(part), value)
        if texts is None or len(run) * len(texts) > MOST_TEXTS:
            return None
        run = _beside(run, texts)
    return run


def _signs(value: Any) -> list[str] | None:
    """The signs of a class, when they are few."""
    signs: list[str] = []
    for kind, sign in value:
        if str(kind) == "LITERAL":
            signs.append(chr(sign))
        elif str(kind) == "RANGE" and sign[1] - sign[0] < MOST_SIGNS_IN_CLASS:
            signs += map(chr, range(sign[0], sign[1] + 1))
        else:
            return None
    return signs if len(signs) <= MOST_SIGNS_IN_CLASS else None


def _beside(first: list[str], then: list[str]) -> list[str]:
    return [a + b for a in first for b in then]


def _few(texts: set[str]) -> list[str] | None:
    return sorted(texts) if len(texts) <= MOST_TEXTS else None


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Made when one of its literals is found for the first time: most never are."""
    return re.compile(pattern)


def _cost(literals: frozenset[str]) -> float:
    """How often one of them may stand in a text."""
    return sum(map(_share, literals))


@functools.lru_cache(maxsize=1 << 13)
def _share(literal: str) -> float:
    shares = _shares()
    return math.prod(
        LATIN_SHARE if sign.isascii() else shares.get(sign, LEAST_SHARE) for sign in literal
    )


@functools.cache
def _shares() -> dict[str, float]:
    """In how many everyday comments a sign stands."""
    texts = everyday_comments()
    count = Counter(sign for text in texts for sign in set(text))
    return {sign: max(LEAST_SHARE, times / len(texts)) for sign, times in count.items()}


def finder_of(known: Iterable[str]) -> ahocorasick_rs.AhoCorasick:
    """Finds all of some texts in one pass; their numbers are their places."""
    import ahocorasick_rs

    return ahocorasick_rs.AhoCorasick(list(known) or ["\0"])


class PatternFinder(Generic[R]):
    """All patterns of the rules over one form of a text.

    Args:
        pairs: patterns, each with its rule.
        known: literals with their numbers, to which its own are added: for whoever looks for them
            together with others, and then asks `matches_of`.
    """

    def __init__(self, pairs: Iterable[tuple[str, R]], known: dict[str, int] | None = None) -> None:
        self._patterns: list[tuple[str, R]] = []
        self._always: list[int] = []
        self._ways: dict[int, list[tuple[int, tuple[frozenset[int], ...]]]] = {}
        is_alone = known is None
        known = {} if known is None else known
        for number, (pattern, rule) in enumerate(pairs):
            self._patterns.append((pattern, rule))
            ways = needed_together(pattern)
            if not ways:
                self._always.append(number)
            for first, *others in ways:
                also = tuple(
                    frozenset(known.setdefault(literal, len(known)) for literal in other)
                    for other in others
                )
                for literal in first:
                    place = known.setdefault(literal, len(known))
                    self._ways.setdefault(place, []).append((number, also))
        self._finder = finder_of(known) if is_alone else None

    @property
    def literals(self) -> Iterable[int]:
        """The numbers of those of which each way to match a pattern holds one."""
        return self._ways.keys()

    @property
    def has_always(self) -> bool:
        """Are there patterns that may match without any literal?"""
        return bool(self._always)

    def find(self, text: str) -> list[tuple[R, int, int, str]]:
        """(rule, start, end, what was found) of each match."""
        if self._finder is None:
            raise RuntimeError("its literals are looked for together with others")
        matches = self._finder.find_matches_as_indexes(text, overlapping=True)
        if not (matches or self._always):
            return []
        return self.matches_of(text, set(map(NUMBER, matches)))

    def matches_of(self, text: str, found: set[int]) -> list[tuple[R, int, int, str]]:
        """The same, where the literals that stand in the text are known; others do no harm."""
        numbers = set(self._always)
        for literal in self._ways.keys() & found:
            for number, also in self._ways[literal]:
                if not any(map(found.isdisjoint, also)):
                    numbers.add(number)
        matches: list[tuple[R, int, int, str]] = []
        for number in sorted(numbers) if len(numbers) > 1 else numbers:
            pattern, rule = self._patterns[number]
            for match in _compiled(pattern).finditer(text):
                matches.append((rule, *match.span(), match[0]))
        return matches


class MarkFinder:
    """Which of some patterns may match a text, found in one pass.

    It is made ready when it is first asked, or before (`make_ready`).

    Attributes:
        patterns: for each mark, a bit, patterns; each of them needs literals.
    """

    def __init__(self, patterns: Mapping[int, Iterable[str]]) -> None:
        self.patterns = patterns
        self._all = functools.reduce(operator.or_, patterns, 0)

    @functools.cached_property
    def _made(self) -> tuple[list[int], Callable[..., list[tuple[int, int, int]]]]:
        """The marks of its literals by number, and what finds them."""
        marks: dict[str, int] = {}
        for mark, texts in self.patterns.items():
            for literal in frozenset().union(*map(_surely_needed, texts)):
                marks[literal] = marks.get(literal, 0) | mark
        return list(marks.values()), finder_of(marks).find_matches_as_indexes

    def make_ready(self) -> None:
        """Makes what it looks with; works once."""
        _ = self._made

    def marks(self, text: str) -> int:
        """The marks of all patterns that may match."""
        of_literal, find = self._made
        try:
            matches = find(text, overlapping=True)
        except UnicodeEncodeError:  # half of a surrogate pair
            return self._all
        marks = 0
        for literal, _, _ in matches:
            marks |= of_literal[literal]
        return marks


def _surely_needed(pattern: str) -> frozenset[str]:
    literals = needed(pattern)
    if not literals:
        raise ValueError(f"it may match without any literal: {pattern}")
    return literals
