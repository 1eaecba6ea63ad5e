"""UI requests: studio mode; windows are the desk's, which opens projectors when it is asked."""

from __future__ import annotations

from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote.requests.base import Requests, cannot, maybe, need, request, whole
from studio.remote.session import Session
from studio.remote.words import CAP_VIDEO, ObsSerializer
from studio.scenes.model import Scene

PREFIX = "OBS_WEBSOCKET_VIDEO_MIX_TYPE_"
MIXES = {"PREVIEW": "preview", "PROGRAM": "programme", "MULTIVIEW": "multiview"}
MOST_INDEX = 63


class Ui(Requests):
    """Category "ui"."""

    @request("GetStudioModeEnabled")
    def studio_mode(self, session: Session, data: Data) -> Data:
        """Is there a preview?"""
        return {"studioModeEnabled": self.rooms.scenes.state.is_studio_mode}

    @request("SetStudioModeEnabled")
    async def set_studio_mode(self, session: Session, data: Data) -> None:
        """With a preview or without."""
        on = need(data, "studioModeEnabled", bool)
        await self.run(session, "scenes.studio_mode", on=on)

    @request("GetMonitorList")
    def monitors(self, session: Session, data: Data) -> Data:
        """The screens of the desks: the engine itself has none."""
        return {"monitors": self.door.desks.monitors()}

    @request("OpenInputPropertiesDialog", "OpenInputFiltersDialog")
    async def dialog(self, session: Session, data: Data) -> None:
        """Settings and filters stand in one form here: the desk opens it."""
        found = self.input(data)
        self._need_desk()
        await self.run(session, "projector.settings", source=found.name)

    @request("OpenInputInteractDialog")
    def interact(self, session: Session, data: Data) -> None:
        """No input here takes mouse and keys."""
        raise cannot(f"{self.input(data).name} takes neither mouse nor keys.")

    @request("OpenVideoMixProjector")
    async def mix_projector(self, session: Session, data: Data) -> None:
        """Programme, preview or multiview on a screen of a desk, or in a window."""
        mix = need(data, "videoMixType")
        what = MIXES.get(mix.removeprefix(PREFIX)) if mix.startswith(PREFIX) else None
        if what is None:
            raise RequestError(RequestStatus.INVALID_FIELD, f"There is no video mix {mix}.")
        await self._open(session, data, what=what)

    @request("OpenSourceProjector")
    async def source_projector(self, session: Session, data: Data) -> None:
        """A scene or input on a screen of a desk, or in a window."""
        found, canvas = self.source(data), self.canvas(data)
        if isinstance(found, Scene):
            await self._open(session, data, what="scene", name=found.name, canvas=canvas.name)
            return
        if not ObsSerializer(self.rooms, self.ids).caps(found.kind) & CAP_VIDEO:
            raise RequestError(RequestStatus.INVALID_STATE, f"{found.name} has no picture.")
        await self._open(session, data, what="source", name=found.name, canvas=canvas.name)

    async def _open(self, session: Session, data: Data, **what: str) -> None:
        screen = whole(data, "monitorIndex", -1, MOST_INDEX, -1)
        geometry = maybe(data, "projectorGeometry", str, "")
        if geometry and screen >= 0:
            raise RequestError(
                RequestStatus.TOO_MANY_FIELDS,
                "Give `monitorIndex` or `projectorGeometry`, not both.",
            )
        self._need_desk()
        await self.run(session, "projector.open", screen=screen, geometry=geometry, **what)

    def _need_desk(self) -> None:
        if not self.door.desks.monitors():
            raise cannot("No desk is open: the engine itself has no window.")
