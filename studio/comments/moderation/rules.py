"""The first tier: words and patterns from rule files, found in one pass."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from studio.comments.model import Action, ModerationWords, Verdict
from studio.comments.moderation.latin import LatinFinder, letters_of
from studio.comments.moderation.linear import shipped_model
from studio.comments.moderation.normalise import Normal, normalise, unleet
from studio.comments.moderation.readings import Reading, by_sight, by_sound, spelled_keys
from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.paths import assets_dir

_HAS_LATIN = re.compile(r"[a-z]")
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
        found = msgspec.convert(read_json(path.read_bytes()), RuleFile)
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


def shipped_rules() -> tuple[Rule, ...]:
    """The rules that come with the studio: the base and the shipped packs."""
    return tuple(rule for path in shipped_packs() for rule in read_rules(path))


def shipped_packs() -> tuple[Path, ...]:
    """The rule files that come with the studio."""
    folder = assets_dir() / "rules"
    return (folder / "base.json", *sorted((folder / "packs").glob("*.json")))


@functools.cache
def shipped_phrases() -> tuple[str, ...]:
    """The allow-list: everyday phrases in which a rule's word means something else."""
    found = read_json((assets_dir() / "rules" / "allow.json").read_bytes())
    return tuple(phrase for group in found.values() for phrase in group)


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
    """All rules, compiled once, and the model for what they leave; some tens of microseconds.

    Args:
        rules: of all packs and of the show.
        allow_phrases: in which a rule's word means something else; None: those shipped.
        has_model: whether the linear model is asked about what no rule objects to.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        allow_phrases: Iterable[str] | None = None,
        *,
        has_model: bool = True,
    ) -> None:
        import ahocorasick_rs

        self._model = shipped_model() if has_model else None

        if allow_phrases is None:
            allow_phrases = shipped_phrases()

        self.rules = tuple(rules)
        self._words: list[tuple[str, Rule]] = []
        self._latin: list[tuple[str, Rule]] = []
        seen: set[tuple[str, str]] = set()
        for rule in self.rules:
            for word in rule.words:
                for tight in _forms(word):
                    if (tight, rule.id) not in seen:
                        seen.add((tight, rule.id))
                        self._words.append((tight, rule))
            self._latin += [(word, rule) for word in rule.latin]
        self._finder = ahocorasick_rs.AhoCorasick([word for word, _ in self._words] or ["\0"])
        self._sounds = [
            (key, word, rule)
            for word, rule in self._words
            if sum(not sign.isascii() for sign in word.replace("主播", "")) >= 2
            for key in _spelled(word)
        ]
        self._sound_finder = ahocorasick_rs.AhoCorasick(
            [key for key, _, _ in self._sounds] or ["\0"]
        )
        allowed = {normalise(phrase).tight for phrase in allow_phrases}
        self._allow_finder = ahocorasick_rs.AhoCorasick(sorted(allowed - {""}) or ["\0"])
        self._latin_finder = LatinFinder(self._latin)
        self._patterns = self._compile("patterns")
        self._digits = self._compile("digits")
        self._raw = self._compile("raw")
        self._exceptions = {
            rule.id: tuple(normalise(text).tight for text in rule.exceptions) for rule in self.rules
        }

    def _compile(self, field: str) -> tuple[list[tuple[re.Pattern[str], Rule]], re.Pattern[str]]:
        """The patterns of a field by rule, and one that says quickly whether any is there."""
        pairs = [(text, rule) for rule in self.rules for text in getattr(rule, field)]
        any_of = "|".join(f"(?:{text})" for text, _ in pairs)
        return [(re.compile(text), rule) for text, rule in pairs], re.compile(any_of or r"(?!)")

    def judge(self, text: str, *, by_rules_only: bool = False) -> Verdict:
        """The gravest verdict of all rules, else the model's; allow when none objects.

        Args:
            text: a comment, or the name of an author.
            by_rules_only: for names and parts of sentences, which the model does not know.
        """
        normal = normalise(text)
        allowed = self._allowed(normal)
        best: Verdict | None = None
        weight = (0, 0)
        spans: list[tuple[int, int]] = []
        for rule, start, end, matched in self._findings(normal):
            if self._is_excepted(rule, normal, start, end):
                continue
            if any(_is_spared(start, end, phrase) for phrase in allowed):
                continue
            span = normal.span(start, end)
            spans.append(span)
            mine = (ORDER[rule.action], end - start)
            if mine > weight:
                weight = mine
                best = _verdict(rule, matched, normal, span)
        if best is None:
            best = self._read_otherwise(normal, allowed)
            spans = [best.span] if best else []
        if best is None and self._model is not None and not by_rules_only:
            held = self._model.judge(normal, allowed)
            if held is not None:
                return held
        if best is None:
            return Verdict("allow", normalised=normal.tight, stage="allow")
        return msgspec.structs.replace(best, spans=tuple(sorted(set(spans))))

    def _allowed(self, normal: Normal) -> list[tuple[int, int]]:
        """Where phrases of the allow-list stand: what lies within one of them is no finding."""
        found = self._allow_finder.find_matches_as_indexes(normal.tight, overlapping=True)
        return [(start, end) for _, start, end in found]

    def _read_otherwise(self, normal: Normal, allowed: list[tuple[int, int]]) -> Verdict | None:
        """The gravest finding in another reading of the comment (`readings`)."""
        best: Verdict | None = None
        weight = (0, 0)
        spared = [(normal.span(start, end)) for start, end in allowed]
        for rule, reading, start, end, matched in self._hidden(normal):
            span = reading.span(start, end)
            if any(_is_spared(*span, phrase) for phrase in spared):
                continue
            if any(text in normal.tight for text in self._exceptions[rule.id]):
                continue
            mine = (ORDER[rule.action], end - start)
            if mine > weight:
                weight = mine
                best = _verdict(rule, matched, normal, span)
        return best

    def _hidden(self, normal: Normal) -> Iterable[tuple[Rule, Reading, int, int, str]]:
        for reading in by_sight(normal):
            for index, start, end in self._finder.find_matches_as_indexes(
                reading.text, overlapping=True
            ):
                if not self._words:
                    break
                word, rule = self._words[index]
                # Two signs meet by chance when a text is read backwards; Latin ones too.
                if end - start >= 2 and not word.isascii():
                    if end - start == 2 and reading.text[::-1] in normal.tight:
                        continue
                    yield rule, reading, start, end, word
        sound = by_sound(normal)
        if sound is None or not self._sounds:
            return
        for index, start, end in self._sound_finder.find_matches_as_indexes(
            sound.text, overlapping=True
        ):
            key, word, rule = self._sounds[index]
            spelled = sum(sound.is_spelled[start:end])
            same = sum(
                sound.written[start + i] == sign for i, sign in enumerate(word[: end - start])
            )
            # Few syllables that are written as other signs are mostly other words.
            if spelled == end - start or end - start > 3 or (end - start == 3 and spelled + same):
                yield rule, sound, start, end, word

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
        for (rule_patterns, any_of), haystack in (
            (self._patterns, normal.tight),
            (self._digits, normal.digits),
        ):
            if any_of.search(haystack):
                for pattern, rule in rule_patterns:
                    for match_ in pattern.finditer(haystack):
                        yield rule, match_.start(), match_.end(), match_.group()
        rule_patterns, any_of = self._raw
        low = normal.original.lower()
        if any_of.search(low):
            for pattern, rule in rule_patterns:
                for match_ in pattern.finditer(low):
                    start = _tight_index(normal, match_.start())
                    end = max(start + 1, _tight_index(normal, match_.end()))
                    yield rule, start, end, match_.group()

    def _latin_findings(self, normal: Normal) -> Iterable[tuple[Rule, int, int, str]]:
        if not _HAS_LATIN.search(normal.text):
            return
        undone = unleet(normal.text)
        for form in (normal.text,) if undone == normal.text else (normal.text, undone):
            for rule, matched in self._latin_finder.find(form):
                letters = letters_of(matched)
                start = max(0, normal.tight.find(letters[:2]))
                yield rule, start, start + len(letters), matched

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


def _is_spared(start: int, end: int, phrase: tuple[int, int]) -> bool:
    """Does the finding lie within an everyday phrase, or end with its first sign (主播滚|筒)?"""
    first, last = phrase
    return (first <= start and end <= last) or (start < first == end - 1)


def _verdict(rule: Rule, matched: str, normal: Normal, span: tuple[int, int]) -> Verdict:
    return Verdict(
        rule.action,
        rule.category,
        rule.id,
        matched,
        normal.tight,
        span,
        ModerationWords(rule.zh, rule.en),
        stage="contact" if rule.category in ("contact", "link") else "rule",
    )


@functools.lru_cache(maxsize=1 << 16)
def _forms(word: str) -> tuple[str, ...]:
    """How a rule's word is searched for; kept, since a word more makes all rules anew."""
    return tuple(sorted({normalise(word).tight, _plain(word)} - {""}))


@functools.lru_cache(maxsize=1 << 16)
def _spelled(word: str) -> tuple[str, ...]:
    return tuple(sorted(spelled_keys(word)))


def _plain(word: str) -> str:
    return "".join(sign for sign in word.lower() if sign.isalnum())


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
