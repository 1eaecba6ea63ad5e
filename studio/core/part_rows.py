"""Long lists in parts of the state: what of them changed, said by place, and put together again.

A change of a list is a row of steps that make the new list from the old: ``[start, count]`` takes
so many rows of the old from there, ``{"rows": […]}`` brings rows that are new or have changed.
Rows that were taken away are in no step. No row needs an identity for it, and what is masked in a
row plays no part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from studio.core.clean import Plain

LEAST_ROWS = 64
"""Shorter lists are sent whole."""
WHOLE = ""
"""The field's name where the part itself is the list."""

Row = TypeVar("Row")
Step = tuple[int, int] | list[Any]
"""Start and count in the old list, or new rows."""


class PartSnapshot:
    """A part of the state as it was when it was told.

    Args:
        number: greater than that of every snapshot of the part before it.
        value: what the service's ``view`` gave, or plain data.
        write: makes plain data of it.
    """

    __slots__ = ("_fields", "_lists", "_plain", "_write", "number", "value")

    def __init__(self, number: int, value: Any, write: Callable[[Any], Plain]) -> None:
        self.number, self.value, self._write = number, value, write
        self._plain: tuple[Plain] | None = None
        self._fields: dict[str, Plain] | None = None
        self._lists: dict[str, Sequence[Any]] | None = None

    @property
    def plain(self) -> Plain:
        """The whole part as plain data, written once."""
        if self._plain is None:
            self._plain = (self._write(self.value),)
        return self._plain[0]

    def keep(self) -> None:
        """Writes what a later snapshot is compared with, while it is still as it was told."""
        assert self.fields is not None

    @property
    def lists(self) -> Mapping[str, Sequence[Any]]:
        """Its long lists of rows by field; a part without any is always sent whole."""
        if self._lists is None:
            self._lists = _long_lists(self.value)
        return self._lists

    @property
    def fields(self) -> Mapping[str, Plain]:
        """The other fields as plain data."""
        if self._fields is None:
            self._fields = {
                name: msgspec.to_builtins(getattr(self.value, name))
                for name in getattr(self.value, "__struct_fields__", ())
                if name not in self.lists
            }
        return self._fields


class PartChange(NamedTuple):
    """What makes one snapshot of another.

    Attributes:
        fields: those that are not long lists and have changed, as plain data.
        lists: the steps of each list that has changed; rows as they are in the service's view.
    """

    fields: dict[str, Plain]
    lists: dict[str, list[Step]]


def change_between(old: PartSnapshot, new: PartSnapshot) -> PartChange | None:
    """What changed from ``old`` to ``new``; None where the whole is no longer than that."""
    if not new.lists or type(old.value) is not type(new.value) or set(old.lists) != set(new.lists):
        return None
    lists: dict[str, list[Step]] = {}
    for field, rows in new.lists.items():
        before = old.lists[field]
        if before is rows:
            continue
        steps = steps_between(before, rows)
        if sum(len(step) for step in steps if isinstance(step, list)) * 2 > len(rows):
            return None
        if steps != [(0, len(before))]:
            lists[field] = steps
    was = old.fields
    fields = {name: value for name, value in new.fields.items() if was.get(name, was) != value}
    return PartChange(fields, lists)


def steps_between(old: Sequence[Any], new: Sequence[Any]) -> list[Step]:
    """The steps that make ``new`` of ``old``: equal rows are taken, the others brought."""
    least = min(len(old), len(new))
    head = 0
    while head < least and _is_same(old[head], new[head]):
        head += 1
    tail = 0
    while tail < least - head and _is_same(old[-1 - tail], new[-1 - tail]):
        tail += 1
    steps: list[Step] = []
    _take(steps, 0, head)
    by_object = {id(row): at for at, row in enumerate(old[head : len(old) - tail], head)}
    by_name = {_name(old[at]): at for at in by_object.values()}
    for row in new[head : len(new) - tail]:
        at = by_object.get(id(row), by_name.get(_name(row), -1))
        if at >= 0 and _is_same(old[at], row):
            _take(steps, at, 1)
        elif steps and isinstance(steps[-1], list):
            steps[-1].append(row)
        else:
            steps.append([row])
    _take(steps, len(old) - tail, tail)
    return steps


def rows_after(old: Sequence[Row], steps: Sequence[Any]) -> tuple[Row, ...]:
    """The list that ``steps`` make of ``old``.

    Raises:
        ValueError: a step takes what is not there.
    """
    rows: list[Row] = []
    for step in steps:
        if isinstance(step, tuple):
            start, count = step
            if start < 0 or count < 0 or start + count > len(old):
                raise ValueError(f"no {count} rows from {start} of {len(old)}")
            rows.extend(old[start : start + count])
        else:
            rows.extend(step)
    return tuple(rows)


def written_steps(steps: Sequence[Step], rows: Sequence[Plain]) -> list[Plain]:
    """Steps as they are sent.

    Args:
        rows: all that the steps bring, in order, as plain data.
    """
    written: list[Plain] = []
    at = 0
    for step in steps:
        if isinstance(step, tuple):
            written.append(list(step))
        else:
            written.append({"rows": list(rows[at : at + len(step)])})
            at += len(step)
    return written


def read_steps(written: object, kind: Any = Any) -> list[Step]:
    """Steps as they were sent, their rows as ``kind``.

    Raises:
        ValueError: they cannot be read (`msgspec.ValidationError` is one).
    """
    steps: list[Step] = []
    for step in msgspec.convert(written, list[Any]):
        if isinstance(step, dict):
            steps.append(msgspec.convert(step.get("rows"), list[kind], strict=False))
        else:
            steps.append(msgspec.convert(step, tuple[int, int]))
    return steps


def _long_lists(value: Any) -> dict[str, Sequence[Any]]:
    names = getattr(value, "__struct_fields__", None)
    lists = {WHOLE: value} if names is None else {name: getattr(value, name) for name in names}
    return {
        name: rows
        for name, rows in lists.items()
        if isinstance(rows, tuple) and len(rows) >= LEAST_ROWS and all(map(_is_row, rows))
    }


def _is_row(row: Any) -> bool:
    return isinstance(row, msgspec.Struct) and type(row).__struct_config__.frozen


def _is_same(one: Any, other: Any) -> bool:
    return one is other or bool(one == other)


def _name(row: Any) -> Any:
    """What a row is called, by which it is looked for in the other list: its first field."""
    name = getattr(row, row.__struct_fields__[0], None)
    return name if isinstance(name, str | int) else None


def _take(steps: list[Step], start: int, count: int) -> None:
    """Adds ``count`` rows of the old list from ``start``, to the step before where they follow."""
    if not count:
        return
    last = steps[-1] if steps else None
    if isinstance(last, tuple) and last[0] + last[1] == start:
        steps[-1] = (last[0], last[1] + count)
    else:
        steps.append((start, count))
