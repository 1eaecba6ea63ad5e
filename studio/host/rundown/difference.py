"""What a rundown from a file would change, line by line, and the rundown with what was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from studio.host.rundown.book import new_id
from studio.host.rundown.importing import ReadItem, RundownImport
from studio.host.rundown.model import RundownItem, RundownPart, RundownPhase
from studio.host.rundown.schedule import phase_lengths

Change = Literal["new", "gone", "title", "seconds", "note", "order"]


class RundownChange(msgspec.Struct, frozen=True):
    """One line of the difference; ``id`` names it when lines are accepted."""

    id: str
    what: Change
    title: str
    before: str = ""
    after: str = ""


def _matched(part: RundownPart, read: RundownImport) -> list[RundownItem | None]:
    """For each item of the file the one of the show that it is, by product, then by title."""
    free = list(part.items)
    found: list[RundownItem | None] = []
    for item in read.items:
        match = next(
            (there for there in free if item.product and there.product == item.product), None
        ) or next((there for there in free if there.title == item.title), None)
        if match is not None:
            free.remove(match)
        found.append(match)
    return found


def compare_items(part: RundownPart, read: RundownImport) -> list[RundownChange]:
    """What a file would change, line by line."""
    lines: list[RundownChange] = []
    matches = _matched(part, read)
    kept = [match.id for match in matches if match is not None]
    order = [item.id for item in part.items if item.id in kept]
    for number, (item, there) in enumerate(zip(read.items, matches, strict=True)):
        if there is None:
            length = "" if item.seconds is None else str(item.seconds)
            lines.append(RundownChange(f"new:{number}", "new", item.title, "", length))
            continue
        for what, before, after in _fields(there, item):
            lines.append(RundownChange(f"{what}:{there.id}", what, there.title, before, after))
    if kept != order:
        lines.append(RundownChange("order", "order", "", " ".join(order), " ".join(kept)))
    for there in part.items:
        if there.id not in kept:
            lines.append(RundownChange(f"gone:{there.id}", "gone", there.title))
    return lines


def _fields(there: RundownItem, item: ReadItem) -> Iterator[tuple[Change, str, str]]:
    if item.title != there.title:
        yield "title", there.title, item.title
    if item.seconds is not None and item.seconds != there.seconds:
        yield "seconds", str(there.seconds), str(item.seconds)
    if item.note and item.note != there.note:
        yield "note", there.note, item.note


def taken_over(part: RundownPart, read: RundownImport, chosen: set[str]) -> RundownPart:
    """The rundown with the chosen lines of a file."""
    matches = _matched(part, read)
    taken = {item.id for item in part.items}
    new: list[tuple[RundownItem, str]] = []
    for number, (item, there) in enumerate(zip(read.items, matches, strict=True)):
        if there is not None:
            changes: dict[str, Any] = {
                what: item.seconds if what == "seconds" else after
                for what, _, after in _fields(there, item)
                if f"{what}:{there.id}" in chosen
            }
            new.append((replace(there, **changes), item.phase))
        elif f"new:{number}" in chosen:
            id = new_id(taken)
            taken.add(id)
            new.append((RundownItem(id, item.title, item.kind, item.seconds or 0, None,
                                    item.product, note=item.note), item.phase))  # fmt: skip
    in_file = {item.id: (item, phase) for item, phase in new}
    fresh = [pair for pair in new if pair[0].id not in {item.id for item in part.items}]
    if "order" in chosen or not part.items:
        order = new
        stays = [item for item in part.items
                 if item.id not in in_file and f"gone:{item.id}" not in chosen]  # fmt: skip
        order = [*order, *((item, "") for item in stays)]
    else:
        order = [in_file.get(item.id, (item, "")) for item in part.items
                 if item.id in in_file or f"gone:{item.id}" not in chosen]  # fmt: skip
        for pair in fresh:
            order.insert(_place_of(pair, new, order), pair)
    return _in_phases(part, order)


def _place_of(
    pair: tuple[RundownItem, str],
    new: Sequence[tuple[RundownItem, str]],
    order: Sequence[tuple[RundownItem, str]],
) -> int:
    """Behind the one that stands before it in the file."""
    ids = [item.id for item, _ in order]
    at = next(n for n, (item, _) in enumerate(new) if item.id == pair[0].id)
    for item, _ in reversed(new[:at]):
        if item.id in ids:
            return ids.index(item.id) + 1
    return 0


def _in_phases(part: RundownPart, order: Sequence[tuple[RundownItem, str]]) -> RundownPart:
    """Each item in the phase the file names, else where it was, else with the one before it."""
    if not part.phases and not any(phase for _, phase in order):
        return _split(part, [item for item, _ in order])
    phases = {phase.id: phase for phase in part.phases}
    by_name = {phase.name: phase.id for phase in part.phases}
    was = {item.id: phase.id for phase in part.phases for item in phase.items}
    at = next(iter(phases), "")
    members: dict[str, list[RundownItem]] = {id: [] for id in phases}
    for item, name in order:
        if name and name not in by_name:
            id = new_id(set(phases), "phase")
            phases[id], by_name[name], members[id] = RundownPhase(id, name), id, []
        at = by_name[name] if name else was.get(item.id, at)
        if not at:
            at = "middle"
            phases[at], members[at] = RundownPhase(at), []
        members[at].append(item)
    return replace(part, phases=tuple(
        replace(phase, items=tuple(members[id])) for id, phase in phases.items()
    ))  # fmt: skip


def _split(part: RundownPart, items: Sequence[RundownItem]) -> RundownPart:
    """Opening, middle and closing by time."""
    total = sum(item.seconds for item in items)
    opening, middle, _ = phase_lengths(total)
    groups: dict[str, list[RundownItem]] = {"opening": [], "middle": [], "closing": []}
    at = 0.0
    for item in items:
        centre = at + item.seconds / 2
        at += item.seconds
        name = (
            "opening"
            if centre < opening
            else "middle"
            if centre < opening + middle
            else ("closing")
        )
        groups[name].append(item)
    return replace(part, phases=tuple(
        RundownPhase(name, kind=name, items=tuple(group))  # type: ignore[arg-type]
        for name, group in groups.items()
    ))  # fmt: skip
