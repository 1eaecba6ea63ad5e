"""Taking back what one has done, where another has done something else since.

Three states meet: ``before`` one's own step, what it ``left``, and what is there ``now``. Only
where the first two differ is anything given back; everything else stays as it is now.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)


def way_back(
    command: str, field: str, before: Any, left: Any, /, **beside: Any
) -> tuple[str, dict[str, Any]]:
    """The undo of a step: the command that is given what was before it, and what it left.

    Args:
        field: the argument for what was before; what it left is ``instead_of``.
        beside: arguments that say of what.
    """
    return command, {**beside, field: _plain(before), "instead_of": _plain(left)}


def _plain(value: Any) -> Any:
    data = msgspec.to_builtins(value)
    return list(data) if isinstance(data, tuple) else data


def taken_back(now: Any, left: Any, before: Any) -> Any:
    """What is there now, less one's own step: field by field in structs, key by key in dicts.

    A list is one value (`order_taken_back`, `rows_taken_back`).
    """
    if now == left or left == before:
        return before if now == left else now
    if isinstance(now, Mapping) and isinstance(left, Mapping) and isinstance(before, Mapping):
        kept: Any = dict(now)
        for key in [*before, *(key for key in left if key not in before)]:
            if key not in before:
                kept.pop(key, None)
            elif key not in left:
                kept[key] = before[key]
            elif left[key] != before[key]:
                kept[key] = taken_back(now.get(key, left[key]), left[key], before[key])
        return kept
    if isinstance(now, msgspec.Struct) and type(now) is type(left) is type(before):
        fields = {
            name: taken_back(getattr(now, name), getattr(left, name), getattr(before, name))
            for name in now.__struct_fields__
            if getattr(left, name) != getattr(before, name)
        }
        return replace(now, **fields)
    return before


def order_taken_back(now: Sequence[str], left: Sequence[str], before: Sequence[str]) -> list[str]:
    """The same for an order of names, each once: what one put in goes, what one took out or
    moved is where it was, behind the same one as then."""
    if list(now) == list(left):
        return list(before)
    stayed, was_left, is_there = _stayed(left, before), set(left), set(now)
    touched = {name for name in [*left, *before] if name not in stayed}
    behind: dict[str | None, str] = {}
    previous: str | None = None
    for name in before:
        if name in was_left and name not in is_there:
            continue  # taken out by another since: it stays away
        if name in touched:
            behind[previous] = name
        if name in touched or name in is_there:
            previous = name
    order: list[str] = []
    starts: list[str | None] = [None, *(name for name in now if name not in touched)]
    for start in starts:
        place = start
        if place is not None:
            order.append(place)
        while (place := behind.get(place)) is not None:
            order.append(place)
    return order


def rows_taken_back(
    now: Sequence[T],
    left: Sequence[T],
    before: Sequence[T],
    name_of: Callable[[T], str],
    each: Callable[[T, T, T], T] = taken_back,
) -> list[T]:
    """The same for rows, each with a name of its own: their order, and ``each`` row."""
    if list(now) == list(left):
        return list(before)
    rows_now, rows_left, rows_before = (
        {name_of(row): row for row in rows} for rows in (now, left, before)
    )
    names = order_taken_back(list(rows_now), list(rows_left), list(rows_before))
    rows = []
    for name in names:
        if name in rows_now and name in rows_left and name in rows_before:
            rows.append(each(rows_now[name], rows_left[name], rows_before[name]))
        else:
            rows.append(rows_now[name] if name in rows_now else rows_before[name])
    return rows


def with_rows_taken_back(
    now: S,
    left: S,
    before: S,
    field: str,
    name_of: Callable[[Any], str],
    each: Callable[[Any, Any, Any], Any] = taken_back,
) -> S:
    """The same for a struct of which one field is rows."""
    rows = rows_taken_back(
        getattr(now, field), getattr(left, field), getattr(before, field), name_of, each
    )
    struct: S = taken_back(now, left, before)
    return replace(struct, **{field: tuple(rows)})


def _stayed(left: Sequence[str], before: Sequence[str]) -> set[str]:
    """As many names as can be that follow each other the same way in both orders."""
    places = {name: place for place, name in enumerate(before)}
    row = [name for name in left if name in places]
    ends: list[int] = []  # the smallest place at which a run of this length ends
    at: list[int] = []
    for name in row:
        length = bisect_left(ends, places[name])
        ends[length : length + 1] = [places[name]]
        at.append(length)
    stayed, length = set(), len(ends) - 1
    for name, own in zip(reversed(row), reversed(at), strict=True):
        if own == length:
            stayed.add(name)
            length -= 1
    return stayed
