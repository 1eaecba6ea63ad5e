"""JSON with the line of every value, so that a fault in a file can be shown where it stands."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from studio.core.clean import read_json

Place = tuple[str | int, ...]
"""Where a value stands: ("steps", 2, "args", "scene")."""

_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[^\s,\]}]+")
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+|\.\.\.)\]")


class LocatedJson(NamedTuple):
    """A file's value and the line on which each part of it begins."""

    value: Any
    lines: dict[Place, int]

    def line(self, path: Place) -> int:
        """The line of ``path``, or of the nearest thing around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_located(text: str | bytes) -> LocatedJson:
    """Reads JSON as `read_json` does, and remembers lines.

    Raises:
        ValueError: as `read_json`.
    """
    value = read_json(text)
    plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text
    lines: dict[Place, int] = {}
    try:
        _Scan(plain, lines).value((), 0)
    except RecursionError:
        raise json.JSONDecodeError("nested too deep", plain[:1], 0) from None
    return LocatedJson(value, lines)


def path_of(words: str) -> Place:
    """The path in a message of msgspec: "$.steps[2].args" becomes ("steps", 2, "args")."""
    found = re.search(r"`\$([^`]*)`", words)
    if found is None:
        return ()
    steps: list[str | int] = []
    for name, number in _STEP.findall(found[1]):
        if number == "...":
            break
        steps.append(int(number) if number else name)
    return tuple(steps)


class _Scan:
    """Goes over text that is known to be JSON; only the places are new."""

    def __init__(self, text: str, lines: dict[Place, int]) -> None:
        self._text, self._lines = text, lines
        self._line, self._counted = 1, 0

    def _skip(self, at: int) -> int:
        return _SPACE.match(self._text, at).end()  # type: ignore[union-attr]

    def _mark(self, path: Place, at: int) -> None:
        self._line += self._text.count("\n", self._counted, at)
        self._counted = at
        self._lines[path] = self._line

    def value(self, path: Place, at: int) -> int:
        """Marks the value at ``at`` and all in it; returns where it ends."""
        at = self._skip(at)
        self._mark(path, at)
        first = self._text[at]
        if first == "{":
            return self._members(path, at + 1)
        if first == "[":
            return self._elements(path, at + 1)
        if first == '"':
            return int(scanstring(self._text, at + 1, False)[1])
        return _SCALAR.match(self._text, at).end()  # type: ignore[union-attr]

    def _members(self, path: Place, at: int) -> int:
        at = self._skip(at)
        while self._text[at] != "}":
            name, at = scanstring(self._text, at + 1, False)
            at = self.value((*path, name), self._skip(at) + 1)
            at = self._skip(at)
            if self._text[at] == ",":
                at = self._skip(at + 1)
        return at + 1

    def _elements(self, path: Place, at: int) -> int:
        at, number = self._skip(at), 0
        while self._text[at] != "]":
            at = self._skip(self.value((*path, number), at))
            number += 1
            if self._text[at] == ",":
                at = self._skip(at + 1)
        return at + 1


def error_line(error: ValueError) -> int:
    """The line that a reading error names; 1 where it names none."""
    return error.lineno if isinstance(error, json.JSONDecodeError) else 1
