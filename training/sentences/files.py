"""The sentences beside this file, as rows: what both models learn from, and what they may not see.

A quarter of the older files (by hash, before anything was trained) is a check part. The voices of
``kept_*.txt`` are kept apart as a whole: they were written before the last training and nothing is
ever learned from them, no threshold set by them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
CHECK_BELOW = 64  # of 256
PARTS = 5
LATE, WHOLE, KEPT = "voices", "rooms", "kept"
"""Parts of the names of files: with a check part told by itself, without one, kept apart."""
CHECKS = ("check", "late check", "kept")


class Sentence(NamedTuple):
    """Attributes:
    source: "hand", "name", "check", "late check", "kept", "tune" or "frame".
    category: "clean" or what is wrong with it; "" where that is not said.
    seed: sentences made of one another have the same.
    """

    source: str
    category: str
    text: str
    seed: str


def is_check(text: str) -> bool:
    """Is it of the check part?"""
    return hashlib.sha256(text.encode()).digest()[0] < CHECK_BELOW


def part_of(seed: str) -> int:
    """Which of ``PARTS`` it is of, when one part is judged by what the others taught."""
    return hashlib.sha256(seed.encode()).digest()[1] % PARTS


def written() -> list[Sentence]:
    """All that was written by hand; of the same text the check's row counts."""
    found = []
    for path in sorted(HERE.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            category, _, texts = line.partition(": ")
            for text in texts.split("|") if not line.startswith("#") else ():
                found.append(Sentence(_source(path.stem, text), category, text, text))
    found.sort(key=lambda sentence: sentence.source not in CHECKS)
    return list({sentence.text: sentence for sentence in reversed(found)}.values())


def _source(name: str, text: str) -> str:
    if KEPT in name:
        return "kept"
    if WHOLE in name or not is_check(text):
        return "name" if name == "names" else "hand"
    return "late check" if LATE in name else "check"
