"""Stream requests: all streaming outputs as one."""

from __future__ import annotations

from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote.requests.base import Requests, cannot, need, request
from studio.remote.requests.outputs import status_of
from studio.remote.session import Session
from studio.remote.words import ObsSerializer, is_active
from studio.sender.model import OutputStatus


class StreamRequests(Requests):
    """Category "stream". OBS has one stream; ours goes to every RTMP output."""

    @request("GetStreamStatus")
    def status(self, session: Session, data: Data) -> Data:
        """What the streams are doing."""
        return status_of(self._streams(), float(self.rooms.fps))

    @request("StartStream")
    async def start(self, session: Session, data: Data) -> None:
        """Starts all streams."""
        if self._is_on():
            raise RequestError(RequestStatus.OUTPUT_RUNNING, "The stream is running.")
        if not self._streams():
            raise RequestError(RequestStatus.NOT_FOUND, "No stream is set up: add an output first.")
        await self.run(session, "outputs.start")

    @request("StopStream")
    async def stop(self, session: Session, data: Data) -> None:
        """Stops all streams. OBS's protocol knows no question back: asking is confirming."""
        if not self._is_on():
            raise RequestError(RequestStatus.OUTPUT_NOT_RUNNING, "The stream is not running.")
        await self.run(session, "outputs.stop", confirm=True)

    @request("ToggleStream")
    async def toggle(self, session: Session, data: Data) -> Data:
        """Starts or stops all streams."""
        on = not self._is_on()
        await (self.start if on else self.stop)(session, data)
        return {"outputActive": on}

    @request("SendStreamCaption")
    def caption(self, session: Session, data: Data) -> None:
        """Captions are not put into the stream."""
        need(data, "captionText")
        if not self._is_on():
            raise RequestError(RequestStatus.OUTPUT_NOT_RUNNING, "The stream is not running.")
        raise cannot("Captions are not put into the stream here.")

    def _streams(self) -> list[OutputStatus]:
        return ObsSerializer(self.rooms, self.ids).streams()

    def _is_on(self) -> bool:
        return any(is_active(stream) for stream in self._streams())
