"""UI requests: studio mode; the engine has no window, so dialogs and projectors are the desk's."""

from __future__ import annotations

from studio.remote.protocol import Data, RequestError, Status
from studio.remote.requests.base import Requests, cannot, need, request
from studio.remote.session import Session

MIXES = ("PREVIEW", "PROGRAM", "MULTIVIEW")


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
        """The engine has no screen."""
        return {"monitors": []}

    @request("OpenInputPropertiesDialog", "OpenInputFiltersDialog", "OpenInputInteractDialog")
    def dialog(self, session: Session, data: Data) -> None:
        """Dialogs belong to the desk."""
        self.input(data)
        raise cannot("The engine has no window: open it on the desk.")

    @request("OpenVideoMixProjector")
    def mix_projector(self, session: Session, data: Data) -> None:
        """Projectors belong to the desk."""
        mix = need(data, "videoMixType")
        if mix not in {f"OBS_WEBSOCKET_VIDEO_MIX_TYPE_{one}" for one in MIXES}:
            raise RequestError(Status.INVALID_FIELD, f"There is no video mix {mix}.")
        raise cannot("The engine has no window: open it on the desk.")

    @request("OpenSourceProjector")
    def source_projector(self, session: Session, data: Data) -> None:
        """Projectors belong to the desk."""
        self.source(data)
        raise cannot("The engine has no window: open it on the desk.")
