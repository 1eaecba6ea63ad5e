"""Packs of rules: what is wrong with one, and what it would change in comments of the past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from studio.comments.moderation.everyday import everyday_comments
from studio.comments.moderation.latin import letters_of
from studio.comments.moderation.normalise import normalise
from studio.comments.moderation.rule_files import Rule, RuleFile, read_pack
from studio.comments.moderation.rules import RuleTier
from studio.core.errors import StudioError
from studio.core.paths import data_dir
from studio.core.patterns import PatternRefused, checked

MOST_WORDS = 100_000
MOST_PATTERNS = 200
MOST_FAULTS = 50
FEWEST_SIGNS = 2
FEWEST_LETTERS = 3
WIDE_HITS = 3
"""A rule's word that is found in so many of the everyday comments is over-wide."""
MOST_EXAMPLES = 3


class RuleTrial(msgspec.Struct):
    """What a rule would change: comments caught that passed, and let pass that were caught."""

    rule: str
    caught: int = 0
    passed: int = 0
    examples: list[str] = []


class PackTrial(msgspec.Struct, frozen=True):
    """A pack against comments of the past.

    Attributes:
        comments: how many were looked at.
        changed: how many would be decided otherwise.
        rules: by rule, those that change most first.
    """

    pack: str
    comments: int
    changed: int
    rules: tuple[RuleTrial, ...]


def own_packs_folder() -> Path:
    """Comment packs of this person; the folder need not exist."""
    return data_dir() / "comment-packs"


def find_pack(name: str) -> Path:
    """The file of a pack of the person's folder.

    Raises:
        StudioError: not_found, with those there are.
    """
    known = {path.stem: path for path in sorted(own_packs_folder().glob("*.json"))}
    if name not in known:
        raise StudioError(
            "not_found", "audience.no_pack", name=name, folder=str(own_packs_folder()),
            known=", ".join(known) or "-",
        )  # fmt: skip
    return known[name]


def sound_pack(path: Path) -> RuleFile:
    """A pack without a fault.

    Raises:
        StudioError: invalid, with the first fault and how many there are.
    """
    pack = read_pack(path)
    faults = pack_faults(pack)
    if faults:
        raise StudioError(
            "invalid", "audience.pack_unsound", path=str(path), count=len(faults), why=faults[0]
        )
    return pack


def pack_faults(pack: RuleFile) -> list[StudioError]:
    """Every fault of a pack with its place, `MOST_FAULTS` at most; [] when it may be armed."""
    found: list[StudioError] = []
    for fault in _faults(pack):
        found.append(fault)
        if len(found) >= MOST_FAULTS:
            break
    return found or [*_failed_tests(pack)]


def _faults(pack: RuleFile) -> Iterator[StudioError]:
    if not pack.pack:
        yield _fault("pack", "packs.fault.bad_id", id="")
    if not pack.source:
        yield _fault("source", "packs.fault.no_source")
    if not pack.rules:
        yield _fault("rules", "packs.fault.rule_count", most=MOST_WORDS)
    if not pack.tests.catches:
        yield _fault("tests.catches", "packs.fault.no_hits")
    if not pack.tests.passes:
        yield _fault("tests.passes", "packs.fault.no_clean")
    if sum(len(rule.words) + len(rule.latin) for rule in pack.rules) > MOST_WORDS:
        yield _fault("rules", "packs.fault.too_many", most=MOST_WORDS)
        return
    if sum(len(_patterns(rule)) for rule in pack.rules) > MOST_PATTERNS:
        yield _fault("rules", "packs.fault.too_many", most=MOST_PATTERNS)
        return
    ids: set[str] = set()
    for rule in pack.rules:
        if rule.id in ids:
            yield _fault(rule.id, "packs.fault.twice", id=rule.id)
        ids.add(rule.id)
        yield from _rule_faults(rule)


def _rule_faults(rule: Rule) -> Iterator[StudioError]:
    if not (rule.words or rule.latin or rule.disguised or _patterns(rule)):
        yield _fault(rule.id, "packs.fault.finds_nothing")
    if not (rule.zh and rule.en):
        yield _fault(rule.id, "packs.fault.two_languages")
    for word in rule.words:
        tight = normalise(word).tight
        fewest = FEWEST_LETTERS if tight.isascii() and len(tight) < FEWEST_LETTERS else FEWEST_SIGNS
        if len(tight) < fewest and tight not in ("sb", "2b"):
            yield _fault(f"{rule.id}.words", "packs.fault.short_word", word=word)
    for phrase in rule.latin:
        if len(letters_of(phrase)) < FEWEST_LETTERS and len(phrase) < FEWEST_LETTERS:
            yield _fault(f"{rule.id}.latin", "packs.fault.short_word", word=phrase)
    for pattern in _patterns(rule):
        try:
            checked(pattern)
        except PatternRefused as error:
            yield _fault(rule.id, str(error), text=pattern)
    for text in rule.exceptions:
        if text in rule.words or text in rule.latin:
            yield _fault(rule.id, "packs.fault.swallows", word=text)


def _failed_tests(pack: RuleFile) -> Iterator[StudioError]:
    """The pack's own tests and everyday comments, by its rules alone."""
    tier = RuleTier(pack.rules, has_model=False)
    for text in pack.tests.catches:
        if tier.judge(text).action == "allow":
            yield _fault("tests.catches", "packs.fault.not_hit", text=text)
    for text in pack.tests.passes:
        verdict = tier.judge(text)
        if verdict.action != "allow":
            yield _fault(verdict.rule, "packs.fault.hit_clean", text=text, said=verdict.matched)
    hits: Counter[tuple[str, str]] = Counter()
    for text in everyday_comments():
        verdict = tier.judge(text)
        if verdict.action != "allow":
            hits[verdict.rule, verdict.matched] += 1
    for (rule, matched), count in hits.items():
        if count >= WIDE_HITS:
            yield _fault(rule, "audience.pack_wide", word=matched)


def try_rules(
    name: str,
    before: RuleTier,
    after: RuleTier,
    texts: Iterable[str],
    touches: Callable[[str], bool] = lambda text: True,
) -> PackTrial:
    """What other rules would have decided otherwise, by rule.

    Args:
        before: the rules that count now.
        after: those that would.
        texts: comments of the past; each is judged by itself.
        touches: whether the other rules can matter to a comment at all; asked first.
    """
    rules: dict[str, RuleTrial] = {}
    count = changed = 0
    known: dict[str, tuple[str, str]] = {}
    for text in texts:
        count += 1
        decided = known.get(text)
        if decided is None and not touches(text):
            continue
        if decided is None:
            old, new = before.judge(text), after.judge(text)
            decided = "", ""
            if (old.action == "allow") != (new.action == "allow"):
                is_caught = old.action == "allow"
                decided = (new.rule, "caught") if is_caught else (old.rule, "passed")
            if len(known) < MOST_WORDS:
                known[text] = decided
        rule, way = decided
        if not rule:
            continue
        changed += 1
        trial = rules.setdefault(rule, RuleTrial(rule))
        if way == "caught":
            trial.caught += 1
        else:
            trial.passed += 1
        if len(trial.examples) < MOST_EXAMPLES and text not in trial.examples:
            trial.examples.append(text)
    ordered = sorted(rules.values(), key=lambda trial: trial.caught + trial.passed, reverse=True)
    return PackTrial(name, count, changed, tuple(ordered))


def _patterns(rule: Rule) -> tuple[str, ...]:
    return (*rule.patterns, *rule.digits, *rule.raw)


def _fault(place: str, problem: str, /, **params: object) -> StudioError:
    return StudioError(
        "invalid", "audience.pack_fault", place=place, why=StudioError("invalid", problem, **params)
    )
