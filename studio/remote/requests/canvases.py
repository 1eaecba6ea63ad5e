"""Canvas requests: landscape and portrait."""

from __future__ import annotations

from studio.protocols.obs_ws import Data
from studio.remote.requests.base import Requests, request
from studio.remote.requests.config import video_settings
from studio.remote.session import Session


class CanvasRequests(Requests):
    """Category "canvases". Each canvas has a place of its own for every item."""

    @request("GetCanvasList")
    def list_all(self, session: Session, data: Data) -> Data:
        """All canvases; the first is the main one."""
        canvases = self.rooms.scenes.state.canvases
        return {
            "canvases": [
                {
                    "canvasName": canvas.name,
                    "canvasUuid": self.ids.canvas(canvas.name),
                    "canvasFlags": {
                        "MAIN": canvas is canvases[0],
                        "ACTIVATE": canvas.is_enabled,
                        "MIX_AUDIO": True,
                        "SCENE_REF": True,
                        "EPHEMERAL": False,
                    },
                    "canvasVideoSettings": video_settings(self.rooms, canvas),
                }
                for canvas in canvases
            ]
        }
