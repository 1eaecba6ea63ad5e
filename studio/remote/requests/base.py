"""How a request of the protocol is written: a method with a name, its data, its answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from studio.core.errors import Code, StudioError
from studio.remote.protocol import Data, RequestError, Status

if TYPE_CHECKING:
    from studio.remote.rooms import Rooms
    from studio.remote.session import Session

_NAME = "__request__"

STATUS_OF: dict[Code, Status] = {
    "invalid": Status.INVALID_FIELD,
    "not_found": Status.NOT_FOUND,
    "denied": Status.CANNOT_ACT,
    "conflict": Status.INVALID_STATE,
    "unavailable": Status.NOT_READY,
    "failed": Status.ACTION_FAILED,
    "confirm": Status.CANNOT_ACT,
}


def request(name: str) -> Callable[[Any], Any]:
    """Marks a method as the handler of a request type."""

    def mark(method: Any) -> Any:
        setattr(method, _NAME, name)
        return method

    return mark


class Requests:
    """Base of one category's handlers; methods take (session, data) and may be async."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms

    def handlers(self) -> dict[str, Callable[[Session, Data], Any]]:
        """The handlers of this category by request type."""
        found: dict[str, Callable[[Session, Data], Any]] = {}
        for name in dir(type(self)):
            member = getattr(type(self), name, None)
            kind = getattr(member, _NAME, None)
            if kind is not None:
                found[kind] = getattr(self, name)
        return found

    async def run(self, session: Session, command: str, **args: Any) -> Any:
        """Runs one of our commands; its error becomes the request's status."""
        try:
            done = await self.rooms.bus.run(command, args, role=session.role, origin=session.name)
        except StudioError as error:
            raise RequestError(STATUS_OF[error.code], error.in_language("en")) from error
        return done.result


async def answer(handler: Callable[[Session, Data], Any], session: Session, data: Data) -> Any:
    """Calls a handler, async or not."""
    try:
        result = handler(session, data)
        return await result if inspect.isawaitable(result) else result
    except StudioError as error:
        raise RequestError(STATUS_OF[error.code], error.in_language("en")) from error


def need(data: Data, name: str, kind: type | tuple[type, ...] = str) -> Any:
    """A field that must be there.

    Raises:
        RequestError: 300 when it is missing, 401 for the wrong type, 403 for an empty string.
    """
    if name not in data or data[name] is None:
        raise RequestError(Status.MISSING_FIELD, f"Your request is missing the `{name}` field.")
    return _typed(data[name], name, kind)


def maybe(data: Data, name: str, kind: type | tuple[type, ...] = str, default: Any = None) -> Any:
    """A field that may be there."""
    if data.get(name) is None:
        return default
    return _typed(data[name], name, kind)


def number(data: Data, name: str, low: float, high: float, default: float | None = None) -> float:
    """A number within limits.

    Raises:
        RequestError: 300, 401, or 402 when out of range.
    """
    if data.get(name) is None and default is not None:
        return default
    value = need(data, name, (int, float))
    if not low <= value <= high:
        raise RequestError(Status.OUT_OF_RANGE, f"`{name}` must be between {low} and {high}.")
    return float(value)


def _typed(value: Any, name: str, kind: type | tuple[type, ...]) -> Any:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        wanted = " or ".join(one.__name__ for one in kinds)
        raise RequestError(Status.INVALID_FIELD_TYPE, f"`{name}` must be of type {wanted}.")
    if value == "" and str in kinds:
        raise RequestError(Status.EMPTY_FIELD, f"`{name}` must not be empty.")
    return value
