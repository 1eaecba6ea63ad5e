"""What only Shopcast has: our commands, our state, our views, as vendor requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from studio.core.asking import asking
from studio.core.command import Spec
from studio.core.errors import StudioError
from studio.core.event import all_events
from studio.core.own_undo import OwnStep
from studio.core.personal import mask_persons
from studio.governance.masking import shown, shown_parts
from studio.remote.desks import Screens
from studio.remote.following import Follower
from studio.remote.pictures import Screenshot, data_url
from studio.remote.views import Wanted

if TYPE_CHECKING:
    from studio.remote.rooms import EngineFacade
    from studio.remote.session import Session

Question = Callable[["EngineFacade", "Session", dict[str, Any]], Any]


def error(fault: StudioError) -> dict[str, Any]:
    """An error for a client: code, key and parameters to translate, and the text in English."""
    params = {key: str(value) for key, value in fault.params.items()}
    return {
        "code": fault.code,
        "key": fault.key,
        "params": params,
        "text": fault.in_both(),
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


async def call(rooms: EngineFacade, session: Session, kind: str, data: dict[str, Any]) -> Any:
    """Answers a question, or runs the command of this id.

    Raises:
        StudioError: what the command or question says.
    """
    question = QUESTIONS.get(kind)
    if question is not None:
        return question(rooms, session, data)
    if kind == "picture.get":
        return await _picture(session, data)
    if kind == "undo.run":
        return await _undo(rooms, session, _arguments(StepNumber, kind, data))
    if kind == "command.text":
        line = _arguments(CommandText, kind, data)
        return await _run(rooms, session, line.command, dict(line.args), is_text=True)
    return await _run(rooms, session, kind, data)


async def _run(
    rooms: EngineFacade, session: Session, id: str, args: dict[str, Any], *, is_text: bool = False
) -> Any:
    done = await rooms.bus.run(
        id, args, role=session.role, origin=session.name, is_text=is_text, is_here=session.is_here
    )
    result = msgspec.to_builtins(done.result, enc_hook=str)
    if not rooms.bus.reads(id):  # what gives personal data out is a right of its own
        result = shown(result, id, session.sight, mask_persons)
    return {
        "changed": list(done.parts),
        "result": result,
        "undo": list(done.undo) if done.undo else None,
    }


async def _undo(rooms: EngineFacade, session: Session, wanted: StepNumber) -> Any:
    """Takes back the last own step, the one that was looked at."""
    step = rooms.bus.last_step(asking())
    if step is None or (wanted.number and step.number != wanted.number):
        raise StudioError("conflict", "command.undone" if wanted.number else "command.no_step")
    args = {**step.args, "undoing": True}
    if wanted.confirm:
        args["confirm"] = True
    try:
        done: dict[str, Any] = await _run(rooms, session, step.command, args)
    except StudioError as refused:
        if refused.code in ("conflict", "not_found", "invalid"):  # it will not be otherwise later
            rooms.bus.drop_step(step)
        raise
    return {**done, "step": _step(rooms, step)}


def _last_step(rooms: EngineFacade, session: Session, data: dict[str, Any]) -> Any:
    step = rooms.bus.last_step(asking())
    return None if step is None else _step(rooms, step)


def _step(rooms: EngineFacade, step: OwnStep) -> dict[str, Any]:
    spec, back = rooms.bus.find(step.did), rooms.bus.find(step.command)
    return {
        "number": step.number,
        "command": step.did,
        "label": list(spec.label) if spec is not None else [step.did, step.did],
        "needs_confirm": back is not None and back.needs_confirm,
    }


class StepNumber(msgspec.Struct, frozen=True):
    """An own step.

    Attributes:
        number: as `undo.last` told it; 0 is whichever is the last.
        confirm: its way back cannot be undone, and is wanted all the same.
    """

    number: int = 0
    confirm: bool = False


class CommandText(msgspec.Struct, frozen=True):
    """A command as typed on a command line: values are text and are converted.

    Attributes:
        args: a value may also be a list or an object, for arguments that are one.
    """

    command: str
    args: dict[str, str | list[Any] | dict[str, Any]] = {}


class Names(msgspec.Struct, frozen=True):
    """Names of events."""

    names: list[str]


class VendorParts(msgspec.Struct, frozen=True):
    """Names of the state's parts; None for all."""

    parts: list[str] | None = None


class Introduction(msgspec.Struct, frozen=True):
    """How a client calls itself, for the journal."""

    name: str = "remote"


class ViewId(msgspec.Struct, frozen=True):
    """A view."""

    view: str = ""


S = TypeVar("S")


def _arguments(kind: type[S], request: str, data: dict[str, Any]) -> S:
    """Plain data as the struct a question takes.

    Raises:
        StudioError: invalid, saying which field.
    """
    try:
        return msgspec.convert(data, kind)
    except (msgspec.ValidationError, TypeError) as error:
        raise StudioError("invalid", "remote.arguments", request=request, why=str(error)) from None


async def _picture(session: Session, data: dict[str, Any]) -> Any:
    shot = _arguments(Screenshot, "picture.get", data)
    picture = await session.door.pictures.take(shot)
    return {"imageData": data_url(picture, shot.format)}


def _state(rooms: EngineFacade, session: Session, data: dict[str, Any]) -> Any:
    parts = rooms.state.get(_arguments(VendorParts, "state.get", data).parts)
    return shown_parts(parts, session.sight)


def _follow(rooms: EngineFacade, session: Session, data: dict[str, Any]) -> Any:
    parts = _arguments(VendorParts, "state.follow", data).parts
    session.follows = session.follows or Follower()
    return session.follows.follow(rooms.state, parts, session.sight)


def _commands(rooms: EngineFacade, session: Session, data: dict[str, Any]) -> Any:
    return [describe(spec) for spec in rooms.bus.specs()]


def _events(rooms: EngineFacade, session: Session, data: dict[str, Any]) -> Any:
    return [
        {
            "name": name,
            "label": list(kind.label),
            "help": list(kind.help),
            "is_frequent": kind.is_frequent,
        }
        for name, kind in all_events().items()
    ]


def _subscribe(rooms: EngineFacade, session: Session, data: dict[str, Any]) -> Any:
    session.wants = set(_arguments(Names, "events.subscribe", data).names)
    return sorted(session.wants)


def _kinds(rooms: EngineFacade, session: Session, data: dict[str, Any]) -> Any:
    folders: dict[str, Any] = {
        "sources": rooms.source_kinds,
        "filters": rooms.filter_kinds,
        "transitions": rooms.transition_kinds,
        "feeds": rooms.feed_kinds,
    }
    return {
        folder: [
            {
                "kind": kind.kind,
                "label": list(kind.label),
                "help": list(kind.help),
                "settings": kind.schema(),
                # A filter says what it changes.
                **({"is_sound": True} if getattr(kind, "is_sound", False) else {}),
                **({} if getattr(kind, "is_picture", True) else {"is_picture": False}),
                # A feed of comments says what it does not see.
                **_blind_spots(kind),
            }
            for kind in kinds
        ]
        for folder, kinds in folders.items()
    }


def _blind_spots(kind: Any) -> dict[str, Any]:
    spots = getattr(kind, "blind_spots", ())
    return {"blind_spots": [list(spot) for spot in spots]} if spots else {}


def _stats(rooms: EngineFacade, session: Session, data: dict[str, Any]) -> Any:
    return dict(rooms.insight.stats)


def _introduce(rooms: EngineFacade, session: Session, data: dict[str, Any]) -> Any:
    given = _arguments(Introduction, "session.introduce", data).name[:40]
    # Whoever came in with a token keeps its name in the journal, and nobody takes another's.
    if not session.token:
        session.name = given.replace(":", " ").strip() or "remote"
    show = msgspec.to_builtins(rooms.session.view())
    return {"show": show, "role": session.role.name.lower(), "name": session.name}


def _open_view(rooms: EngineFacade, session: Session, data: dict[str, Any]) -> Any:
    return session.door.views.open(session, _arguments(Wanted, "view.open", data))


def _close_view(rooms: EngineFacade, session: Session, data: dict[str, Any]) -> Any:
    return session.door.views.close(session, _arguments(ViewId, "view.close", data).view)


def _screens(rooms: EngineFacade, session: Session, data: dict[str, Any]) -> Any:
    return session.door.desks.announce(session, _arguments(Screens, "desk.screens", data))


QUESTIONS: dict[str, Question] = {
    "state.get": _state,
    "state.follow": _follow,
    "commands.list": _commands,
    "events.list": _events,
    "events.subscribe": _subscribe,
    "kinds.list": _kinds,
    "stats.get": _stats,
    "undo.last": _last_step,
    "session.introduce": _introduce,
    "desk.screens": _screens,
    "view.open": _open_view,
    "view.close": _close_view,
}
