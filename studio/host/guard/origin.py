"""Where goods come from."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from studio.host.guard.claim import Claim, Spoken
from studio.host.guard.words import fact_words, one_of, places

NAMES = ("origin", "making", "ingredients", "name")
_PEOPLE = re.compile(r"的?(?:朋友|宝宝|家人|观众|姐妹|粉丝|老铁|客人|顾客)")


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    names = one_of(places())
    return (
        re.compile(
            rf"(?P<name>{names})(?:原装)?(?:原装进口|进口|原装|原产|生产|制造|直邮|空运|直采|"
            rf"本地产|产的|产地|本土|面料|工艺|原料|羊毛|羊绒|牛皮|古树|老树|技术)"
        ),
        re.compile(
            rf"(?:产自|产地(?:是|在|为)?|原产(?:地|于)?(?:是|在)?|来自|进口自|made in|"
            rf"product of|produced in|"
            rf"(?:comes?|imported|shipped|sourced|grown)(?: straight| directly)? (?:from|"
            rf"in))\s?(?:the )?(?P<name>{names})"
        ),
        re.compile(r"(?<!非)(?:原装进口|纯进口|全进口|(?<![\u4e00-\u9fff])进口的?|是进口的?|"
            r"进口货)|\bimported\b(?! from)"),
    )  # fmt: skip


@functools.cache
def _place() -> re.Pattern[str]:
    return re.compile(one_of(places()))


def claims(spoken: Spoken) -> Iterator[Claim]:
    """Places that the facts do not name."""
    if spoken.known is None:
        return  # nobody knows what it is said of
    text, known = spoken.text, _known(spoken)
    prefix, after, bare = _patterns()
    taken: list[tuple[int, int]] = []
    for pattern in (prefix, after):
        for match in pattern.finditer(text):
            if _PEOPLE.match(text, match.end()):
                continue
            if any(a < match.end() and match.start() < b for a, b in taken):
                continue
            taken.append(match.span())
            place = places()[match["name"]]
            if not known:
                yield Claim(*match.span(), "origin", "", "look")
            elif not known & {place, _WITHIN.get(place, place)} and not (
                place == "中国" and _is_home(known)
            ):
                yield Claim(*match.span(), "origin", spoken.source(*NAMES))
    for match in bare.finditer(text):
        if any(a < match.end() and match.start() < b for a, b in taken):
            continue
        if not known:
            yield Claim(*match.span(), "origin", "", "look")
        elif _is_home(known):
            yield Claim(*match.span(), "origin", spoken.source(*NAMES))


_WITHIN = {
    "武夷山": "福建", "五常": "黑龙江", "景德镇": "江西", "赣南": "江西", "阳澄湖": "江苏",
    "义乌": "浙江", "桐乡": "浙江",
}  # fmt: skip
"""Places and the province of each."""


def _is_home(known: set[str]) -> bool:
    return bool(known & {"中国", *fact_words().regions})


def _known(spoken: Spoken) -> set[str]:
    return {places()[found[0]] for found in _place().finditer(spoken.words(*NAMES))}
