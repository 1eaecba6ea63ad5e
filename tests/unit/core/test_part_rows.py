"""What changed of a long list makes the new list of the old, whatever happened to it."""

from __future__ import annotations

import random

import msgspec
import pytest

from studio.core.part_rows import (
    LEAST_ROWS,
    PartSnapshot,
    change_between,
    read_steps,
    rows_after,
    steps_between,
    written_steps,
)

ROWS = 200


class Row(msgspec.Struct, frozen=True):
    id: str
    count: int = 0


class Part(msgspec.Struct, frozen=True):
    rows: tuple[Row, ...] = ()
    chosen: str = ""
    few: tuple[Row, ...] = ()


def sent(old: tuple[Row, ...], new: tuple[Row, ...]) -> tuple[Row, ...]:
    """The new list as whoever has the old one reads it."""
    steps = steps_between(old, new)
    rows = [msgspec.to_builtins(row) for step in steps if isinstance(step, list) for row in step]
    wire = msgspec.json.decode(msgspec.json.encode(written_steps(steps, rows)))
    return rows_after(old, read_steps(wire, Row))


def changed(rows: tuple[Row, ...], chance: random.Random) -> tuple[Row, ...]:
    """One to five things happen to it: also ids that are there twice."""
    made = list(rows)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(made) + 1)
        what = chance.choice(["put", "put", "drop", "edit", "edit", "move", "twice", "again"])
        if what == "put" or not made:
            made.insert(at, Row(f"n{chance.randrange(10**6)}"))
        elif what == "drop":
            start = min(at, len(made) - 1)
            del made[start : start + chance.randint(1, 9)]
        elif what == "move":
            made.insert(at, made.pop(chance.randrange(len(made))))
        else:
            row = made[chance.randrange(len(made))]
            new = {"edit": msgspec.structs.replace(row, count=chance.randrange(99)),
                   "twice": row, "again": Row(row.id, row.count)}[what]  # fmt: skip
            if what == "edit":
                made[made.index(row)] = new
            else:
                made.insert(at, new)
    return tuple(made)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_to_a_list_it_is_the_same_at_the_other_end(seed: int) -> None:
    chance = random.Random(seed)
    here = there = tuple(Row(f"r{n}") for n in range(ROWS))
    for _ in range(60):
        new = changed(here, chance)
        there = sent(here, new)
        assert there == new
        here = new


def test_one_row_of_many_is_one_row_that_is_sent() -> None:
    rows = tuple(Row(f"r{n}") for n in range(20_000))
    new = (*rows[:7], Row("r7", 1), *rows[8:])
    assert steps_between(rows, new) == [(0, 7), [Row("r7", 1)], (8, 19_992)]
    assert steps_between(rows, rows[1:]) == [(1, 19_999)]
    assert steps_between(rows, (rows[5], *rows[:5], *rows[6:])) == [(5, 1), (0, 5), (6, 19_994)]


def test_a_part_says_which_fields_and_lists_are_others() -> None:
    rows = tuple(Row(f"r{n}") for n in range(ROWS))
    old = snapshot(1, Part(rows, "r1"))
    assert change_between(old, snapshot(2, Part(rows, "r2"))) == ({"chosen": "r2"}, {})
    change = change_between(old, snapshot(3, Part(rows[:-1], "r1", (Row("a"),))))
    assert change == ({"few": ({"id": "a", "count": 0},)}, {"rows": [(0, ROWS - 1)]})


def test_the_whole_is_sent_where_it_is_no_longer() -> None:
    rows = tuple(Row(f"r{n}") for n in range(ROWS))
    old = snapshot(1, Part(rows))
    assert change_between(old, snapshot(2, Part(tuple(Row(f"s{n}") for n in range(ROWS))))) is None
    assert change_between(old, snapshot(2, Part(rows[: LEAST_ROWS - 1]))) is None
    assert change_between(snapshot(1, Part(rows[:5])), snapshot(2, Part(rows[:6]))) is None


@pytest.mark.parametrize("steps", [[(0, 3)], [(2, 1)], [(-1, 1)], [(0, -1)]])
def test_steps_that_do_not_fit_are_refused(steps: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="no"):
        rows_after((Row("a"), Row("b")), steps)


@pytest.mark.parametrize("wire", [None, 7, [{}], [[1]], [{"rows": 3}], [{"rows": [{"no": 1}]}]])
def test_steps_that_are_none_are_refused(wire: object) -> None:
    with pytest.raises(ValueError):
        read_steps(wire, Row)


def snapshot(number: int, part: Part) -> PartSnapshot:
    made = PartSnapshot(number, part, msgspec.to_builtins)
    made.keep()
    return made
