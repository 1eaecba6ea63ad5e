"""What is written down of an event: the words and names of persons sealed, all else as it is."""

from __future__ import annotations

from collections.abc import Container, Mapping
from functools import cache
from typing import Any, Protocol

import msgspec

from studio.core.clean import Plain
from studio.core.command import CommandRan
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.core.log import logger
from studio.governance.catalogue import is_personal
from studio.governance.database import DatabaseError
from studio.governance.people import GONE, SEALED

_log = logger(__name__)


class Sealer(Protocol):
    """Seals words under a person's key (`studio.governance.people.PeopleKeys`)."""

    def seal(self, who: str, words: Plain, author: str = "") -> str:
        """The words, sealed."""
        ...

    def seal_known(self, who: str, words: Plain, author: str = "") -> str:
        """The same where somebody of that name is known; of nobody else a key is made."""
        ...


ABOUT_PERSONS = frozenset(("privacy.erase", "privacy.export", "privacy.find", "privacy.may"))
"""Who is asked about is no viewer who came: no key is made for them, least of all for somebody
who was just erased."""


def may_name_somebody(event: Event) -> bool:
    """Can this event hold a name or words of a person?"""
    return isinstance(event, CommandRan) or names_somebody(type(event))


def sealed_data(sealer: Sealer, event: Event) -> dict[str, Any]:
    """The event's data as it may be written down; never in clear what is personal."""
    data = event.data()
    if isinstance(event, CommandRan):
        return {**data, "args": _sealed(sealer, event.command, event.args)}
    return _sealed(sealer, event.name, data)


@cache
def names_somebody(kind: type[Event]) -> bool:
    """Has this kind of event a field that says who somebody is?"""
    fields = msgspec.structs.fields(kind)
    return any(
        is_personal(f"{kind.name}.{field.name}") or field.name == "entry" for field in fields
    )


def _sealed(sealer: Sealer, place: str, data: Mapping[str, Any]) -> dict[str, Any]:
    who, author = _subject(data)
    written: dict[str, Any] = {}
    for name, value in data.items():
        here = f"{place}.{name}"
        if value and is_personal(here):
            written[name] = _sealed_value(sealer, place, who, author, value)
        elif isinstance(value, dict):
            written[name] = _sealed(sealer, here, value)
        else:
            written[name] = value
    return written


def _sealed_value(sealer: Sealer, place: str, who: str, author: str, value: Any) -> Any:
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return [_sealed_value(sealer, place, part, "", part) for part in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return value  # how many, not who
    try:
        if place in ABOUT_PERSONS:
            return sealer.seal_known(who, value, author)
        return sealer.seal(who, value, author)
    except (StudioError, DatabaseError, OSError, ValueError, TypeError) as error:
        _log.error("words of a person could not be sealed and are left out: %s", error)
        return GONE


def _subject(data: Mapping[str, Any]) -> tuple[str, str]:
    """Of whom this is: ``platform/identity`` and the name they go by."""
    author = _text(data.get("author"))
    who = _text(data.get("who"))
    buyer = _text(data.get("buyer"))
    if who:
        return who, author
    if author:
        return f"{_text(data.get('platform'))}/{author}", author
    return f"{_text(data.get('channel'))}/{buyer}", buyer


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def blanked(place: str, data: Mapping[str, Any], names: Container[str]) -> dict[str, Any]:
    """Data that was written in clear, without the words of those who go by ``names``.

    Where it does not say whose words they are, it is left as it is.
    """
    fresh: dict[str, Any] = {}
    is_theirs = any(isinstance(data.get(key), str) and data[key] in names for key in _WHOSE)
    for name, value in data.items():
        here = f"{place}.{name}"
        if isinstance(value, dict) and not is_personal(here):
            fresh[name] = blanked(here, value, names)
        elif isinstance(value, list) and is_personal(here):
            fresh[name] = [GONE if part in names else part for part in value]
        elif is_theirs and value and is_personal(here) and not _is_sealed(value):
            fresh[name] = value if isinstance(value, int) else GONE
        else:
            fresh[name] = value
    return fresh


_WHOSE = ("who", "author", "buyer")


def _is_sealed(value: object) -> bool:
    return isinstance(value, str) and value.startswith(SEALED)
