"""Funnel and paths of viewers: steps in their order, within a time, each viewer once.

An event that comes doubled (the same id) counts once; one that comes late is put where it
happened. A viewer has reached step k when steps 1 to k happened to them in this order, the last no
later than the limit after the first; of all their beginnings the best one counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class ViewerEvent(NamedTuple):
    """Something that happened to a viewer.

    Attributes:
        id: of the entry; the same one twice is one event.
        at_us: when it happened, whenever it came.
    """

    id: str
    viewer: str
    name: str
    at_us: int


def funnel(events: Iterable[ViewerEvent], steps: Sequence[str], within_us: int) -> list[int]:
    """How many viewers have reached each step; events in any order.

    For each step the latest beginning from which it was reached is kept: an event that comes
    later can only go on from that one. So one pass over a viewer's events is enough. Of events
    of the same moment none comes before another: they cannot be two steps.

    Raises:
        ValueError: no steps.
    """
    if not steps:
        raise ValueError("a funnel has steps")
    places: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(steps):
        places[name].append(at)
    reached = [0] * len(steps)
    for history in _histories(events).values():
        best = _furthest(history, places, len(steps), within_us)
        for at in range(best):
            reached[at] += 1
    return reached


def _furthest(
    history: list[ViewerEvent], places: dict[str, list[int]], steps: int, within_us: int
) -> int:
    began: list[int | None] = [None] * steps
    best, at = 0, 0
    while at < len(history):
        moment = history[at].at_us
        before = list(
            began
        )  # what stood before this moment: its own events do not follow each other
        while at < len(history) and history[at].at_us == moment:
            for step in places.get(history[at].name, ()):
                start = moment if step == 0 else before[step - 1]
                if start is None or moment - start > within_us:
                    continue
                best = max(best, step + 1)
                known = began[step]
                if known is None or start > known:
                    began[step] = start
            at += 1
    return best


def paths(events: Iterable[ViewerEvent], names: Sequence[str], most: int = 12,
          longest: int = 6) -> list[tuple[tuple[str, ...], int]]:  # fmt: skip
    """The widest paths: what viewers did one after the other, repeats left out, and how many."""
    wanted = set(names)
    counts: Counter[tuple[str, ...]] = Counter()
    for history in _histories(events).values():
        path: list[str] = []
        for event in history:
            if event.name in wanted and (not path or path[-1] != event.name):
                path.append(event.name)
        if path:
            counts[tuple(path[:longest])] += 1
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:most]


def _histories(events: Iterable[ViewerEvent]) -> dict[str, list[ViewerEvent]]:
    """By viewer, in the order of time, each id once; who is not known is nobody."""
    seen: set[str] = set()
    found: dict[str, list[ViewerEvent]] = defaultdict(list)
    for event in events:
        if event.viewer and event.id not in seen:
            seen.add(event.id)
            found[event.viewer].append(event)
    for history in found.values():
        history.sort(key=lambda event: event.at_us)
    return found
