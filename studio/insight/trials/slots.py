"""Whose turn it is: slots in pairs, which of a pair is B by a coin that was committed."""

from __future__ import annotations

from typing import NamedTuple

from studio.insight.experiments import DROPPED_MINUTES, SLOT_MINUTES, is_b_first

SLOT_MS, DROPPED_MS = SLOT_MINUTES * 60_000, DROPPED_MINUTES * 60_000


class Slot(NamedTuple):
    """A turn, by the experiment's own milliseconds.

    Attributes:
        number: from 0; two make a pair.
        begins_ms: what is counted begins later: the first minute is dropped.
    """

    number: int
    arm: str
    begins_ms: int
    ends_ms: int

    @property
    def pair(self) -> int:
        """From 0."""
        return self.number // 2

    @property
    def counts_from_ms(self) -> int:
        """Since when it counts."""
        return self.begins_ms + DROPPED_MS


def slot(secret: bytes, number: int) -> Slot:
    """The slot of a number."""
    is_b = is_b_first(secret, number // 2) != bool(number % 2)
    return Slot(number, "b" if is_b else "a", number * SLOT_MS, (number + 1) * SLOT_MS)


def slot_at(secret: bytes, ms: int) -> Slot:
    """The slot that runs ``ms`` after the beginning."""
    return slot(secret, max(0, ms) // SLOT_MS)


def whole_pairs(secret: bytes, ms: int) -> list[tuple[Slot, Slot]]:
    """(A, B) of each pair that is over ``ms`` after the beginning."""
    pairs = []
    for pair in range(max(0, ms) // (2 * SLOT_MS)):
        first, second = slot(secret, 2 * pair), slot(secret, 2 * pair + 1)
        pairs.append((first, second) if first.arm == "a" else (second, first))
    return pairs
