"""A line that is taken in batches: nothing is lost, nobody who adds waits."""

from __future__ import annotations

import threading

from studio.core.batches import WaitingBatches

LONG_S = 60.0
"""No test waits so long: it ends by an event."""


def line(*, most: int = 100, many: int = 3) -> WaitingBatches[int]:
    return WaitingBatches(most=most, many=many, most_taken=2, gather_s=LONG_S)


def test_what_does_not_fit_is_refused() -> None:
    full = line(most=2)
    assert [full.put(number) for number in range(3)] == [True, True, False]
    assert len(full) == 2


def test_many_are_taken_at_once_and_what_remains_after_them() -> None:
    entries = line()
    for number in range(5):
        entries.put(number)
    batches = []
    while entries:
        entries.wait(LONG_S)
        batches.append(entries.take())
    assert batches == [[0, 1], [2, 3], [4]]


def test_the_first_is_waited_for_no_longer_than_asked() -> None:
    entries = line()
    entries.wait(0.0)
    assert entries.take() == []


def test_a_wait_that_is_hurried_ends() -> None:
    entries, taken = line(), list[list[int]]()

    def take() -> None:
        entries.wait()
        taken.append(entries.take())

    taker = threading.Thread(target=take)
    taker.start()
    entries.put(1)
    entries.hurry()
    taker.join(LONG_S)
    assert taken == [[1]]


def test_closed_it_takes_nothing_in_and_gives_what_it_has() -> None:
    entries = line()
    entries.put(1)
    entries.close()
    assert not entries.put(2)
    entries.wait()
    assert entries.take() == [1]


def test_many_threads_lose_nothing() -> None:
    entries = WaitingBatches[int](most=100_000, many=50, most_taken=70, gather_s=0.001)
    adders = [
        threading.Thread(target=lambda: [entries.put(number) for number in range(5_000)])
        for _ in range(4)
    ]
    for adder in adders:
        adder.start()
    found: list[int] = []
    while len(found) < 20_000:
        entries.wait(LONG_S)
        found += entries.take()
    for adder in adders:
        adder.join(LONG_S)
    assert sorted(found) == sorted([*range(5_000)] * 4)


def test_where_nothing_can_be_written_it_is_counted() -> None:
    entries, counts = line(), list[int]()
    dropper = threading.Thread(target=lambda: counts.extend(entries.dropped()))
    dropper.start()
    for number in range(10):
        entries.put(number)
    entries.close()
    dropper.join(LONG_S)
    assert sum(counts) == 10
    assert not len(entries)
