"""What goods are made of, and how much of it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from studio.host.guard.claim import NUMBER, Claim, Spoken, value_of
from studio.host.guard.words import materials, one_of

NAMES = ("material", "ingredients", "composition", "fabric", "lining", "spec", "making")
_WHOLE = r"纯(?=[^棉银钛])|百分百|百分之?一?百|全(?=[^棉])|pure|all"


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    names = one_of(materials())
    share = rf"(?P<share>{NUMBER})\s?(?:%|％|percent|per cent)|百分之(?P<zh>{NUMBER})|"
    share += r"(?P<tenths>[一二两三四五六七八九])成|(?P<half>一半|half)(?![个年天])"
    return (
        re.compile(rf"(?:{share}|(?P<whole>{_WHOLE}))\s?(?:的|是)?\s?(?P<name>{names})"),
        re.compile(rf"(?P<name>{names})(?:的)?(?:含量|成分|比例)?(?:是|为|有|占到?了?|达到|高达|"
            rf"含)?\s?(?:{share})"),
        re.compile(
            rf"(?:是|用的(?:都)?是|用了|采用|面料是?|材质是?|成分是?|里料是?|填充(?:的是)?|"
            rf"made of|made from|contains?|it'?s solid|^solid|real|genuine)"
            rf"(?:的)?\s?(?P<name>{names})"
        ),
    )  # fmt: skip


def claims(spoken: Spoken) -> Iterator[Claim]:
    """Materials that are not in it, or not so much of them."""
    if spoken.known is None:
        return  # nobody knows what it is said of
    text, known = spoken.text, dict(_read(spoken.words(*NAMES)))
    is_told = bool(known)  # a name alone says nothing of shares
    known = known or dict(_read(spoken.words("name")))
    whole, after, plain = _patterns()
    taken: list[tuple[int, int]] = []
    for pattern in (whole, after, plain):
        for match in pattern.finditer(text):
            if any(a < match.end() and match.start() < b for a, b in taken):
                continue
            taken.append(match.span())
            claim = _judged(spoken, match, known, is_told=is_told)
            if claim is not None:
                yield claim


def _judged(
    spoken: Spoken, match: re.Match[str], known: dict[str, float | None], *, is_told: bool
) -> Claim | None:
    name, groups = materials()[match["name"]], match.groupdict()
    share = _share(groups)
    if match["name"] in ("纯棉", "全棉") or name in ("纯银",):
        share = 100.0 if share is None else share
    fact = spoken.source(*NAMES, "name")
    if not known:
        return Claim(*match.span(), "composition", "", "look") if share is not None else None
    if name not in known:
        return Claim(*match.span(), "composition", fact)
    there = known[name]
    if share is None or there == share or (there is None and len(known) == 1 and is_told):
        return None
    return Claim(*match.span(), "composition", fact, "alarm" if there is not None else "look")


def _share(groups: dict[str, str | None]) -> float | None:
    if groups.get("whole"):
        return 100.0
    if groups.get("half"):
        return 50.0
    if tenths := groups.get("tenths"):
        return 10 * (value_of("二" if tenths == "两" else tenths) or 0.0)
    number = groups.get("share") or groups.get("zh")
    return value_of(number) if number else None


@functools.lru_cache(maxsize=256)
def _read(text: str) -> tuple[tuple[str, float | None], ...]:
    """Materials of a fact's text with their share in per cent."""
    found: dict[str, float | None] = {}
    whole, after, _ = _patterns()
    for pattern in (after, whole):
        for match in pattern.finditer(text):
            found.setdefault(materials()[match["name"]], _share(match.groupdict()))
    for match in re.finditer(one_of(materials()), text):
        is_whole = match[0] in ("纯棉", "全棉")
        found.setdefault(materials()[match[0]], 100.0 if is_whole else None)
    return tuple(found.items())
