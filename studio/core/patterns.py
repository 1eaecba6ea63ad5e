"""Patterns that always end soon: what could backtrack without bound is refused when it is read.

A pattern is walked as the library parsed it, and the ways in which it can match at one place are
counted: parts after each other multiply, choices add up, a repeat multiplies by itself. With few
ways at each place a search takes time in proportion to the text.
"""

from __future__ import annotations

import importlib
import re
from typing import Any

MOST_WAYS = 1_000
LONGEST_REPEAT = 40
LONGEST_PATTERN = 400


class PatternRefused(ValueError):
    """Why a pattern is refused: a key of the catalogue."""


def checked(pattern: str) -> re.Pattern[str]:
    """A pattern that may be used.

    Raises:
        PatternRefused: it is none, matches nothing at all, or could take long.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise PatternRefused("packs.fault.long_pattern")
    parser: Any = importlib.import_module("re._parser")
    try:
        tree = parser.parse(pattern)
        made = re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        raise PatternRefused("packs.fault.no_pattern") from None
    if _ways(tree) > MOST_WAYS:
        raise PatternRefused("packs.fault.slow_pattern")
    if made.match("") is not None:
        raise PatternRefused("packs.fault.empty_match")
    return made


def _ways(tree: Any) -> int:
    ways = 1
    for op, value in tree:
        ways *= _ways_of(str(op), value)
        if ways > MOST_WAYS:
            return ways
    return ways


def _ways_of(op: str, value: Any) -> int:
    if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inner = value
        if int(most) > LONGEST_REPEAT:
            raise PatternRefused("packs.fault.unbounded")
        each = _ways(inner)
        # A part that can match in one way alone still matches in as many as its lengths.
        lengths = int(most) - int(least) + 1
        if each == 1:
            return lengths
        ways = lengths
        for _ in range(int(most)):
            ways *= each
            if ways > MOST_WAYS:
                raise PatternRefused("packs.fault.slow_pattern")
        return ways
    if op == "BRANCH":
        return _ways_of_choices(value[1])
    if op == "SUBPATTERN":
        return _ways(value[-1])
    if op in ("ASSERT", "ASSERT_NOT"):
        return _ways(value[1])
    if op == "ATOMIC_GROUP":
        return _ways(value)
    if op.startswith("GROUPREF"):
        raise PatternRefused("packs.fault.back_reference")
    return 1


def _ways_of_choices(choices: Any) -> int:
    """Plain words exclude each other unless one begins with another."""
    words = [_word(choice) for choice in choices]
    if any(word is None for word in words):
        return sum(_ways(choice) for choice in choices)
    return max(sum(str(word).startswith(str(other)) for other in words) for word in words)


def _word(tree: Any) -> str | None:
    """What a pattern of literals alone matches; None for any other."""
    if all(str(op) == "LITERAL" for op, _ in tree):
        return "".join(chr(value) for _, value in tree)
    return None
