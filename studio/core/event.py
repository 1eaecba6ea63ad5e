"""What the studio announces: typed events that name themselves, and who listens to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import msgspec

from studio.core.log import logger
from studio.core.text import Text

_log = logger(__name__)
E = TypeVar("E", bound="Event")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all events.

    A subclass sets ``name`` (dotted, past tense: "scenes.taken"), a label and a help text.
    ``is_frequent`` marks what comes many times a second (meters): told only to those who ask.
    """

    name: ClassVar[str] = ""
    label: ClassVar[Text] = Text("", "")
    help: ClassVar[Text] = Text("", "")
    is_frequent: ClassVar[bool] = False
    is_journaled: ClassVar[bool] = True

    def data(self) -> dict[str, Any]:
        """The event's fields as plain data, ready for JSON or msgpack."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def all_events() -> dict[str, type[Event]]:
    """Every event that is defined so far, by name."""
    found: dict[str, type[Event]] = {}
    todo = list(Event.__subclasses__())
    while todo:
        kind = todo.pop()
        todo.extend(kind.__subclasses__())
        if kind.name:
            found[kind.name] = kind
    return dict(sorted(found.items()))


class Events:
    """Delivers events on the engine loop. A listener's fault is logged and goes no further."""

    def __init__(self) -> None:
        self._by_type: dict[type[Event], list[Callable[[Any], None]]] = {}
        self._all: list[Callable[[Event], None]] = []

    def on(self, kind: type[E], listener: Callable[[E], None]) -> None:
        """Calls ``listener`` for each event of ``kind``."""
        self._by_type.setdefault(kind, []).append(listener)

    def on_all(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Calls ``listener`` for every event; the returned call ends it."""
        self._all.append(listener)
        return lambda: self._all.remove(listener)

    def publish(self, event: Event) -> None:
        """Announces ``event``; call it on the engine loop only."""
        for listener in (*self._by_type.get(type(event), ()), *self._all):
            try:
                listener(event)
            except Exception:
                _log.exception("a listener failed at %s", event.name)
