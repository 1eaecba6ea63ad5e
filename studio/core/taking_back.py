"""Taking back what one has done, where another has done something else since.

Three states meet: ``before`` one's own step, what it ``left``, and what is there ``now``. Only
where the first two differ is anything given back; everything else stays as it is now.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from studio.core.errors import StudioError

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


_kept: ContextVar[list[Any] | None] = ContextVar("kept", default=None)
"""What another has changed since and stays so, while something is taken back."""


def taken_back(now: T, left: T, before: T) -> T:
    """What is there now, less one's own step: field by field in structs, key by key in dicts.

    A list is one value (`order_taken_back`, `rows_taken_back`). A value that another has changed
    since stays as the other left it.

    Raises:
        StudioError: conflict, where another has changed all of it since.
    """
    return _judged(now, lambda: _less(now, left, before))


def changed_since() -> StudioError:
    """The refusal of an undo after which nothing would be another: it was changed since."""
    return StudioError("conflict", "command.changed_since")


def _judged(now: T, work: Callable[[], T]) -> T:
    if _kept.get() is not None:
        return work()
    kept: list[Any] = []
    token = _kept.set(kept)
    try:
        result = work()
    finally:
        _kept.reset(token)
    if kept and result == now:
        raise changed_since()
    return result


def _keep(value: Any) -> Any:
    kept = _kept.get()
    if kept is not None:
        kept.append(value)
    return value


def _less(now: Any, left: Any, before: Any) -> Any:
    if left == before or now == before:
        return now
    if now == left:
        return before
    if isinstance(now, Mapping) and isinstance(left, Mapping) and isinstance(before, Mapping):
        return _less_entries(now, left, before)
    if isinstance(now, msgspec.Struct) and type(now) is type(left) is type(before):
        fields = {
            name: _less(getattr(now, name), getattr(left, name), getattr(before, name))
            for name in now.__struct_fields__
            if getattr(left, name) != getattr(before, name)
        }
        return replace(now, **fields)
    return _keep(now)


def _less_entries(
    now: Mapping[Any, Any], left: Mapping[Any, Any], before: Mapping[Any, Any]
) -> dict[Any, Any]:
    kept = dict(now)
    for key in [*before, *(key for key in left if key not in before)]:
        if key not in before:
            if key in now and now[key] != left[key]:
                _keep(now[key])
            else:
                kept.pop(key, None)
        elif key not in left:
            kept[key] = _keep(now[key]) if key in now and now[key] != before[key] else before[key]
        elif left[key] != before[key]:
            if key in now:
                kept[key] = _less(now[key], left[key], before[key])
            else:
                _keep(key)
    return kept


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
    """The same for rows, each with a name of its own: their order, and ``each`` row.

    A row that one put in stays where another has changed it since.

    Raises:
        StudioError: conflict, where another has changed all of it since.
    """
    return _judged(list(now), lambda: _rows_less(now, left, before, name_of, each))


def _rows_less(
    now: Sequence[T],
    left: Sequence[T],
    before: Sequence[T],
    name_of: Callable[[T], str],
    each: Callable[[T, T, T], T],
) -> list[T]:
    if list(now) == list(left):
        return list(before)
    rows_now, rows_left, rows_before = (
        {name_of(row): row for row in rows} for rows in (now, left, before)
    )
    others = {
        name
        for name, row in rows_left.items()
        if name not in rows_before and rows_now.get(name, row) != row
    }
    for name in others:
        _keep(rows_now[name])
    own_left = [name for name in rows_left if name not in others]
    names = order_taken_back(list(rows_now), own_left, list(rows_before))
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
    """The same for a struct of which one field is rows.

    Raises:
        StudioError: conflict, where another has changed all of it since.
    """

    def less() -> S:
        rows = rows_taken_back(
            getattr(now, field), getattr(left, field), getattr(before, field), name_of, each
        )
        # The rows are dealt with: alike in all three, they play no part in the rest.
        same = {field: getattr(now, field)}
        rest = taken_back(now, replace(left, **same), replace(before, **same))
        return replace(rest, **{field: tuple(rows)})

    return _judged(now, less)


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
