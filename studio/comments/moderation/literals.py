"""Which patterns can match a text at all: each needs one of some literals, found in one pass."""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

R = TypeVar("R")
MOST_SIGNS_IN_CLASS = 12
MOST_SETS = 3
SHARE_OF_SIGN = 0.06
"""Roughly how often a sign stands at a place of a text; for choosing between literals."""


@functools.lru_cache(maxsize=4096)
def needed(pattern: str) -> frozenset[str]:
    """Literals of which every match holds at least one; empty when there is no such set."""
    parser: Any = importlib.import_module("re._parser")
    return _needed(parser.parse(pattern)) or frozenset()


@functools.lru_cache(maxsize=4096)
def needed_together(pattern: str) -> tuple[tuple[frozenset[str], ...], ...]:
    """For each way to match the pattern, sets of literals of which it holds one each.

    At most `MOST_SETS` sets a way, those that are rarest first; () when nothing is known.
    """
    parser: Any = importlib.import_module("re._parser")
    parts = list(parser.parse(pattern))
    choices = parts[0][1][1] if len(parts) == 1 and str(parts[0][0]) == "BRANCH" else [parts]
    found = [tuple(sorted(_ways(choice), key=_cost)[:MOST_SETS]) for choice in choices]
    return tuple(found) if all(found) else ()


def _needed(parts: Any) -> frozenset[str] | None:
    return min(_ways(parts), key=_cost, default=None)


def _ways(parts: Any) -> list[frozenset[str]]:
    """Sets of literals; every match holds one of each."""
    ways: list[frozenset[str]] = []
    run = ""
    for part, value in parts:
        code = str(part)
        if code == "LITERAL":
            run += chr(value)
            continue
        if run:
            ways.append(frozenset({run}))
            run = ""
        found = _of_part(code, value)
        if found:
            ways.append(found)
    if run:
        ways.append(frozenset({run}))
    return ways


def _of_part(code: str, value: Any) -> frozenset[str] | None:
    if code == "SUBPATTERN":
        return _needed(value[-1])
    if code == "BRANCH":
        each = [_needed(branch) for branch in value[1]]
        whole = [found for found in each if found]
        return frozenset().union(*whole) if len(whole) == len(each) else None
    if code == "MAX_REPEAT" and value[0] >= 1:
        return _needed(value[2])
    if code == "IN":
        signs = [chr(sign) for kind, sign in value if str(kind) == "LITERAL"]
        is_plain = len(signs) == len(value)
        return frozenset(signs) if is_plain and len(signs) <= MOST_SIGNS_IN_CLASS else None
    return None


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Made when one of its literals is found for the first time: most never are."""
    return re.compile(pattern)


def _cost(literals: frozenset[str]) -> float:
    """How often one of them may stand in a text."""
    return sum(SHARE_OF_SIGN ** len(literal) for literal in literals)


class PatternFinder(Generic[R]):
    """All patterns of the rules over one form of a text.

    Args:
        pairs: patterns, each with its rule.
    """

    def __init__(self, pairs: Iterable[tuple[str, R]]) -> None:
        import ahocorasick_rs

        self._patterns: list[tuple[str, R]] = []
        self._always: list[int] = []
        self._ways: list[tuple[int, tuple[frozenset[int], ...]]] = []
        known: dict[str, int] = {}
        of_literal: dict[int, list[int]] = {}
        for number, (pattern, rule) in enumerate(pairs):
            self._patterns.append((pattern, rule))
            ways = needed_together(pattern)
            if not ways:
                self._always.append(number)
            for first, *others in ways:
                for literal in first:
                    place = known.setdefault(literal, len(known))
                    of_literal.setdefault(place, []).append(len(self._ways))
                also = tuple(
                    frozenset(known.setdefault(literal, len(known)) for literal in other)
                    for other in others
                )
                self._ways.append((number, also))
        self._of_literal = {place: tuple(ways) for place, ways in of_literal.items()}
        self._finder = ahocorasick_rs.AhoCorasick(list(known) or ["\0"])

    def find(self, text: str) -> Iterator[tuple[R, int, int, str]]:
        """(rule, start, end, what was found) of each match."""
        matches = self._finder.find_matches_as_indexes(text, overlapping=True)
        if not (matches or self._always):
            return
        numbers = set(self._always)
        found = {literal for literal, _, _ in matches}
        for literal in found & self._of_literal.keys():
            for way in self._of_literal[literal]:
                number, also = self._ways[way]
                if number not in numbers and not any(map(found.isdisjoint, also)):
                    numbers.add(number)
        for number in sorted(numbers):
            pattern, rule = self._patterns[number]
            for match in _compiled(pattern).finditer(text):
                yield rule, match.start(), match.end(), match.group()
