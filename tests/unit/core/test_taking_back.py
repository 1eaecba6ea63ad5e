"""What is taken back is one's own step; what another did since stays."""

from __future__ import annotations

import random

import msgspec
import pytest

from studio.core.taking_back import order_taken_back, rows_taken_back, taken_back


class Row(msgspec.Struct, frozen=True):
    name: str
    size: int = 1
    look: dict[str, int] = {}


def test_fields_and_entries_that_only_another_changed_stay() -> None:
    before, left = Row("a", 1, {"x": 1, "y": 1}), Row("a", 2, {"x": 2, "z": 1})
    now = Row("b", 2, {"x": 2, "z": 1, "w": 5})
    assert taken_back(now, left, before) == Row("b", 1, {"x": 1, "y": 1, "w": 5})
    assert taken_back(left, left, before) is before
    assert taken_back(now, before, before) is now


@pytest.mark.parametrize(
    ("before", "left", "now", "wanted"),
    [
        ("abcd", "bacd", "bacde", "abcde"),  # moved; another added
        ("abcd", "abd", "xabd", "xabcd"),  # taken out; another put in
        ("abcd", "abcde", "dabce", "dabc"),  # put in; another moved
        ("abcd", "dcba", "dca", "acd"),  # all turned round; another took out
        ("abcd", "acd", "cd", "bcd"),  # what it stood behind is gone
        ("abcd", "abcd", "dcba", "dcba"),  # nothing done
    ],
)
def test_an_order(before: str, left: str, now: str, wanted: str) -> None:
    assert "".join(order_taken_back(now, left, before)) == wanted


def test_random_orders_keep_what_another_put_in_and_took_out() -> None:
    chance = random.Random(3)
    for _ in range(300):
        before = list(range(chance.randint(0, 12)))
        names = [str(number) for number in before]
        left, now = names[:], names[:]
        for row in (left, now):
            chance.shuffle(row)
            del row[: chance.randint(0, 3)]
        now = [*now, "new"]
        order = order_taken_back(now, left, names)
        assert len(order) == len(set(order))
        assert "new" in order
        others_took = set(left) - set(now)
        assert set(order) == {"new"} | (set(names) - others_took)


def test_ten_thousand_that_were_shuffled() -> None:
    names = [str(number) for number in range(10_000)]
    left = names[:]
    random.Random(1).shuffle(left)
    assert order_taken_back([*left, "new"], left, names)[: len(names)] == names


def test_rows_keep_fields_that_another_changed() -> None:
    before = [Row("a"), Row("b"), Row("c")]
    left = [Row("b"), Row("a", 5)]
    now = [Row("b", 9), Row("a", 5, {"x": 1}), Row("d")]
    assert rows_taken_back(now, left, before, lambda row: row.name) == [
        Row("a", 1, {"x": 1}), Row("b", 9), Row("c"), Row("d"),
    ]  # fmt: skip
