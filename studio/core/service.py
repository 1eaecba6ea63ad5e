"""The contract of every feature that has state: a service, run by loops over one ordered list.

The engine starts, stops, opens, saves, checks and resumes a show by going over its services; a
new feature is a class here and a line in the list (`studio.app.root`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, TypeVar

import msgspec

from studio.core.clean import Plain
from studio.core.command import Changed, Spec
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.extension import Extension, Kinds
from studio.core.names import check_name
from studio.core.state import State

X = TypeVar("X", bound=Extension)

Severity = Literal["broken", "fatal", "warning"]
"""Broken: the show cannot be opened; fatal: it cannot go on air like this; warning: look at it."""


class Job(Protocol):
    """What a service does again and again on the engine loop; it returns soon."""

    def __call__(self) -> None: ...


class Every(NamedTuple):
    """A job with its name and period."""

    name: str
    seconds: float
    job: Job


class ExtensionKinds(Protocol):
    """The kinds of extension there are, by the class they share."""

    def of(self, base: type[X]) -> Kinds[X]:
        """All kinds of ``base`` (`Source`, `Filter`, …), plugins included."""
        ...


class CommandSpecs(Protocol):
    """The commands there are, known without an engine that runs."""

    def specs(self) -> Sequence[Spec]:
        """By id."""
        ...


class CommandRunner(Protocol):
    """Runs commands for somebody who may run some of them."""

    def specs(self) -> list[Spec]:
        """The commands there are for it."""
        ...

    async def run(self, id: str, args: Mapping[str, Any] | None = None) -> Changed:
        """Runs one.

        Raises:
            StudioError: as `studio.core.command.Bus.run`.
        """
        ...


@dataclass(frozen=True, slots=True)
class ServiceTools:
    """What a plugin's service is made with; services of the studio name what they need one by one.

    Attributes:
        bus: runs the plugin's own commands, and those its manifest asks for, with the rights of a
            controller at most.
        events, state: heard and told.
        folder: where the plugin may keep files of its own.
    """

    bus: CommandRunner
    events: Events
    state: State
    folder: Path


@dataclass(frozen=True, slots=True)
class ShowContext:
    """What a service may know of the show it loads.

    Attributes:
        folder: of the show; paths in its parts start there.
        name, language: from its head; language is that of viewers ("zh", "en").
        parts: every part as decoded, by its key in show.json.
        kinds: the kinds of extension there are.
        is_safe: without try-on and plugins, after it crashed twice.
        commands: those there are, for a check that takes its time; None while a show is opened.
    """

    folder: Path
    name: str = ""
    language: str = "zh"
    parts: Mapping[str, Any] = field(default_factory=dict)
    kinds: ExtensionKinds | None = None
    is_safe: bool = False
    commands: CommandSpecs | None = None

    def kinds_of(self, base: type[X]) -> Kinds[X]:
        """The kinds of ``base``; none at all in a context without kinds."""
        if self.kinds is None:
            return Kinds({}, base.__name__.lower())
        return self.kinds.of(base)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with a part of a show, and where.

    Attributes:
        place: path in show.json, "sources[主播机位].settings".
        error: what is wrong, in both languages.
    """

    place: str
    error: StudioError
    severity: Severity = "fatal"

    @property
    def text(self) -> str:
        """What is wrong, in the language of this system."""
        return self.error.in_language()

    @property
    def is_fatal(self) -> bool:
        """It cannot go on air like this."""
        return self.severity != "warning"


def named_findings(place: str, name: str) -> Iterable[Finding]:
    """A finding for a name that cannot be one (`studio.core.names`)."""
    try:
        check_name(name)
    except StudioError as error:
        where = StudioError("invalid", "names.where", where=place, why=error)
        yield Finding(place, where, "broken")


class Service:
    """One feature with state. Every method is called on the engine loop.

    Class attributes:
        name: its part of the state and of the checkpoint.
        key: its part of show.json where that has another name; "" is ``name``.
        Part: type of what the show keeps, None where it keeps nothing.
        View: type of what desks and remotes see, None where they see nothing.
        Checkpoint: type of what must survive a kill, None for nothing.
        is_advice: what `validate` finds never keeps a show from being opened: a check asks for
            it, the opening of a show does not wait for it.

    Attributes:
        every: periodic jobs; they run from `start` to `stop`.
    """

    name: ClassVar[str] = ""
    key: ClassVar[str] = ""
    Part: ClassVar[Any] = None
    View: ClassVar[Any] = None
    Checkpoint: ClassVar[Any] = None
    is_advice: ClassVar[bool] = False
    every: Sequence[Every] = ()

    @property
    def errors(self) -> Sequence[StudioError]:
        """What of the show could not be used, though it opened."""
        return ()

    @classmethod
    def show_key(cls) -> str:
        """Its key in show.json; "" where the show keeps nothing of it."""
        return "" if cls.Part is None else cls.key or cls.name

    def commands(self) -> Sequence[object]:
        """Objects whose commands belong to it."""
        return ()

    # -- the show ------------------------------------------------------------------------------

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """Every fault of its part, found without taking anything over."""
        return ()

    def accept(self, part: Any, context: ShowContext) -> None:
        """Refuses a part that the running engine cannot take over.

        Raises:
            StudioError: conflict, with what to do.
        """

    async def reset(self) -> None:
        """Leaves the show: no thread, task, file or word of it stays behind."""

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over its part; after `reset` this equals a fresh start.

        Raises:
            StudioError: what cannot be used; the show before comes back then.
        """

    async def ready(self, context: ShowContext) -> None:
        """The show's first picture is there: what may take its time, and what lies over it."""

    def save(self) -> Any:
        """Its part as the show keeps it now; None leaves what stands in the file."""
        return None

    # -- what is seen, what survives -----------------------------------------------------------

    def view(self) -> Plain:
        """Its part of the state."""
        return None

    def plain_of(self, view: Any) -> Plain:
        """A `view` as plain data; a service with much to show keeps what has not changed."""
        return msgspec.to_builtins(view)

    def checkpoint(self) -> Any:
        """What the next engine needs to go on where this one is killed."""
        return None

    async def restore(self, kept: Any) -> None:
        """Goes on from a checkpoint, after `load` and `ready`."""

    # -- beginning and end ---------------------------------------------------------------------

    async def start(self) -> None:
        """Starts what runs as long as the engine does, after the first show is ready."""

    async def stop(self) -> None:
        """Ends everything it started."""


class PluginService(Service):
    """Base of a service that a plugin brings; its name must not be taken.

    Args:
        tools: what it may use.
    """

    def __init__(self, tools: ServiceTools) -> None:
        self.tools = tools
