"""The funnel equals brute force on a thousand histories; each viewer counts once."""

from __future__ import annotations

import itertools
import random

import pytest

from studio.insight.funnel import ViewerEvent, funnel, paths

NAMES = ("exposed", "entered", "clicked", "paid", "comment")


def brute_force(events: list[ViewerEvent], steps: tuple[str, ...], within_us: int) -> list[int]:
    """Tries every choice of events for every prefix of the steps."""
    unique = {event.id: event for event in reversed(events)}.values()
    reached = [0] * len(steps)
    for viewer in {event.viewer for event in unique if event.viewer}:
        own = [event for event in unique if event.viewer == viewer]
        for length in range(1, len(steps) + 1):
            choices = [[e.at_us for e in own if e.name == name] for name in steps[:length]]
            reached[length - 1] += any(
                all(a < b for a, b in itertools.pairwise(times))
                and times[-1] - times[0] <= within_us
                for times in itertools.product(*choices)
            )
    return reached


def history(rng: random.Random) -> list[ViewerEvent]:
    """Repeated, doubled and late events of a few viewers."""
    events = []
    for number in range(rng.randint(0, 24)):
        name, at = rng.choice(NAMES), rng.randint(0, 40)
        events.append(ViewerEvent(f"e{number}", rng.choice(("", "a", "b", "c")), name, at))
    events += rng.choices(events, k=rng.randint(0, 6)) if events else []
    rng.shuffle(events)
    return events


def test_it_equals_brute_force_on_a_thousand_histories() -> None:
    rng = random.Random(17)
    for _ in range(1000):
        events, within = history(rng), rng.choice((0, 3, 10, 100))
        steps = tuple(
            rng.choice(NAMES) for _ in range(rng.randint(1, 4))
        )  # the same step twice too
        assert funnel(events, steps, within) == brute_force(events, steps, within), (events, steps)


def test_repeats_do_not_make_more_viewers_and_order_matters() -> None:
    events = [ViewerEvent(str(n), "a", "entered", n) for n in range(50)]
    assert funnel(events, ("entered", "paid"), 10) == [1, 0]
    assert funnel([*events, ViewerEvent("p", "a", "paid", 55)], ("entered", "paid"), 10) == [1, 1]
    assert funnel([*events, ViewerEvent("p", "a", "paid", -1)], ("entered", "paid"), 10) == [1, 0]
    with pytest.raises(ValueError, match="steps"):
        funnel(events, (), 10)


def test_the_widest_paths_come_first() -> None:
    events = []
    for number in range(5):
        events.append(ViewerEvent(f"a{number}", str(number), "entered", 1))
        events.append(ViewerEvent(f"b{number}", str(number), "entered", 2))
        if number:
            events.append(ViewerEvent(f"c{number}", str(number), "clicked", 3))
    assert paths(events, NAMES) == [(("entered", "clicked"), 4), (("entered",), 1)]
