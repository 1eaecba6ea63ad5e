"""What only Shopcast has: our commands, our state, our views, as vendor requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from studio.core.command import Spec
from studio.core.errors import StudioError
from studio.core.event import all_events

if TYPE_CHECKING:
    from studio.remote.rooms import Rooms
    from studio.remote.session import Session

Question = Callable[["Rooms", "Session", dict[str, Any]], Any]


def error(fault: StudioError) -> dict[str, Any]:
    """An error for a client: code, key and parameters to translate, and the text in English."""
    params = {key: str(value) for key, value in fault.params.items()}
    return {
        "code": fault.code,
        "key": fault.key,
        "params": params,
        "text": {"zh": fault.in_language("zh"), "en": fault.in_language("en")},
    }


def describe(spec: Spec) -> dict[str, Any]:
    """A command for a client that draws buttons and forms."""
    return {
        "id": spec.id,
        "role": spec.role.name.lower(),
        "label": list(spec.label),
        "help": list(spec.help),
        "keys": spec.keys,
        "needs_confirm": spec.needs_confirm,
        "args": spec.schema(),
    }


async def call(rooms: Rooms, session: Session, kind: str, data: dict[str, Any]) -> Any:
    """Answers a question, or runs the command of this id.

    Raises:
        StudioError: what the command or question says.
    """
    question = QUESTIONS.get(kind)
    if question is not None:
        return question(rooms, session, data)
    done = await rooms.bus.run(kind, data, role=session.role, origin=session.name)
    return {
        "changed": list(done.parts),
        "result": msgspec.to_builtins(done.result, enc_hook=str),
        "undo": list(done.undo) if done.undo else None,
    }


def _state(rooms: Rooms, session: Session, data: dict[str, Any]) -> Any:
    return rooms.state.get(data.get("parts"))


def _commands(rooms: Rooms, session: Session, data: dict[str, Any]) -> Any:
    return [describe(spec) for spec in rooms.bus.specs()]


def _events(rooms: Rooms, session: Session, data: dict[str, Any]) -> Any:
    return [
        {
            "name": name,
            "label": list(kind.label),
            "help": list(kind.help),
            "is_frequent": kind.is_frequent,
        }
        for name, kind in all_events().items()
    ]


def _subscribe(rooms: Rooms, session: Session, data: dict[str, Any]) -> Any:
    names = data.get("names")
    if not isinstance(names, list):
        raise StudioError("invalid", "remote.names", got=type(names).__name__)
    session.wants = {str(name) for name in names}
    return sorted(session.wants)


def _kinds(rooms: Rooms, session: Session, data: dict[str, Any]) -> Any:
    folders: dict[str, Any] = {
        "sources": rooms.source_kinds,
        "filters": rooms.filter_kinds,
        "transitions": rooms.transition_kinds,
    }
    return {
        folder: [
            {
                "kind": kind.kind,
                "label": list(kind.label),
                "help": list(kind.help),
                "settings": kind.schema(),
            }
            for kind in kinds
        ]
        for folder, kinds in folders.items()
    }


def _stats(rooms: Rooms, session: Session, data: dict[str, Any]) -> Any:
    return rooms.stats()


def _introduce(rooms: Rooms, session: Session, data: dict[str, Any]) -> Any:
    session.name = str(data.get("name", "remote"))[:40]
    return {"show": rooms.show(), "role": session.role.name.lower()}


def _open_view(rooms: Rooms, session: Session, data: dict[str, Any]) -> Any:
    return session.door.views.open(session, data)


def _close_view(rooms: Rooms, session: Session, data: dict[str, Any]) -> Any:
    return session.door.views.close(session, str(data.get("view", "")))


QUESTIONS: dict[str, Question] = {
    "state.get": _state,
    "commands.list": _commands,
    "events.list": _events,
    "events.subscribe": _subscribe,
    "kinds.list": _kinds,
    "stats.get": _stats,
    "session.introduce": _introduce,
    "view.open": _open_view,
    "view.close": _close_view,
}
