"""Replay buffer requests: the last seconds of the main canvas."""

from __future__ import annotations

from studio.protocols.obs_ws import Data, RequestError, RequestStatus, Subscription
from studio.remote.requests.base import Requests, request
from studio.remote.session import Session
from studio.remote.words import MAIN


class ReplayRequests(Requests):
    """Replay buffer of category "outputs". It runs by itself while anything is on air."""

    _last = ""

    @request("GetReplayBufferStatus")
    def status(self, session: Session, data: Data) -> Data:
        """Are the last seconds kept?"""
        return {"outputActive": self._is_on()}

    @request("StartReplayBuffer")
    async def start(self, session: Session, data: Data) -> None:
        """Keeps them also while nothing is on air."""
        if self._is_on():
            raise RequestError(RequestStatus.OUTPUT_RUNNING, "The replay buffer is running.")
        await self._hold(session, True)

    @request("StopReplayBuffer")
    async def stop(self, session: Session, data: Data) -> None:
        """Keeps them only while something is on air."""
        self._need_on()
        await self._hold(session, False)

    @request("ToggleReplayBuffer")
    async def toggle(self, session: Session, data: Data) -> Data:
        """Starts or stops it."""
        on = not self._is_on()
        await self._hold(session, on)
        return {"outputActive": on}

    @request("SaveReplayBuffer")
    async def save(self, session: Session, data: Data) -> None:
        """Saves the last seconds as a clip."""
        self._need_on()
        done = await self.run(session, "replay.save", canvas=MAIN)
        self._last = done["file"]
        told = {"savedReplayPath": self._last}
        self.door.tell(Subscription.OUTPUTS, "ReplayBufferSaved", told)

    @request("GetLastReplayBufferReplay")
    def last(self, session: Session, data: Data) -> Data:
        """The file of the last one saved by this door."""
        self._need_on()
        return {"savedReplayPath": self._last}

    async def _hold(self, session: Session, on: bool) -> None:
        await self.run(session, "replay.hold", is_on=on, canvas=MAIN)
        word = "STARTED" if self._is_on() else "STOPPED"
        told = {"outputActive": self._is_on(), "outputState": f"OBS_WEBSOCKET_OUTPUT_{word}"}
        self.door.tell(Subscription.OUTPUTS, "ReplayBufferStateChanged", told)

    def _is_on(self) -> bool:
        return self.rooms.pipeline.needs(MAIN)

    def _need_on(self) -> None:
        if not self._is_on():
            raise RequestError(
                RequestStatus.OUTPUT_NOT_RUNNING, "The replay buffer is not running."
            )
