"""Scene requests: the row, programme, preview."""

from __future__ import annotations

from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote.requests.base import Requests, maybe, need, request, whole
from studio.remote.session import Session
from studio.remote.words import ObsSerializer


class SceneRequests(Requests):
    """Category "scenes". All canvases share the scenes; each has a programme of its own."""

    @request("GetSceneList")
    def scene_list(self, session: Session, data: Data) -> Data:
        """The row, and what is on programme and preview of a canvas."""
        canvas, state = self.canvas(data), self.rooms.scenes.state
        words = self._words()
        programme = words.shown(canvas.name, state)
        preview = words.shown(canvas.name, state, True) if state.is_studio_mode else None
        return {
            "currentProgramSceneName": programme.name if programme else None,
            "currentProgramSceneUuid": programme.id if programme else None,
            "currentPreviewSceneName": preview.name if preview else None,
            "currentPreviewSceneUuid": preview.id if preview else None,
            "scenes": words.scenes(state.scenes),
        }

    @request("GetGroupList")
    def group_list(self, session: Session, data: Data) -> Data:
        """The names of all groups."""
        scenes = self.rooms.scenes.state.scenes
        return {"groups": sorted({i.group for s in scenes for i in s.items if i.group})}

    @request("GetCurrentProgramScene")
    def programme(self, session: Session, data: Data) -> Data:
        """What is on air."""
        words = self._words()
        scene = words.scene(words.shown(self.canvas(data).name, self.rooms.scenes.state))
        return {
            **scene,
            "currentProgramSceneName": scene["sceneName"],
            "currentProgramSceneUuid": scene["sceneUuid"],
        }

    @request("SetCurrentProgramScene")
    async def set_programme(self, session: Session, data: Data) -> None:
        """Takes a scene, on every canvas unless one is named."""
        scene = self.scene(data)
        canvas = self.canvas(data).name if data.get("canvasUuid") is not None else ""
        await self.run(session, "scenes.take", scene=scene.name, canvas=canvas)

    @request("GetCurrentPreviewScene")
    def preview(self, session: Session, data: Data) -> Data:
        """What is next."""
        self._need_studio_mode()
        words = self._words()
        scene = words.scene(words.shown(self.canvas(data).name, self.rooms.scenes.state, True))
        return {
            **scene,
            "currentPreviewSceneName": scene["sceneName"],
            "currentPreviewSceneUuid": scene["sceneUuid"],
        }

    @request("SetCurrentPreviewScene")
    async def set_preview(self, session: Session, data: Data) -> None:
        """Puts a scene on preview."""
        self._need_studio_mode()
        scene = self.scene(data)
        canvas = self.canvas(data).name if data.get("canvasUuid") is not None else ""
        await self.run(session, "scenes.preview", scene=scene.name, canvas=canvas)

    @request("CreateScene")
    async def create(self, session: Session, data: Data) -> Data:
        """A new, empty scene."""
        name = need(data, "sceneName")
        self.canvas(data)
        self._need_free(name)
        made = await self.run(session, "scenes.add", name=name)
        return {"sceneUuid": made["id"]}

    @request("RemoveScene")
    async def remove(self, session: Session, data: Data) -> None:
        """Removes a scene that is not on air."""
        scene = self.scene(data)
        if len(self.rooms.scenes.state.scenes) == 1:
            raise RequestError(RequestStatus.NOT_ENOUGH, "The last scene cannot be removed.")
        await self.run(session, "scenes.remove", name=scene.id)

    @request("SetSceneName")
    async def rename(self, session: Session, data: Data) -> None:
        """Renames a scene."""
        scene, name = self.scene(data), need(data, "newSceneName")
        if name != scene.name:
            self._need_free(name)
        await self.run(session, "scenes.rename", name=scene.id, new_name=name)

    @request("GetSceneSceneTransitionOverride")
    def override(self, session: Session, data: Data) -> Data:
        """The scene's own transition; null for the show's."""
        scene = self.scene(data)
        if not scene.transition:
            return {"transitionName": None, "transitionDuration": None}
        return {
            "transitionName": self._words().transition_name(scene.transition),
            "transitionDuration": scene.transition_ms or None,
        }

    @request("SetSceneSceneTransitionOverride")
    async def set_override(self, session: Session, data: Data) -> None:
        """Gives a scene its own transition, or takes it away with null."""
        scene = self.scene(data)
        kind, ms = scene.transition, scene.transition_ms
        if "transitionName" in data:
            name = maybe(data, "transitionName")
            found = self._words().transition_kind(name) if name is not None else ""
            if found is None:
                raise RequestError(RequestStatus.NOT_FOUND, f"There is no transition {name}.")
            kind = found
        if "transitionDuration" in data:
            given = data["transitionDuration"] is not None
            ms = whole(data, "transitionDuration", 50, 20_000) if given else 0
        await self.run(session, "scenes.own_transition", scene=scene.id, kind=kind, duration_ms=ms)

    def _words(self) -> ObsSerializer:
        return ObsSerializer(self.rooms, self.ids)

    def _need_free(self, name: str) -> None:
        if self.rooms.scenes.state.scene(name) is not None or name in self.rooms.bank.specs:
            raise RequestError(RequestStatus.ALREADY_EXISTS, f"A source is called {name} already.")

    def _need_studio_mode(self) -> None:
        if not self.rooms.scenes.state.is_studio_mode:
            raise RequestError(RequestStatus.STUDIO_MODE_NOT_ACTIVE, "Studio mode is off.")
