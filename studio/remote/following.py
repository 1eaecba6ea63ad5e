"""What a client that keeps the state is told: of long lists only what changed since it heard them.

It asks once for parts with ``state.follow`` and is told each with a number. A change names the
number it builds on; a client that has another one asks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from studio.core.clean import Plain
from studio.core.part_rows import (
    WHOLE,
    PartChange,
    PartSnapshot,
    Step,
    change_between,
    written_steps,
)
from studio.core.state import State
from studio.governance.masking import WITNESSED, Sight, shown_parts
from studio.protocols.obs_client import vendor_event
from studio.protocols.obs_ws import ObsMessage


class _Heard(NamedTuple):
    """What a client has of a part."""

    snapshot: PartSnapshot
    sight: Sight


class Follower:
    """One client's copy of the parts with long lists, as far as the engine knows it."""

    def __init__(self) -> None:
        self._heard: dict[str, _Heard] = {}

    def follow(
        self, state: State, parts: Iterable[str] | None, sight: Sight
    ) -> dict[str, dict[str, Any]]:
        """The whole of ``parts``, and the number of each that is told by its changes from now on.

        Returns:
            ``{"parts": {name: value}, "numbers": {name: number}}``.
        """
        snapshots = _visible(state.snapshots(parts), sight)
        shown = shown_parts({name: part.plain for name, part in snapshots.items()}, sight)
        return {"parts": shown, "numbers": self._note(snapshots, sight)}

    def changed(
        self, snapshots: Mapping[str, PartSnapshot], sight: Sight, written: ChangesWritten
    ) -> dict[str, Any]:
        """What ``state.changed`` says to this client.

        Args:
            written: of this event, for all clients.

        Returns:
            ``parts`` that are told whole, their ``numbers``, and ``changes`` of others.
        """
        told: dict[str, Any] = {"parts": {}, "numbers": {}, "changes": {}}
        whole = {}
        for name, snapshot in _visible(snapshots, sight).items():
            heard = self._heard.get(name)
            change = None
            if heard is not None and heard.sight == sight:
                change = written.change(name, heard.snapshot, snapshot, sight)
            if change is None:
                whole[name] = snapshot
            else:
                told["changes"][name] = change
                self._heard[name] = _Heard(snapshot, sight)
        told["numbers"] = self._note(whole, sight)
        told["parts"] = written.whole(whole, sight)
        return told

    def _note(self, snapshots: Mapping[str, PartSnapshot], sight: Sight) -> dict[str, int]:
        numbers = {}
        for name, snapshot in snapshots.items():
            self._heard.pop(name, None)
            if snapshot.lists:
                snapshot.keep()
                self._heard[name] = _Heard(snapshot, sight)
                numbers[name] = snapshot.number
        return numbers


class ChangesWritten:
    """What one event says, written once for all clients that have and see the same."""

    def __init__(self) -> None:
        self._changes: dict[tuple[str, int, Sight], Plain] = {}
        self._messages: dict[object, ObsMessage] = {}
        self._wholes: dict[tuple[str, Sight], Plain] = {}

    def message(self, name: str, told: dict[str, Any], sight: Sight) -> ObsMessage:
        """The event ``name``; clients that are told the same get the same message."""
        bases = tuple((part, change["base"]) for part, change in told["changes"].items())
        key = sight, bases, tuple(told["parts"])
        if key not in self._messages:
            self._messages[key] = ObsMessage(vendor_event(name, told))
        return self._messages[key]

    def whole(self, snapshots: Mapping[str, PartSnapshot], sight: Sight) -> dict[str, Plain]:
        """Parts as plain data."""
        parts = {}
        for name, snapshot in snapshots.items():
            key = name, sight
            if key not in self._wholes:
                self._wholes[key] = shown_parts({name: snapshot.plain}, sight)
            parts.update(self._wholes[key])
        return parts

    def change(self, name: str, old: PartSnapshot, new: PartSnapshot, sight: Sight) -> Plain | None:
        """What makes ``new`` of ``old``; None where the whole is better."""
        key = name, old.number, sight
        if key not in self._changes:
            change = change_between(old, new)
            self._changes[key] = None if change is None else _written(name, old, new, change, sight)
        return self._changes[key]


def _written(
    name: str, old: PartSnapshot, new: PartSnapshot, change: PartChange, sight: Sight
) -> dict[str, Any]:
    """A change as it is sent; its rows are masked as they are in the whole part."""
    rows = {field: _written_rows(steps) for field, steps in change.lists.items()}
    is_list = WHOLE in rows
    part: Plain = rows[WHOLE] if is_list else change.fields | rows
    shown = shown_parts({name: part}, sight)[name]
    lists = {WHOLE: shown} if is_list else {field: shown[field] for field in rows}
    return {
        "base": old.number,
        "number": new.number,
        "fields": {} if is_list else {field: shown[field] for field in change.fields},
        "lists": {
            field: written_steps(change.lists[field], lists[field]) for field in change.lists
        },
    }


def _written_rows(steps: Sequence[Step]) -> list[Plain]:
    """The rows that steps bring."""
    brought = (row for step in steps if isinstance(step, list) for row in step)
    return [msgspec.to_builtins(row) for row in brought]


def _visible(snapshots: Mapping[str, PartSnapshot], sight: Sight) -> dict[str, PartSnapshot]:
    return {
        name: snapshot
        for name, snapshot in snapshots.items()
        if sight > Sight.WATCHER or name not in WITNESSED
    }
