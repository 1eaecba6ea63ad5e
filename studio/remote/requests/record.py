"""Record requests: the recording of the main canvas."""

from __future__ import annotations

from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote.requests.base import Requests, cannot, maybe, request
from studio.remote.session import Session
from studio.remote.words import ObsSerializer, is_active, timecode


class Record(Requests):
    """Category "record"."""

    @request("GetRecordStatus")
    def status(self, session: Session, data: Data) -> Data:
        """Is it recording, since when, how much?"""
        found = ObsSerializer(self.rooms, self.ids).recording()
        on = found is not None and is_active(found)
        ms = found.live_ms if found and on else 0
        return {
            "outputActive": on,
            "outputPaused": False,
            "outputTimecode": timecode(ms),
            "outputDuration": ms,
            "outputBytes": found.bytes if found and on else 0,
        }

    @request("StartRecord")
    async def start(self, session: Session, data: Data) -> None:
        """Records into the folder of recordings."""
        if self._is_on():
            raise RequestError(RequestStatus.OUTPUT_RUNNING, "The recording is running.")
        await self.run(session, "record.start")

    @request("StopRecord")
    async def stop(self, session: Session, data: Data) -> Data:
        """Completes the file and says where it is."""
        self._need_on()
        found = ObsSerializer(self.rooms, self.ids).recording()
        assert found is not None
        if found.name.startswith("record"):
            canvas = {"canvas": "portrait"} if found.canvas == "portrait" else {}
            done = await self.run(session, "record.stop", **canvas)
            return {"outputPath": done["file"] or found.shown_url}
        await self.run(session, "outputs.stop", name=found.name, confirm=True)
        return {"outputPath": found.shown_url}

    @request("ToggleRecord")
    async def toggle(self, session: Session, data: Data) -> Data:
        """Starts or stops the recording."""
        on = not self._is_on()
        await (self.start if on else self.stop)(session, data)
        return {"outputActive": on}

    @request("PauseRecord", "ToggleRecordPause")
    def pause(self, session: Session, data: Data) -> None:
        """A recording has no gaps here."""
        self._need_on()
        raise cannot("Recordings are not paused here: stop it and start another.")

    @request("ResumeRecord")
    def resume(self, session: Session, data: Data) -> None:
        """A recording is never paused."""
        self._need_on()
        raise RequestError(RequestStatus.OUTPUT_NOT_PAUSED, "The recording is not paused.")

    @request("SplitRecordFile")
    async def split(self, session: Session, data: Data) -> None:
        """Goes on in a new file."""
        self._need_on()
        await self.run(session, "record.split")

    @request("CreateRecordChapter")
    async def chapter(self, session: Session, data: Data) -> None:
        """Marks this moment in the file."""
        self._need_on()
        await self.run(session, "marks.add", label=maybe(data, "chapterName", str, ""))

    def _is_on(self) -> bool:
        found = ObsSerializer(self.rooms, self.ids).recording()
        return found is not None and is_active(found)

    def _need_on(self) -> None:
        if not self._is_on():
            raise RequestError(RequestStatus.OUTPUT_NOT_RUNNING, "The recording is not running.")
