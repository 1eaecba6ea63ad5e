"""The first tier: words and patterns from rule files, found in one pass."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from studio.comments.model import Action, ModerationWords, Verdict
from studio.comments.moderation.normalise import Normal, normalise, unleet
from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.paths import assets_dir

ORDER: dict[Action, int] = {"allow": 0, "hold": 1, "block": 2}


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule of a file.

    Attributes:
        words: found in the tight form (no spaces, evasions undone).
        latin: whole words or phrases in the spaced form, leet undone.
        patterns: regular expressions on the tight form.
        digits: regular expressions on the form with all digits as 0-9.
        raw: regular expressions on the original, lower case.
        exceptions: a match inside one of these (file: "except") does not count.
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
    exceptions: tuple[str, ...] = msgspec.field(name="except", default=())


class RuleFile(msgspec.Struct, frozen=True):
    """A rule file."""

    rules: tuple[Rule, ...]


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of a file.

    Raises:
        StudioError: invalid, with file and place.
    """
    try:
        found = msgspec.convert(read_json(path.read_bytes()), RuleFile).rules
        for rule in found:
            for pattern in (*rule.patterns, *rule.digits, *rule.raw):
                re.compile(pattern)
    except json.JSONDecodeError as error:
        why = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise StudioError("invalid", "audience.rules_broken", path=str(path), why=why) from None
    except (msgspec.ValidationError, re.error, OSError, UnicodeDecodeError) as error:
        why = str(error)
        raise StudioError("invalid", "audience.rules_broken", path=str(path), why=why) from None
    return found


def shipped_rules() -> tuple[Rule, ...]:
    """The rules that come with the studio."""
    return read_rules(assets_dir() / "rules" / "base.json")


def own_words(words: Iterable[str], category: str = "own", action: Action = "hold") -> Rule:
    """A rule of plain words, as a controller adds them on air."""
    return Rule(
        id=f"own-{category}",
        category=category,
        action=action,
        zh="本场自定义词",
        en="a word of this show",
        words=tuple(words),
    )


class RuleTier:
    """All rules, compiled once; a verdict takes some tens of microseconds."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        import ahocorasick_rs

        self.rules = tuple(rules)
        self._words: list[tuple[str, Rule]] = []
        self._latin: list[tuple[str, Rule]] = []
        seen: set[tuple[str, str]] = set()
        for rule in self.rules:
            for word in rule.words:
                for tight in {normalise(word).tight, _plain(word)}:
                    if tight and (tight, rule.id) not in seen:
                        seen.add((tight, rule.id))
                        self._words.append((tight, rule))
            self._latin += [(word, rule) for word in rule.latin]
        self._finder = ahocorasick_rs.AhoCorasick([word for word, _ in self._words] or ["\0"])
        self._latin_finder = re.compile(
            "|".join(
                rf"(?<![a-z]){_loose(word)}(?![a-z])"
                for word in sorted({w for w, _ in self._latin}, key=len, reverse=True)
            )
            or r"(?!)"
        )
        self._latin_rule = {_letters(word): rule for word, rule in self._latin}
        self._exceptions = {
            rule.id: tuple(normalise(text).tight for text in rule.exceptions) for rule in self.rules
        }

    def judge(self, text: str) -> Verdict:
        """The gravest verdict of all rules; allow when none says anything."""
        normal = normalise(text)
        best: Verdict | None = None
        weight = (0, 0)
        for rule, start, end, matched in self._findings(normal):
            mine = (ORDER[rule.action], end - start)
            if mine <= weight:
                continue
            if self._is_excepted(rule, normal, start, end):
                continue
            weight = mine
            best = Verdict(
                rule.action,
                rule.category,
                rule.id,
                matched,
                normal.tight,
                normal.span(start, end),
                ModerationWords(rule.zh, rule.en),
            )
        return best or Verdict("allow", normalised=normal.tight)

    def _findings(self, normal: Normal) -> Iterable[tuple[Rule, int, int, str]]:
        for index, start, end in self._finder.find_matches_as_indexes(
            normal.tight, overlapping=True
        ):
            if self._words:
                word, rule = self._words[index]
                if word.isascii() and _inside_latin(normal.tight, start, end):
                    continue
                yield rule, start, end, word
        yield from self._latin_findings(normal)
        for rule in self.rules:
            for forms, haystack in ((rule.patterns, normal.tight), (rule.digits, normal.digits)):
                for pattern in forms:
                    for found in _compiled(pattern).finditer(haystack):
                        yield rule, found.start(), found.end(), found.group()
            for pattern in rule.raw:
                for found in _compiled(pattern).finditer(normal.original.lower()):
                    start = _tight_index(normal, found.start())
                    end = max(start + 1, _tight_index(normal, found.end()))
                    yield rule, start, end, found.group()

    def _latin_findings(self, normal: Normal) -> Iterable[tuple[Rule, int, int, str]]:
        for form in {normal.text, unleet(normal.text)}:
            for found in self._latin_finder.finditer(form):
                rule = self._latin_rule.get(_letters(found.group()))
                if rule is not None:
                    start = normal.tight.find(_letters(found.group())[:2])
                    start = max(0, start)
                    yield rule, start, start + len(_letters(found.group())), found.group()

    def _is_excepted(self, rule: Rule, normal: Normal, start: int, end: int) -> bool:
        for text in self._exceptions[rule.id]:
            at = normal.tight.find(text)
            while at >= 0:
                if at < end and start < at + len(text):
                    return True
                if rule.digits and at <= end:
                    return True
                at = normal.tight.find(text, at + 1)
        return False


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _plain(word: str) -> str:
    return "".join(sign for sign in word.lower() if sign.isalnum())


def _letters(text: str) -> str:
    """The letters alone, each run of one letter as one."""
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^a-z]", "", unleet(text.lower())))


def _loose(word: str) -> str:
    """Letters may stand apart ("c h e a p e r") or be drawn out ("fuuuck")."""
    return r"[\s.\-_*]*".join(re.escape(sign) + "+" for sign in word.replace(" ", ""))


def _inside_latin(text: str, start: int, end: int) -> bool:
    """Is the match part of a longer Latin word ("sb" in "sbs")?"""
    before = text[start - 1] if start else ""
    after = text[end] if end < len(text) else ""
    return _is_latin(before) or (_is_latin(after) and not text[end - 1].isdigit())


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalpha()


def _tight_index(normal: Normal, place: int) -> int:
    for index, at in enumerate(normal.at):
        if at >= place:
            return index
    return len(normal.at)
