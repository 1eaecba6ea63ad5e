"""Output requests: every destination by its name, and the virtual camera."""

from __future__ import annotations

from studio.core.errors import StudioError
from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote.requests.base import Requests, cannot, maybe, need, request
from studio.remote.session import Session
from studio.remote.words import VIRTUAL_CAMERA, is_active, timecode
from studio.sender.model import OutputState, OutputStatus

FLAGS = {
    "OBS_OUTPUT_AUDIO": True,
    "OBS_OUTPUT_VIDEO": True,
    "OBS_OUTPUT_ENCODED": True,
    "OBS_OUTPUT_MULTI_TRACK": False,
    "OBS_OUTPUT_SERVICE": False,
}
KINDS = {"rtmp": "rtmp_output", "file": "ffmpeg_muxer"}
FULL_QUEUE_MS = 2000
_SETTINGS = ("bitrate_kbps", "codec", "short_side", "platform", "split_min", "split_mb")
"""Ours, by our own names."""


class Outputs(Requests):
    """Category "outputs"."""

    @request("GetOutputList")
    def list_all(self, session: Session, data: Data) -> Data:
        """Our destinations; controllers look for a virtual camera among them."""
        outputs = [
            self._entry(status.name, KINDS[status.kind], status.canvas, is_active(status))
            for status in self.rooms.pipeline.destinations.statuses()
        ]
        camera = self._entry(VIRTUAL_CAMERA, VIRTUAL_CAMERA, "landscape", self._camera_on())
        return {"outputs": [*outputs, camera]}

    @request("GetOutputStatus")
    def status(self, session: Session, data: Data) -> Data:
        """What one output is doing."""
        return status_of([self._output(data)], float(self.rooms.fps))

    @request("GetOutputSettings")
    def settings(self, session: Session, data: Data) -> Data:
        """Where it goes; never a key."""
        status = self._output(data)
        if status.name == VIRTUAL_CAMERA:
            return {"outputSettings": {}}
        found = self.rooms.pipeline.destinations.settings(status.name)
        field = "server" if found.kind == "rtmp" else "path"
        more = {name: getattr(found, name) for name in _SETTINGS}
        return {"outputSettings": {field: found.url, "canvas": found.canvas, **more}}

    @request("SetOutputSettings")
    async def set_settings(self, session: Session, data: Data) -> None:
        """Another address, key or file for an output that is not running."""
        status, given = self._output(data), need(data, "outputSettings", dict)
        if status.name == VIRTUAL_CAMERA:
            raise cannot("There is no virtual camera here.")
        if is_active(status):
            raise RequestError(RequestStatus.OUTPUT_RUNNING, f"{status.name} is running.")
        url = maybe(given, "server" if status.kind == "rtmp" else "path")
        args = {"url": url, "key": maybe(given, "key"), "canvas": maybe(given, "canvas")}
        args |= {name: given.get(name) for name in _SETTINGS}
        args = {name: value for name, value in args.items() if value is not None}
        await self.run(session, "outputs.edit", name=status.name, **args)

    @request("StartOutput")
    async def start(self, session: Session, data: Data) -> None:
        """Starts one output."""
        await self._switch(session, self._output(data), True)

    @request("StopOutput")
    async def stop(self, session: Session, data: Data) -> None:
        """Stops one output."""
        await self._switch(session, self._output(data), False)

    @request("ToggleOutput")
    async def toggle(self, session: Session, data: Data) -> Data:
        """Starts what is stopped, stops what is running."""
        status = self._output(data)
        on = not is_active(status)
        await self._switch(session, status, on)
        return {"outputActive": on}

    # -- the virtual camera --------------------------------------------------------------------

    @request("GetVirtualCamStatus")
    def camera_status(self, session: Session, data: Data) -> Data:
        """Whether other programs have the programme as a camera."""
        return {"outputActive": self._camera_on()}

    @request("StartVirtualCam")
    async def start_camera(self, session: Session, data: Data) -> None:
        """Starts it, where there is one."""
        await self._switch_camera(session, True)

    @request("StopVirtualCam")
    async def stop_camera(self, session: Session, data: Data) -> None:
        """Stops it."""
        await self._switch_camera(session, False)

    @request("ToggleVirtualCam")
    async def toggle_camera(self, session: Session, data: Data) -> Data:
        """Starts it, or stops it."""
        on = not self._camera_on()
        await self._switch_camera(session, on)
        return {"outputActive": on}

    def _camera_on(self) -> bool:
        found = self.rooms.state.get(["virtualcam"]).get("virtualcam")
        return bool(found and found.get("is_on"))

    async def _switch_camera(self, session: Session, on: bool) -> None:
        if self._camera_on() == on:
            status = RequestStatus.OUTPUT_RUNNING if on else RequestStatus.OUTPUT_NOT_RUNNING
            raise RequestError(status, f"VirtualCam is {'running' if on else 'not running'}.")
        try:
            await self.rooms.bus.run(
                "virtualcam.start" if on else "virtualcam.stop",
                role=session.role,
                origin=session.name,
                is_here=session.is_here,
            )
        except StudioError as error:
            if error.code != "unavailable":
                raise
            why = error.in_language("en")
            raise RequestError(RequestStatus.INVALID_STATE, why) from error

    def _output(self, data: Data) -> OutputStatus:
        name = need(data, "outputName")
        if name == VIRTUAL_CAMERA:
            state = OutputState.LIVE if self._camera_on() else OutputState.IDLE
            return OutputStatus(name=VIRTUAL_CAMERA, state=state)
        for status in self.rooms.pipeline.destinations.statuses():
            if status.name == name:
                return status
        raise RequestError(RequestStatus.NOT_FOUND, f"There is no output {name}.")

    async def _switch(self, session: Session, output: OutputStatus, on: bool) -> None:
        if is_active(output) == on:
            status = RequestStatus.OUTPUT_RUNNING if on else RequestStatus.OUTPUT_NOT_RUNNING
            raise RequestError(status, f"{output.name} is {'running' if on else 'not running'}.")
        if output.name == VIRTUAL_CAMERA:
            await self._switch_camera(session, on)
        elif on:
            await self.run(session, "outputs.start", name=output.name)
        else:
            await self.run(session, "outputs.stop", name=output.name, confirm=True)

    def _entry(self, name: str, kind: str, canvas: str, on: bool) -> Data:
        size = self.rooms.scenes.state.canvas(canvas)
        return {
            "outputName": name,
            "outputKind": kind,
            "outputWidth": size.width,
            "outputHeight": size.height,
            "outputActive": on,
            "outputFlags": FLAGS,
        }


def status_of(statuses: list[OutputStatus], fps: float) -> Data:
    """One or several outputs as one: the slowest speaks for congestion, the longest for time."""
    active = [status for status in statuses if is_active(status)]
    ms = max((entry.live_ms for entry in active), default=0)
    queue_ms = max((entry.queue_ms for entry in active), default=0)
    return {
        "outputActive": bool(active),
        "outputReconnecting": any(entry.state is OutputState.RECONNECTING for entry in active),
        "outputTimecode": timecode(ms),
        "outputDuration": ms,
        "outputCongestion": min(1.0, queue_ms / FULL_QUEUE_MS),
        "outputBytes": sum(entry.bytes for entry in active),
        "outputSkippedFrames": sum(entry.dropped for entry in active),
        "outputTotalFrames": round(ms * fps / 1000),
    }
