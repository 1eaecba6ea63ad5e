"""Tells our events in the protocol's own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.core.event import Event
from studio.remote.protocol import Data, Subscription
from studio.scenes.events import PreviewSet, SceneTaken

if TYPE_CHECKING:
    from studio.remote.rooms import Rooms

Tell = Callable[[Subscription, str, Data | None], None]


class Translator:
    """Our events in, events of obs-websocket out."""

    def __init__(self, rooms: Rooms, tell: Tell) -> None:
        self._rooms = rooms
        self._tell = tell

    def event(self, event: Event) -> None:
        """Translates one event, if the protocol has a word for it."""
        if isinstance(event, SceneTaken) and event.canvas in ("", "landscape"):
            data = {"sceneName": event.scene, "sceneUuid": self._id(event.scene)}
            self._tell(Subscription.SCENES, "CurrentProgramSceneChanged", data)
        elif isinstance(event, PreviewSet) and event.canvas in ("", "landscape"):
            data = {"sceneName": event.scene, "sceneUuid": self._id(event.scene)}
            self._tell(Subscription.SCENES, "CurrentPreviewSceneChanged", data)

    def _id(self, scene: str) -> str:
        found = self._rooms.scenes.state.scene(scene)
        return found.id if found else ""
