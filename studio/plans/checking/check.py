"""Goes over all plan files: what cannot be read, each plan alone, and plans beside each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from studio.core.bounded import read_bounded
from studio.core.errors import StudioError
from studio.core.json_lines import LocatedJson, Place, error_line, path_of, read_located
from studio.core.names import check_name
from studio.core.paths import assets_dir
from studio.core.unknown import unknown_fields
from studio.plans.checking import plan_rules, step_rules
from studio.plans.checking.base import (
    CheckedFile,
    PlanFault,
    World,
    fault,
    located_fault,
    plan_fault,
)
from studio.plans.files import MOST_BYTES
from studio.plans.model import Plan, StartPlan

RULES = (*plan_rules.RULES, *step_rules.RULES)


def check_plans(show: Path, world: World, shipped: Path | None = None) -> list[PlanFault]:
    """Every fault of the show's own plans and the shipped ones, by file and line."""
    faults: list[PlanFault] = []
    files: list[CheckedFile] = []
    for folder, is_own in ((shipped or assets_dir() / "plans", False), (show / "plans", True)):
        for path in sorted(folder.glob("*.json")):
            try:
                files.append(_read(path, is_own, faults))
            except _Unreadable as unreadable:
                faults.append(unreadable.fault)
    for file in files:
        for rule in RULES:
            faults += [plan_fault(file, said) for said in rule(file, world)]
    faults += _twice(files)
    working = list({file.plan.id: file for file in files}.values())
    faults += _started(working)
    faults += _same_cause(working)
    return sorted(faults, key=lambda found: (str(found.path), found.line))


class _Unreadable(Exception):
    def __init__(self, path: Path, line: int, key: str, /, **params: object) -> None:
        super().__init__(key)
        why = StudioError("invalid", f"plans.fault.{key}", **params)
        self.fault = located_fault(path, line, why)


def _read(path: Path, is_own: bool, faults: list[PlanFault]) -> CheckedFile:
    try:
        located = read_located(read_bounded(path, MOST_BYTES))
    except StudioError as error:
        raise _Unreadable(path, 1, "too_large", why=error) from None
    except OSError as error:
        raise _Unreadable(path, 1, "unreadable", why=error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        raise _Unreadable(path, 1, "encoding", why=str(error)) from None
    except ValueError as error:
        why = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise _Unreadable(path, error_line(error), "json", why=why) from None
    try:
        plan = msgspec.convert(located.value, Plan)
    except (msgspec.ValidationError, RecursionError) as error:
        place = path_of(str(error))
        why = str(error).split(" - at")[0]
        key = "missing" if "missing required" in why else "field"
        raise _Unreadable(path, located.line(place), key, where=_written(place), why=why) from None
    try:
        check_name(plan.id)
    except StudioError as error:
        raise _Unreadable(path, located.line(("id",)), "id", why=error) from None
    for stray in unknown_fields(located.value, Plan, ""):
        place = _place_of(stray, located)
        unknown = StudioError("invalid", "plans.fault.unknown", name=stray)
        faults.append(located_fault(path, located.line(place), unknown))
    return CheckedFile(path, located, plan, is_own)


def _place_of(stray: str, located: LocatedJson) -> Place:
    """The place of an unknown key; a label in brackets is looked up by the key's own name."""
    name = stray.rpartition(".")[2]
    plain = path_of(f"`$.{stray}`")
    if plain in located.lines:
        return plain
    named = [place for place in located.lines if place and place[-1] == name]
    return named[0] if named else ()


def _written(place: Place) -> str:
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return words.removeprefix(".") or "-"


# -- plans beside each other -------------------------------------------------------------------


def _twice(files: Sequence[CheckedFile]) -> Iterator[PlanFault]:
    """An id that two files of the show have: only one of them works."""
    seen: dict[str, Path] = {}
    for file in files:
        if not file.is_own:
            continue
        if file.plan.id in seen:
            said = fault("twice", ("id",), id=file.plan.id, other=seen[file.plan.id].name)
            yield plan_fault(file, said)
        seen.setdefault(file.plan.id, file.path)


def _started(files: Sequence[CheckedFile]) -> Iterator[PlanFault]:
    """Plans that start others: they are there, and none comes back to itself."""
    by_id = {file.plan.id: file for file in files}
    starts = {
        file.plan.id: [s.plan for _, s in file.steps() if isinstance(s, StartPlan)]
        for file in files
    }
    for file in files:
        for place, step in file.steps():
            if not isinstance(step, StartPlan):
                continue
            if step.plan not in by_id:
                known = ", ".join(sorted(by_id))
                said = fault("start", (*place, "plan"), name=step.plan, known=known)
                yield plan_fault(file, said)
                continue
            loop = _loop(step.plan, file.plan.id, starts)
            if loop:
                way = " → ".join([file.plan.id, *loop])
                yield plan_fault(file, fault("loop", (*place, "plan"), way=way))


def _loop(begin: str, target: str, starts: dict[str, list[str]]) -> list[str]:
    """The way from ``begin`` back to ``target``; empty when there is none."""
    ways = [[begin]]
    seen = {begin}
    while ways:
        way = ways.pop()
        if way[-1] == target:
            return way
        for following in starts.get(way[-1], []):
            if following == target or following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


def _same_cause(files: Sequence[CheckedFile]) -> Iterator[PlanFault]:
    """Two plans that start by themselves for one cause, and neither goes first."""
    seen: dict[tuple[str, str, str], CheckedFile] = {}
    for file in files:
        plan = file.plan
        if plan.trigger is None or not plan.is_auto:
            continue
        settings = json.dumps(plan.trigger.settings, sort_keys=True)
        key = (plan.trigger.kind, settings, plan.level)
        other = seen.setdefault(key, file)
        if other is not file:
            said = fault("same_cause", ("trigger",), other=other.plan.id, level=plan.level)
            yield plan_fault(file, said)
