"""The first tier: words and patterns from rule files, found in one pass."""

from __future__ import annotations

import bisect
import functools
import re
import threading
from collections.abc import Iterable, Iterator

import msgspec

from studio.comments.model import Action, ModerationWords, Verdict
from studio.comments.moderation.contacts import CONTACT_MARKS, contacts
from studio.comments.moderation.context import (
    CONTEXT_MARKS,
    NO_PAUSE,
    context_marks,
    is_asked,
    is_broken_off,
    is_disguised,
    is_spared,
    is_spared_here,
)
from studio.comments.moderation.everyday import (
    COMMON_WORDS,
    crosses_words,
    is_explained,
    reads_backwards,
)
from studio.comments.moderation.latin import LatinFinder, letter_forms, letters_of, sounded
from studio.comments.moderation.linear import shipped_model
from studio.comments.moderation.literals import NUMBER, PatternFinder, finder_of
from studio.comments.moderation.normalise import Normal, normalise, with_emoji_read
from studio.comments.moderation.readings import (
    Reading,
    as_reading,
    by_sight,
    by_sound,
    halves,
    is_read_otherwise,
    sound_of,
    spelled_keys,
    spoken,
    texts_by_sight,
    undone,
)
from studio.comments.moderation.rule_files import OWN, Rule, shipped_phrases

_HAS_DIGIT = re.compile("[0-9]")
_HAS_LATIN = re.compile(r"[a-z]")
MAY_BE_LATIN = re.compile("[A-Za-z\u0130\u212a]")
"""A sign that is a Latin letter in lower case."""
CONTACT_RULES = (
    "contact-phone", "contact-number", "contact-mail", "link", "div-vx-id", "div-qq"
)  # fmt: skip
"""Rules that `contacts` finds for; where one of them is missing, it is not asked."""
_WORD, _ALLOWED, _PATTERN, _DISGUISED, _BACKWARDS, _EXCEPTED, _HALVES = (1 << n for n in range(7))
"""What a text that is looked for in the tight form is: a word of a rule, a phrase of the
allow-list, a literal of a pattern, a word that is hidden, one read from its end, …"""
_SEEN = _WORD | _PATTERN | _DISGUISED
"""Of which one must stand in another reading in which something is found."""
ORDER: dict[Action, int] = {"allow": 0, "hold": 1, "block": 2}


class RuleTier:
    """All rules, compiled once, and the model for what they leave; some tens of microseconds.

    They are compiled when they are first needed: a quarter of a second that a show without
    comments never pays. Whoever may not wait calls `make_ready` beside the loop before.

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
        self.rules = tuple(rules)
        self._allow_phrases = None if allow_phrases is None else tuple(allow_phrases)
        self._has_model = has_model
        self.is_ready = False
        self._compiling = threading.Lock()

    def make_ready(self) -> None:
        """Compiles the rules; works once, from any thread."""
        with self._compiling:
            if not self.is_ready:
                self._compile_all()
                self.is_ready = True

    def _compile_all(self) -> None:
        self._model = shipped_model() if self._has_model else None
        phrases = shipped_phrases() if self._allow_phrases is None else self._allow_phrases
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
        self._disguised = [(word, rule) for rule in self.rules for word in rule.disguised]
        self._disguised_finder = finder_of(word for word, _ in self._disguised)
        self._sounds = [
            (key, word, rule)
            for word, rule in (*self._words, *self._disguised)
            if sum(not sign.isascii() for sign in word.replace("主播", "")) >= 2
            for key in _spelled(word)
            if len(key) > 1
        ]
        self._hides_only = {(word, rule.id) for word, rule in self._disguised}
        self._find_sounds = finder_of(key for key, _, _ in self._sounds).find_matches_as_indexes
        self._latin_finder = LatinFinder(self._latin)
        by_id = {rule.id: rule for rule in self.rules}
        self._contact_rules = {name: by_id[name] for name in CONTACT_RULES if name in by_id}
        if len(self._contact_rules) < len(CONTACT_RULES):
            self._contact_rules = {}
        # All that is looked for in the tight form is found in one pass over it.
        known: dict[str, int] = {}
        self._patterns = self._compile("patterns", known)
        self._words_at: dict[int, list[tuple[str, Rule]]] = {}
        for word, rule in self._words:
            self._words_at.setdefault(known.setdefault(word, len(known)), []).append((word, rule))
        allowed = {normalise(phrase).tight for phrase in phrases} - {""}
        self._allowed_at = {known.setdefault(phrase, len(known)) for phrase in allowed}
        self._exceptions = {
            rule.id: tuple(normalise(text).tight for text in rule.exceptions) for rule in self.rules
        }
        excepted = {text for texts in self._exceptions.values() for text in texts}
        self._has_empty_exception = "" in excepted
        excepted.discard("")
        backwards = [*(word for word, _ in self._words), *COMMON_WORDS]
        marks = dict.fromkeys(self._patterns.literals, _PATTERN)
        for mark, numbers in (
            (_WORD, self._words_at),
            (_ALLOWED, self._allowed_at),
            (_DISGUISED, _numbered(known, (word for word, _ in self._disguised))),
            (_BACKWARDS, _numbered(known, (word[::-1] for word in backwards))),
            (_EXCEPTED, _numbered(known, excepted)),
            (_HALVES, _numbered(known, halves())),
        ):
            for number in numbers:
                marks[number] = marks.get(number, 0) | mark
        self._marks = marks
        self._find = finder_of(known).find_matches_as_indexes
        CONTEXT_MARKS.make_ready()
        CONTACT_MARKS.make_ready()
        self._digits = self._compile("digits")
        self._raw = self._compile("raw")

    def _compile(self, field: str, known: dict[str, int] | None = None) -> PatternFinder[Rule]:
        pairs = ((text, rule) for rule in self.rules for text in getattr(rule, field))
        return PatternFinder(pairs, known)

    def judge(self, text: str, *, by_rules_only: bool = False, _is_inner: bool = False) -> Verdict:
        """The gravest verdict of all rules, else the model's; allow when none objects.

        Args:
            text: a comment, or the name of an author.
            by_rules_only: for names and parts of sentences, which the model does not know.
        """
        if not self.is_ready:
            self.make_ready()
        normal = normalise(text)
        matches = self._find(normal.tight, overlapping=True)
        found = set(map(NUMBER, matches))
        marks = self._marks_of(found)
        # What lies within a phrase of the allow-list is no finding.
        allowed: list[tuple[int, int]] = []
        if marks & _ALLOWED:
            allowed = [(start, end) for n, start, end in matches if n in self._allowed_at]
        findings = self._findings(normal, matches, found, marks)
        if findings:
            verdict = self._gravest(normal, findings, allowed, marks)
            if verdict is not None:
                return verdict
        verdict = self._read_otherwise(normal, allowed, marks)
        if verdict is None and not _is_inner and normal.pieces is not None:
            verdict = self._with_emoji_read(normal.original)
        if verdict is None and self._model is not None and not by_rules_only:
            verdict = self._model.judge(normal, allowed)
            if verdict is not None and is_asked(text, 0, len(text), verdict.category):
                verdict = self._model.judge(normal, allowed, asks=True)
        return verdict or Verdict("allow", normalised=normal.tight, stage="allow")

    def _gravest(
        self,
        normal: Normal,
        findings: list[_Finding],
        allowed: list[tuple[int, int]],
        marks: int,
    ) -> Verdict | None:
        """The gravest of what was found, but for what is spared."""
        best: tuple[Rule, str, tuple[int, int]] | None = None
        weight = (0, 0)
        spans: set[tuple[int, int]] = set()
        may_be_excepted = marks & _EXCEPTED or self._has_empty_exception
        may_be_spared = context_marks(normal.original)
        for rule, start, end, matched in findings:
            if may_be_excepted and self._is_excepted(rule, normal, start, end):
                continue
            if allowed and any(is_spared(start, end, phrase) for phrase in allowed):
                continue
            span = normal.span(start, end)
            if may_be_spared and is_spared_here(rule, normal.original, span):
                continue
            spans.add(span)
            mine = (ORDER[rule.action], end - start)
            if mine > weight:
                weight = mine
                best = rule, matched, span
        if best is None:
            return None
        return _verdict(*best, normal, tuple(sorted(spans)))

    def _marks_of(self, found: set[int]) -> int:
        """What kinds of texts were found (`_WORD`, …)."""
        marks = 0
        for number in found & self._marks.keys():
            marks |= self._marks[number]
        return marks

    def _with_emoji_read(self, original: str) -> Verdict | None:
        """The finding in the text with its pictures read as words (🐴 → 马)."""
        if original.isascii():
            return None
        text, places = with_emoji_read(original)
        if text == original:
            return None
        verdict = self.judge(text, by_rules_only=True, _is_inner=True)
        if verdict.action == "allow":
            return None
        spans = [(places[start], places[end - 1] + 1) for start, end in verdict.spans if end]
        span = spans[0] if spans else (0, len(original))
        return msgspec.structs.replace(
            verdict, span=span, spans=tuple(sorted(set(spans))) or (span,)
        )

    def _read_otherwise(
        self, normal: Normal, allowed: list[tuple[int, int]], marks: int
    ) -> Verdict | None:
        """The gravest finding in another reading of the comment (`readings`)."""
        best: tuple[Rule, str, tuple[int, int]] | None = None
        weight = (0, 0)
        spared = [normal.span(start, end) for start, end in allowed]
        may_be_excepted = marks & _EXCEPTED or self._has_empty_exception
        for rule, reading, start, end, matched in self._hidden(normal, marks):
            span = reading.span(start, end)
            if spared and any(is_spared(*span, phrase) for phrase in spared):
                continue
            exceptions = self._exceptions[rule.id] if may_be_excepted else ()
            if exceptions and any(text in normal.tight for text in exceptions):
                continue
            if is_spared_here(rule, normal.original, span):
                continue
            mine = (ORDER[rule.action], end - start)
            if mine > weight:
                weight = mine
                best = rule, matched, span
        return None if best is None else _verdict(*best, normal, (best[2],))

    def _hidden(self, normal: Normal, marks: int) -> Iterator[tuple[Rule, Reading, int, int, str]]:
        tight = normal.tight
        if marks & _DISGUISED:
            yield from self._parted(normal)
        if normal.text.isascii() and len(tight) > 3:
            for form in (normal.text[::-1], sounded(normal.text)):
                for rule, matched in self._latin_finder.find(form):
                    if " " in matched:
                        continue
                    reading = Reading(tight, ((0, len(normal.original)),) * len(tight))
                    yield rule, reading, 0, len(tight), matched
        is_other = is_read_otherwise(normal, has_halves=marks & _HALVES != 0)
        is_backwards = not is_other and marks & _BACKWARDS != 0 and reads_backwards(tight)
        sounds_so = bool(self._sounds) and self._may_sound_so(tight)
        if not (is_other or is_backwards or sounds_so):
            return
        shaped = tight
        if is_other:
            squeezed, joined, shaped = texts_by_sight(tight)
            may_be_seen = "\n" in normal.original or any(
                self._marks_of(set(map(NUMBER, self._find(text, overlapping=True)))) & _SEEN
                for text in {squeezed, joined, shaped, squeezed[::-1]}
            )
            if not (may_be_seen or sounds_so or self._has_sound(shaped)):
                return
        else:
            may_be_seen = is_backwards
        whole = as_reading(normal)
        steps = undone(whole) if is_other else (whole, whole)
        if may_be_seen:
            for reading in by_sight(normal, steps):
                for rule, start, end, word in self._found_by_sight(reading):
                    # What was meant is read easily: few words meet by chance backwards.
                    if reading.is_backwards and not reads_backwards(tight):
                        break
                    yield rule, reading, start, end, word
        sounds = [by_sound(whole)] if sounds_so else []
        if is_other and self._sounds and not (sounds_so and steps[-1] is whole):
            sounds.append(by_sound(steps[-1]))
        for sound in filter(None, sounds):
            matches = self._find_sounds(sound.text, overlapping=True)
            written = "".join([sign or "\0" for sign in sound.written]) if matches else ""
            for index, start, end in matches:
                _, word, rule = self._sounds[index]
                if is_broken_off(normal.original, sound, start, end):
                    continue
                hides_only = (word, rule.id) in self._hides_only
                if is_disguised(sound, written, start, end, word, hides_only=hides_only):
                    yield rule, sound, start, end, word

    def _has_sound(self, text: str) -> bool:
        """Has a text, as it sounds, a word of the rules?"""
        return bool(self._sounds) and bool(self._find_sounds(spoken(text)))

    def _may_sound_so(self, tight: str) -> bool:
        """Has the comment, as it sounds, a word of the rules written with an odd sign?"""
        if _HAS_LATIN.search(tight):
            return bool(self._find_sounds(spoken(tight)))
        for index, start, end in self._find_sounds(sound_of(tight), overlapping=True):
            for place, sign in enumerate(self._sounds[index][1][: end - start], start):
                if tight[place] != sign and not is_explained(tight, place):
                    return True
        return False

    def _found_by_sight(self, reading: Reading) -> Iterable[tuple[Rule, int, int, str]]:
        text = reading.text
        matches = self._find(text, overlapping=True)
        for number, start, end in matches:
            for word, rule in self._words_at.get(number, ()):
                if end - start >= 2 and not word.isascii():
                    yield rule, start, end, word
        yield from self._patterns.matches_of(text, set(map(NUMBER, matches)))
        if self._disguised and reading.is_joined:
            for index, start, end in self._disguised_finder.find_matches_as_indexes(text):
                if any(last - first > 1 for first, last in reading.spans[start:end]):
                    word, rule = self._disguised[index]
                    yield rule, start, end, word

    def _parted(self, normal: Normal) -> Iterable[tuple[Rule, Reading, int, int, str]]:
        """Words with signs put between theirs that nobody puts there."""
        if not self._disguised or len(normal.tight) == len(normal.original):
            return
        for index, start, end in self._disguised_finder.find_matches_as_indexes(normal.tight):
            first, last = normal.span(start, end)
            if last - first > end - start and NO_PAUSE.search(normal.original, first, last):
                word, rule = self._disguised[index]
                yield rule, as_reading(normal), start, end, word

    def _findings(
        self, normal: Normal, matches: list[tuple[int, int, int]], found: set[int], marks: int
    ) -> list[_Finding]:
        tight = normal.tight
        findings: list[_Finding] = []
        for number, start, end in matches if marks & _WORD else ():
            for word, rule in self._words_at.get(number, ()):
                if word.isascii() and _inside_latin(tight, start, end):
                    continue
                if end - start == 2 and rule.category != OWN and crosses_words(tight, start):
                    continue
                findings.append((rule, start, end, word))
        low = ""
        forms: list[str] = []
        if _HAS_LATIN.search(normal.text):
            low = _lower(normal.original)
            forms = [normal.text, *letter_forms(normal.text)]
            findings += self._latin_findings(normal, low, forms)
        elif normal.pieces is not None and MAY_BE_LATIN.search(normal.original):
            low = _lower(normal.original)
            if _HAS_LATIN.search(low):
                forms = [normal.text, *letter_forms(normal.text)]
        if marks & _PATTERN or self._patterns.has_always:
            findings += self._patterns.matches_of(tight, found)
        if _HAS_DIGIT.search(normal.digits):
            findings += self._digits.find(normal.digits)
        for name, start, end in contacts(normal) if self._contact_rules else ():
            first, last = normal.loose_at[start], normal.loose_at[end - 1]
            findings.append((
                self._contact_rules[name], _tight_index(normal, first),
                _tight_index(normal, last) + 1, normal.loose[start:end],
            ))  # fmt: skip
        if not forms:
            return findings
        for rule, first, last, matched in self._raw.find(low):
            start = _tight_index(normal, first)
            end = max(start + 1, _tight_index(normal, last))
            findings.append((rule, start, end, matched))
        for form in forms:
            if form != low:
                for rule, _, _, matched in self._raw.find(form):
                    findings.append((rule, *_place_of(normal, matched), matched))
        return findings

    def _latin_findings(self, normal: Normal, low: str, forms: list[str]) -> Iterator[_Finding]:
        for form in forms:
            for rule, matched in self._latin_finder.find(form):
                yield rule, *_place_of(normal, matched), matched
        for rule, matched in self._latin_finder.find_masked(low):
            yield rule, *_place_of(normal, matched), matched

    def _is_excepted(self, rule: Rule, normal: Normal, start: int, end: int) -> bool:
        for text in self._exceptions[rule.id]:
            if text not in normal.tight:
                continue
            at = normal.tight.find(text)
            while at >= 0:
                if at < end and start < at + len(text):
                    return True
                if rule.digits and at <= end:
                    return True
                at = normal.tight.find(text, at + 1)
        return False


_Finding = tuple[Rule, int, int, str]
"""A rule; the place in the tight form, [start, end); what was found."""


def _verdict(
    rule: Rule,
    matched: str,
    span: tuple[int, int],
    normal: Normal,
    spans: tuple[tuple[int, int], ...],
) -> Verdict:
    return Verdict(
        rule.action,
        rule.category,
        rule.id,
        matched,
        normal.tight,
        span,
        ModerationWords(rule.zh, rule.en),
        stage="contact" if rule.category in ("contact", "link") else "rule",
        spans=spans,
    )


def _numbered(known: dict[str, int], texts: Iterable[str]) -> list[int]:
    """The numbers of texts; those not known are added."""
    return [known.setdefault(text, len(known)) for text in texts]


@functools.lru_cache(maxsize=1 << 16)
def _forms(word: str) -> tuple[str, ...]:
    """How a rule's word is searched for; kept, since a word more makes all rules anew."""
    return tuple(sorted({normalise(word).tight, _plain(word)} - {""}))


@functools.lru_cache(maxsize=1 << 16)
def _spelled(word: str) -> tuple[str, ...]:
    return tuple(sorted(spelled_keys(word)))


def _lower(text: str) -> str:
    """In lower case; half of a surrogate pair, which cannot be searched, as "?"."""
    low = text.lower()
    return low if low.isascii() else low.encode("utf-8", "replace").decode("utf-8")


def _plain(word: str) -> str:
    return "".join(sign for sign in word.lower() if sign.isalnum())


def _inside_latin(text: str, start: int, end: int) -> bool:
    """Is the match part of a longer Latin word ("sb" in "sbs")?"""
    before = text[start - 1] if start else ""
    after = text[end] if end < len(text) else ""
    return _is_latin(before) or (_is_latin(after) and not text[end - 1].isdigit())


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalpha()


def _place_of(normal: Normal, matched: str) -> tuple[int, int]:
    """Where what was found in another form of the text stands in ``tight``, roughly."""
    letters = letters_of(matched)
    start = max(0, normal.tight.find(letters[:2]))
    return start, min(start + max(1, len(letters)), max(1, len(normal.tight)))


def _tight_index(normal: Normal, place: int) -> int:
    return bisect.bisect_left(normal.at, place)
