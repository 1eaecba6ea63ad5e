"""Which patterns can match a text at all: each needs one of some literals, found in one pass."""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

R = TypeVar("R")
MOST_SIGNS_IN_CLASS = 12
SHARE_OF_SIGN = 0.06
"""Roughly how often a sign stands at a place of a text; for choosing between literals."""


@functools.lru_cache(maxsize=4096)
def needed(pattern: str) -> frozenset[str]:
    """Literals of which every match holds at least one; empty when there is no such set."""
    parser: Any = importlib.import_module("re._parser")
    return _needed(parser.parse(pattern)) or frozenset()


def _needed(parts: Any) -> frozenset[str] | None:
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
    return min(ways, key=_cost, default=None)


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
        by_literal: dict[str, list[int]] = {}
        for number, (pattern, rule) in enumerate(pairs):
            self._patterns.append((pattern, rule))
            literals = needed(pattern)
            if not literals:
                self._always.append(number)
            for literal in literals:
                by_literal.setdefault(literal, []).append(number)
        self._of_literal = list(by_literal.values())
        self._finder = ahocorasick_rs.AhoCorasick(list(by_literal) or ["\0"])

    def find(self, text: str) -> Iterator[tuple[R, int, int, str]]:
        """(rule, start, end, what was found) of each match."""
        matches = self._finder.find_matches_as_indexes(text, overlapping=True)
        if not (matches or self._always):
            return
        numbers = set(self._always)
        if self._of_literal:
            for literal, _, _ in matches:
                numbers.update(self._of_literal[literal])
        for number in sorted(numbers):
            pattern, rule = self._patterns[number]
            for match in _compiled(pattern).finditer(text):
                yield rule, match.start(), match.end(), match.group()
