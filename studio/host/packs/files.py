"""Pack files: read, and every fault of one named with its place."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.paths import assets_dir, data_dir
from studio.core.patterns import PatternRefused, checked
from studio.core.unknown import unknown_fields
from studio.host.packs.matcher import PackMatcher
from studio.host.packs.model import (
    MOST_PATTERNS,
    MOST_RULES,
    MOST_WORDS,
    PackFault,
    PackRule,
    RulePack,
)
from studio.host.packs.reading import tight_of

MOST_BYTES = 2_000_000
_ID = re.compile(r"[a-z0-9-]{1,40}")


def packs_folder() -> Path:
    """The packs that come with the studio."""
    return assets_dir() / "packs"


def own_packs_folder() -> Path:
    """Packs that this person has put there; the folder need not exist."""
    return data_dir() / "packs"


def read_pack(path: Path) -> tuple[RulePack | None, list[PackFault]]:
    """A pack, and what is wrong with it; None where it cannot be read at all.

    Its own tests are run: some tens of milliseconds.

    Raises:
        StudioError: not_found.
    """
    try:
        raw = read_json(read_bounded(path, MOST_BYTES))
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("not_found", "packs.unreadable", path=str(path), why=why) from None
    except StudioError:
        return None, [PackFault("", "packs.fault.too_large", {"mb": str(MOST_BYTES // 1_000_000)})]
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        return None, [PackFault(place, "packs.fault.no_json", {"why": error.msg})]
    except (UnicodeDecodeError, ValueError):
        return None, [PackFault("", "packs.fault.no_json", {"why": "UTF-8"})]
    pack, faults = _decoded(raw)
    return pack, [*faults, *(pack_faults(pack) if pack else ())]


def _decoded(raw: Any) -> tuple[RulePack | None, list[PackFault]]:
    stray = unknown_fields(raw, RulePack, "pack") if isinstance(raw, dict) else []
    if stray:
        return None, [PackFault(place, "packs.fault.unknown_field") for place in stray[:20]]
    try:
        pack = msgspec.convert(raw, RulePack)
    except msgspec.ValidationError as error:
        return None, [PackFault("", "packs.fault.shape", {"why": str(error)})]
    return pack, []


@functools.cache
def shipped_packs() -> tuple[RulePack, ...]:
    """The packs that come with the studio, by id; their own tests are run by ours, not here."""
    packs = [
        _decoded(read_json(path.read_bytes()))[0] for path in sorted(packs_folder().glob("*.json"))
    ]
    return tuple(pack for pack in packs if pack is not None)


def all_packs() -> tuple[list[RulePack], list[tuple[Path, PackFault]]]:
    """The shipped packs and the person's own; one that is not sound is left out and told.

    An own pack takes the place of the shipped one of its id.
    """
    found = {pack.id: pack for pack in shipped_packs()}
    faults: list[tuple[Path, PackFault]] = []
    folder = own_packs_folder()
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        pack, wrong = read_pack(path)
        if pack is None or wrong:
            faults += [(path, fault) for fault in wrong]
        else:
            found[pack.id] = pack
    return [found[id] for id in sorted(found)], faults


# --- faults -------------------------------------------------------------------------------------


def pack_faults(pack: RulePack) -> Iterator[PackFault]:
    """Every fault of a pack that was read."""
    yield from _head_faults(pack)
    if not 1 <= len(pack.rules) <= MOST_RULES:
        yield PackFault("rules", "packs.fault.rule_count", {"most": str(MOST_RULES)})
    seen: set[str] = set()
    usable = True
    for number, rule in enumerate(pack.rules):
        place = f"rules[{number}] {rule.id}"
        if rule.id in seen:
            yield PackFault(place, "packs.fault.twice", {"id": rule.id})
        seen.add(rule.id)
        for fault in _rule_faults(place, rule):
            usable = usable and not fault.place.startswith(f"{place}.patterns")
            usable = usable and not fault.place.startswith(f"{place}.raw")
            yield fault
    if usable:
        yield from _test_faults(pack)


def _head_faults(pack: RulePack) -> Iterator[PackFault]:
    if not _ID.fullmatch(pack.id):
        yield PackFault("id", "packs.fault.bad_id", {"id": pack.id[:40]})
    if not (pack.label.zh and pack.label.en):
        yield PackFault("label", "packs.fault.two_languages")
    if not pack.version:
        yield PackFault("version", "packs.fault.no_version")
    begins, until = day(pack.begins), day(pack.until)
    if begins is None:
        yield PackFault("from", "packs.fault.no_day", {"text": pack.begins[:20]})
    if pack.until and until is None:
        yield PackFault("until", "packs.fault.no_day", {"text": pack.until[:20]})
    if begins and until and until < begins:
        yield PackFault("until", "packs.fault.backwards")
    if not pack.sources:
        yield PackFault("sources", "packs.fault.no_source")
    for number, source in enumerate(pack.sources):
        place = f"sources[{number}]"
        if not source.name:
            yield PackFault(place, "packs.fault.no_source")
        if day(source.date) is None:
            yield PackFault(f"{place}.date", "packs.fault.no_day", {"text": source.date[:20]})
        if source.read and day(source.read) is None:
            yield PackFault(f"{place}.read", "packs.fault.no_day", {"text": source.read[:20]})


def day(text: str) -> date | None:
    """A day as "2026-11-29"; None when it is none."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _rule_faults(place: str, rule: PackRule) -> Iterator[PackFault]:
    if not _ID.fullmatch(rule.id):
        yield PackFault(place, "packs.fault.bad_id", {"id": rule.id[:40]})
    if not rule.article:
        yield PackFault(f"{place}.article", "packs.fault.no_article")
    if not (rule.why.zh and rule.why.en):
        yield PackFault(f"{place}.why", "packs.fault.two_languages")
    if not (rule.advice.zh and rule.advice.en):
        yield PackFault(f"{place}.advice", "packs.fault.two_languages")
    if not (rule.words or rule.latin or rule.patterns or rule.raw):
        yield PackFault(place, "packs.fault.finds_nothing")
    if len(rule.words) + len(rule.latin) > MOST_WORDS or len(rule.patterns) > MOST_PATTERNS:
        yield PackFault(place, "packs.fault.too_many", {"most": str(MOST_WORDS)})
    yield from _word_faults(place, rule)
    for name in ("patterns", "raw"):
        for number, text in enumerate(getattr(rule, name)):
            try:
                checked(text)
            except PatternRefused as error:
                yield PackFault(f"{place}.{name}[{number}]", str(error), {"text": text[:60]})
    if not rule.hits:
        yield PackFault(f"{place}.hits", "packs.fault.no_hits")
    if not rule.clean:
        yield PackFault(f"{place}.clean", "packs.fault.no_clean")


def _word_faults(place: str, rule: PackRule) -> Iterator[PackFault]:
    for name in ("words", "latin", "sound", "except"):
        given: Sequence[str] = rule.exceptions if name == "except" else getattr(rule, name)
        for number, word in enumerate(given):
            where = f"{place}.{name}[{number}]"
            if given.index(word) != number:
                yield PackFault(where, "packs.fault.word_twice", {"word": word})
            if len(tight_of(word)) < 2:
                yield PackFault(where, "packs.fault.short_word", {"word": word})
    words = {tight_of(word) for word in (*rule.words, *rule.latin)}
    for number, phrase in enumerate(rule.exceptions):
        if tight_of(phrase) in words:
            where = f"{place}.except[{number}]"
            yield PackFault(where, "packs.fault.swallows", {"word": phrase})


def _test_faults(pack: RulePack) -> Iterator[PackFault]:
    """Sentences that the pack itself says must be found, or must not."""
    matcher = PackMatcher((pack,))
    for number, rule in enumerate(pack.rules):
        place = f"rules[{number}] {rule.id}"
        for index, text in enumerate(rule.hits):
            if not any(alarm.rule == rule.id for alarm in matcher.alarms(text)):
                yield PackFault(f"{place}.hits[{index}]", "packs.fault.not_hit", {"text": text})
        for index, text in enumerate(rule.clean):
            alarms = [alarm for alarm in matcher.alarms(text) if alarm.rule == rule.id]
            if alarms:
                params = {"text": text, "said": alarms[0].said}
                yield PackFault(f"{place}.clean[{index}]", "packs.fault.hit_clean", params)


def clashes(packs: Sequence[RulePack]) -> Iterator[PackFault]:
    """Two packs of one id; a sentence one calls clean that another of the same place alarms at."""
    seen: set[str] = set()
    for pack in packs:
        if pack.id in seen:
            yield PackFault(pack.id, "packs.fault.twice", {"id": pack.id})
        seen.add(pack.id)
    for pack in packs:
        others = PackMatcher(p for p in packs if p.id != pack.id and p.place == pack.place)
        for rule in pack.rules:
            for text in rule.clean:
                for alarm in others.alarms(text):
                    params = {"text": text, "other": f"{alarm.pack}/{alarm.rule}"}
                    yield PackFault(f"{pack.id} {rule.id}", "packs.fault.clash", params)
