"""Media input requests: play, pause, wind."""

from __future__ import annotations

from studio.core.clock import now_ns
from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote.requests.base import Requests, need, number, request
from studio.remote.session import Session
from studio.sources.base import Progress

PREFIX = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_"
ACTIONS = {
    "PLAY": "play",
    "PAUSE": "pause",
    "STOP": "stop",
    "RESTART": "restart",
    "NEXT": "next",
    "PREVIOUS": "previous",
}
FARTHEST_MS = 1e12
STATE = "OBS_MEDIA_STATE_"


class MediaInputs(Requests):
    """Category "media inputs"."""

    @request("GetMediaInputStatus")
    def status(self, session: Session, data: Data) -> Data:
        """What it plays; NONE for an input that plays nothing."""
        name = self.input(data).name
        found = self._progress(name)
        if found is None:
            return {
                "mediaState": "OBS_MEDIA_STATE_NONE",
                "mediaDuration": None,
                "mediaCursor": None,
            }
        failed = self.rooms.bank.runners[name].health(now_ns()).state in ("lost", "missing")
        return {
            "mediaState": f"{STATE}{'ERROR' if failed else found.state.upper()}",
            "mediaDuration": found.duration_ms,
            "mediaCursor": found.cursor_ms,
        }

    @request("SetMediaInputCursor")
    async def seek(self, session: Session, data: Data) -> None:
        """Winds to a place, ms."""
        name, at_ms = self._media(data)[0], number(data, "mediaCursor", 0, FARTHEST_MS)
        await self.run(session, "sources.media", name=name, action="seek", at_ms=at_ms)

    @request("OffsetMediaInputCursor")
    async def wind(self, session: Session, data: Data) -> None:
        """Winds on or back, ms."""
        name, found = self._media(data)
        offset = number(data, "mediaCursorOffset", -FARTHEST_MS, FARTHEST_MS)
        at_ms = max(0.0, found.cursor_ms + offset)
        await self.run(session, "sources.media", name=name, action="seek", at_ms=at_ms)

    @request("TriggerMediaInputAction")
    async def act(self, session: Session, data: Data) -> None:
        """Play, pause, stop, restart, next, previous."""
        spec, wanted = self.input(data), need(data, "mediaAction")
        action = wanted.removeprefix(PREFIX)
        if not wanted.startswith(PREFIX) or action not in (*ACTIONS, "NONE"):
            raise RequestError(RequestStatus.INVALID_FIELD, f"There is no media action {wanted}.")
        self._media(data)
        if action != "NONE":
            await self.run(session, "sources.media", name=spec.name, action=ACTIONS[action])

    def _progress(self, name: str) -> Progress | None:
        runner = self.rooms.bank.runners.get(name)
        return runner.source.progress() if runner else None

    def _media(self, data: Data) -> tuple[str, Progress]:
        name = self.input(data).name
        found = self._progress(name)
        if found is None:
            raise RequestError(RequestStatus.INVALID_STATE, f"{name} plays nothing.")
        return name, found
