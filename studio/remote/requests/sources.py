"""Source requests: what is seen, and screenshots."""

from __future__ import annotations

from studio.protocols.obs_ws import FORMATS, Data, RequestError, RequestStatus, Subscription
from studio.remote.groups import SeenGroup
from studio.remote.pictures import LARGEST, SMALLEST, Screenshot, data_url
from studio.remote.requests.base import Requests, need, request, whole
from studio.remote.session import Session
from studio.remote.words import CAP_VIDEO, ObsSerializer
from studio.scenes.model import Scene


class Sources(Requests):
    """Category "sources": scenes and inputs alike."""

    @request("GetSourceActive")
    def active(self, session: Session, data: Data) -> Data:
        """Is it on programme, is it shown anywhere?"""
        found = self.source_or_group(data)
        scenes = self.rooms.scenes
        on_air = set(scenes.state.programme.values())
        shown = on_air | (
            set(scenes.state.preview.values()) if scenes.state.is_studio_mode else set()
        )
        if isinstance(found, SeenGroup):
            is_on, found = found.is_enabled, found.scene
            return {
                "videoActive": is_on and found.name in on_air,
                "videoShowing": is_on and found.name in shown,
            }
        if isinstance(found, Scene):
            return {"videoActive": found.name in on_air, "videoShowing": found.name in shown}
        return {
            "videoActive": found.name in scenes.sources_on(on_air),
            "videoShowing": found.name in scenes.sources_on(shown),
        }

    @request("GetSourceScreenshot")
    async def screenshot(self, session: Session, data: Data) -> Data:
        """A picture of a scene or input as a data URL."""
        shot = self._shot(data)
        return {"imageData": data_url(await self.door.pictures.take(shot), shot.format)}

    @request("SaveSourceScreenshot")
    async def save_screenshot(self, session: Session, data: Data) -> None:
        """The same into a file on the studio's machine."""
        shot = self._shot(data)
        path = need(data, "imageFilePath")
        await self.run(
            session,
            "pictures.save",
            file=path,
            what=shot.what,
            name=shot.name,
            canvas=shot.canvas,
            width=shot.width,
            height=shot.height,
            format=shot.format,
            quality=shot.quality,
            clean=True,
        )
        self.door.tell(Subscription.UI, "ScreenshotSaved", {"savedScreenshotPath": path})

    def _shot(self, data: Data) -> Screenshot:
        found, canvas, words = (
            self.source(data),
            self.canvas(data),
            ObsSerializer(self.rooms, self.ids),
        )
        format = need(data, "imageFormat").lower()
        if format not in FORMATS:
            raise RequestError(
                RequestStatus.INVALID_FIELD, f"`imageFormat` is one of {', '.join(FORMATS)}."
            )
        if not isinstance(found, Scene) and not words.caps(found.kind) & CAP_VIDEO:
            raise RequestError(RequestStatus.INVALID_STATE, f"{found.name} has no picture.")
        return Screenshot(
            what="scene" if isinstance(found, Scene) else "source",
            name=found.name,
            canvas=canvas.name,
            width=_side(data, "imageWidth"),
            height=_side(data, "imageHeight"),
            format=format,
            quality=whole(data, "imageCompressionQuality", -1, 100, -1),
            is_clean=True,
        )


def _side(data: Data, name: str) -> int:
    return whole(data, name, SMALLEST, LARGEST) if data.get(name) is not None else 0
