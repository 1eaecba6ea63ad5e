"""What a rule looks at, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from studio.core.command import Spec
from studio.core.errors import StudioError
from studio.core.extension import Kinds
from studio.core.json_lines import LocatedJson, Place
from studio.plans.model import Plan, Step
from studio.plans.triggers.base import Trigger


@dataclass(frozen=True, slots=True)
class World:
    """What plans may name: the show and the studio around them."""

    specs: Mapping[str, Spec]
    kinds: Kinds[Trigger]
    scenes: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    outputs: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A plan file that can be read.

    Attributes:
        is_own: of the show; the others are shipped.
    """

    path: Path
    located: LocatedJson
    plan: Plan
    is_own: bool = True

    def steps(self) -> Iterator[tuple[Place, Step]]:
        """Every step with its place."""
        for phase in ("steps", "recover"):
            for number, step in enumerate(getattr(self.plan, phase)):
                yield (phase, number), step


class PlanFault(NamedTuple):
    """One fault of a plan file."""

    path: Path
    line: int
    error: StudioError


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says: where, which fault, and the words for it."""

    place: Place
    key: str
    params: dict[str, Any] = field(default_factory=dict)


Rule = Callable[[CheckedFile, World], Iterator[Said]]


def fault(key: str, place: Place, /, **params: Any) -> Said:
    """Short form for the bodies of rules."""
    return Said(place, f"plans.fault.{key}", params)


def plan_fault(file: CheckedFile, said: Said) -> PlanFault:
    """With the line in the file."""
    line = file.located.line(said.place)
    why = StudioError("invalid", said.key, **said.params)
    return located_fault(file.path, line, why)


def located_fault(path: Path, line: int, why: StudioError) -> PlanFault:
    """A fault with its file and line in the words."""
    error = StudioError("invalid", "plans.fault.at", file=str(path), line=line, why=why)
    return PlanFault(path, line, error)
