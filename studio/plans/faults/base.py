"""The contract of a fault: put in on a shadow of the show, and always taken out again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

from studio.core.registry import plugin_modules, plugin_name
from studio.core.text import Text


class ShadowLine(Protocol):
    """The line between an output of the shadow and the local ingest."""

    def cut(self) -> None:
        """Ends every connection and takes none."""
        ...

    def stall(self) -> None:
        """Takes nothing more, and stays open."""
        ...

    def reset(self) -> None:
        """Ends every connection with RST, over and over."""
        ...

    def slow(self) -> None:
        """Passes a trickle on."""
        ...

    def heal(self) -> None:
        """Passes everything on again."""
        ...


class Shadow(Protocol):
    """An engine of its own with a copy of the show, as faults see it.

    Attributes:
        folder: of the copied show; files may be put there.
        main: the main moving source on programme.
        moving: all sources that move.
        microphone: a source of sound alone.
        lines: of the outputs, by name.
    """

    folder: Path
    main: str
    moving: tuple[str, ...]
    microphone: str
    lines: dict[str, Any]

    def run(self, command: str, /, **args: Any) -> Any:
        """Runs a command on the shadow; its result."""
        ...

    def run_all(self, command: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs a command with each of these arguments, without waiting in between."""
        ...

    def part(self, name: str) -> Any:
        """A part of the shadow's state."""
        ...

    def kill_engine(self) -> None:
        """SIGKILL, and another one is started in its place as the supervisor does."""
        ...

    def slow_engine(self, on: bool) -> None:
        """Keeps stopping it for moments, as a machine without time does."""
        ...

    def jump_clock(self, seconds: float) -> None:
        """Sets its wall clock on, or back."""
        ...

    def refuse_stream(self, on: bool) -> None:
        """The platform turns the first stream away, or takes it again."""
        ...

    def lose_ledger(self, on: bool) -> None:
        """Makes the stock ledger unusable, or usable again."""
        ...


class DrillFault(ABC):
    """One fault.

    Class attributes:
        name: by which it is armed.
        label: for people.
        plan: that is to answer it.
        also: plans that rightly start with it.
        notice_s: how long it may take to be noticed.
        rank: of what is drilled in one go, greater ones come last: they leave something behind
            that takes its time.
        hidden_by: faults by name while which this one cannot show, or cannot be put in, and why.
            It is looked for as soon as the other one is out.
    """

    name: ClassVar[str] = ""
    label: ClassVar[Text] = Text("", "")
    plan: ClassVar[str] = ""
    also: ClassVar[frozenset[str]] = frozenset()
    notice_s: ClassVar[float] = 10.0
    rank: ClassVar[int] = 0
    hidden_by: ClassVar[Mapping[str, Text]] = {}

    @abstractmethod
    def arm(self, shadow: Shadow) -> None:
        """Puts it in."""

    @abstractmethod
    def clear(self, shadow: Shadow) -> None:
        """Takes it out; also when it was armed half, or not at all."""


def all_faults() -> dict[str, type[DrillFault]]:
    """Every fault there is, by name, those of plugins after ours."""
    import importlib
    import pkgutil

    import studio.plans.faults as folder

    for module in pkgutil.iter_modules(folder.__path__):
        importlib.import_module(f"{folder.__name__}.{module.name}")
    plugin_modules()
    found = _below(DrillFault)  # type: ignore[type-abstract]
    found.sort(key=lambda fault: (bool(plugin_name(fault.__module__)), fault.name))
    known: dict[str, type[DrillFault]] = {}
    for fault in found:
        known.setdefault(fault.name, fault)
    return known


def _below(kind: type[DrillFault]) -> list[type[DrillFault]]:
    found = []
    for sub in kind.__subclasses__():
        found += [sub, *_below(sub)] if sub.name else _below(sub)
    return found
