"""Reads risks: of a file, and those that are shipped. One that is broken leaves the others."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from studio.core.bounded import read_bounded
from studio.core.errors import StudioError
from studio.core.json_lines import LocatedJson, error_line, path_of, read_located
from studio.core.paths import assets_dir
from studio.plans.model import Pair
from studio.plans.risks.evaluation import IncidentCounts, evaluate
from studio.plans.risks.model import Risk, RiskFault, RiskView

MOST_BYTES = 5_000_000
BOOK_NAMES = {"A": "weights", "R": "matrix"}
"""The letters of the textbooks: B = A∘R."""


class ReadRisks(NamedTuple):
    """Risks of a file with where they stand, and those that are none."""

    risks: tuple[Risk, ...]
    faults: tuple[RiskFault, ...]
    file: str
    located: LocatedJson
    paths: tuple[tuple[str | int, ...], ...]


def read_risks(path: Path) -> ReadRisks:
    """The risks of a file: ``{"risks": […]}``, a list, or one alone.

    Raises:
        StudioError: invalid, with the line.
    """
    try:
        located = read_located(read_bounded(path, MOST_BYTES))
    except (ValueError, OSError) as error:
        why, line = str(error), error_line(error) if isinstance(error, ValueError) else 1
        raise StudioError(
            "invalid", "risks.unreadable", path=str(path), line=line, why=why
        ) from None
    paths = _paths_of(located.value)
    risks, faults, kept = [], [], []
    known: set[str] = set()
    for where in paths:
        raw = _at(located.value, where)
        id = str(raw.get("id", "risk")) if isinstance(raw, dict) else "risk"
        try:
            risk = msgspec.convert(_renamed(raw), Risk, strict=True)
        except msgspec.ValidationError as error:
            place = path_of(str(error))
            said = StudioError(
                "invalid",
                "risks.field",
                place=_written(place) or id,
                why=str(error).split(" - at")[0],
            )
            faults.append(fault(id, said, _written(place), located.line((*where, *place))))
            continue
        if risk.id in known:
            twice = StudioError("invalid", "risks.twice")
            faults.append(fault(risk.id, twice, "id", located.line((*where, "id"))))
            continue
        known.add(risk.id)
        risks.append(risk)
        kept.append(where)
    return ReadRisks(tuple(risks), tuple(faults), str(path), located, tuple(kept))


def evaluate_file(
    read: ReadRisks, counts: IncidentCounts | None = None
) -> tuple[list[RiskView], list[RiskFault]]:
    """All that can be evaluated, the gravest first, and a fault for each that cannot."""
    views, faults = [], list(read.faults)
    for risk, where in zip(read.risks, read.paths, strict=True):
        try:
            views.append(evaluate(risk, counts))
        except StudioError as error:
            place = str(error.params.get("place", ""))
            step = path_of(f"`$.{place}`")
            given = [name for name, ours in BOOK_NAMES.items() if ours == (step or ("",))[0]]
            lines = [read.located.line((*where, name, *step[1:])) for name in given]
            line = max(read.located.line((*where, *step)), *lines, 1)
            faults.append(fault(risk.id, error, place, line))
    return gravest_first(views), faults


def gravest_first(views: list[RiskView]) -> list[RiskView]:
    """The order in which risks are looked at."""
    return sorted(views, key=lambda view: -view.score)


@functools.cache
def shipped_risks() -> tuple[Risk, ...]:
    """The risks that every show begins with.

    Raises:
        StudioError: the installation is broken.
    """
    return read_risks(assets_dir() / "risks" / "shipped.json").risks


def fault(risk: str, error: StudioError, place: str = "", line: int = 0) -> RiskFault:
    """What is wrong with a risk, for views."""
    words: Pair = (error.in_language("zh"), error.in_language("en"))
    return RiskFault(risk, place, line, words)


def _paths_of(raw: Any) -> list[tuple[str | int, ...]]:
    if isinstance(raw, dict) and "schema" in raw:  # a show.json, with a part of this name
        part = raw.get("risks")
        inner = _paths_of(part) if isinstance(part, dict) and "risks" in part else []
        return [("risks", *path) for path in inner]
    if isinstance(raw, dict) and "risks" in raw:
        rows = raw["risks"]
        if isinstance(rows, list):
            return [("risks", number) for number in range(len(rows))]
        return [("risks",)]
    if isinstance(raw, list):
        return [(number,) for number in range(len(raw))]
    return [()]


def _at(raw: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        raw = raw[step]
    return raw


def _renamed(raw: Any) -> Any:
    if not isinstance(raw, dict):
        return raw
    return {BOOK_NAMES.get(name, name): value for name, value in raw.items()}


def _written(path: tuple[str | int, ...]) -> str:
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return words.removeprefix(".")
