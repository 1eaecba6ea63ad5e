"""The first tier: words and patterns from rule files, found in one pass."""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Iterable

import msgspec

from studio.comments.model import Action, ModerationWords, Verdict
from studio.comments.moderation.contacts import contacts
from studio.comments.moderation.context import NO_PAUSE, is_asked, is_disguised, tells_of_others
from studio.comments.moderation.everyday import (
    crosses_words,
    is_explained,
    looks_backwards,
    reads_backwards,
)
from studio.comments.moderation.latin import LatinFinder, letter_forms, letters_of, sounded
from studio.comments.moderation.linear import shipped_model
from studio.comments.moderation.literals import PatternFinder
from studio.comments.moderation.normalise import Normal, normalise, with_emoji_read
from studio.comments.moderation.readings import (
    Reading,
    as_reading,
    by_sight,
    by_sound,
    is_read_otherwise,
    sound_of,
    spelled_keys,
    spoken,
    undone,
)
from studio.comments.moderation.rule_files import OWN, Rule, shipped_phrases

_HAS_DIGIT = re.compile("[0-9]")
_HAS_LATIN = re.compile(r"[a-z]")
CONTACT_RULES = (
    "contact-phone", "contact-number", "contact-mail", "link", "div-vx-id", "div-qq"
)  # fmt: skip
"""Rules that `contacts` finds for; where one of them is missing, it is not asked."""
_ONESELF = re.compile(
    r" {0,3}(?:(?:lol|ok|omg|ugh|so|haha|well|sorry)[ ,]{1,2}){0,2}"
    r"(?:i'?m|i am|i was|i feel|i look|i'?m such|me being|silly me|my)(?![a-z])"
)
_OTHERS = re.compile(r"(?<![a-z])(?:you|u|ur|your|youre|she|her|he|his|host|seller|they)(?![a-z])")
_PAUSES = frozenset("，。！？；,!?;")
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
        import ahocorasick_rs

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
        self._finder = ahocorasick_rs.AhoCorasick([word for word, _ in self._words] or ["\0"])
        self._disguised = [(word, rule) for rule in self.rules for word in rule.disguised]
        self._disguised_finder = ahocorasick_rs.AhoCorasick(
            [word for word, _ in self._disguised] or ["\0"]
        )
        self._sounds = [
            (key, word, rule)
            for word, rule in (*self._words, *self._disguised)
            if sum(not sign.isascii() for sign in word.replace("主播", "")) >= 2
            for key in _spelled(word)
            if len(key) > 1
        ]
        self._hides_only = {(word, rule.id) for word, rule in self._disguised}
        self._sound_finder = ahocorasick_rs.AhoCorasick(
            [key for key, _, _ in self._sounds] or ["\0"]
        )
        allowed = {normalise(phrase).tight for phrase in phrases}
        self._allow_finder = ahocorasick_rs.AhoCorasick(sorted(allowed - {""}) or ["\0"])
        self._latin_finder = LatinFinder(self._latin)
        by_id = {rule.id: rule for rule in self.rules}
        self._contact_rules = {name: by_id[name] for name in CONTACT_RULES if name in by_id}
        if len(self._contact_rules) < len(CONTACT_RULES):
            self._contact_rules = {}
        self._patterns = self._compile("patterns")
        self._digits = self._compile("digits")
        self._raw = self._compile("raw")
        self._exceptions = {
            rule.id: tuple(normalise(text).tight for text in rule.exceptions) for rule in self.rules
        }

    def _compile(self, field: str) -> PatternFinder[Rule]:
        return PatternFinder((text, rule) for rule in self.rules for text in getattr(rule, field))

    def judge(self, text: str, *, by_rules_only: bool = False, _is_inner: bool = False) -> Verdict:
        """The gravest verdict of all rules, else the model's; allow when none objects.

        Args:
            text: a comment, or the name of an author.
            by_rules_only: for names and parts of sentences, which the model does not know.
        """
        if not self.is_ready:
            self.make_ready()
        normal = normalise(text)
        allowed = self._allowed(normal)
        best: Verdict | None = None
        weight = (0, 0)
        spans: list[tuple[int, int]] = []
        for rule, start, end, matched in self._findings(normal):
            if self._is_excepted(rule, normal, start, end):
                continue
            if allowed and any(_is_spared(start, end, phrase) for phrase in allowed):
                continue
            span = normal.span(start, end)
            if _is_spared_here(rule, normal.original, span):
                continue
            spans.append(span)
            mine = (ORDER[rule.action], end - start)
            if mine > weight:
                weight = mine
                best = _verdict(rule, matched, normal, span)
        if best is None:
            best = self._read_otherwise(normal, allowed)
            spans = [best.span] if best else []
        if best is None and not _is_inner:
            best = self._with_emoji_read(normal.original)
            spans = list(best.spans) if best else []
        if best is None and self._model is not None and not by_rules_only:
            held = self._model.judge(normal, allowed)
            if held is not None and is_asked(text, 0, len(text), held.category):
                held = self._model.judge(normal, allowed, asks=True)
            if held is not None:
                return held
        if best is None:
            return Verdict("allow", normalised=normal.tight, stage="allow")
        return msgspec.structs.replace(best, spans=tuple(sorted(set(spans))))

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
        spans = tuple((places[start], places[end - 1] + 1) for start, end in verdict.spans if end)
        span = spans[0] if spans else (0, len(original))
        return msgspec.structs.replace(verdict, span=span, spans=spans or (span,))

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
            if spared and any(_is_spared(*span, phrase) for phrase in spared):
                continue
            if any(text in normal.tight for text in self._exceptions[rule.id]):
                continue
            if _is_spared_here(rule, normal.original, span):
                continue
            mine = (ORDER[rule.action], end - start)
            if mine > weight:
                weight = mine
                best = _verdict(rule, matched, normal, span)
        return best

    def _hidden(self, normal: Normal) -> Iterable[tuple[Rule, Reading, int, int, str]]:
        yield from self._parted(normal)
        if normal.text.isascii() and len(normal.tight) > 3:
            reading = Reading(normal.tight, ((0, len(normal.original)),) * len(normal.tight))
            for form in (normal.text[::-1], sounded(normal.text)):
                for rule, matched in self._latin_finder.find(form):
                    if " " in matched:
                        continue
                    yield rule, reading, 0, len(normal.tight), matched
        is_other = is_read_otherwise(normal)
        is_backwards = not is_other and self._may_be_backwards(normal.tight)
        sounds_so = bool(self._sounds) and self._may_sound_so(normal.tight)
        if not (is_other or is_backwards or sounds_so):
            return
        whole = as_reading(normal)
        steps = undone(whole) if is_other else (whole, whole)
        if is_other or is_backwards:
            for reading in by_sight(normal, steps):
                for rule, start, end, word in self._found_by_sight(reading):
                    # What was meant is read easily: few words meet by chance backwards.
                    if reading.is_backwards and not reads_backwards(normal.tight):
                        break
                    yield rule, reading, start, end, word
        sounds = [by_sound(whole)] if sounds_so else []
        if is_other and self._sounds and not (sounds_so and steps[-1] is whole):
            sounds.append(by_sound(steps[-1]))
        for sound in filter(None, sounds):
            matches = self._sound_finder.find_matches_as_indexes(sound.text, overlapping=True)
            written = "".join([sign or "\0" for sign in sound.written]) if matches else ""
            for index, start, end in matches:
                _, word, rule = self._sounds[index]
                if _is_broken_off(normal.original, sound, start, end):
                    continue
                hides_only = (word, rule.id) in self._hides_only
                if is_disguised(sound, written, start, end, word, hides_only=hides_only):
                    yield rule, sound, start, end, word

    def _may_be_backwards(self, tight: str) -> bool:
        """Mostly a comment is not; asked before anything is made of it."""
        found = looks_backwards(tight) or self._finder.find_matches_as_indexes(tight[::-1])
        return bool(found) and reads_backwards(tight)

    def _may_sound_so(self, tight: str) -> bool:
        """Has the comment, as it sounds, a word of the rules written with an odd sign?"""
        if _HAS_LATIN.search(tight):
            return bool(self._sound_finder.find_matches_as_indexes(spoken(tight)))
        found = self._sound_finder.find_matches_as_indexes(sound_of(tight), overlapping=True)
        for index, start, end in found:
            for place, sign in enumerate(self._sounds[index][1][: end - start], start):
                if tight[place] != sign and not is_explained(tight, place):
                    return True
        return False

    def _found_by_sight(self, reading: Reading) -> Iterable[tuple[Rule, int, int, str]]:
        text = reading.text
        if self._words:
            for index, start, end in self._finder.find_matches_as_indexes(text, overlapping=True):
                word, rule = self._words[index]
                if end - start >= 2 and not word.isascii():
                    yield rule, start, end, word
        yield from self._patterns.find(text)
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

    def _findings(self, normal: Normal) -> Iterable[tuple[Rule, int, int, str]]:
        for index, start, end in self._finder.find_matches_as_indexes(
            normal.tight, overlapping=True
        ):
            if self._words:
                word, rule = self._words[index]
                if word.isascii() and _inside_latin(normal.tight, start, end):
                    continue
                if end - start == 2 and rule.category != OWN and crosses_words(normal.tight, start):
                    continue
                yield rule, start, end, word
        low = _lower(normal.original)
        has_latin = _HAS_LATIN.search(normal.text) is not None
        forms: list[str] = []
        if has_latin or _HAS_LATIN.search(low):
            forms = [normal.text, *letter_forms(normal.text)]
        if has_latin:
            yield from self._latin_findings(normal, low, forms)
        yield from self._patterns.find(normal.tight)
        if _HAS_DIGIT.search(normal.digits):
            yield from self._digits.find(normal.digits)
        for name, start, end in contacts(normal) if self._contact_rules else ():
            first, last = normal.loose_at[start], normal.loose_at[end - 1]
            yield (
                self._contact_rules[name], _tight_index(normal, first),
                _tight_index(normal, last) + 1, normal.loose[start:end],
            )  # fmt: skip
        if not forms:
            return
        for rule, first, last, matched in self._raw.find(low):
            start = _tight_index(normal, first)
            yield rule, start, max(start + 1, _tight_index(normal, last)), matched
        for form in forms:
            for rule, _, _, matched in self._raw.find(form) if form != low else ():
                yield rule, *_place_of(normal, matched), matched

    def _latin_findings(
        self, normal: Normal, low: str, forms: list[str]
    ) -> Iterable[tuple[Rule, int, int, str]]:
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


def _is_broken_off(original: str, sound: Reading, start: int, end: int) -> bool:
    """Does a clause end within other signs of the same sound, once in some signs (佳，我非常)?"""
    first, last = sound.span(start, end)
    pauses = sum(sign in _PAUSES for sign in original[first:last])
    return 0 < pauses < end - start - 1 or (pauses == 1 and end - start == 2)


def _is_of_oneself(rule: Rule, original: str) -> bool:
    """Does an English comment speak of its own author alone ("I'm such an idiot")?"""
    if rule.category != "abuse" or not original.isascii():
        return False
    low = original.lower()
    return _ONESELF.match(low) is not None and _OTHERS.search(low) is None


def _is_spared_here(rule: Rule, original: str, span: tuple[int, int]) -> bool:
    if _is_of_oneself(rule, original):
        return True
    if rule.spares_questions:
        return is_asked(original, *span, rule.category)
    return rule.action == "hold" and rule.category != OWN and tells_of_others(original)


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
    for index, at in enumerate(normal.at):
        if at >= place:
            return index
    return len(normal.at)
