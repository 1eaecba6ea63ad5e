"""What others see of data that name somebody: at every exit the catalogue's classes decide.

Four sights: `Sight.WATCHER` is of whoever only looks on, and has nothing of the audit log either;
`Sight.NOBODY` hides names and what a text gives away; `Sight.NAMES` shows who wrote
and who bought, which those who work on a show need; `Sight.ALL` is for whoever unmasked, with a
reason and for a while.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from functools import cache, lru_cache
from typing import Any, Literal, Protocol

import msgspec

from studio.core.asking import PERSONAL, Asker
from studio.core.command import CommandRan, Role
from studio.core.event import Event
from studio.core.personal import mask_name, mask_text
from studio.core.state import StateChanged
from studio.governance.catalogue import PARTS, TEXTS, WHOLE, class_of
from studio.governance.sealing import may_name_somebody

SPOKEN = TEXTS | {"said"}
WITNESSED = frozenset(("audit",))
"""Parts, and first words of events, that whoever only looks on does not get."""


class Mask(Protocol):
    """Masks words."""

    def __call__(self, text: str, /) -> str: ...


class Sight(IntEnum):
    """How much of persons somebody is shown; a greater one shows more."""

    WATCHER = -1
    NOBODY = 0
    NAMES = 1
    ALL = 2


def sight_of(asker: Asker, *, is_unmasked: bool = False) -> Sight:
    """What is shown to whoever asks."""
    if asker.role < Role.STREAMER:
        return Sight.WATCHER
    if not asker.sees(PERSONAL):
        return Sight.NOBODY
    return Sight.ALL if is_unmasked else Sight.NAMES


def is_told(event: Event, sight: Sight) -> bool:
    """Is an event for them? Anchors of the audit log are for those who may compare them."""
    if sight > Sight.WATCHER:
        return True
    if isinstance(event, StateChanged):
        return not WITNESSED.issuperset(event.parts)
    return event.name.partition(".")[0] not in WITNESSED


def shown_event(event: Event, sight: Sight) -> dict[str, Any]:
    """An event's data for somebody."""
    if sight == Sight.ALL:
        return event.data()
    if isinstance(event, StateChanged):
        return {"parts": shown_parts(event.parts, sight)}
    data = event.data()
    if isinstance(event, CommandRan):
        error = mask_text(event.error)
        return {**data, "args": shown(data["args"], event.command, sight), "error": error}
    is_masked = may_name_somebody(event) or _has_words(type(event))
    masked: dict[str, Any] = shown(data, event.name, sight) if is_masked else data
    return masked


@cache
def _has_words(kind: type[Event]) -> bool:
    """Has it words that somebody spoke or wrote? A number may be read out aloud."""
    return not kind.is_frequent and any(
        field.name in SPOKEN for field in msgspec.structs.fields(kind)
    )


def shown_parts(parts: Mapping[str, Any], sight: Sight) -> dict[str, Any]:
    """Parts of the state for somebody; those that name nobody are handed on as they are."""
    if sight == Sight.ALL:
        return dict(parts)
    return {
        name: shown(part, name, sight) if name in PARTS else part
        for name, part in parts.items()
        if sight > Sight.WATCHER or name not in WITNESSED
    }


def shown(value: Any, place: str, sight: Sight, mask: Mask = mask_text) -> Any:
    """Plain data for somebody.

    Args:
        place: what it is, as the catalogue knows it.
        mask: for words; an answer to whoever asked for a token has it in it (`mask_persons`).
    """
    if sight == Sight.ALL or not value:
        return value
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {
            name: part
            if type(part) in _PLAIN or not part
            else _field(part, place, name, sight, mask)
            for name, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [shown(part, place, sight, mask) for part in value]
    return value


_PLAIN = frozenset((int, float, bool, type(None)))
_Way = Literal["whole", "named", "words"]


def _field(value: Any, place: str, name: str, sight: Sight, mask: Mask) -> Any:
    here, way = _way(place, name)
    if way == "whole":
        return value
    if way == "named" and sight <= Sight.NOBODY:
        return _named(value)
    return mask(value) if type(value) is str else shown(value, here, sight, mask)


@lru_cache(maxsize=4096)
def _way(place: str, name: str) -> tuple[str, _Way]:
    """The place of a field, and what becomes of it."""
    here = f"{place}.{name}"
    kind = class_of(here)
    if name in WHOLE or kind == "public":
        return here, "whole"
    return here, "named" if kind == "personal" and name not in TEXTS else "words"


def _named(value: Any) -> Any:
    """Names, and identities of the form ``platform/identity``."""
    if isinstance(value, str):
        platform, bar, name = value.rpartition("/")
        return f"{platform}{bar}{mask_name(name)}"
    return [_named(part) for part in value] if isinstance(value, list | tuple) else None
