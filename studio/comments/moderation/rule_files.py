"""Rules as they stand in files: those that come with the studio, packs, and words of a show."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from studio.comments.model import Action
from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.paths import assets_dir

OWN = "own"
"""Category of the words of a show."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule of a file.

    Attributes:
        words: found in the tight form (no spaces, evasions undone).
        latin: whole words or phrases in the spaced form, leet undone.
        patterns: regular expressions on the tight form.
        digits: regular expressions on the form with all digits as 0-9.
        raw: regular expressions on the original, lower case.
        disguised: words that are everyday ones as they stand, but not when somebody hides them.
        exceptions: a match inside one of these (file: "except") does not count.
        spares_questions: whether a match in a sentence that asks something does not count.
    """

    id: str
    category: str
    action: Action
    zh: str
    en: str
    words: tuple[str, ...] = ()
    latin: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    digits: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    disguised: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = msgspec.field(name="except", default=())
    spares_questions: bool = False


class PackTests(msgspec.Struct, frozen=True):
    """What a pack must catch, and what it must let pass."""

    catches: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()


class RuleFile(msgspec.Struct, frozen=True):
    """A rule file; with name, version, source and tests of its own it is a pack."""

    rules: tuple[Rule, ...]
    pack: str = ""
    version: int = 1
    source: str = ""
    tests: PackTests = PackTests()


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of a file.

    Raises:
        StudioError: invalid, with file and place.
    """
    return read_pack(path).rules


def read_pack(path: Path) -> RuleFile:
    """A rule file with all that it says of itself.

    Raises:
        StudioError: invalid, with file and place.
    """
    try:
        found = _decoded(path)
        for rule in found.rules:
            for pattern in (*rule.patterns, *rule.digits, *rule.raw):
                re.compile(pattern)
    except json.JSONDecodeError as error:
        why = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise StudioError("invalid", "audience.rules_broken", path=str(path), why=why) from None
    except (
        msgspec.ValidationError, re.error, OverflowError, RecursionError, OSError,
        UnicodeDecodeError,
    ) as error:  # fmt: skip
        why = str(error)
        raise StudioError("invalid", "audience.rules_broken", path=str(path), why=why) from None
    return found


def _decoded(path: Path) -> RuleFile:
    return msgspec.convert(read_json(path.read_bytes()), RuleFile)


def shipped_rules() -> tuple[Rule, ...]:
    """The rules that come with the studio: the base and the shipped packs.

    Their patterns are not compiled here: tests hold each of them against the checks of packs.
    """
    return tuple(rule for path in shipped_packs() for rule in _decoded(path).rules)


def shipped_packs() -> tuple[Path, ...]:
    """The rule files that come with the studio."""
    folder = assets_dir() / "rules"
    return (
        folder / "base.json",
        folder / "frames.json",
        *sorted((folder / "packs").glob("*.json")),
    )


@functools.cache
def shipped_phrases() -> tuple[str, ...]:
    """The allow-list: everyday phrases in which a rule's word means something else."""
    found = read_json((assets_dir() / "rules" / "allow.json").read_bytes())
    return tuple(phrase for group in found.values() for phrase in group)


def own_words(words: Iterable[str], category: str = OWN, action: Action = "hold") -> Rule:
    """A rule of plain words, as a controller adds them on air."""
    return Rule(
        id=f"own-{category}",
        category=category,
        action=action,
        zh="本场自定义词",
        en="a word of this show",
        words=tuple(words),
    )
