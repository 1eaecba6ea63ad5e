"""The state others may see: one part a room, plain data, told when it changed."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Protocol

from studio.core.clean import Plain
from studio.core.event import Event, Events
from studio.core.part_rows import PartSnapshot
from studio.core.text import Text


class PartsTold(Mapping[str, Plain]):
    """Parts by name as plain data, each written when it is first looked at.

    Attributes:
        snapshots: the same as the services gave them.
    """

    def __init__(self, snapshots: Mapping[str, PartSnapshot]) -> None:
        self.snapshots = snapshots

    def __getitem__(self, name: str) -> Plain:
        return self.snapshots[name].plain

    def __iter__(self) -> Iterator[str]:
        return iter(self.snapshots)

    def __len__(self) -> int:
        return len(self.snapshots)


class StateChanged(Event, frozen=True, kw_only=True):
    """Parts of the state have new values.

    Attributes:
        parts: by name, read on the engine loop; some are written only when they are read
            (`PartsTold`).
    """

    name: ClassVar[str] = "state.changed"
    label: ClassVar[Text] = Text("状态已变", "State changed")
    help: ClassVar[Text] = Text(
        "给出变化的部分及其新值。", "Gives the parts that changed, each with its new value."
    )
    is_journaled: ClassVar[bool] = False

    parts: Mapping[str, Any]

    def data(self) -> dict[str, Any]:
        """The parts as plain data."""
        return {"parts": dict(self.parts)}


class PartsListener(Protocol):
    """Told at once, on the engine loop, that a part it watches has changed."""

    def __call__(self) -> None: ...


class TouchListener(Protocol):
    """Told at once, on the engine loop, which parts have changed."""

    def __call__(self, parts: tuple[str, ...]) -> None: ...


class State:
    """Every room registers how its part looks; views read parts by name.

    Only the engine loop calls this. ``touch`` marks a part; ``flush`` (once a loop turn) tells
    all marked parts in one event, so that ten changes in one command are one message.
    """

    def __init__(self, events: Events, soon: Callable[[Callable[[], None]], object]) -> None:
        self._events = events
        self._soon = soon
        self._views: dict[str, Callable[[], Plain]] = {}
        self._structs: dict[str, tuple[Callable[[], Any], Callable[[Any], Plain]]] = {}
        self._numbers = itertools.count(1)
        self._dirty: dict[str, None] = {}
        self._held: Counter[str] = Counter()
        self._kept_back: dict[str, None] = {}
        self._listeners: list[TouchListener] = []
        self._watchers: list[tuple[frozenset[str], PartsListener]] = []

    def watch(self, parts: Collection[str], listener: PartsListener) -> None:
        """Calls ``listener`` at once whenever one of ``parts`` is touched, in order of `watch`."""
        self._watchers.append((frozenset(parts), listener))

    def on_touch(self, listener: TouchListener) -> None:
        """Calls ``listener`` at once with every set of parts that is touched."""
        self._listeners.append(listener)

    def add(self, part: str, view: Callable[[], Plain]) -> None:
        """Registers ``part``; ``view`` returns its value now."""
        self._views[part] = view

    def add_struct(self, part: str, view: Callable[[], Any], write: Callable[[Any], Plain]) -> None:
        """Registers ``part``, of which only what changed may be sent.

        Args:
            view: its value now, of immutable structs.
            write: makes plain data of that.
        """
        self._views[part] = lambda: write(view())
        self._structs[part] = view, write

    @property
    def parts(self) -> list[str]:
        """Names of all parts."""
        return sorted(self._views)

    def get(self, parts: Iterable[str] | None = None) -> dict[str, Plain]:
        """The values of ``parts`` (all when None); an unknown name is left out."""
        names = self._views if parts is None else parts
        return {name: self._views[name]() for name in names if name in self._views}

    def snapshots(self, parts: Iterable[str] | None = None) -> dict[str, PartSnapshot]:
        """``parts`` (all when None) as they are now; an unknown name is left out."""
        names = self._views if parts is None else parts
        return {name: self._snapshot(name) for name in names if name in self._views}

    def _snapshot(self, part: str) -> PartSnapshot:
        view, write = self._structs.get(part) or (self._views[part], _as_it_is)
        return PartSnapshot(next(self._numbers), view(), write)

    def touch(self, *parts: str) -> None:
        """Marks parts as changed; they are told at the end of this turn of the loop."""
        self._mark(parts)
        if parts:
            for told in self._listeners:
                told(parts)
        for watched, listener in self._watchers:
            if not watched.isdisjoint(parts):
                listener()

    def _mark(self, parts: Iterable[str]) -> None:
        fresh = dict.fromkeys(part for part in parts if not self._held[part])
        self._kept_back |= dict.fromkeys(part for part in parts if self._held[part])
        if fresh and not self._dirty:
            self._soon(self.flush)
        self._dirty |= fresh

    @contextmanager
    def held(self, parts: Collection[str]) -> Iterator[None]:
        """While this lasts these parts are marked and not told: whoever changed them is answered
        first."""
        self._held.update(parts)
        self._kept_back |= {part: None for part in parts if part in self._dirty}
        self._dirty = {part: None for part in self._dirty if not self._held[part]}
        try:
            yield
        finally:
            self._held.subtract(parts)
            free = [part for part in self._kept_back if not self._held[part]]
            for part in free:
                del self._kept_back[part]
            self._mark(free)

    def flush(self) -> None:
        """Tells what changed since the last time."""
        if self._dirty:
            changed, self._dirty = self._dirty, {}
            parts = PartsTold(self.snapshots(changed))
            self._events.publish(StateChanged(parts=parts))


def _as_it_is(plain: Plain) -> Plain:
    return plain
