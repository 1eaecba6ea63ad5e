"""Files that are not where a show says, found again in a folder by their names."""

from __future__ import annotations

import os
import time
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Any

MOST_FILES = 100_000
LOOK_S = 20.0


def name_of(path: str) -> str:
    """The last part of a path of this or another system, as file systems compare names."""
    return parts_of(path)[-1] if parts_of(path) else ""


def parts_of(path: str) -> list[str]:
    """The parts of a path of this or another system, one form a name."""
    plain = unicodedata.normalize("NFC", path).casefold().replace("\\", "/")
    return [part for part in plain.split("/") if part not in ("", ".")]


def files_below(folder: Path, wanted: Iterable[str]) -> dict[str, list[str]]:
    """The files below a folder that have one of the wanted names (as of `name_of`).

    Links to folders are not followed; of very large folders as much as can be seen in 20 s.
    """
    names, found, seen = set(wanted), dict[str, list[str]](), 0
    until = time.monotonic() + LOOK_S
    for place, folders, files in os.walk(folder):
        folders.sort()
        for file in sorted(files):
            if (name := name_of(file)) in names:
                found.setdefault(name, []).append(str(PurePath(place, file)))
        seen += len(files) + len(folders)
        if seen > MOST_FILES or time.monotonic() > until:
            break
    return found


def best_of(path: str, candidates: list[str]) -> str:
    """Of files of one name the one whose folders are most like those of ``path``; "" for none."""
    own = parts_of(path)[::-1]

    def likeness(candidate: str) -> int:
        its = parts_of(candidate)[::-1]
        same = [a == b for a, b in zip(own, its, strict=False)]
        return same.index(False) if False in same else len(same)

    return max(candidates, key=likeness, default="")


def with_found(
    settings: dict[str, Any], lost: dict[str, str], fields: Iterable[str]
) -> dict[str, Any]:
    """Settings in which each lost path (of these fields) is replaced by the one it was found at."""
    made = dict(settings)
    for name in fields:
        value = made.get(name)
        if isinstance(value, str):
            made[name] = lost.get(value, value)
        elif isinstance(value, list):
            made[name] = [lost.get(v, v) if isinstance(v, str) else v for v in value]
    return made
