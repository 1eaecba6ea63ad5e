"""How a request of the protocol is written: a method with a name, its data, its answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from studio.core.errors import Code, StudioError
from studio.protocols.obs_ws import Data, Remarked, RequestError, RequestStatus
from studio.remote.arguments import cannot, maybe, missing, need, number, whole
from studio.remote.groups import SeenGroup, groups_of

if TYPE_CHECKING:
    from studio.remote.host import RequestHost
    from studio.remote.session import Session
    from studio.scenes.model import Canvas, Scene
    from studio.sources.model import SourceSpec

Handler = Callable[["Session", Data], Any]

_NAME = "__request__"

STATUS_OF: dict[Code, RequestStatus] = {
    "invalid": RequestStatus.INVALID_FIELD,
    "not_found": RequestStatus.NOT_FOUND,
    "denied": RequestStatus.CANNOT_ACT,
    "conflict": RequestStatus.INVALID_STATE,
    "unavailable": RequestStatus.NOT_READY,
    "failed": RequestStatus.ACTION_FAILED,
    "confirm": RequestStatus.CANNOT_ACT,
}


Method = TypeVar("Method", bound=Callable[..., Any])


def request(*names: str) -> Callable[[Method], Method]:
    """Marks a method as the handler of one or more request types."""

    def mark(method: Method) -> Method:
        setattr(method, _NAME, names)
        return method

    return mark


class Requests:
    """Base of one category's handlers; methods take (session, data) and may be async.

    Handlers only read the rooms; what changes something runs a command (`run`).
    """

    def __init__(self, door: RequestHost) -> None:
        self.door = door
        self.rooms = door.rooms
        self.ids = door.ids

    def handlers(self) -> dict[str, Handler]:
        """The handlers of this category by request type."""
        found: dict[str, Handler] = {}
        for name in dir(type(self)):
            for kind in getattr(getattr(type(self), name, None), _NAME, ()):
                found[kind] = getattr(self, name)
        return found

    async def run(self, session: Session, command: str, **args: Any) -> Any:
        """Runs one of our commands; its error becomes the request's status."""
        try:
            done = await self.rooms.bus.run(
                command, args, role=session.role, origin=session.name, is_here=session.is_here
            )
        except StudioError as error:
            raise RequestError(STATUS_OF[error.code], error.in_language("en")) from error
        return done.result

    # -- what a request speaks of ------------------------------------------------------------

    def canvas(self, data: Data) -> Canvas:
        """The canvas of ``canvasUuid``; landscape, the main one, without it."""
        uuid = maybe(data, "canvasUuid")
        canvases = self.rooms.scenes.state.canvases
        if uuid is None:
            return canvases[0]
        for canvas in canvases:
            if self.ids.canvas(canvas.name) == uuid:
                return canvas
        raise RequestError(RequestStatus.NOT_FOUND, f"There is no canvas with the UUID {uuid}.")

    def scene(self, data: Data, prefix: str = "scene") -> Scene:
        """The scene of ``sceneUuid`` or ``sceneName``.

        Raises:
            RequestError: 300 when neither is there, 600, 602 when it is an input.
        """
        self.canvas(data)
        name, uuid = maybe(data, f"{prefix}Name"), maybe(data, f"{prefix}Uuid")
        if name is None and uuid is None:
            raise missing(f"{prefix}Name")
        for scene in self.rooms.scenes.state.scenes:
            if scene.id == uuid or (uuid is None and scene.name == name):
                return scene
        if self._input(name, uuid) is not None:
            raise RequestError(
                RequestStatus.INVALID_RESOURCE_TYPE, f"{name or uuid} is not a scene."
            )
        raise RequestError(RequestStatus.NOT_FOUND, f"There is no scene {name or uuid}.")

    def input(self, data: Data) -> SourceSpec:
        """The input of ``inputUuid`` or ``inputName``.

        Raises:
            RequestError: 300 when neither is there, 600, 602 when it is a scene.
        """
        name, uuid = maybe(data, "inputName"), maybe(data, "inputUuid")
        if name is None and uuid is None:
            raise missing("inputName")
        found = self._input(name, uuid)
        if found is not None:
            return found
        if any(uuid == scene.id or name == scene.name for scene in self.rooms.scenes.state.scenes):
            raise RequestError(
                RequestStatus.INVALID_RESOURCE_TYPE, f"{name or uuid} is not an input."
            )
        raise RequestError(RequestStatus.NOT_FOUND, f"There is no input {name or uuid}.")

    def source(self, data: Data) -> Scene | SourceSpec:
        """The scene or input of ``sourceUuid`` or ``sourceName``."""
        self.canvas(data)
        name, uuid = maybe(data, "sourceName"), maybe(data, "sourceUuid")
        if name is None and uuid is None:
            raise missing("sourceName")
        found = self._input(name, uuid)
        if found is not None:
            return found
        for scene in self.rooms.scenes.state.scenes:
            if scene.id == uuid or (uuid is None and scene.name == name):
                return scene
        raise RequestError(RequestStatus.NOT_FOUND, f"There is no source {name or uuid}.")

    def group(self, data: Data, prefix: str) -> SeenGroup | None:
        """The group that stands where a request names a scene or source; None where none does."""
        name, uuid = data.get(f"{prefix}Name"), data.get(f"{prefix}Uuid")
        for scene in self.rooms.scenes.state.scenes:
            for group in groups_of(scene):
                if self.ids.group(group.name) == uuid or (uuid is None and group.name == name):
                    return group
        return None

    def source_or_group(self, data: Data) -> Scene | SourceSpec | SeenGroup:
        """What ``sourceName`` or ``sourceUuid`` names; a group where nothing else has that name."""
        try:
            return self.source(data)
        except RequestError:
            group = self.group(data, "source")
            if group is None:
                raise
            return group

    def _input(self, name: str | None, uuid: str | None) -> SourceSpec | None:
        specs = self.rooms.bank.specs
        if uuid is not None:
            return next(
                (spec for spec in specs.values() if self.ids.input(spec.name) == uuid), None
            )
        return specs.get(name or "")


def lossy(lost: Iterable[tuple[str, Any]], done: Data | None, *, is_all: bool = False) -> Any:
    """The answer ``done``, with the names of what was asked for and has no counterpart here.

    Raises:
        RequestError: 703, when nothing else was asked for.
    """
    names = ", ".join(sorted({f"`{name}`" for name, _ in lost}))
    if not names:
        return done
    comment = f"Not kept, for there is nothing like it here, or not as much of it: {names}."
    if is_all:
        raise cannot(comment)
    return Remarked(done, comment)


async def answer(handler: Handler, session: Session, data: Data) -> Any:
    """Calls a handler, async or not."""
    try:
        result = handler(session, data)
        return await result if inspect.isawaitable(result) else result
    except StudioError as error:
        raise RequestError(STATUS_OF[error.code], error.in_language("en")) from error


__all__ = [
    "Requests", "answer", "cannot", "lossy", "maybe", "missing", "need", "number", "request",
    "whole",
]  # fmt: skip
