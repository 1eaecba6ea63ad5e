"""Holds what a sentence claims of a product against its facts: one module a topic.

Nothing here knows of services: text and facts in, differences out.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping

from studio.host.guard.claim import Claim, Known, Spoken
from studio.host.packs.matcher import asked_span, is_denied
from studio.host.packs.reading import Sentence, sentences

Topic = Callable[[Spoken], Iterator[Claim]]


@functools.cache
def topics() -> tuple[Topic, ...]:
    """All of them, imported on first use: their patterns take long to compile (20 ms)."""
    from studio.host.guard import composition, delivery, money, origin, praise, sizes

    return (
        money.claims, composition.claims, sizes.claims, origin.claims, delivery.claims,
        praise.claims,
    )  # fmt: skip


def claims_of(text: str, known: Known | None, others: Mapping[str, Known]) -> list[Claim]:
    """Everything a text claims that the facts do not say, in order.

    Args:
        known: what it is about; None where nobody knows: then praise alone is looked at, and
            sums where products are named.
        others: all products of the show: what costs as much as another one that is named is true.
    """
    found: list[Claim] = []
    for sentence in sentences(text):
        asked = asked_span(sentence)
        spoken = Spoken(sentence.lower, known, others)
        for topic in topics():
            for claim in topic(spoken):
                start, end = sentence.start + claim.start, sentence.start + claim.end
                if asked[0] <= start and end <= asked[1]:
                    continue
                if _is_question(sentence, claim) or is_denied(sentence, start):
                    continue
                found.append(claim._replace(start=start, end=end))
    return sorted(found)


def _is_question(sentence: Sentence, claim: Claim) -> bool:
    """It asks: what is asked is not said to be so."""
    before = sentence.lower[max(0, claim.start - 12) : claim.start]
    after = sentence.lower[claim.end :].rstrip()
    is_asking = any(word in before for word in ("是不是", "有没有", "能不能", "会不会", "要不要"))
    return is_asking or after[-1:] in ("?", "？", "吗") or after[-2:-1] == "吗"
